using System.Buffers;
using Accounts.Core.Devices.Known;

namespace Accounts.Core.Devices;

/// <summary>Iterates once over a User-Agent's pieces: its products, "Chrome/156.0", and the parts of its comments, "Windows NT 10.0".</summary>
/// <remarks>It never looks back further than the current piece, so its time is linear in the text's length.</remarks>
internal ref struct UserAgentPieces(ReadOnlySpan<char> text)
{
    private const string Engine = "AppleWebKit/";
    private const string Build = "Build/";

    private static readonly SearchValues<char> PartEnds = SearchValues.Create("();[],");
    private static readonly SearchValues<char> ProductEnds = SearchValues.Create(" ();[],\t");
    private static readonly SearchValues<char> Number = SearchValues.Create("0123456789._-");
    private static readonly SearchValues<char> Skipped = SearchValues.Create(" ;,\t");

    private readonly ReadOnlySpan<char> _text = text;
    private int _at;
    private int _depth;
    private int _bareEnd;

    /// <summary>The whole piece: "Windows NT 10.0".</summary>
    public ReadOnlySpan<char> Piece { get; private set; }

    /// <summary>The part before the number: "Windows NT".</summary>
    public ReadOnlySpan<char> Name { get; private set; }

    /// <summary>The number and the text after it: "10.0"; empty if there is none.</summary>
    public ReadOnlySpan<char> Version { get; private set; }

    /// <summary>The platform between a product's name and its number: "android" in "OurApp/android/5.2"; null if there is none.</summary>
    public KnownName? Between { get; private set; }

    /// <summary>Where the piece starts in the text.</summary>
    public int Start { get; private set; }

    /// <summary>The number of the comment that the piece is in, from 1; 0 outside comments.</summary>
    public int Comment { get; private set; }

    /// <summary>How many comments have begun.</summary>
    public int Comments { readonly get; private set; }

    public bool MoveNext()
    {
        while (_at < _text.Length)
        {
            var c = _text[_at];
            if (c is '(' or '[')
            {
                _at++;
                if (_depth++ == 0)
                    Comments++;
            }
            else if (c is ')' or ']')
            {
                _at++;
                _depth = Math.Max(0, _depth - 1);
            }
            else if (Skipped.Contains(c) || (c == '/' && _depth == 0 && _at > 0 && _at == Start + Piece.Length))
            {
                _at++;
            }
            else
            {
                Take();
                return true;
            }
        }

        return false;
    }

    private void Take()
    {
        var rest = _at < _bareEnd ? _text[_at.._bareEnd] : _text[_at..];
        var inComment = _depth > 0 || _at < _bareEnd;
        var length = rest.IndexOfAny(inComment ? PartEnds : ProductEnds);
        if (length < 0)
        {
            length = rest.Length;
        }
        else if (rest[length] == '(' && inComment && rest[..length].IndexOf(Engine) is >= 0 and var engine)
        {
            // "(Linux; Android 10; Moto Z (2) AppleWebKit/537.36 (KHTML": no browser names its engine there, so the comment has no end.
            inComment = false;
            _depth = 0;
            _at += engine;
            rest = rest[engine..];
            length -= engine;
        }
        else if (rest[length] == ';' && Comments == 0 && IsBareStart(rest[..length]))
        {
            TakeBareComment(rest);
        }

        Start = _at;
        Comment = inComment ? Comments : 0;
        Between = null;
        _at += length;
        Piece = rest[..length].Trim();
        if (inComment)
            SplitPart();
        else
            SplitProduct(rest[length..]);
    }

    // "Mozilla/5.0 Linux; U; Android 6.0.1; en-us; BQru-5022 Build/JOP24G AppleWebKit/534.30": a comment without its brackets.
    private static bool IsBareStart(ReadOnlySpan<char> word) =>
        word is "Linux" or "X11" or "Windows" or "Macintosh" or "iPhone" or "iPad" or "iPod";

    // It ends before the engine, after the build's number, or else after the first word behind the last semicolon.
    private void TakeBareComment(ReadOnlySpan<char> rest)
    {
        Comments++;
        var bracket = rest.IndexOfAny('(', '[');
        rest = bracket < 0 ? rest : rest[..bracket];
        var last = rest.LastIndexOf(';') + 1;
        var engine = rest[last..].IndexOf(Engine);
        var build = Math.Max(rest[last..].IndexOf(Build), 0);
        var word = rest[last..][build..].TrimStart(' ');
        var end = word.IndexOf(' ');
        _bareEnd = _at + (engine >= 0 ? last + engine : end < 0 ? rest.Length : rest.Length - word.Length + end);
    }

    // "MSIE 9.0", "Opera Mini/36.2", "rv:11.0", "Android 10", "iPhone".
    private void SplitPart()
    {
        var piece = Piece;
        Version = [];
        if (piece is "OS/2")
        {
            Name = piece;
            return;
        }

        for (var i = 1; i < piece.Length; i++)
        {
            if (piece[i] == '+' && piece[i - 1] == ' ')
                break;
            if (piece[i] is '/' or ':' or '@' || (piece[i] == ' ' && IsNumber(piece[(i + 1)..])))
            {
                Name = piece[..i].TrimEnd();
                Version = piece[(i + 1)..].TrimStart();
                return;
            }
        }

        // "SomeBot +http://example.org".
        var owner = piece.IndexOf(" +", StringComparison.Ordinal);
        Name = owner > 0 ? piece[..owner].TrimEnd() : piece;
    }

    // "Chrome/156.0", "XiaoMi/MiuiBrowser/17.1", and "Instagram 302.1", whose version is the next word.
    private void SplitProduct(ReadOnlySpan<char> after)
    {
        Name = Piece;
        Version = [];
        var slash = Piece.IndexOf('/');
        if (slash > 0)
        {
            Name = Piece[..slash];
            Version = Piece[(slash + 1)..];
            var second = Version.IndexOf('/');
            if (second > 0)
                SplitSecond(slash, second);
        }
        else if (after.Length > 1 && after[0] == ' ' && char.IsAsciiDigit(after[1]))
        {
            var end = after[1..].IndexOfAny(ProductEnds);
            var next = end < 0 ? after[1..] : after.Slice(1, end);
            if (!next.ContainsAnyExcept(Number))
                Version = next;
        }
    }

    private void SplitSecond(int slash, int second)
    {
        var middle = Version[..second];
        if (char.IsAsciiLetter(middle[0]))
        {
            Between = KnownNames.Find(middle, false) is { Tells: Tells.Platform } platform ? platform : null;
            if (Between is null)
                Name = middle;
            Version = Version[(second + 1)..];
        }
        else if (second + 1 < Version.Length && char.IsAsciiLetter(Version[second + 1]))
        {
            // "Mobile/15E148/OurApp": the name after the number is another piece.
            Version = middle;
            Piece = Piece[..(slash + 1 + second)];
            _at = Start + Piece.Length;
        }
    }

    // "7.0b" and "17_4" are numbers; "3DS" and "3a" are names.
    private static bool IsNumber(ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAnyExcept(VersionText.AllDigits);
        return end < 0 ? text.Length > 0 : end > 0 && !char.IsAsciiLetter(text[end]);
    }
}
