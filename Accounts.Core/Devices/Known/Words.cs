namespace Accounts.Core.Devices.Known;

/// <summary>Other known words: engines, kinds of device, and words that tell nothing.</summary>
internal static class Words
{
    public static IReadOnlyList<KnownName> All { get; } =
    [
        Of("Mozilla", Tells.Mozilla), Of("Version", Tells.Version), Of("compatible", Tells.Compatible), Of("wv", Tells.WebView),
        Of("Electron", Tells.Electron), Of("DeviceType", Tells.PlatformName),
        Of("FBAV", Tells.AppVersion), Of("FBSV", Tells.PlatformVersion), Of("FBSN", Tells.PlatformName), Of("x86_64", Tells.Intel),
        Of("i386", Tells.Intel), Of("VR", Tells.Headset), Of("Mobile VR", Tells.Headset), Of("Quest", Tells.Headset),
        Of("Quest Pro", Tells.Headset), Of("Quest 3S", Tells.Headset), Of("Browser", Tells.OwnBrowser), Of("AgentWeb", Tells.Disguise),

        // If there are two engines, the later one is the browser's: all browsers say KHTML and Gecko.
        Engine("Gecko", 1), Engine("AppleWebKit", 2, "WebKit"), Engine("WebKit", 2), Engine("Blink", 3), Engine("KHTML", 0), Engine("Goanna", 4),
        Engine("Presto", 5),
        Engine("LibWeb", 5), Engine("ArkWeb", 3, "Blink"),

        Type("Tablet", DeviceType.Tablet), Type("Mobile", DeviceType.Mobile), Type("Phone", DeviceType.Mobile), Type("Watch", DeviceType.Watch),
        Type("IEMobile", DeviceType.Mobile),
        Type("TV", DeviceType.TV), Type("SmartTV", DeviceType.TV), Type("SMART-TV", DeviceType.TV), Type("Smart TV", DeviceType.TV), Type("HbbTV",
        DeviceType.TV), Type("GoogleTV", DeviceType.TV), Type("Google TV", DeviceType.TV),
        Type("DTV", DeviceType.TV), Type("NETTV", DeviceType.TV), Type("CE-HTML", DeviceType.TV), Type("Viera", DeviceType.TV),
        Type("AQUOSBrowser", DeviceType.TV), Type("InettvBrowser", DeviceType.TV),
        Type("Maple", DeviceType.TV), Type("Maple2012", DeviceType.TV), Type("LG Browser", DeviceType.TV), Type("LG NetCast.TV", DeviceType.TV),
        Type("LG NetCast.TV-2010", DeviceType.TV), Type("LG NetCast.TV-2011", DeviceType.TV),
        Type("LG NetCast.TV-2012", DeviceType.TV), Type("LG NetCast.TV-2013", DeviceType.TV),
        Type("NetCast.TV", DeviceType.TV), Type("OPTV", DeviceType.TV), Type("POV_TV", DeviceType.TV),
        Type("Linux/SmartTV", DeviceType.TV), Type("Automotive", DeviceType.Car), Type("U2", DeviceType.Mobile),
        Type("OMI", DeviceType.TV), Type("SonyCEBrowser", DeviceType.TV), Type("BDPlayer", DeviceType.TV), Type("TiVoOS", DeviceType.TV),
        Type("SmartTvA", DeviceType.TV), Type("FVC", DeviceType.TV), Type("SRAF", DeviceType.TV), Type("LeanbackShell", DeviceType.TV),
        Type("Leanback Shell", DeviceType.TV), Type("Zeasn", DeviceType.TV), Type("hdplusinteraktiv", DeviceType.TV), Type("OITF", DeviceType.TV),
        Type("Opera TV Store", DeviceType.TV), Type("TSBNetTV", DeviceType.TV), Type("HyBroadcast", DeviceType.TV), Type("Kylo", DeviceType.TV),
        Type("TitanOS", DeviceType.TV), Type("WhaleTV", DeviceType.TV),
        Type("2in1", DeviceType.Desktop), Type("PC", DeviceType.Desktop), Type("Wearable", DeviceType.Watch), Type("apad", DeviceType.Tablet),

        .. Nothing(
            "U", "I", "N", "K", "rv", "like", "like Gecko", "Win64", "x64", "WOW64", "ARM", "ARM64", "x86", "i686", "i586", "amd64", "aarch64",
            "arm_64", "Touch", "Tablet PC", "Media Center PC",
            "KHTML, like Gecko", "Build", "SLCC", "SLCC1", "SLCC2", ".NET", ".NET CLR", ".NET4.0C", ".NET4.0E", "InfoPath", "MS-RTC LM", "Zune",
            "SV1", "FunWebProducts",
            "GTB", "MDDC", "MALC", "MASM", "MAAU", "BRI", "en", "de", "fr", "es", "it", "ja", "ko", "ru", "zh", "pt", "nl", "pl", "tr", "ar",
            "NetType", "Language", "ABTest", "JsSdk", "ByteLocale", "ByteFullLocale", "Region", "Channel", "AppVersion", "AppName", "app_version",
            "AppSkin", "AppTheme", "RevealType",
            "isDarkMode", "WKWebView", "FalconTag", "PIA", "Weex", "WindVane", "MMWEBID", "MMWEBSDK", "WeChat", "Weixin", "WebP", "TBS",
            "V1_AND_SQ", "V1_IPH_SQ", "Process", "Page", "XWEB", "Luggage",
            "MacWechat", "WindowsWechat", "UnifiedPCWindowsWechat", "UnifiedPCMacWechat", "miniProgram", "Yptp", "Yowser", "SA", "Config",
            "Viewer", "Agency", "Edition", "MZ", "LIFF", "IAB", "JS", "T7", "SP-engine",
            "light", "dark", "Scheme", "Nebula", "UCBS", "UT4Aplus", "AliApp", "AliBaba", "Safari Line", "FBBV", "FBDV", "FBMD", "FBSS",
            "FBID", "FBLC", "FBOP", "FBRV", "FBCR", "FBPN",
            "FBDM", "FBMF", "FBBD", "FBCA", "FBIA", "IABMV", "NV", "SDK", "arm64-v8a", "armeabi-v7a", "AlipayDefined", "NebulaSDK", "PSDType",
            "FBCX", "FBLP", "UCWEB", "U3", "Configuration", "VendorID", "UP.Link", "x",
            "Swift", "scale", "MathPlayer", "chromeframe", "Instance", "NSUserAgent", "OSMeta", "iOSApp", "Hermes", "Expo", "React Native",
            "QtWebEngine", "QtWebKit", "Qt", "Cordova",
            "Capacitor", "Ktor", "DRM", "AdobeAIR", "Flash", "HMSCore", "GMSCore", "screen", "Novarra-Vision", "WifiWebAuthApplet", "NF",
            "NX", "webdriver", "googleweblight", "GoogleToolbar", "WebKitGTK", "udid", "OS", "Release", "gzip", "gfe",

            // Settings and libraries that apps name before themselves.
            "bdapp", "tomas", "NABar", "SCore", "SGInfo", "NoHead", "MApi", "efte", "NetworkType", "statusBarHeight",
            "statusBarHeightDp", "BroPP", "webOmni", "YaSearchApp", "jsbv"),
    ];

    private static KnownName Of(string key, Tells tells) => new(key, key, tells);

    private static KnownName Engine(string key, int rank, string? name = null) => new(key, name ?? key, Tells.Engine) { Rank = rank };

    private static KnownName Type(string key, DeviceType type) => new(key, key, Tells.Type, type);

    private static IEnumerable<KnownName> Nothing(params string[] keys) => keys.Select(key => Of(key, Tells.Nothing));
}
