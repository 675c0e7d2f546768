namespace Accounts.Core.Devices;

/// <summary>Makes names from untrusted text.</summary>
internal static class NameText
{
    /// <summary>Maximum length of a name or model, in characters.</summary>
    public const int Limit = 40;

    /// <summary>The text up to the first character that no name has, at most <see cref="Limit"/> characters; null if nothing is left.</summary>
    public static string? Of(ReadOnlySpan<char> text)
    {
        // Apple's network library encodes spaces in the app's name: "Home%20Assistant".
        if (text.Contains("%20", StringComparison.Ordinal))
            text = text.ToString().Replace("%20", " ", StringComparison.Ordinal);
        text = text.Trim();
        var length = 0;
        while (length < text.Length && length < Limit && IsOfName(text[length]))
            length++;
        text = text[..length].TrimEnd(" -_.,+:");
        return text.Length > 0 && text.ContainsAnyInRange('0', 'z') ? text.ToString() : null;
    }

    /// <summary>Whether the text can be a program's name: it starts with a letter, or with a digit and has a letter.</summary>
    public static bool IsName(ReadOnlySpan<char> text) =>
        text.Length > 1 && (char.IsAsciiLetter(text[0]) || (char.IsAsciiDigit(text[0]) && text.ContainsAnyInRange('A', 'z')));

    private static bool IsOfName(char c) => char.IsAsciiLetterOrDigit(c) || c is ' ' or '.' or '_' or '-' or '+' or '!' or '&' or '\'' or ':' or '@'
        || (c > 127 && char.IsLetter(c) && !char.IsSurrogate(c));
}
