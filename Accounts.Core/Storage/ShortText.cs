namespace Accounts.Core.Storage;

/// <summary>Cuts texts to a maximum length.</summary>
internal static class ShortText
{
    /// <summary>The first <paramref name="limit"/> UTF-16 units of a text. A half surrogate pair at the end is dropped.</summary>
    public static string Cut(string text, int limit) =>
        text.Length <= limit ? text : text[..(char.IsHighSurrogate(text[limit - 1]) ? limit - 1 : limit)];
}
