using System.Collections.Frozen;

namespace Accounts.Core.Devices.Known;

/// <summary>Client Hints brands. One that isn't known keeps its own name.</summary>
/// <remarks>
/// A list names a browser and what it is based on. The order in which they win: Chromium, Chrome, unknown brands, Edge, WebView2, known browsers.
/// </remarks>
internal static class Brands
{
    /// <summary>Every browser based on Chromium also names this brand. If it is the only one, the browser is Chromium.</summary>
    public const string Chromium = "Chromium";

    private const int Known = 3;

    private static readonly KnownName[] Different =
    [
        Base(Chromium, Chromium, 0),
        Base("Google Chrome", Browsers.Chrome, 1),
        Base("Chrome", Browsers.Chrome, 1),
        Base(Browsers.HeadlessChrome, Browsers.Chrome, 1),
        Base("Android WebView", "WebView", 1),
        Of("Microsoft Edge", Browsers.Edge, 1),
        Of("Microsoft Edge WebView2", "Edge WebView2", 2),
        Of("YaBrowser", "Yandex Browser"),
        Of("Yandex", "Yandex Browser"),
        Of("OperaMobile", "Opera Mobile"),
        Of("Opera Mini Android", "Opera Mini"),
        Of("Oculus Browser", "Meta Quest Browser"),
        Of("CocCoc", "Coc Coc"),
        Of("AvastSecureBrowser", "Avast Secure Browser"),
        Of("AVGSecureBrowser", "AVG Secure Browser"),
        Of("NAVER Whale", "Whale"),
        Of("HuaweiBrowser", "Huawei Browser"),
        Of("Miui Browser", "Mi Browser"),
        Of("MiuiBrowser", "Mi Browser"),
        Of("XiaoMiBrowser", "Mi Browser"),
        Of("SamsungBrowser", "Samsung Internet"),
        Of("360Browser", "360 Browser"),
        Of("QQBrowser", "QQ Browser"),
    ];

    private static readonly FrozenDictionary<string, KnownName> All = Different
        .Concat(Browsers.All.Concat(Apps.All).Select(known => Of(known.Name, known.Name)))
        .Concat(Words.All.Where(word => word.Tells == Tells.Nothing))
        .DistinctBy(brand => brand.Key, StringComparer.OrdinalIgnoreCase)
        .ToFrozenDictionary(brand => brand.Key, StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, KnownName>.AlternateLookup<ReadOnlySpan<char>> Lookup =
        All.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The brand; null for an unknown one. A brand that tells nothing is an engine's: "Yowser".</summary>
    public static KnownName? Find(ReadOnlySpan<char> brand) => Lookup.TryGetValue(brand, out var known) ? known : null;

    /// <summary>Whether the brand is meaningless, sent so that no site relies on the list: "Not;A=Brand" (GREASE).</summary>
    public static bool IsGrease(ReadOnlySpan<char> brand)
    {
        var rest = (ReadOnlySpan<char>)"notabrand";
        foreach (var c in brand)
        {
            if (!char.IsAsciiLetter(c))
                continue;
            if (rest.IsEmpty || (c | 0x20) != rest[0])
                return false;
            rest = rest[1..];
        }

        return rest.IsEmpty;
    }

    private static KnownName Base(string key, string name, int rank) => new(key, name, Tells.Base) { Rank = rank };

    private static KnownName Of(string key, string name, int rank = Known) => new(key, name, Tells.Browser) { Rank = rank };
}
