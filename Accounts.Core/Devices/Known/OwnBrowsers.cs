using System.Collections.Frozen;

namespace Accounts.Core.Devices.Known;

/// <summary>Platforms' own browsers, which use no name of their own or Safari's.</summary>
internal static class OwnBrowsers
{
    private static readonly FrozenDictionary<string, string> Table = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [Platforms.Android] = "Android Browser",
        ["BlackBerry OS"] = "BlackBerry Browser",
        ["BlackBerry 10"] = "BlackBerry Browser",
        ["BlackBerry Tablet OS"] = "BlackBerry Browser",
        ["Bada"] = "Dolfin",
        ["Symbian"] = "Nokia Browser",
        ["Series 40"] = "Nokia Browser",
        ["Tizen"] = "Samsung Internet",
        ["webOS"] = "webOS Browser",
        ["NetCast"] = "LG Browser",
        ["PlayStation"] = "PlayStation Browser",
        ["PlayStation Vita"] = "PlayStation Browser",
        ["PlayStation Portable"] = "PlayStation Browser",
        ["Nintendo Switch"] = "Nintendo Browser",
        ["Nintendo Wii U"] = "Nintendo Browser",
        ["Nintendo 3DS"] = "Nintendo Browser",
        ["Nintendo DSi"] = "Nintendo Browser",
        ["Tesla"] = "Tesla Browser",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The name of the platform's own browser; null if it has none, or if the browser names itself.</summary>
    public static string? Of(string platform) => Table.GetValueOrDefault(platform);
}
