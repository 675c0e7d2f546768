using System.Globalization;

namespace Accounts.Web.Look;

/// <summary>The letters that stand for somebody where there is no room for a name.</summary>
internal static class Initials
{
    /// <summary>The first character of each of the first two words, as people see characters: an emoji or a letter with its accents is one.</summary>
    public static string Of(string name) => string.Concat(name.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Take(2).Select(First));

    private static string First(string word) => StringInfo.GetNextTextElement(word).ToUpperInvariant();
}
