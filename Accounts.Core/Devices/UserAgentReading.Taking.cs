using System.Buffers;
using Accounts.Core.Devices.Known;

namespace Accounts.Core.Devices;

/// <summary>Collects what the pieces tell.</summary>
internal ref partial struct UserAgentReading
{
    private const string Header = "User-Agent:";
    private const string Mozilla = "Mozilla/";

    private static readonly SearchValues<char> Separators = SearchValues.Create(" ;,/([");

    /// <summary>Reads a User-Agent.</summary>
    public UserAgentReading(ReadOnlySpan<char> text)
    {
        IsCut = text.Length >= DeviceSignals.UserAgentLimit - 1;
        // Some clients add quotes, brackets or the header's name.
        text = text.TrimStart("\"'[( ");
        if (text.StartsWith(Header, StringComparison.OrdinalIgnoreCase))
            text = text[Header.Length..];
        // "HMozilla/5.0": some apps put a word before.
        var mozilla = text.IndexOf(Mozilla, StringComparison.Ordinal);
        if (mozilla > 0 && !text[..mozilla].ContainsAny(Separators) && !BotWords.AreIn(text[..mozilla]))
            text = text[mozilla..];

        _text = text;
        var pieces = new UserAgentPieces(text);
        while (pieces.MoveNext())
            Take(in pieces);
    }

    private void Take(in UserAgentPieces piece)
    {
        var known = KnownNames.Find(piece.Name, piece.Comment > 0);
        var first = !_begun;
        _begun = true;
        SaysBot |= known is not null && piece.Version.Contains("://", StringComparison.Ordinal);
        if (piece.Between is { } between && Platform is null)
            TakePlatform(between, [], 0);
        if (piece.Comment > 0 && piece.Comment == _androidComment && TakeAfterAndroid(known, piece.Piece, piece.Name))
            return;

        var name = piece.Name;
        if (piece.Comment > 0)
            _nameEnd = 0;
        else if (TakeNext(ref known, in piece, ref name))
            return;

        if (known is { Tells: Tells.Bot } && IsOfApp(piece.Comment))
            known = null;
        if (known is null)
            TakeUnknown(in piece, name, first);
        else if (known.Tells >= Tells.Tool)
            TakeProgram(known, in piece, first);
        else
            TakeWord(known, in piece, first);
    }

    private void TakeWord(KnownName known, in UserAgentPieces piece, bool first)
    {
        switch (known.Tells)
        {
            case Tells.Mozilla:
                IsMozilla |= first;
                HasMozilla = true;
                break;
            case Tells.Version:
                if (Version.IsEmpty)
                    Version = piece.Version;
                break;
            case Tells.Compatible:
                _compatibleComment = piece.Comment;
                break;
            case Tells.Headset:
                HasHeadset = true;
                break;
            case Tells.OwnBrowser:
                HasOwnBrowser = true;
                break;
            case Tells.Disguise:
                _isDisguise = true;
                break;
            case Tells.WebView:
                HasWebView = true;
                break;
            case Tells.Electron:
                HasElectron = true;
                break;
            case Tells.Intel:
                HasIntel = true;
                break;
            case Tells.Engine:
                if (Engine is null || known.Rank > Engine.Rank)
                    Engine = known;
                HasWebKit |= known.Name is "WebKit";
                if (known.Name is "KHTML" && piece.Comment > 0)
                    _htmlComment = piece.Comment;
                break;
            case Tells.Type:
                Type = DeviceTypes.Stronger(Type, known.Type);
                break;
            case Tells.Platform:
                TakePlatform(known, piece.Version, piece.Comment);
                break;
            case Tells.AppVersion:
                AppVersion = piece.Version;
                break;
            case Tells.PlatformName:
                if (KnownNames.Find(piece.Version, true) is { Tells: Tells.Platform } told
                    && (Platform is null || (told.Rank > Platform.Rank && !IsSame(Platform, told))))
                    TakePlatform(told, [], piece.Comment);
                break;
            case Tells.PlatformVersion:
                TakePlatformVersion(piece.Version, Numbers.Exact);
                break;
            default:
                IsModelHidden |= piece.Piece is "K" && piece.Comment > 0;
                break;
        }
    }

    private void TakeProgram(KnownName known, in UserAgentPieces piece, bool first)
    {
        var version = piece.Version;
        if (known.Tells == Tells.Tool)
        {
            if (Tool is null || known.Rank > Tool.Rank)
            {
                Tool = known;
                ToolVersion = version;
                ToolIsFirst |= first;
            }

            return;
        }

        // "FBAN/FBIOS", "FB_IAB/Orca-Android": these have the app's name in place of the version. The version is elsewhere.
        if (known is { Tells: Tells.App, Numbers: Numbers.None })
        {
            known = KnownNames.Find(version, false) is { Tells: Tells.App } app ? app : known;
            version = [];
        }

        HasSafari |= known.Tells == Tells.Safari;
        if (known.Tells == Tells.Base && known.Name is Browsers.Chrome)
        {
            HasChrome = true;
            HasHeadless |= known.Key is Browsers.HeadlessChrome;
            Chrome = version;
        }

        if (known.Tells == Tells.App && _appComment == 0)
            _appComment = piece.Comment > 0 ? piece.Comment : piece.Comments + 1;
        if (Program is null || known.Tells > Program.Tells || (known.Tells == Program.Tells && known.Rank > Program.Rank))
        {
            if (known.Tells != Program?.Tells || !version.IsEmpty)
                ProgramVersion = version;
            Program = known;
        }

        Type = DeviceTypes.Stronger(Type, known.Type);
    }
}
