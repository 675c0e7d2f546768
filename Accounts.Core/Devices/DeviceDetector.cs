namespace Accounts.Core.Devices;

/// <summary>Names the device behind a User-Agent. A pure function: it never throws and says "unknown" rather than guess.</summary>
/// <remarks>
/// It tells the common browsers apart and knows that a User-Agent no longer carries the version of its platform: Windows 10 and 11, and
/// every macOS of recent years, send the same text, so no platform version is printed.
/// </remarks>
public static class DeviceDetector
{
    // The first token that is present wins: every browser but Firefox also calls itself Chrome or Safari.
    private static readonly (string Token, string Name)[] Browsers =
    [
        ("Edg/", "Edge"), ("EdgA/", "Edge"), ("EdgiOS/", "Edge"),
        ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Vivaldi/", "Vivaldi"), ("YaBrowser/", "Yandex Browser"),
        ("FxiOS/", "Firefox"), ("Firefox/", "Firefox"),
        ("CriOS/", "Chrome"), ("HeadlessChrome/", "Chrome"), ("Chrome/", "Chrome"),
        ("curl/", "curl"),
    ];

    private static readonly string[] Bots = ["bot", "crawler", "spider", "curl/", "wget/", "python-requests"];

    public static Device Detect(DeviceSignals signals)
    {
        var text = signals.UserAgent.AsSpan();
        var platform = Platform(text);
        var (browser, version) = Browser(text);
        return new Device { Type = Type(text, platform), Platform = platform, Browser = browser, BrowserVersion = version };
    }

    private static string? Platform(ReadOnlySpan<char> text) =>
        Has(text, "Windows NT") ? "Windows"
        : Has(text, "iPad") ? "iPad"
        : Has(text, "iPhone") ? "iPhone"
        : Has(text, "Android") ? "Android"
        : Has(text, "CrOS") ? "ChromeOS"
        : Has(text, "Mac OS X") || Has(text, "Macintosh") ? "macOS"
        : Has(text, "Linux") || Has(text, "X11") ? "Linux"
        : null;

    private static DeviceType Type(ReadOnlySpan<char> text, string? platform)
    {
        foreach (var bot in Bots)
        {
            if (text.Contains(bot, StringComparison.OrdinalIgnoreCase))
                return DeviceType.Bot;
        }

        return platform switch
        {
            null => DeviceType.Unknown,
            "iPhone" => DeviceType.Mobile,
            "iPad" => DeviceType.Tablet,
            "Android" => Has(text, "Mobile") ? DeviceType.Mobile : DeviceType.Tablet,
            _ => DeviceType.Desktop,
        };
    }

    private static (string? Name, string? Version) Browser(ReadOnlySpan<char> text)
    {
        foreach (var (token, name) in Browsers)
        {
            var at = text.IndexOf(token, StringComparison.Ordinal);
            if (at >= 0)
                return (name, Major(text[(at + token.Length)..]));
        }

        // Safari gives its version apart from its name.
        var version = text.IndexOf("Version/", StringComparison.Ordinal);
        return Has(text, "Safari/") && version >= 0 ? ("Safari", Major(text[(version + "Version/".Length)..])) : (null, null);
    }

    private static string? Major(ReadOnlySpan<char> version)
    {
        var length = 0;
        while (length < version.Length && length < 4 && char.IsAsciiDigit(version[length]))
            length++;
        return length == 0 ? null : version[..length].ToString();
    }

    private static bool Has(ReadOnlySpan<char> text, string token) => text.Contains(token, StringComparison.Ordinal);
}
