using System.Globalization;

namespace Accounts.Core.Storage;

/// <summary>Cuts texts of machines, such as headers, to a maximum length.</summary>
internal static class ShortText
{
    /// <summary>The whole characters within the first <paramref name="limit"/> UTF-16 units of a text, as a reader counts characters.</summary>
    public static string Cut(string text, int limit) => text.Length <= limit ? text : Cut(text.AsSpan(), limit).ToString();

    /// <inheritdoc cref="Cut(string, int)"/>
    public static ReadOnlySpan<char> Cut(ReadOnlySpan<char> text, int limit)
    {
        if (text.Length <= limit)
            return text;

        var end = 0;
        while (end + StringInfo.GetNextTextElementLength(text[end..]) is var next && next <= limit)
            end = next;
        return text[..end];
    }
}
