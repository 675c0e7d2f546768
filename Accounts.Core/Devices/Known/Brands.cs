using System.Collections.Frozen;

namespace Accounts.Core.Devices.Known;

/// <summary>Client Hints brands whose common name differs. Other brands keep their own name.</summary>
internal static class Brands
{
    /// <summary>Every browser based on Chromium also names this brand. If it is the only one, the browser is Chromium.</summary>
    public const string Chromium = "Chromium";

    private static readonly FrozenDictionary<string, KnownName> All = new[]
    {
        Of(Chromium, Chromium, Tells.Base),
        Of("Google Chrome", Browsers.Chrome, Tells.Base),
        Of("Chrome", Browsers.Chrome, Tells.Base),
        Of("HeadlessChrome", Browsers.Chrome, Tells.Base),
        Of("Android WebView", "WebView", Tells.Base),
        Of("Microsoft Edge", Browsers.Edge),
        Of("Microsoft Edge WebView2", "Edge WebView2"),
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
    }.ToFrozenDictionary(brand => brand.Key, StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, KnownName>.AlternateLookup<ReadOnlySpan<char>> Lookup =
        All.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Finds a brand, known or not; null if it has no name.</summary>
    public static KnownName? Find(ReadOnlySpan<char> brand) =>
        Lookup.TryGetValue(brand, out var known) ? known
        : NameText.Of(brand) is { } name ? Of(name, name)
        : null;

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

    private static KnownName Of(string key, string name, Tells tells = Tells.Browser) => new(key, name, tells);
}
