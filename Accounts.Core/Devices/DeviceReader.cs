using Accounts.Core.Devices.Known;

namespace Accounts.Core.Devices;

/// <summary>Determines the device from the parsed User-Agent and hints.</summary>
internal static class DeviceReader
{
    public static Device Read(DeviceSignals signals)
    {
        var reading = new UserAgentReading(signals.UserAgent);
        var hints = HintsReading.Of(signals.Hints, in reading);
        return IsBot(in reading, in hints) ? Bot(in reading) : Person(in reading, in hints);
    }

    private static bool IsBot(in UserAgentReading reading, in HintsReading hints)
    {
        if (reading.Program is { Tells: Tells.Bot } || reading.SaysBot)
            return true;
        if (hints.HasBrowser)
            return false;
        if (reading.Program is { Tells: Tells.App, Type: DeviceType.Bot })
            return reading.Platform is null;
        return reading.IsMozilla ? IsDisguised(in reading) : IsProgram(in reading);
    }

    // A text that claims to be a browser's.
    private static bool IsDisguised(in UserAgentReading reading)
    {
        if (reading.Type is DeviceType.TV or DeviceType.Console)
            return false;
        return reading.LooksLikeBot || reading.IsOnlyCompatible
            || (reading.Platform is null && !reading.IsDevice && reading.Program is not { Tells: Tells.Browser or Tells.App }
                && (!reading.Product.IsEmpty || !reading.Part.IsEmpty || reading.Tool is not null))
            || (reading.HasHeadless && !reading.Product.IsEmpty)
            || reading.Tool is { Name: "PowerShell" or "Indy" };
    }

    // A text that claims nothing.
    private static bool IsProgram(in UserAgentReading reading)
    {
        if (reading.Type is DeviceType.TV)
            return false;
        if (reading.Platform is { Type: DeviceType.Desktop }
            && (reading.HasMozilla ? reading.ProductIsFirst : reading.Program is null && reading.Product.IsEmpty))
            return true;
        if (reading.ToolIsFirst || (reading.Tool is not null && reading.Program is null && reading.Product.IsEmpty))
            return reading.Platform is null or { Type: DeviceType.Desktop };
        if (reading.Platform is null && reading.Program is { Tells: Tells.Browser, Type: DeviceType.Unknown })
            return true;
        return reading.Platform is null && reading.Program is null && !(reading.Product.IsEmpty && reading.Part.IsEmpty);
    }

    private static Device Bot(in UserAgentReading reading)
    {
        string? name;
        string? version;
        if (reading.Program is { Tells: Tells.Bot } or { Type: DeviceType.Bot })
            (name, version) = (reading.Program.Name, reading.Given(reading.ProgramVersion));
        else if (reading.ToolIsFirst && reading.Tool is { } first)
            return Program(in reading, first);
        else if (BotWords.IsKind(reading.BotName) && !reading.Product.IsEmpty
            && !reading.Product.Equals(reading.BotName, StringComparison.OrdinalIgnoreCase))
            (name, version) = (reading.IsCut ? null : NameText.Of(reading.Product, reading.BotName), reading.Given(reading.BotVersion));
        else if (BotWords.IsKind(reading.BotName) && !reading.Part.IsEmpty)
            (name, version) = (reading.NameOf(reading.Part), reading.Given(reading.PartVersion));
        else if (!reading.BotName.IsEmpty)
            (name, version) = (reading.NameOf(reading.BotName), reading.Given(reading.BotVersion));
        else if (!reading.Product.IsEmpty && (!reading.IsMozilla || reading.Part.IsEmpty))
            (name, version) = (reading.NameOf(reading.Product), reading.Given(reading.ProductVersion));
        else if (reading.Tool is { } tool)
            return Program(in reading, tool);
        else if (!reading.Part.IsEmpty && (reading.IsMozilla || reading.Platform is null) && !BotWords.IsKind(reading.Part))
            (name, version) = (reading.NameOf(reading.Part), reading.Given(reading.PartVersion));
        else if (!reading.Product.IsEmpty)
            (name, version) = (reading.NameOf(reading.Product), reading.Given(reading.ProductVersion));
        else
            (name, version) = reading.IsMozilla ? (null, null) : (reading.Program?.Name, reading.Given(reading.ProgramVersion));

        // A bot's platform is a disguise, so we leave it out.
        return new Device { Type = DeviceType.Bot, Browser = name, BrowserVersion = name is null ? null : version, Bot = name };
    }

    private static Device Program(in UserAgentReading reading, KnownName tool)
    {
        var (platform, version) = PlatformReader.Read(in reading, default, null);
        var (name, distribution) = Platforms.Split(platform);
        return new Device
        {
            Type = DeviceType.Bot,
            Platform = name,
            Distribution = distribution,
            PlatformVersion = version,
            Browser = tool.Name,
            BrowserVersion = reading.Given(reading.ToolVersion),
            Bot = tool.Name,
        };
    }

    private static Device Person(in UserAgentReading reading, in HintsReading hints)
    {
        var (browser, browserVersion) = BrowserReader.Read(in reading, in hints);
        var (platform, platformVersion) = PlatformReader.Read(in reading, in hints, browser);
        var (name, distribution) = Platforms.Split(platform);
        var isApple = platform is Platforms.IOS or Platforms.IPadOS;
        var model = hints.Model.IsEmpty ? reading.NameOf(reading.Model) : NameText.Of(hints.Model);
        return new Device
        {
            Type = Type(in reading, in hints, platform, model),
            Platform = name,
            Distribution = distribution,
            PlatformVersion = platformVersion,
            Browser = browser,
            BrowserVersion = browserVersion,
            Engine = BrowserReader.Engine(in reading, in hints, browser, isApple),
            Model = platform is Platforms.IPadOS || reading.HasIPad
                ? "iPad"
                : reading.HasIPod ? "iPod touch" : platform is Platforms.IOS ? "iPhone" : model,
        };
    }

    private static DeviceType Type(in UserAgentReading reading, in HintsReading hints, string? platform, string? model)
    {
        if (reading.HasHeadset || platform is Platforms.VisionOS)
            return DeviceType.Unknown;
        if (hints.Type != DeviceType.Unknown)
            return hints.Type;
        if (platform is Platforms.IPadOS or Platforms.IOS)
            return platform is Platforms.IPadOS || reading.HasIPad ? DeviceType.Tablet : DeviceType.Mobile;

        var type = DeviceTypes.Stronger(reading.Type, Models.TypeOf(model, reading.Type == DeviceType.Mobile));
        var own = hints.Platform is null || !string.Equals(hints.Platform, platform, StringComparison.Ordinal)
            ? reading.Platform?.Type ?? DeviceType.Unknown
            : PlatformReader.TypeOf(hints.Platform);
        if (platform is Platforms.Windows or Platforms.MacOS && type is DeviceType.Tablet or DeviceType.Mobile)
            type = DeviceType.Unknown;
        type = DeviceTypes.Stronger(type, own);
        if (reading.Platform is { Name: Platforms.Darwin } && reading.HasIntel)
            return DeviceType.Desktop;
        if (type is DeviceType.Unknown or DeviceType.Mobile or DeviceType.Desktop && hints.Mobile is { } mobile)
            return mobile ? DeviceType.Mobile : type == DeviceType.Tablet || platform is Platforms.Android ? DeviceType.Tablet : DeviceType.Desktop;
        if (type != DeviceType.Unknown || platform is null)
            return type;

        // A browser on Android says Mobile on a phone and nothing on a tablet. Apps say nothing on either.
        return platform is Platforms.Android or Platforms.HarmonyOS
            ? reading.IsMozilla && !IsBeforeTablets(in reading) ? DeviceType.Tablet : DeviceType.Mobile
            : platform is "Tizen" ? DeviceType.TV
            : platform is "webOS" ? DeviceType.Mobile
            : DeviceType.Unknown;
    }

    // Tablets exist since Android 3.0.
    private static bool IsBeforeTablets(in UserAgentReading reading) =>
        reading.PlatformNumbers != Numbers.None && VersionText.MajorNumber(reading.PlatformVersion) is 1 or 2;
}
