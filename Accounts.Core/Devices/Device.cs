namespace Accounts.Core.Devices;

/// <summary>The kind of thing that a browser runs on.</summary>
public enum DeviceType
{
    Unknown,
    Desktop,
    Mobile,
    Tablet,
    Bot,
}

/// <summary>What a session is signed in from, as far as it is known.</summary>
/// <param name="Type">Desktop, phone, tablet or a program.</param>
/// <param name="Platform">"Windows", "macOS", "Android" …; null if unknown.</param>
/// <param name="Browser">"Chrome", "Firefox" …; null if unknown.</param>
/// <param name="BrowserVersion">The major version, "156"; null if unknown.</param>
public sealed record Device(DeviceType Type, string? Platform, string? Browser, string? BrowserVersion)
{
    /// <summary>The title of its card: "Chrome 156 on Windows"; "Unknown browser" where nothing is known.</summary>
    public string Title
    {
        get
        {
            var browser = (Browser, BrowserVersion) switch
            {
                (null, _) => "Unknown browser",
                (_, null) => Browser,
                _ => $"{Browser} {BrowserVersion}",
            };
            return Platform is null ? browser : $"{browser} on {Platform}";
        }
    }

    /// <summary>Whether it is the same browser program on the same kind of machine, of whatever version. What is unknown is like nothing.</summary>
    public bool LooksLike(Device other) => Browser is not null && this with { BrowserVersion = null } == other with { BrowserVersion = null };
}
