using Accounts.Core.Devices.Known;

namespace Accounts.Core.Devices;

/// <summary>The facts found in a User-Agent, before any conclusion.</summary>
internal ref partial struct UserAgentReading
{
    /// <summary>The text starts with "Mozilla": a browser, or a program that pretends to be one.</summary>
    public bool IsMozilla;
    public bool HasMozilla;

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

    /// <summary>The name in the piece that identifies a bot, by a word or an address. If that piece has none, the name comes before it.</summary>
    public ReadOnlySpan<char> BotName;
    public ReadOnlySpan<char> BotVersion;
    public bool SaysBot;
    public bool LooksLikeBot;

    /// <summary>Firefox OS doesn't name itself: "Mozilla/5.0 (Mobile; rv:26.0) Gecko/26.0 Firefox/26.0".</summary>
    public readonly bool IsFirefoxOS =>
        IsMozilla && Platform is null && !LooksLikeBot && Program is { Name: Browsers.Firefox }
            && Type is DeviceType.Mobile or DeviceType.Tablet or DeviceType.TV;

    // The state of the iteration.
    private ReadOnlySpan<char> _text;
    private bool _productGoesOn;
    private bool _begun;
    private int _androidComment;
    private int _htmlComment;
    private int _compatibleComment;
    private bool _modelStandsAfter;
    private ReadOnlySpan<char> _partPiece;
}
