namespace Accounts.Core.Devices;

/// <summary>Makes a name out of anybody's text.</summary>
internal static class NameText
{
    /// <summary>Characters of the longest name or model.</summary>
    public const int Limit = 40;

    /// <summary>The start of the text up to a character that no name has, at most <see cref="Limit"/> characters; null if nothing of a name is left.</summary>
    public static string? Of(ReadOnlySpan<char> text)
    {
        // Apple's network library writes a space of the app's name as in an address: "Home%20Assistant".
        if (text.Contains("%20", StringComparison.Ordinal))
            text = text.ToString().Replace("%20", " ", StringComparison.Ordinal);
        text = text.Trim();
        var length = 0;
        while (length < text.Length && length < Limit && IsOfName(text[length]))
            length++;
        text = text[..length].TrimEnd(" -_.,+:");
        return text.Length > 0 && text.ContainsAnyInRange('0', 'z') ? text.ToString() : null;
    }

    /// <summary>Whether it could be the name of a program: it starts with a letter, or with a digit before one.</summary>
    public static bool IsName(ReadOnlySpan<char> text) =>
        text.Length > 1 && (char.IsAsciiLetter(text[0]) || (char.IsAsciiDigit(text[0]) && text.ContainsAnyInRange('A', 'z')));

    private static bool IsOfName(char c) => char.IsAsciiLetterOrDigit(c) || c is ' ' or '.' or '_' or '-' or '+' or '!' or '&' or '\'' or ':' or '@' || (c > 127 && char.IsLetter(c) && !char.IsSurrogate(c));
}
