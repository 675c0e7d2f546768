using System.Buffers;
using System.Globalization;
using Accounts.Core.Storage;

namespace Accounts.Core.Devices;

/// <summary>Makes names from untrusted text.</summary>
internal static class NameText
{
    /// <summary>Maximum length of a name or model, in characters.</summary>
    public const int Limit = 40;

    private const string EncodedSpace = "%20";
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private static readonly SearchValues<char> Letters = SearchValues.Create(Alphabet);
    private static readonly SearchValues<char> LettersAndDigits = SearchValues.Create(Alphabet + "0123456789");

    /// <summary>The text up to the first character that no name has, at most <see cref="Limit"/> characters; null if nothing is left.</summary>
    public static string? Of(ReadOnlySpan<char> text)
    {
        if (!text.Contains('%'))
            return Text(Cleaned(text));
        Span<char> decoded = stackalloc char[2 * Limit];
        return Text(Cleaned(decoded[..Decode(text, decoded)]));
    }

    /// <summary>The name of two words, at most <see cref="Limit"/> characters; null if nothing is left.</summary>
    public static string? Of(ReadOnlySpan<char> first, ReadOnlySpan<char> second) => Of(string.Concat(Short(first), " ", Short(second)));

    /// <summary>Whether the text starts with a name.</summary>
    public static bool HasName(ReadOnlySpan<char> text) => !Cleaned(text).IsEmpty;

    /// <summary>Whether the text can be a program's name: it starts with a letter, or with a digit and has a letter.</summary>
    public static bool IsName(ReadOnlySpan<char> text) =>
        text.Length > 1 && (char.IsAsciiLetter(text[0]) || (char.IsAsciiDigit(text[0]) && text.ContainsAny(Letters)));

    private static string? Text(ReadOnlySpan<char> name) => name.IsEmpty ? null : name.ToString();

    private static ReadOnlySpan<char> Cleaned(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        var length = 0;
        while (length < text.Length && length < Limit && (IsOfName(text[length]) || IsMark(text, length)))
            length++;
        // A letter can go on in the next one, as in Thai.
        if (length == Limit && length < text.Length)
            length = ShortText.Cut(text[..Math.Min(text.Length, 2 * Limit)], Limit).Length;
        text = text[..length].TrimEnd(" -_.,+:");
        return text.ContainsAny(LettersAndDigits) ? text : [];
    }

    // Apple's network library encodes spaces in the app's name: "Home%20Assistant". Returns the length.
    private static int Decode(ReadOnlySpan<char> text, Span<char> decoded)
    {
        var length = 0;
        while (!text.IsEmpty && length < decoded.Length)
        {
            var isSpace = text.StartsWith(EncodedSpace);
            decoded[length++] = isSpace ? ' ' : text[0];
            text = text[(isSpace ? EncodedSpace.Length : 1)..];
        }

        return length;
    }

    private static ReadOnlySpan<char> Short(ReadOnlySpan<char> text) => ShortText.Cut(text, Limit);

    /// <summary>Whether a character is an accent or a vowel sign of the letter before it, and not a mark that nobody sees.</summary>
    private static bool IsMark(ReadOnlySpan<char> text, int at) => text[at] > 127 && at > 0 && text[at - 1] is not ' '
        && char.GetUnicodeCategory(text[at]) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
        && text[at] is not ('\u034F' or '\u17B4' or '\u17B5' or (>= '\u180B' and <= '\u180F') or (>= '\uFE00' and <= '\uFE0F'));

    private static bool IsOfName(char c) => char.IsAsciiLetterOrDigit(c) || c is ' ' or '.' or '_' or '-' or '+' or '!' or '&' or '\'' or ':' or '@'
        // The fillers of Hangul are letters that nobody sees.
        || (c > 127 && char.IsLetter(c) && c is not ('\u115F' or '\u1160' or '\u3164' or '\uFFA0'));
}
