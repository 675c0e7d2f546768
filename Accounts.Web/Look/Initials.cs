using System.Globalization;

namespace Accounts.Web.Look;

/// <summary>The letters that represent a user where a name doesn't fit.</summary>
internal static class Initials
{
    /// <summary>Takes the first character of each of the first two words. An emoji or an accented letter counts as one character.</summary>
    public static string Of(string name) => string.Concat(name.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Take(2).Select(First));

    private static string First(string word) => StringInfo.GetNextTextElement(word).ToUpperInvariant();
}
