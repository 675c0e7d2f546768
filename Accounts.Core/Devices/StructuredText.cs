namespace Accounts.Core.Devices;

/// <summary>Iterates over a list of strings with parameters, the form of Client Hints: <c>"Chromium";v="156", "Not A;Brand";v="99"</c>.</summary>
/// <remarks>
/// It implements the needed part of https://www.rfc-editor.org/rfc/rfc9651. It never throws: it reads malformed text as far as it can.
/// </remarks>
internal ref struct StructuredText(ReadOnlySpan<char> text)
{
    private readonly ReadOnlySpan<char> _text = text;
    private int _at;

    /// <summary>The string without its quotes. A backslash inside stays.</summary>
    public ReadOnlySpan<char> Value { get; private set; }

    /// <summary>The parameter "v"; empty if there is none.</summary>
    public ReadOnlySpan<char> Version { get; private set; }

    /// <summary>The only string of a header that isn't a list. A text without quotes is returned as it is.</summary>
    public static ReadOnlySpan<char> One(string? text)
    {
        var list = new StructuredText(text);
        return list.MoveNext() ? list.Value : [];
    }

    public bool MoveNext()
    {
        Value = [];
        Version = [];
        SkipAll(" ,\t");
        if (_at >= _text.Length)
            return false;

        Value = Item();
        while (SkipAll(" \t") && _text[_at] == ';')
        {
            _at++;
            SkipAll(" \t");
            var key = Until("=;, ");
            if (_at < _text.Length && _text[_at] == '=')
            {
                _at++;
                var value = Item();
                if (key is "v")
                    Version = value;
            }
        }

        Until(",");
        return true;
    }

    // With or without quotes.
    private ReadOnlySpan<char> Item()
    {
        if (_at >= _text.Length || _text[_at] != '"')
            return Until(";,").TrimEnd();

        var start = ++_at;
        while (_at < _text.Length && _text[_at] != '"')
            _at += _text[_at] == '\\' ? 2 : 1;
        var end = Math.Min(_at, _text.Length);
        _at = end + 1;
        return _text[start..end];
    }

    private ReadOnlySpan<char> Until(ReadOnlySpan<char> ends)
    {
        var start = Math.Min(_at, _text.Length);
        var length = _text[start..].IndexOfAny(ends);
        _at = length < 0 ? _text.Length : start + length;
        return _text[start.._at];
    }

    private bool SkipAll(ReadOnlySpan<char> skipped)
    {
        while (_at < _text.Length && skipped.Contains(_text[_at]))
            _at++;
        return _at < _text.Length;
    }
}
