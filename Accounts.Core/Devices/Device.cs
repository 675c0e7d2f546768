namespace Accounts.Core.Devices;

/// <summary>The device and the browser of a session. Unknown values are null, never a guess.</summary>
public sealed record Device
{
    /// <summary>The title of a browser that isn't known.</summary>
    public const string UnknownBrowser = "Unknown browser";

    /// <summary>The title of a program without a name.</summary>
    public const string UnknownProgram = "Unknown program";

    internal static readonly Device Unknown = new();

    /// <summary>The kind of device.</summary>
    public DeviceType Type { get; init; }

    /// <summary>"Windows", "macOS", "iOS", "iPadOS", "Android", "ChromeOS", "Linux" …</summary>
    public string? Platform { get; init; }

    /// <summary>The Linux distribution, if the browser names it: "Ubuntu".</summary>
    public string? Distribution { get; init; }

    /// <summary>"11", "10 or 11", "19.1"; null if the browser sends a frozen number.</summary>
    public string? PlatformVersion { get; init; }

    /// <summary>The browser, app or program: "Chrome", "Instagram", "curl", "OurApp".</summary>
    public string? Browser { get; init; }

    /// <summary>A browser's major version, "156". For an app or a program, its version as given, "2.1".</summary>
    public string? BrowserVersion { get; init; }

    /// <summary>"Blink", "WebKit", "Gecko" …</summary>
    public string? Engine { get; init; }

    /// <summary>"iPhone", "Pixel 9", "SM-S918B".</summary>
    public string? Model { get; init; }

    /// <summary>The bot's name if <see cref="Type"/> is Bot: "Googlebot", "GPTBot", "curl". <see cref="Browser"/> has the same name.</summary>
    public string? Bot { get; init; }

    /// <summary>Its title as the audit log keeps it and as a search finds it, in English: "Chrome 156 on Windows 11".</summary>
    public string Title
    {
        get
        {
            var name = Joined(Browser ?? Bot ?? (Type == DeviceType.Bot ? UnknownProgram : UnknownBrowser), BrowserVersion);
            return Platform is null ? name : $"{name} on {Joined(Distribution ?? Platform, PlatformVersion)}";
        }
    }

    /// <summary>Whether both are the same browser on the same kind of machine, in any version. False if the browser is unknown.</summary>
    public bool LooksLike(Device other) => Browser is not null && WithoutVersions() == other.WithoutVersions();

    private Device WithoutVersions() => this with { BrowserVersion = null, PlatformVersion = null };

    private static string Joined(string name, string? version) => version is null ? name : $"{name} {version}";
}
