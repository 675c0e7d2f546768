using System.Collections.Frozen;

namespace Accounts.Core.Devices.Known;

/// <summary>All tables as one dictionary, which is asked with a piece of the text, without making a string of it.</summary>
internal static class KnownNames
{
    private const int Longest = 32;

    private static readonly FrozenDictionary<string, KnownName> All =
        new[] { Words.All, Platforms.All, Browsers.All, Apps.All, Tools.All, Bots.All }
            .SelectMany(table => table)
            .ToFrozenDictionary(name => name.Key, StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, KnownName>.AlternateLookup<ReadOnlySpan<char>> Lookup = All.GetAlternateLookup<ReadOnlySpan<char>>();

    public static int Count => All.Count;

    /// <summary>Finds "Windows NT", or "Fedora" in "Fedora release", or "iPhone" in "iPhone14"; null for a word that is not known.</summary>
    /// <param name="inComment">Whether it is a part of a comment, which may be of several words.</param>
    public static KnownName? Find(ReadOnlySpan<char> text, bool inComment)
    {
        if (Exactly(text) is { } known)
            return known;

        // A longer part is known by its first word only if that is a platform's or a great browser's: "Google Pixel" is not Google.
        var space = inComment ? text.IndexOf(' ') : -1;
        if (space > 0)
        {
            text = text[..space];
            if (Exactly(text) is { Tells: Tells.Nothing or Tells.Platform or Tells.Base } first)
                return first;
        }

        var letters = text.TrimEnd("0123456789_.");
        return letters.Length > 2 && letters.Length < text.Length ? Exactly(letters) : null;
    }

    private static KnownName? Exactly(ReadOnlySpan<char> text) => text.Length is > 0 and <= Longest && Lookup.TryGetValue(text, out var known) ? known : null;
}
