using Accounts.Core.Devices.Known;

namespace Accounts.Core.Devices;

/// <summary>Determines the browser or app, its version and its engine.</summary>
internal static class BrowserReader
{
    // Chrome left WebKit with this version.
    private const int FirstBlink = 28;

    public static (string? Name, string? Version) Read(in UserAgentReading reading, in HintsReading hints)
    {
        // If a brand and a product tell equally much, the brand wins. Apps appear only in the User-Agent.
        if (hints.HasBrowser && (reading.Program is null || hints.BrowserTells >= reading.Program.Tells) && !IsApp(in reading)
            && !(reading.HasWebView && hints.BrowserTells <= Tells.Base))
        {
            // Opera's brand has Chromium's version in the full list. Its product has its own.
            var brand = hints.BrowserName;
            var isSame = hints.BrowserTells == Tells.Browser && string.Equals(brand, reading.Program?.Name, StringComparison.Ordinal)
                && !reading.ProgramVersion.IsEmpty;
            return (brand, VersionText.Major(isSame ? reading.ProgramVersion : hints.BrowserVersion));
        }

        if (reading.Program is { Tells: Tells.Browser or Tells.App } known)
            return (known.Name, known.Numbers == Numbers.Given ? reading.Given(reading.ProgramVersion) : Version(in reading, known));
        if (IsApp(in reading))
        {
            var isFirst = reading.ProductIsFirst && (reading.App.IsEmpty || !IsWebView(in reading));
            if (reading.NameOf(isFirst ? reading.Product : reading.App) is { } app)
                return (app, reading.Given(isFirst ? reading.ProductVersion : reading.AppNumber));
        }

        if (reading.HasElectron)
            return ("Electron", null);
        if (IsWebView(in reading))
            return ("WebView", reading.HasChrome ? VersionText.Major(reading.Chrome) : null);

        if (reading.Platform is { } platform && reading.Program is null or { Tells: Tells.Safari } && OwnBrowsers.Of(platform.Name) is { } own
            && (reading.IsMozilla || reading.HasOwnBrowser || platform.Name is not Platforms.Android))
            return (own, VersionText.Major(reading.Version));
        if (reading.Program is { } program)
            return (program.Name, Version(in reading, program));
        if (reading.Tool is { } first && reading.ToolIsFirst)
            return (first.Name, reading.Given(reading.ToolVersion));
        if (!reading.App.IsEmpty && !IsOldPhone(reading.Platform) && reading.NameOf(reading.App) is { } name)
            return (name, reading.Given(reading.AppNumber));
        return reading.Tool is { } tool ? (tool.Name, reading.Given(reading.ToolVersion)) : (null, null);
    }

    public static string? Engine(in UserAgentReading reading, in HintsReading hints, string? browser, bool isApple)
    {
        if (isApple)
            return reading.HasWebKit || reading.HasMozilla ? "WebKit" : null;
        if (hints.HasBrowser)
            return "Blink";
        return reading.Program switch
        {
            { Name: Browsers.InternetExplorer } => "Trident",
            { Name: Browsers.Edge, Tells: Tells.Base } => "EdgeHTML",
            _ when reading.Engine is { Rank: > 3 } own => own.Name,
            _ when reading.HasChrome => VersionText.MajorNumber(reading.Chrome) is > 0 and < FirstBlink ? "WebKit" : "Blink",
            _ => browser is null && reading.Engine is { Rank: 0 } ? null : reading.Engine?.Name,
        };
    }

    // An app or a browser that the tables don't know: its name comes first or ends with "Browser", or it uses Electron or a web view.
    private static bool IsApp(in UserAgentReading reading) =>
        reading.Program is null or { Tells: <= Tells.Base }
        && ((reading.ProductIsFirst && reading.Platform is not null && !IsOldPhone(reading.Platform))
            || (!reading.App.IsEmpty && (reading.HasElectron || reading.AppIsBrowser || IsWebView(in reading))));

    // There the first product is the phone.
    private static bool IsOldPhone(KnownName? platform) => platform is { Name: Platforms.JavaME or "Symbian" or "Series 40" };

    private static bool IsWebView(in UserAgentReading reading)
    {
        if (!reading.IsMozilla || reading.Platform is null)
            return false;
        return reading.Platform.Name switch
        {
            Platforms.Android => reading.HasWebView || (reading.HasChrome && reading.Version is "4.0" && reading.Program is { Tells: Tells.Base }),
            Platforms.HarmonyOS => reading.Engine is { Key: "ArkWeb" } && reading.Program is { Tells: Tells.Base },
            Platforms.IOS or Platforms.IPadOS or Platforms.MacOS => reading.HasWebKit && reading.Program is null,
            _ => false,
        };
    }

    private static string? Version(in UserAgentReading reading, KnownName program) => program switch
    {
        { Tells: Tells.Safari } => VersionText.Major(reading.Version),
        { Key: "Trident" } => VersionText.MajorNumber(reading.ProgramVersion) is > 0 and < 8 and var engine
            ? VersionText.Major((engine + 4).ToString(System.Globalization.CultureInfo.InvariantCulture))
            : null,
        { Key: "Opera" } when !reading.Version.IsEmpty => VersionText.Major(reading.Version),
        { Name: "Facebook" or "Messenger" } when reading.ProgramVersion.IsEmpty => VersionText.Major(reading.AppVersion),
        _ => VersionText.Major(reading.ProgramVersion) ?? (reading.Engine is { Name: "Presto" } ? VersionText.Major(reading.Version) : null),
    };
}
