using System.Globalization;
using Accounts.Core.Users;

namespace Accounts.Web.Look;

/// <summary>The letters that represent a user where a name doesn't fit.</summary>
internal static class Initials
{
    /// <summary>
    /// Takes the first visible character of each of the first two words. An emoji or an accented letter counts as one character.
    /// </summary>
    public static string Of(string name) => string.Concat(
        name.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(First).Where(first => first.Length > 0).Take(2));

    private static string First(string word)
    {
        for (var rest = word.AsSpan(); rest.Length > 0; rest = rest[StringInfo.GetNextTextElementLength(rest)..])
        {
            var character = rest[..StringInfo.GetNextTextElementLength(rest)].ToString();
            if (TypedText.Clean(character).Length > 0)
                return character.ToUpperInvariant();
        }

        return "";
    }
}
