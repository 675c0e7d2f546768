using System.Collections.Frozen;

namespace Accounts.Core.Devices.Known;

/// <summary>All tables as one dictionary. A look-up takes a piece of the text and creates no string.</summary>
internal static class KnownNames
{
    private const int Longest = 32;

    private static readonly FrozenDictionary<string, KnownName> All =
        new[] { Words.All, Platforms.All, Browsers.All, Apps.All, Tools.All, Bots.All }
            .SelectMany(table => table)
            .ToFrozenDictionary(name => name.Key, StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, KnownName>.AlternateLookup<ReadOnlySpan<char>> Lookup =
        All.GetAlternateLookup<ReadOnlySpan<char>>();

    public static int Count => All.Count;

    /// <summary>Finds "Windows NT", or "Fedora" in "Fedora release", or "iPhone" in "iPhone14"; null for an unknown word.</summary>
    /// <param name="text">A piece of a User-Agent.</param>
    /// <param name="inComment">Whether the piece is a comment's part, which may have several words.</param>
    public static KnownName? Find(ReadOnlySpan<char> text, bool inComment)
    {
        if (Exactly(text) is { } known)
            return known;

        // The first word of a longer part counts only if it is a platform's or a major browser's: "Google Pixel" is not Google.
        var space = inComment ? text.IndexOf(' ') : -1;
        if (space > 0)
        {
            text = text[..space];
            if (Exactly(text) is { Tells: Tells.Nothing or Tells.Platform or Tells.Base } first)
                return first;
        }

        // A program's name is spelled as in its table: "trill_340503" is TikTok, but "CODE87" is not VS Code.
        var letters = text.TrimEnd("0123456789_.");
        return letters.Length > 2 && letters.Length < text.Length && Exactly(letters) is { } word
            && (word.Tells < Tells.Tool || letters.SequenceEqual(word.Key)) ? word : null;
    }

    /// <summary>Finds a program whose name has several words: "Mint Browser"; null for an unknown one.</summary>
    public static KnownName? FindWhole(ReadOnlySpan<char> words) => Exactly(words) is { Tells: >= Tells.Tool } known ? known : null;

    private static KnownName? Exactly(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= Longest && Lookup.TryGetValue(text, out var known) ? known : null;
}
