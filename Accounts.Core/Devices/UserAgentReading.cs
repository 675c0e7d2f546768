using Accounts.Core.Devices.Known;

namespace Accounts.Core.Devices;

/// <summary>What was found in a User-Agent, piece by piece, before anything is concluded from it.</summary>
internal ref partial struct UserAgentReading
{
    /// <summary>It begins with "Mozilla": a browser, or somebody who wants to be taken for one.</summary>
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

    /// <summary>The number of Chrome, of whatever is made of it.</summary>
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

    /// <summary>What <c>FBAV/</c> says.</summary>
    public ReadOnlySpan<char> AppVersion;

    /// <summary>What <c>Version/</c> says.</summary>
    public ReadOnlySpan<char> Version;

    /// <summary>The first product that is in no table, and the first such part of a comment.</summary>
    public ReadOnlySpan<char> Product;
    public ReadOnlySpan<char> ProductVersion;
    public bool ProductIsFirst;
    public ReadOnlySpan<char> Part;
    public ReadOnlySpan<char> PartVersion;

    /// <summary>The piece that says that it is a bot, by a word or an address; what it is called stands there or before.</summary>
    public ReadOnlySpan<char> BotName;
    public ReadOnlySpan<char> BotVersion;
    public bool SaysBot;
    public bool LooksLikeBot;

    /// <summary>Firefox OS says no name of its own: "Mozilla/5.0 (Mobile; rv:26.0) Gecko/26.0 Firefox/26.0".</summary>
    public readonly bool IsFirefoxOS =>
        IsMozilla && Platform is null && !LooksLikeBot && Program is { Name: Browsers.Firefox } && Type is DeviceType.Mobile or DeviceType.Tablet or DeviceType.TV;

    // Where in the text it is.
    private ReadOnlySpan<char> _text;
    private bool _productGoesOn;
    private bool _begun;
    private int _androidComment;
    private int _htmlComment;
    private int _compatibleComment;
    private bool _modelStandsAfter;
    private ReadOnlySpan<char> _partPiece;
}
