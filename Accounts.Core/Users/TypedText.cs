using System.Globalization;
using System.Text;

namespace Accounts.Core.Users;

/// <summary>
/// Text that people type and read: passwords, emails and names. Each has a normal form, so that the same text is the same however a keyboard
/// writes it. The rules and their reasons are in <c>docs/security.md</c>.
/// </summary>
public static class TypedText
{
    /// <summary>UTF-16 units that a character may have on average. A family of four has eleven, and a letter with three accents four.</summary>
    internal const int UnitsPerCharacter = 10;

    private const char FirstStrongIsolate = '\u2068';
    private const char PopDirectionalIsolate = '\u2069';
    private const int JoinerOrNot = 0x200C;
    private const int Joiner = 0x200D;
    private const int Keycap = 0x20E3;
    private const int BlackFlag = 0x1F3F4;
    private const int Tags = 0xE0000;
    private const int EndOfTags = 0xE007F;
    private const int ShortestRegion = 3;
    private const int LongestRegion = 6;

    private static readonly Rune Space = new(' ');

    /// <summary>False in .NET's globalization-invariant mode, in which <see cref="string.Normalize()"/> changes nothing and says nothing.</summary>
    internal static bool IsNormalizing => "u\u0308".Normalize().Length == 1;

    /// <summary>
    /// A text without characters that nobody sees or that change the direction of others: for a file, a log or a search. It has one form of each
    /// letter (Unicode form C), and single spaces. Joiners and variation selectors stay where a script or an emoji needs them.
    /// </summary>
    /// <param name="text">Any text; null counts as "".</param>
    public static string Clean(string? text)
    {
        var name = Name(text);
        return name.Any(char.IsControl) ? Name(string.Concat(name.Select(c => char.IsControl(c) ? ' ' : c))) : name;
    }

    /// <summary>
    /// A text as <see cref="Clean"/> makes it, for a page: inside a sentence, a title or an attribute. If it is written from right to left, the
    /// characters U+2068 and U+2069 isolate it, so that it can't reorder what stands around it.
    /// </summary>
    /// <param name="text">Any text; null counts as "".</param>
    public static string Isolate(string? text)
    {
        var clean = Clean(text);
        return clean.EnumerateRunes().Any(IsRightToLeft) || (CultureInfo.CurrentUICulture.TextInfo.IsRightToLeft && clean.Length > 0)
            ? $"{FirstStrongIsolate}{clean}{PopDirectionalIsolate}"
            : clean;
    }

    /// <summary>Whether a text has at most so many characters, as a reader counts them. An emoji or an accented letter counts as one.</summary>
    /// <remarks>Its UTF-16 units are limited too, to ten times as many: a character can have any number of accents.</remarks>
    /// <param name="text">The text.</param>
    /// <param name="limit">How many characters it may have.</param>
    public static bool Fits(string text, int limit) => text.Length <= limit || Cut(text, limit).Length == text.Length;

    /// <summary>The first characters of a text, as a reader counts them: see <see cref="Fits"/>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="limit">How many characters to keep.</param>
    public static string Cut(string text, int limit)
    {
        var end = 0;
        for (var count = 0; end < text.Length && count < limit; count++)
        {
            var next = end + StringInfo.GetNextTextElementLength(text, end);
            if (next > UnitsPerCharacter * limit)
                break;
            end = next;
        }

        return text[..end];
    }

    /// <summary>A name's normal form: as <see cref="Clean"/>, but with control characters inside, which the rules for names refuse.</summary>
    internal static string Name(string? text)
    {
        var trimmed = (text ?? "").Trim();
        if (Ascii.IsValid(trimmed) && !trimmed.Contains("  ", StringComparison.Ordinal))
            return trimmed;

        // Half a surrogate pair, or bytes that were no UTF-8, left nothing to show.
        var tidy = Tidy(Whole(trimmed).Replace("\uFFFD", "", StringComparison.Ordinal), joins: true).Normalize();
        return string.Join(' ', tidy.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>
    /// An email's normal form, in the case in which it was typed: Unicode form KC, so that full-width letters are letters. No character in it is
    /// invisible.
    /// </summary>
    internal static string Email(string? text)
    {
        var trimmed = (text ?? "").Trim();
        return Ascii.IsValid(trimmed) ? trimmed : Tidy(trimmed, joins: false).Normalize(NormalizationForm.FormKC).Trim();
    }

    /// <summary>
    /// A password's normal form (RFC 8265, OpaqueString): Unicode form C, and one kind of space. No character in it is invisible. Half a surrogate
    /// pair reads as U+FFFD, as in UTF-8.
    /// </summary>
    internal static string Password(string? text) => text is null ? "" : Ascii.IsValid(text) ? text : Tidy(text, joins: false).Normalize();

    /// <summary>A text in which half surrogate pairs and U+FFFE are U+FFFD. <see cref="string.Normalize()"/> throws for others.</summary>
    internal static string Whole(string text) => string.Concat(text.EnumerateRunes()).Replace('\uFFFE', '\uFFFD');

    /// <summary>Drops what nobody sees and makes all spaces alike.</summary>
    /// <param name="text">The text.</param>
    /// <param name="joins">Whether joiners and variation selectors stay where they do something.</param>
    private static string Tidy(string text, bool joins)
    {
        List<Rune> runes = [.. Whole(text).EnumerateRunes()];
        var tidy = new StringBuilder(text.Length);
        var before = Space;
        for (var i = 0; i < runes.Count; i++)
        {
            var rune = IsSpace(runes[i]) ? Space : runes[i];
            if (IsInvisible(rune) && !(joins && Joins(before, rune, i + 1 < runes.Count ? runes[i + 1] : Space)))
                continue;
            tidy.Append(rune);
            before = rune;
            for (var end = joins ? FlagEnd(runes, i) : i; i < end;)
                tidy.Append(before = runes[++i]);
        }

        return tidy.ToString();
    }

    /// <summary>
    /// The place of the last of a flag's letters, if a black flag and the whole code of a region begin here, such as "gbeng" for England (UTS #51,
    /// emoji tag sequences). Otherwise the same place.
    /// </summary>
    private static int FlagEnd(List<Rune> runes, int at)
    {
        if (runes[at].Value != BlackFlag)
            return at;
        var end = at + 1;
        while (end < runes.Count && end - at <= LongestRegion
            && runes[end].Value is (>= Tags + '0' and <= Tags + '9') or (>= Tags + 'a' and <= Tags + 'z'))
        {
            end++;
        }

        return end - at > ShortestRegion && end < runes.Count && runes[end].Value == EndOfTags ? end : at;
    }

    // The blank of Braille is a symbol that looks like a space.
    private static bool IsSpace(Rune rune) => rune.Value == 0x2800
        || Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    /// <summary>
    /// Whether a character has no shape: Unicode's Default_Ignorable_Code_Point, the marks of interlinear annotation, the format controls of Egyptian
    /// hieroglyphs and the null notehead. forms.js has the same list.
    /// </summary>
    private static bool IsInvisible(Rune rune) => rune.Value is 0xAD or 0x34F or 0x61C or 0x115F or 0x1160 or 0x17B4 or 0x17B5
        or (>= 0x180B and <= 0x180F) or (>= 0x200B and <= 0x200F) or (>= 0x202A and <= 0x202E) or (>= 0x2060 and <= 0x206F) or 0x3164
        or (>= 0xFE00 and <= 0xFE0F) or 0xFEFF or 0xFFA0 or (>= 0xFFF0 and <= 0xFFFB) or (>= 0x1BCA0 and <= 0x1BCA3)
        or 0x1D159 or (>= 0x1D173 and <= 0x1D17A) or (>= 0x13430 and <= 0x1343F) or (>= 0xE0000 and <= 0xE0FFF);

    /// <summary>Whether an invisible character shapes its neighbours (RFC 5892, appendix A, and UTS #51).</summary>
    private static bool Joins(Rune before, Rune rune, Rune after) => rune.Value switch
    {
        // An arrow is a mathematical symbol, and part of the emoji that shakes its head.
        Joiner when IsSelector(before) || IsSymbol(before) => IsSymbol(after) || IsMath(after),
        // Bengali and its relatives also have a joiner before the virama.
        Joiner or JoinerOrNot => IsVirama(before) || (IsVirama(after) && Rune.IsLetter(before)) || (IsCursive(before) && IsCursive(after)),
        _ => IsSelector(rune) && (after.Value == Keycap || IsVaried(before)),
    };

    private static bool IsSelector(Rune rune) =>
        rune.Value is (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF) or (>= 0x180B and <= 0x180D);

    private static bool IsSymbol(Rune rune) => !IsInvisible(rune) && !IsSpace(rune)
        && Rune.GetUnicodeCategory(rune) is UnicodeCategory.OtherSymbol or UnicodeCategory.ModifierSymbol;

    private static bool IsMath(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.MathSymbol;

    /// <summary>Whether a character has variants: an emoji, an ideograph or a letter of a script such as Mongolian.</summary>
    private static bool IsVaried(Rune rune) => !IsInvisible(rune) && (IsSymbol(rune) || IsMath(rune) || Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.OtherLetter or UnicodeCategory.OtherPunctuation or UnicodeCategory.DashPunctuation);

    /// <summary>Whether a character is a letter of a script whose letters join their neighbours, such as Arabic, or a mark on one.</summary>
    /// <remarks>
    /// Arabic, Syriac, N'Ko, Mandaic, Mongolian, Phags-pa, Hanifi Rohingya and Adlam. Others aren't used any more:
    /// https://www.unicode.org/Public/UCD/latest/ucd/ArabicShaping.txt.
    /// </remarks>
    private static bool IsCursive(Rune rune) => !IsInvisible(rune)
        && (Rune.IsLetter(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark)
        && rune.Value is (>= 0x610 and <= 0x77F) or (>= 0x7CA and <= 0x7FF) or (>= 0x840 and <= 0x8FF) or (>= 0x1807 and <= 0x18AA)
            or (>= 0xA840 and <= 0xA871) or (>= 0x10D00 and <= 0x10D27) or (>= 0x1E900 and <= 0x1E94B);

    /// <summary>Whether a character takes the vowel from a consonant, which joins the next one: a virama of an Indic script.</summary>
    /// <remarks>
    /// From Devanagari to Malayalam, every block has it in the same place. The others: Sinhala, Balinese, Saurashtra, Javanese and Chakma.
    /// </remarks>
    private static bool IsVirama(Rune rune) => (rune.Value is >= 0x94D and <= 0xD4D && rune.Value % 0x80 == 0x4D)
        || rune.Value is 0xDCA or 0x1B44 or 0xA8C4 or 0xA9C0 or 0x11133 or 0x11134;

    /// <summary>Whether a character belongs to a script that is written from right to left.</summary>
    private static bool IsRightToLeft(Rune rune) => rune.Value
        is (>= 0x590 and <= 0x8FF) or (>= 0xFB1D and <= 0xFDFF) or (>= 0xFE70 and <= 0xFEFC)
        or (>= 0x10800 and <= 0x10FFF) or (>= 0x1E800 and <= 0x1EFFF);
}
