namespace Accounts.Core.Devices;

/// <summary>Goes through a list of strings with parameters, as Client Hints send them: <c>"Chromium";v="156", "Not A;Brand";v="99"</c>.</summary>
/// <remarks>
/// The small part of https://www.rfc-editor.org/rfc/rfc9651 that is needed. It throws at nothing: what is not of that form is read as far as it goes.
/// </remarks>
internal ref struct StructuredText(ReadOnlySpan<char> text)
{
    private readonly ReadOnlySpan<char> _text = text;
    private int _at;

    /// <summary>The string, without its quotes; a backslash inside stays.</summary>
    public ReadOnlySpan<char> Value { get; private set; }

    /// <summary>The parameter "v"; empty if there is none.</summary>
    public ReadOnlySpan<char> Version { get; private set; }

    /// <summary>The one string of a header that holds no list; a text without quotes as it is.</summary>
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

    // "in quotes" or not.
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
