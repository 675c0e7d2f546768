using System.Collections.Frozen;
using static Accounts.Core.Devices.DeviceType;

namespace Accounts.Core.Devices.Known;

/// <summary>Platforms by their words in a User-Agent, the most specific last: Android also says Linux, and an Xbox also says Windows.</summary>
internal static class Platforms
{
    public const string Android = "Android";
    public const string IOS = "iOS";
    public const string IPadOS = "iPadOS";
    public const string MacOS = "macOS";
    public const string Windows = "Windows";
    public const string Linux = "Linux";
    public const string ChromeOS = "ChromeOS";
    public const string HarmonyOS = "HarmonyOS";
    public const string VisionOS = "visionOS";
    public const string WearOS = "Wear OS";
    public const string Chromecast = "Chromecast";
    public const string Xbox = "Xbox";

    public const string JavaME = "Java ME";

    /// <summary>The name that Apple's network library gives itself. It is the same on phones and computers.</summary>
    public const string Darwin = "iOS or macOS";

    /// <summary>Linux distributions. A browser that names none may still run on one.</summary>
    private static readonly IEnumerable<KnownName>[] Distributions =
    [
        Of("Ubuntu", Desktop, "Ubuntu", "Kubuntu", "Xubuntu"),
        Of("Debian", Desktop),
        Of("Fedora", Desktop, "Fedora", "Fedora Linux"),
        Of("CentOS", Desktop),
        Of("Red Hat", Desktop, "Red Hat", "RedHat"),
        Of("SUSE", Desktop),
        Of("openSUSE", Desktop),
        Of("Mandriva", Desktop),
        Of("Gentoo", Desktop),
        Of("Arch Linux", Desktop),
        Of("Manjaro", Desktop),
        Of("Linux Mint", Desktop, "Linux Mint", "LinuxMint"),
        Of("Raspberry Pi OS", Desktop, "Raspbian"),
        Of("Slackware", Desktop),
        Of("PCLinuxOS", Desktop),
        Of("Mageia", Desktop),
        Of("elementary OS", Desktop),
        Of("Zenwalk", Desktop),
        Of("Linpus", Desktop),
    ];

    private static readonly FrozenSet<string> DistributionNames = Distributions.SelectMany(names => names).Select(name => name.Name)
        .ToFrozenSet(StringComparer.Ordinal);

    private static readonly IEnumerable<KnownName>[] Table =
    [
        Of("Linux", Desktop, "X11", "Wayland", "Linux", "linux-gnu", "GNU", "x86_64-pc-linux-gnu", "x86_64-redhat-linux-gnu",
            "aarch64-unknown-linux-gnu", "Linux-gnueabihf", "i686 Linux"),
        .. Distributions,
        Of("FreeBSD", Desktop),
        Of("OpenBSD", Desktop),
        Of("NetBSD", Desktop),
        Of("DragonFly BSD", Desktop, "DragonFly"),
        Of("Solaris", Desktop, "SunOS", "Solaris"),
        Of("AIX", Desktop),
        Of("HP-UX", Desktop),
        Of("IRIX", Desktop),
        Of("Haiku", Desktop),
        Of("BeOS", Desktop),
        Of("OS/2", Desktop),
        Of("AmigaOS", Desktop),
        Of("MorphOS", Desktop),
        Of("RISC OS", Desktop),
        Of("SerenityOS", Desktop),
        Of("QNX", Unknown),
        Of("Fuchsia", Unknown),
        Of(ChromeOS, Desktop, "CrOS"),
        Of(Darwin, Unknown, "Darwin"),
        Of(MacOS, Desktop, "Macintosh", "Mac_PowerPC", "Mac_68K", "PPC", "MacBook", "MacBookPro", "MacBookAir", "Macmini", "iMac", "iMacPro"),
        Of(MacOS, Desktop, Numbers.Given, "Intel Mac OS X", "PPC Mac OS X", "Intel Mac OS", "Mac OS X", "Mac OS"),
        Of(MacOS, Desktop, Numbers.Exact, "Mac OS X Version", "macOS", "macOS Version", "OS X"),
        Of(MacOS, Desktop, "Mac"),
        Of(Windows, Desktop, Numbers.Exact, "Windows"),
        Of(Windows, Desktop, "Win", "Win32", "Win95", "Win98", "WinNT"),
        Of(Windows, Desktop, Numbers.Given, "Windows NT"),
        Of(Windows, Desktop, Numbers.Exact, "Microsoft Windows"),
        Of(Windows, Desktop, Numbers.Given, "Microsoft Windows NT"),
        Of("Windows CE", Mobile, "Windows CE", "WindowsCE"),
        Of("Windows Mobile", Mobile, Numbers.Given, "Windows Mobile"),
        Of("Palm OS", Mobile, "PalmOS", "PalmSource"),
        Of(JavaME, Mobile, "J2ME", "MIDP", "MIDP-", "Profile", "CLDC", "CLDC-"),
        Of("BREW", Mobile),
        Of("i-mode", Mobile, "DoCoMo"),
        Of("EZweb", Mobile, "KDDI"),
        Of("Bada", Mobile, Numbers.Given, "Bada"),
        Of("Symbian", Mobile, "SymbianOS", "Symbian", "SymbOS", "Series60", "Series", "Series80", "S60", "S60V"),
        Of("Series 40", Mobile, "Series40"),
        Of("MeeGo", Mobile),
        Of("Maemo", Mobile),
        Of("Sailfish OS", Mobile, "Sailfish"),
        Of("BlackBerry OS", Mobile, "BlackBerry"),
        Of("BlackBerry 10", Mobile, "BB10"),
        Of("BlackBerry Tablet OS", Tablet, "PlayBook", "RIM Tablet OS"),
        Of("webOS", Tablet, "hpwOS"),
        Of("webOS", Unknown),
        Of("Ubuntu Touch", Mobile),
        Of(Android, Unknown, Numbers.Given, "Android", "Andr0id", "Adr", "Android OS"),
        Of(Android, TV, Numbers.Given, "Android TV"),
        Of(Android, Car, Numbers.Given, "Android Automotive"),
        Of(HarmonyOS, Unknown, Numbers.Given, "HarmonyOS", "OpenHarmony"),
        Of("Tizen", Unknown, Numbers.Given, "Tizen"),
        Of("KaiOS", Mobile, Numbers.Given, "KAIOS"),
        Of("Firefox OS", Mobile, "B2G"),
        Of(IOS, Mobile, "iPhone", "iPod", "iPod touch"),
        Of(IPadOS, Tablet, "iPad"),
        Of(IOS, Mobile, Numbers.Given, "CPU iPhone OS"),
        Of(IPadOS, Tablet, Numbers.Given, "CPU OS"),
        Of(IOS, Mobile, "CPU like Mac OS X"),
        Of(IOS, Mobile, Numbers.Given, "CPU"),
        Of(IOS, Mobile, Numbers.Exact, "iPhone OS", "iOS", "iPhoneOS", "iOS Version"),
        Of(IPadOS, Tablet, Numbers.Exact, "iPadOS"),
        Of("Windows Phone", Mobile, Numbers.Given, "Windows Phone", "Windows Phone OS"),
        Of("webOS", TV, "Web0S"),
        Of("NetCast", TV),
        Of("Roku OS", TV, "Roku", "RokuBrowser"),
        Of("VIDAA", TV),
        Of("tvOS", TV, "Apple TV", "AppleTV"),
        Of("tvOS", TV, Numbers.Exact, "tvOS"),
        Of(Chromecast, TV, "CrKey"),
        // A smart display casts too: "CrKey/1.56.500000 DeviceType/SmartSpeaker".
        Of(Linux, Unknown, "SmartSpeaker"),
        Of("watchOS", Watch, Numbers.Exact, "watchOS"),
        Of("watchOS", Watch, "Apple Watch"),
        Of(WearOS, Watch),
        Of(VisionOS, Unknown, "Apple Vision Pro"),
        Of(VisionOS, Unknown, Numbers.Exact, "visionOS"),
        Of("PlayStation", DeviceType.Console, "PS3", "PS4", "PS5"),
        Of("PlayStation", DeviceType.Console, Numbers.Given, "PlayStation"),
        Of("PlayStation Vita", DeviceType.Console),
        Of("PlayStation Portable", DeviceType.Console, "PlayStation Portable", "PSP"),
        Of("Nintendo Switch", DeviceType.Console),
        Of("Nintendo Wii U", DeviceType.Console, "Nintendo WiiU"),
        Of("Nintendo Wii", DeviceType.Console),
        Of("Nintendo 3DS", DeviceType.Console, "Nintendo 3DS", "New Nintendo 3DS", "New Nintendo 3DS like iPhone"),
        Of("Nintendo DSi", DeviceType.Console),
        Of("Nintendo", DeviceType.Console),
        Of(Xbox, DeviceType.Console, "Xbox", "Xbox One", "Xbox Series X"),
        Of("Tesla", Car, "QtCarBrowser", "Tesla"),
    ];

    public static IReadOnlyList<KnownName> All { get; } = [.. Table.SelectMany((names, at) => names.Select(name => name with { Rank = at }))];

    /// <summary>The platform's common name, and the distribution if it is one of Linux.</summary>
    public static (string? Platform, string? Distribution) Split(string? name) =>
        name is not null && DistributionNames.Contains(name) ? (Linux, name) : (name, null);

    private static IEnumerable<KnownName> Of(string name, DeviceType type, params string[] keys) => Of(name, type, Numbers.None, keys);

    private static IEnumerable<KnownName> Of(string name, DeviceType type, Numbers numbers, params string[] keys) =>
        (keys is [] ? [name] : keys).Select(key => new KnownName(key, name, Tells.Platform, type, numbers));
}
