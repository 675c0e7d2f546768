using Accounts.Core.Devices.Known;

namespace Accounts.Core.Devices;

/// <summary>Collects names that the tables don't know.</summary>
internal ref partial struct UserAgentReading
{
    // Some browsers translate the word before it: "KHTML, comme Gecko".
    private const string LikeGecko = " Gecko";

    // Collects words into one name until a number ends it: "Quick Search TV/21.09.23". True if the piece needs no more.
    private bool TakeNext(ref KnownName? known, in UserAgentPieces piece, ref ReadOnlySpan<char> name)
    {
        if (_isDisguise)
        {
            _isDisguise = false;
            return true;
        }

        var end = piece.Start + piece.Name.Length;
        var isNumbered = VersionText.IsNumber(piece.Version);
        if (_nameEnd > 0 && piece.Start == _nameEnd + 1 && _text[_nameEnd] == ' ' && (isNumbered || piece.Version.IsEmpty)
            && IsWord(known, piece.Name) && piece.Piece.StartsWith(piece.Name))
        {
            name = _text[_nameStart..end];
            _nameEnd = isNumbered ? 0 : end;
            if (KnownNames.FindWhole(name) is { } whole)
            {
                known = whole;
            }
            else if (isNumbered)
            {
                Type = DeviceTypes.Stronger(Type, known?.Type ?? DeviceType.Unknown);
                known = null;
            }

            return false;
        }

        _nameStart = piece.Start;
        _nameEnd = 0;
        if (known is null && NameText.IsName(piece.Name) && (piece.Version.IsEmpty || IsCapitalized(piece.Version)))
        {
            // "XiaoMi/Mint Browser/1.3.3": the name begins after the maker.
            _nameStart = piece.Version.IsEmpty ? piece.Start : end + 1;
            _nameEnd = piece.Start + piece.Piece.Length;
        }

        return false;
    }

    private static bool IsCapitalized(ReadOnlySpan<char> text) => char.IsAsciiLetterUpper(text[0]) && !text.ContainsAny(VersionText.AllDigits);

    private static bool IsWord(KnownName? known, ReadOnlySpan<char> name) =>
        known is null ? NameText.IsName(name) && !IsAddress(name) : known.Tells is Tells.Type or Tells.OwnBrowser;

    // A comment after an app describes the device in its maker's words: "Google/google", "CUBOT". A product in a phone's web view is an app. There
    // a bot's word is a name like any other.
    private readonly bool IsOfApp(int comment) => comment > 0
        ? _appComment > 0 && comment >= _appComment && comment != _compatibleComment
        : HasWebView || (Type == DeviceType.Mobile && !HasSafari && Platform is { Name: Platforms.IOS or Platforms.IPadOS });

    private void TakeUnknown(in UserAgentPieces piece, ReadOnlySpan<char> name, bool first)
    {
        var inComment = piece.Comment > 0;
        if (Models.IsLanguage(piece.Name))
            return;
        if (SaysItIsABot(in piece))
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
        LooksLikeBot |= LooksLikeABot(in piece);
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
        else
        {
            TakeProduct(in piece, name, first);
        }
    }

    private void TakeProduct(in UserAgentPieces piece, ReadOnlySpan<char> name, bool first)
    {
        if (Product.IsEmpty)
        {
            Product = piece.Name;
            ProductVersion = piece.Version;
            ProductIsFirst = first;
            _productStart = _nameStart;
        }
        else if (name.Length > piece.Name.Length && !piece.Version.IsEmpty && _nameStart == _productStart)
        {
            // "Box Sync/4.0".
            Product = name;
            ProductVersion = piece.Version;
        }

        if (IsSetting(name, piece.Version))
            return;
        var isBrowser = name.EndsWith("Browser", StringComparison.OrdinalIgnoreCase);
        if (App.IsEmpty || (isBrowser && !AppIsBrowser))
        {
            App = name;
            AppNumber = piece.Version;
            AppIsBrowser = isBrowser;
        }
    }

    // "bdh_ds/0", "matrixstyle/1", "network/wifi".
    private static bool IsSetting(ReadOnlySpan<char> name, ReadOnlySpan<char> value) =>
        name.ContainsAny('_', ':', '=') || value is "0" or "1" || !VersionText.IsNumber(value);

    private readonly bool SaysItIsABot(in UserAgentPieces piece)
    {
        // "Cursor/0.50.5 (agent)".
        if (!HasMozilla && Platform is null && BotWords.IsKind(piece.Piece))
            return true;
        if (IsOfApp(piece.Comment))
            return BotWords.HasAddress(piece.Piece);
        return BotWords.AreIn(piece.Piece) || (BotWords.IsHost(piece.Name) && !(IsHandheld && VersionText.IsNumber(piece.Version)));
    }

    // A phone's model and its apps have any words in their names, so there only a comment that says "compatible" counts.
    private readonly bool LooksLikeABot(in UserAgentPieces piece)
    {
        if (piece.Comment > 0 && piece.Comment == _compatibleComment && (piece.Comment > 1 || Program is null or { Tells: Tells.Safari }))
            return true;
        if (IsHandheld)
            return false;
        return (piece.Comment > 0 && piece.Comment == _htmlComment && !piece.Name.EndsWith(LikeGecko, StringComparison.Ordinal))
            || (piece.Comment != 1 && (BotWords.MayBeIn(piece.Piece) || BotWords.IsTime(piece.Version)));
    }

    private static bool IsAddress(ReadOnlySpan<char> name) =>
        name is "http" or "https" || name.StartsWith("www.", StringComparison.OrdinalIgnoreCase);
}
