using Accounts.Core.Devices.Known;

namespace Accounts.Core.Devices;

/// <summary>Collects what the pieces tell.</summary>
internal ref partial struct UserAgentReading
{
    private const string Header = "User-Agent:";

    public static UserAgentReading Of(ReadOnlySpan<char> text)
    {
        // Some clients add quotes, brackets or the header's name.
        text = text.TrimStart("\"'[( ");
        if (text.StartsWith(Header, StringComparison.OrdinalIgnoreCase))
            text = text[Header.Length..];
        var reading = new UserAgentReading { _text = text };
        var pieces = new UserAgentPieces(text);
        while (pieces.MoveNext())
            reading.Take(in pieces);
        return reading;
    }

    private void Take(in UserAgentPieces piece)
    {
        var known = KnownNames.Find(piece.Name, piece.Comment > 0);
        var first = !_begun;
        _begun = true;
        _productGoesOn &= known is null && piece.Comment == 0;
        SaysBot |= known is not null && piece.Version.Contains("://", StringComparison.Ordinal);
        if (piece.Comment > 0 && piece.Comment == _androidComment && Platform is { Name: Platforms.Android or "HarmonyOS" }
            && (known is null || (known.Tells > Tells.PlatformVersion && !piece.Piece.Contains('/'))) && TakeModel(piece.Piece))
            return;

        if (known is null)
            TakeUnknown(in piece, first);
        else if (known.Tells >= Tells.Tool)
            TakeProgram(known, piece.Version, first);
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
                Version = piece.Version;
                break;
            case Tells.Compatible:
                _compatibleComment = piece.Comment;
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
                if (Platform is null && KnownNames.Find(piece.Version, true) is { Tells: Tells.Platform } told)
                    Platform = told;
                break;
            case Tells.PlatformVersion:
                TakePlatformVersion(piece.Version, Numbers.Exact);
                break;
            default:
                IsModelHidden |= piece.Piece is "K" && piece.Comment > 0;
                break;
        }
    }

    private void TakeProgram(KnownName known, ReadOnlySpan<char> version, bool first)
    {
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
            Chrome = version;
        }

        if (Program is null || known.Tells > Program.Tells || (known.Tells == Program.Tells && known.Rank > Program.Rank))
        {
            if (known.Tells != Program?.Tells || !version.IsEmpty)
                ProgramVersion = version;
            Program = known;
        }

        Type = DeviceTypes.Stronger(Type, known.Type);
    }

    private void TakePlatform(KnownName known, ReadOnlySpan<char> version, int comment)
    {
        HasIPad |= known.Key is "iPad";
        HasIPhone |= known.Key is "iPhone";
        HasIPod |= known.Key is "iPod" or "iPod touch";
        if (known.Name is Platforms.Android && comment > 0 && _androidComment == 0)
        {
            _androidComment = comment;
            // "(Pixel 9; Android 16)": the model may come first.
            if (!IsMozilla && _partPiece.ContainsAnyInRange('0', '9') && !_partPiece.ContainsAny('.', '@'))
                Model = Models.In(_partPiece);
        }

        var tells = known.Numbers == Numbers.None || version.IsEmpty ? Numbers.None : known.Numbers;
        if (Platform is null || known.Rank >= Platform.Rank)
        {
            // A second word for the same platform doesn't replace the first word's version.
            if (tells > Numbers.None || Platform is null || !IsSame(Platform, known))
                TakePlatformVersion(version, tells);
            Platform = known;
        }
        else if (IsSame(Platform, known) && tells > PlatformNumbers)
        {
            TakePlatformVersion(version, tells);
        }
    }

    private void TakePlatformVersion(ReadOnlySpan<char> version, Numbers numbers)
    {
        PlatformVersion = version;
        PlatformNumbers = numbers;
    }

    // The first part after "Android 16" that is neither a language nor a known word. It may sound like a bot or a brand: CUBOT and Google Pixel
    // are phones.
    private bool TakeModel(ReadOnlySpan<char> piece)
    {
        var model = _modelStandsAfter || IsModelHidden ? [] : Models.In(piece);
        if (model.IsEmpty)
            return false;
        Model = model;
        return _modelStandsAfter = true;
    }

    private void TakeUnknown(in UserAgentPieces piece, bool first)
    {
        var inComment = piece.Comment > 0;
        if (inComment && Models.IsLanguage(piece.Name))
            return;
        if (BotWords.AreIn(piece.Piece) || BotWords.IsHost(piece.Name))
        {
            SaysBot = true;
            // "+http://example.org/bot.html" contains the word too, but isn't a name.
            if (BotName.IsEmpty && NameText.IsName(piece.Name) && BotWords.AreIn(piece.Name) && !IsAddress(piece.Name) && !piece.Piece.Contains('@'))
            {
                BotName = piece.Name;
                BotVersion = piece.Version;
            }
        }

        if (!NameText.IsName(piece.Name) || IsAddress(piece.Name))
            return;
        if (inComment && (piece.Comment == _htmlComment || (piece.Comment == _compatibleComment && Program is null or { Tells: Tells.Safari })))
            LooksLikeBot = true;
        if (piece.Comment != 1 && BotWords.MayBeIn(piece.Piece))
            LooksLikeBot = true;

        if (inComment)
        {
            if (Part.IsEmpty)
            {
                _partPiece = piece.Piece;
                Part = piece.Name;
                PartVersion = piece.Version;
            }
        }
        else if (first && !SaysBot && Models.IsPhone(piece.Name))
        {
            Model = piece.Name;
            Type = DeviceTypes.Stronger(Type, DeviceType.Mobile);
        }
        else if (Product.IsEmpty)
        {
            Product = piece.Name;
            ProductVersion = piece.Version;
            ProductIsFirst = first;
            _productGoesOn = first && piece.Version.IsEmpty && !SaysBot;
        }
        else if (_productGoesOn && !piece.Version.IsEmpty && _text.Overlaps(Product, out var start) && _text.Overlaps(piece.Name, out var last))
        {
            // "Box Sync/4.0": the words before the first number are one name.
            Product = _text[start..(last + piece.Name.Length)];
            ProductVersion = piece.Version;
            _productGoesOn = false;
        }
    }

    private static bool IsAddress(ReadOnlySpan<char> name) =>
        name is "http" or "https" || name.StartsWith("www.", StringComparison.OrdinalIgnoreCase);

    private static bool IsSame(KnownName one, KnownName other) =>
        string.Equals(one.Name, other.Name, StringComparison.Ordinal)
        || (one.Name is Platforms.IOS or Platforms.IPadOS && other.Name is Platforms.IOS or Platforms.IPadOS);
}
