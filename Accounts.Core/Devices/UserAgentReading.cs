using Accounts.Core.Devices.Known;

namespace Accounts.Core.Devices;

/// <summary>The facts found in a User-Agent, before any conclusion.</summary>
internal ref partial struct UserAgentReading
{
    /// <summary>The text starts with "Mozilla": a browser, or a program that pretends to be one.</summary>
    public bool IsMozilla;
    public bool HasMozilla;

    /// <summary>The text was longer than a browser's. Such a text gets no name that the tables don't know.</summary>
    public bool IsCut;

    public KnownName? Program;
    public ReadOnlySpan<char> ProgramVersion;
    public KnownName? Tool;
    public ReadOnlySpan<char> ToolVersion;
    public bool ToolIsFirst;

    public KnownName? Platform;
    public ReadOnlySpan<char> PlatformVersion;
    public Numbers PlatformNumbers;
    public KnownName? Engine;
    public DeviceType Type;
    public ReadOnlySpan<char> Model;

    /// <summary>The version of Chrome, even in a browser based on it.</summary>
    public ReadOnlySpan<char> Chrome;
    public bool HasChrome;
    public bool HasSafari;
    public bool HasWebKit;
    public bool HasWebView;
    public bool HasElectron;
    public bool HasHeadless;
    public bool HasHeadset;

    /// <summary>A product named only "Browser", the platform's own.</summary>
    public bool HasOwnBrowser;
    public bool HasIPad;
    public bool HasIPhone;
    public bool HasIPod;
    public bool HasIntel;
    public bool IsModelHidden;

    /// <summary>The value of <c>FBAV/</c>.</summary>
    public ReadOnlySpan<char> AppVersion;

    /// <summary>The value of <c>Version/</c>.</summary>
    public ReadOnlySpan<char> Version;

    /// <summary>The first unknown product. <see cref="Part"/> is the first unknown part of a comment.</summary>
    public ReadOnlySpan<char> Product;
    public ReadOnlySpan<char> ProductVersion;
    public bool ProductIsFirst;
    public ReadOnlySpan<char> Part;
    public ReadOnlySpan<char> PartVersion;

    /// <summary>The first unknown product that can be an app's or a browser's. Settings such as "bdh_ds/0" can't.</summary>
    public ReadOnlySpan<char> App;
    public ReadOnlySpan<char> AppNumber;

    /// <summary>The name ends with "Browser".</summary>
    public bool AppIsBrowser;

    /// <summary>The name in the piece that identifies a bot, by a word or an address. If that piece has none, the name comes before it.</summary>
    public ReadOnlySpan<char> BotName;
    public ReadOnlySpan<char> BotVersion;
    public bool SaysBot;
    public bool LooksLikeBot;

    /// <summary>The name in a piece of this text; null if there is none.</summary>
    public readonly string? NameOf(ReadOnlySpan<char> piece) => IsCut ? null : NameText.Of(piece);

    /// <summary>A program's own version; of a text that was cut, only its first number.</summary>
    public readonly string? Given(ReadOnlySpan<char> version) => IsCut ? VersionText.Major(version) : VersionText.Given(version);

    /// <summary>The text says only "compatible" and names no program: "Mozilla/5.0 (compatible)".</summary>
    public readonly bool IsOnlyCompatible => _compatibleComment > 0 && Platform is null && Program is null;

    /// <summary>A phone's or a tablet's text. Its bots name themselves with certain words; other words are its model's or its apps'.</summary>
    public readonly bool IsHandheld => Platform is { Name: Platforms.Android or Platforms.HarmonyOS or Platforms.IOS or Platforms.IPadOS };

    /// <summary>A device that shows pages without a platform's name, such as a television.</summary>
    public readonly bool IsDevice => Type is not (DeviceType.Unknown or DeviceType.Desktop);

    /// <summary>Firefox OS doesn't name itself: "Mozilla/5.0 (Mobile; rv:26.0) Gecko/26.0 Firefox/26.0".</summary>
    public readonly bool IsFirefoxOS =>
        IsMozilla && Platform is null && !LooksLikeBot && Program is { Name: Browsers.Firefox }
            && Type is DeviceType.Mobile or DeviceType.Tablet or DeviceType.TV;

    // The state of the iteration.
    private ReadOnlySpan<char> _text;
    private int _nameStart;
    private int _nameEnd;
    private int _productStart;
    private bool _begun;
    private bool _isDisguise;
    private int _androidComment;
    private int _htmlComment;
    private int _compatibleComment;
    private int _appComment;
    private bool _modelStandsAfter;
    private ReadOnlySpan<char> _partPiece;
}
