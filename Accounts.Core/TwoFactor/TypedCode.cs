using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Accounts.Core.TwoFactor;

/// <summary>A code as somebody typed it, in its normal form: an authenticator app's, or a recovery code.</summary>
/// <param name="Text">Six ASCII digits, or twelve characters of the recovery codes' alphabet.</param>
/// <param name="IsRecoveryCode">Which of the two it is.</param>
internal sealed record TypedCode(string Text, bool IsRecoveryCode)
{
    private const int Digits = 6;

    /// <summary>Crockford's: no letter that looks like a digit, and no U. https://www.crockford.com/base32.html</summary>
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// <summary>60 bits.</summary>
    private const int RecoveryLength = 12;

    private const int Group = 4;

    /// <summary>A longer text isn't a code, whatever its spaces.</summary>
    private const int MostTyped = 100;

    /// <summary>Reads what was typed. Spaces, hyphens and invisible characters don't count, digits may be of any script, and case is free.</summary>
    /// <returns>Null if it has the shape of neither kind of code.</returns>
    public static TypedCode? Parse(string? typed)
    {
        if (Read(typed) is not { } code)
            return null;
        if (code.Length == Digits && code.All(char.IsAsciiDigit))
            return new TypedCode(code, false);
        var upper = code.ToUpperInvariant().Replace('O', '0').Replace('I', '1').Replace('L', '1');
        return upper.Length == RecoveryLength && upper.All(c => Alphabet.Contains(c, StringComparison.Ordinal)) ? new TypedCode(upper, true) : null;
    }

    /// <summary>The characters of a code that count, with digits in ASCII.</summary>
    /// <returns>Null if the text is too long for a code.</returns>
    public static string? Read(string? typed)
    {
        if (typed is null || typed.Length > MostTyped)
            return null;

        var text = new StringBuilder();
        // Half a surrogate pair can't be normalized.
        foreach (var rune in string.Concat(typed.EnumerateRunes()).Normalize(NormalizationForm.FormKC).EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.DecimalDigitNumber)
                text.Append((int)Rune.GetNumericValue(rune));
            else if (!IsIgnored(rune))
                text.Append(rune.ToString());
        }

        return text.ToString();
    }

    /// <summary>A new recovery code.</summary>
    public static TypedCode NewRecoveryCode() => new(RandomNumberGenerator.GetString(Alphabet, RecoveryLength), true);

    /// <summary>The code as people read it: in groups of four, or of three digits.</summary>
    public string ToReadable() => string.Join(
        IsRecoveryCode ? '-' : ' ', Text.Chunk(IsRecoveryCode ? Group : Digits / 2).Select(part => new string(part)));

    private static bool IsIgnored(Rune rune) => Rune.IsWhiteSpace(rune)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.DashPunctuation or UnicodeCategory.Format or UnicodeCategory.SpaceSeparator;
}
