using System.Buffers;

namespace Accounts.Core.Devices;

/// <summary>Iterates once over a User-Agent's pieces: its products, "Chrome/156.0", and the parts of its comments, "Windows NT 10.0".</summary>
/// <remarks>It never looks back further than the current piece, so its time is linear in the text's length.</remarks>
internal ref struct UserAgentPieces(ReadOnlySpan<char> text)
{
    private static readonly SearchValues<char> PartEnds = SearchValues.Create("();[],");
    private static readonly SearchValues<char> ProductEnds = SearchValues.Create(" ();[],\t");
    private static readonly SearchValues<char> Number = SearchValues.Create("0123456789._-");
    private static readonly SearchValues<char> Skipped = SearchValues.Create(" ;,\t");

    private readonly ReadOnlySpan<char> _text = text;
    private int _at;
    private int _depth;

    /// <summary>The whole piece: "Windows NT 10.0".</summary>
    public ReadOnlySpan<char> Piece { get; private set; }

    /// <summary>The part before the number: "Windows NT".</summary>
    public ReadOnlySpan<char> Name { get; private set; }

    /// <summary>The number and the text after it: "10.0"; empty if there is none.</summary>
    public ReadOnlySpan<char> Version { get; private set; }

    /// <summary>The number of the comment that the piece is in, from 1; 0 outside comments.</summary>
    public readonly int Comment => _depth > 0 ? Comments : 0;

    private int Comments { readonly get; set; }

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
            else if (Skipped.Contains(c))
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
        var rest = _text[_at..];
        var length = rest.IndexOfAny(_depth > 0 ? PartEnds : ProductEnds);
        if (length < 0)
            length = rest.Length;
        _at += length;
        Piece = rest[..length].Trim();
        if (_depth > 0)
            SplitPart();
        else
            SplitProduct(rest[length..]);
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
            if (second > 0 && char.IsAsciiLetter(Version[0]))
            {
                Name = Version[..second];
                Version = Version[(second + 1)..];
            }
        }
        else if (after.Length > 1 && after[0] == ' ' && char.IsAsciiDigit(after[1]))
        {
            var end = after[1..].IndexOfAny(ProductEnds);
            var next = end < 0 ? after[1..] : after.Slice(1, end);
            if (!next.ContainsAnyExcept(Number))
                Version = next;
        }
    }

    // "7.0b" and "17_4" are numbers; "3DS" and "3a" are names.
    private static bool IsNumber(ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAnyExceptInRange('0', '9');
        return end < 0 ? text.Length > 0 : end > 0 && !char.IsAsciiLetter(text[end]);
    }
}
