using System.Buffers;

namespace Accounts.Core.Devices.Known;

/// <summary>Recognizes unknown bots by words in their names. Most bots use such words.</summary>
internal static class BotWords
{
    private static readonly SearchValues<string> Sure = Words(
        "bot", "crawl", "spider", "slurp", "scrape", "scraping", "scraper", "http:", "https:", "www.", "@");

    private static readonly SearchValues<string> Addresses = Words("http:", "https:", "www.", "@");

    private static readonly SearchValues<string> Likely = Words(
        "fetch", "scan", "preview", "monitor", "checker", "validator", "archive", "uptime", "synthetic", "lighthouse", "indexer", "sitemap", "audit",
        "webcapture", "screenshot",
        "proxy", "survey", "linkcheck", "subscriber", "research", "measurement", "verif", "optimizer", "inspect", "agent", "httpclient");

    private static readonly string[] Hosts = [".com", ".net", ".org", ".io", ".ai", ".co", ".de", ".ru", ".fr", ".eu", ".uk"];

    private static readonly SearchValues<string> Phones = Words("cubot", "irobot");

    /// <summary>Whether the piece names a bot or contains its owner's address.</summary>
    public static bool AreIn(ReadOnlySpan<char> piece)
    {
        var at = piece.IndexOfAny(Sure);
        if (at < 0)
            return false;

        return piece[at] switch
        {
            'b' or 'B' => EndsAWord(piece, at + "bot".Length) && !piece.ContainsAny(Phones),
            // An address, "name@example.org", but not a version, "ios@10.2".
            '@' => at + 1 < piece.Length && char.IsAsciiLetter(piece[at + 1]),
            _ => true,
        };
    }

    /// <summary>Whether the piece contains its owner's address.</summary>
    public static bool HasAddress(ReadOnlySpan<char> piece)
    {
        var at = piece.IndexOfAny(Addresses);
        return at >= 0 && AreIn(piece[at..]);
    }

    /// <summary>Also checks words that a user's program may contain. Use it for text that claims to be a browser.</summary>
    public static bool MayBeIn(ReadOnlySpan<char> piece) => piece.ContainsAny(Likely);

    /// <summary>Whether the number is a time, in milliseconds since 1970, as no browser is numbered: "1710630666672".</summary>
    public static bool IsTime(ReadOnlySpan<char> number) => number.Length == 13 && !number.ContainsAnyExcept(VersionText.AllDigits);

    /// <summary>Whether the text is a host name: "example.com".</summary>
    public static bool IsHost(ReadOnlySpan<char> name)
    {
        foreach (var end in Hosts)
        {
            if (name.Length > end.Length + 1 && name.EndsWith(end, StringComparison.OrdinalIgnoreCase)
                && !name.StartsWith("com.", StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    /// <summary>Whether the text is only a kind of bot. "Foo Crawler" is named Foo Crawler, not Crawler.</summary>
    public static bool IsKind(ReadOnlySpan<char> name) =>
        name.Equals("bot", StringComparison.OrdinalIgnoreCase) || name.Equals("robot", StringComparison.OrdinalIgnoreCase)
        || name.Equals("crawler", StringComparison.OrdinalIgnoreCase) || name.Equals("spider", StringComparison.OrdinalIgnoreCase)
        || name.Equals("agent", StringComparison.OrdinalIgnoreCase);

    // Matches "Googlebot/2.1", "YandexBots", "bot2" and "BotName", but not "Abbott" or "bottom".
    private static bool EndsAWord(ReadOnlySpan<char> piece, int at) =>
        at == piece.Length || !char.IsAsciiLetterLower(piece[at])
            || (piece[at] == 's' && (at + 1 == piece.Length || !char.IsAsciiLetter(piece[at + 1])));

    private static SearchValues<string> Words(params string[] words) => SearchValues.Create(words, StringComparison.OrdinalIgnoreCase);
}
