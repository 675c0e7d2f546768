namespace Accounts.Core.Devices.Known;

/// <summary>A word that a User-Agent may hold and what it tells; <paramref name="Name"/> is how people call it.</summary>
internal sealed record KnownName(string Key, string Name, Tells Tells, DeviceType Type = DeviceType.Unknown, Numbers Numbers = Numbers.Major)
{
    /// <summary>Of two that tell the same kind of thing the higher wins. For a platform it is the place in its table.</summary>
    public int Rank { get; init; }
}

/// <summary>What a known word tells. Of the programs, from <see cref="Tool"/> on, the later one wins: every browser also calls itself Safari, and every bot a browser.</summary>
internal enum Tells
{
    /// <summary>Nothing; it must only not be taken for a name.</summary>
    Nothing,

    /// <summary>A browser, or somebody who wants to be taken for one: <c>Mozilla/5.0</c>.</summary>
    Mozilla,

    /// <summary>The version of Safari, which on iOS is the system's: <c>Version/26.1</c>.</summary>
    Version,
    /// <summary>The version of an app whose name is elsewhere: <c>FBAV/480.0</c>.</summary>
    AppVersion,
    Compatible,
    WebView,
    Electron,
    Intel,
    Engine,
    Type,
    Platform,

    /// <summary>The version of the platform that is named elsewhere, as an app knows it: <c>FBSV/17.0</c>.</summary>
    PlatformVersion,

    /// <summary>What comes behind it is the name of the platform, where nothing else tells it: <c>FBSN/iOS</c>.</summary>
    PlatformName,

    /// <summary>A library or a command-line program. Before a phone's platform it is an app's library.</summary>
    Tool,
    Safari,

    /// <summary>A browser that others are made of: Chrome, Firefox, Internet Explorer.</summary>
    Base,
    Browser,

    /// <summary>An app that shows pages: Instagram, Slack.</summary>
    App,
    Bot,
}

/// <summary>Which of the numbers behind a word are worth showing.</summary>
internal enum Numbers
{
    None,
    Major,

    /// <summary>As it is given, of a platform possibly frozen by the browser.</summary>
    Given,

    /// <summary>Of a platform: never frozen.</summary>
    Exact,
}
