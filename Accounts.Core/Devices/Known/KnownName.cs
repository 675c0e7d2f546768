namespace Accounts.Core.Devices.Known;

/// <summary>A word of a User-Agent and its meaning. <paramref name="Name"/> is its common name.</summary>
internal sealed record KnownName(string Key, string Name, Tells Tells, DeviceType Type = DeviceType.Unknown, Numbers Numbers = Numbers.Major)
{
    /// <summary>If two words tell the same kind of thing, the higher rank wins. A platform's rank is its position in the table.</summary>
    public int Rank { get; init; }
}

/// <summary>What a known word tells.</summary>
/// <remarks>From <see cref="Tool"/> on, these are programs. The later value wins: every browser claims to be Safari, every bot a browser.</remarks>
internal enum Tells
{
    /// <summary>Nothing, but the word isn't a name.</summary>
    Nothing,

    /// <summary>A browser, or a program that pretends to be one: <c>Mozilla/5.0</c>.</summary>
    Mozilla,

    /// <summary>Safari's version, which on iOS equals the system's: <c>Version/26.1</c>.</summary>
    Version,
    /// <summary>The version of an app that another word names: <c>FBAV/480.0</c>.</summary>
    AppVersion,
    Compatible,
    WebView,
    Electron,
    Headset,

    /// <summary>The platform's own browser, which has no name: <c>Browser/AppleWebKit533.1</c>.</summary>
    OwnBrowser,

    /// <summary>A library that adds another browser's name after its own: <c>AgentWeb/4.1.3 UCBrowser/11.6.4.950</c>.</summary>
    Disguise,
    Intel,
    Engine,
    Type,
    Platform,

    /// <summary>The platform's version as an app knows it; another word names the platform: <c>FBSV/17.0</c>.</summary>
    PlatformVersion,

    /// <summary>The platform's name follows; it counts if no other word tells it: <c>FBSN/iOS</c>.</summary>
    PlatformName,

    /// <summary>A library or a command-line program. Together with a phone's platform it is an app's library.</summary>
    Tool,
    Safari,

    /// <summary>A browser that others are based on: Chrome, Firefox, Internet Explorer.</summary>
    Base,
    Browser,

    /// <summary>An app that shows pages: Instagram, Slack.</summary>
    App,
    Bot,
}

/// <summary>Whether the number after a word is worth showing.</summary>
internal enum Numbers
{
    None,
    Major,

    /// <summary>The number as given. The browser may have frozen a platform's.</summary>
    Given,

    /// <summary>A platform's real number, never frozen.</summary>
    Exact,
}
