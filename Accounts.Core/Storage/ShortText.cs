namespace Accounts.Core.Storage;

/// <summary>Cuts a text that is longer than there is room for.</summary>
internal static class ShortText
{
    /// <summary>The start of a text, at most <paramref name="limit"/> UTF-16 units: never half of a character, which no database could give back.</summary>
    public static string Cut(string text, int limit) =>
        text.Length <= limit ? text : text[..(char.IsHighSurrogate(text[limit - 1]) ? limit - 1 : limit)];
}
