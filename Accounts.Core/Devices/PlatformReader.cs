using Accounts.Core.Devices.Known;

namespace Accounts.Core.Devices;

/// <summary>Determines the platform, and its version if the browser doesn't send a frozen one.</summary>
internal static class PlatformReader
{
    private const string TenOrEleven = "10 or 11";

    // Since this version, Firefox also says "Android 10" on older systems.
    private const int FirstFirefoxWithFloor = 122;

    // On iOS 26 and later, browsers still say 18.6 or 18.7. Safari's own version equals the system's.
    private const int FirstFrozenIOS = 26;

    public static (string? Name, string? Version) Read(in UserAgentReading reading, in HintsReading hints, string? browser)
    {
        var name = reading.Platform?.Name;
        if (hints.Platform is { } told && !IsBuiltOn(name, told))
        {
            var version = OfHints(told, hints.PlatformVersion);
            if (version is not null || !string.Equals(told, name, StringComparison.Ordinal))
                return (told, version ?? (told is Platforms.Windows ? TenOrEleven : null));
        }

        if (hints.Touch && name is Platforms.MacOS)
            return (Platforms.IPadOS, reading.HasSafari && !reading.HasChrome ? VersionText.Platform(reading.Version) : null);
        return name switch
        {
            null => (reading.IsFirefoxOS ? "Firefox OS" : null, null),
            Platforms.Windows => (name, Windows(in reading)),
            Platforms.MacOS => (name, MacOS(in reading)),
            Platforms.IOS or Platforms.IPadOS => IOS(in reading),
            Platforms.Android => (name, Android(in reading, browser)),
            Platforms.Darwin => reading.HasIntel ? (Platforms.MacOS, null) : (name, null),
            _ => (name, reading.PlatformNumbers == Numbers.None ? null : VersionText.Platform(reading.PlatformVersion)),
        };
    }

    /// <summary>The kind of device of a platform that only the hints name.</summary>
    public static DeviceType TypeOf(string platform) =>
        platform is Platforms.Android or Platforms.IOS or "Fuchsia" ? DeviceType.Unknown : DeviceType.Desktop;

    /// <summary>Whether browsers have frozen this number: they send it on later versions too.</summary>
    public static bool IsFrozen(string platform, ReadOnlySpan<char> version) => platform switch
    {
        Platforms.MacOS => version is "10_15_7" or "10.15" or "10_15" or "10.15.7" or "10_16" or "10.16",
        Platforms.IOS or Platforms.IPadOS => version.StartsWith("18_6") || version.StartsWith("18_7"),
        Platforms.Windows => version is "10.0",
        _ => false,
    };

    // The text names the platform more precisely: ChromeOS, Ubuntu and televisions are Linux in the hints, and an Xbox is Windows.
    private static bool IsBuiltOn(string? platform, string told) => told switch
    {
        Platforms.Linux => platform is not (null or Platforms.Windows or Platforms.MacOS or Platforms.IOS or Platforms.IPadOS),
        Platforms.Windows => platform is Platforms.Xbox,
        Platforms.Android => platform is Platforms.HarmonyOS or Platforms.WearOS or Platforms.Chromecast,
        _ => false,
    };

    // https://learn.microsoft.com/microsoft-edge/web-platform/how-to-detect-win11
    private static string? OfHints(string platform, ReadOnlySpan<char> version) => (platform, VersionText.MajorNumber(version)) switch
    {
        (_, _) when version.IsEmpty => null,
        (Platforms.Windows, >= 13) => "11",
        (Platforms.Windows, >= 1 and <= 10) => "10",
        (Platforms.Windows, 0) => VersionText.Platform(version) switch { "0.1" => "7", "0.2" => "8", "0.3" => "8.1", _ => null },
        (Platforms.Windows or Platforms.Linux or Platforms.ChromeOS, _) => null,
        (_, 0) => null,
        _ => VersionText.Platform(version),
    };

    private static string? Windows(in UserAgentReading reading)
    {
        var version = reading.PlatformVersion;
        if (reading.PlatformNumbers == Numbers.None)
            return null;
        if (reading.PlatformNumbers == Numbers.Exact && !version.StartsWith("10.0.", StringComparison.Ordinal))
            return version.StartsWith("9x", StringComparison.OrdinalIgnoreCase) ? "ME" : VersionText.Platform(version);
        return VersionText.Platform(version) switch
        {
            // An app names the build: "10.0.22631".
            "10" =>
                version.Length >= 10 && VersionText.MajorNumber(version[5..]) is var build and >= 1000 ? build >= 2200 ? "11" : "10" : TenOrEleven,
            "6.4" => "10",
            "6.3" => "8.1",
            "6.2" => "8",
            "6.1" => "7",
            "6" => "Vista",
            "5.1" or "5.2" => "XP",
            "5" or "5.01" => "2000",
            "4" => "NT 4",
            var other => other,
        };
    }

    private static string? MacOS(in UserAgentReading reading)
    {
        var version = reading.PlatformVersion;
        var isFrozen = reading.PlatformNumbers != Numbers.Exact && IsFrozen(Platforms.MacOS, version);
        return reading.PlatformNumbers == Numbers.None || isFrozen ? null : VersionText.Platform(version);
    }

    private static (string Name, string? Version) IOS(in UserAgentReading reading)
    {
        var version = reading.PlatformNumbers == Numbers.None ? null : VersionText.Platform(reading.PlatformVersion);
        if (reading.PlatformNumbers == Numbers.Given && version is "18.6" or "18.7" && reading.Program is not { Numbers: Numbers.Exact })
        {
            version = VersionText.MajorNumber(reading.Version) >= FirstFrozenIOS ? VersionText.Platform(reading.Version)
                : reading.Version.IsEmpty ? null
                : version;
        }

        var isPad = reading.HasIPad || (reading.Platform is { Name: Platforms.IPadOS } && !reading.HasIPhone && !reading.HasIPod);
        return (isPad && (version is null || VersionText.MajorNumber(version) >= 13) ? Platforms.IPadOS : Platforms.IOS, version);
    }

    private static string? Android(in UserAgentReading reading, string? browser)
    {
        var version = reading.PlatformNumbers == Numbers.None ? null : VersionText.Platform(reading.PlatformVersion);
        var isFrozen = version is "10"
            && (reading.IsModelHidden || (browser is Browsers.Firefox && VersionText.MajorNumber(reading.ProgramVersion) >= FirstFirefoxWithFloor));
        return isFrozen ? null : version;
    }
}
