using System.Buffers;

namespace Accounts.Core.Devices;

/// <summary>Parses version numbers.</summary>
internal static class VersionText
{
    /// <summary>The digits, to search for.</summary>
    public static readonly SearchValues<char> AllDigits = SearchValues.Create("0123456789");

    private static readonly string[] Small =
        [.. Enumerable.Range(0, 400).Select(number => number.ToString(System.Globalization.CultureInfo.InvariantCulture))];

    /// <summary>The first number, at most four digits: "156" for "156.0.1"; null if there is none.</summary>
    public static string? Major(ReadOnlySpan<char> text)
    {
        var digits = Digits(text, 4);
        if (digits.IsEmpty)
            return null;
        var number = Number(digits);
        return number < Small.Length && (digits[0] != '0' || digits.Length == 1) ? Small[number] : digits.ToString();
    }

    /// <summary>The first number as a number; 0 if there is none.</summary>
    public static int MajorNumber(ReadOnlySpan<char> text) => Number(Digits(text, 4));

    /// <summary>A platform's version: two numbers, without a second 0. "17.4" for "17_4_1", "15" for "15.0.0"; null if there is none.</summary>
    public static string? Platform(ReadOnlySpan<char> text)
    {
        text = text.TrimStart('v');
        var first = Digits(text, 4);
        if (first.IsEmpty)
            return null;
        var rest = text[first.Length..];
        var second = rest.Length > 1 && rest[0] is '.' or '_' ? Digits(rest[1..], 4) : [];
        return second.IsEmpty || second is "0" ? Major(first) : string.Concat(first, ".", second);
    }

    /// <summary>A program's own version, at most three numbers: "8.14.1" for "v8.14.1-rc2"; null if there is none.</summary>
    public static string? Given(ReadOnlySpan<char> text)
    {
        if (text.Length > 1 && text[0] is 'v' or 'V')
            text = text[1..];
        var length = 0;
        for (var numbers = 0; numbers < 3; numbers++)
        {
            var at = numbers == 0 ? 0 : length + 1;
            if (at >= text.Length || (numbers > 0 && text[length] != '.'))
                break;
            var digits = Digits(text[at..], 10);
            if (digits.IsEmpty)
                break;
            length = at + digits.Length;
        }

        return length == 0 ? null : text[..length].ToString();
    }

    /// <summary>Whether the text starts with a number: "2.1", "v8".</summary>
    public static bool IsNumber(ReadOnlySpan<char> text) =>
        text.Length > 0 && (char.IsAsciiDigit(text[0]) || (text.Length > 1 && text[0] is 'v' or 'V' && char.IsAsciiDigit(text[1])));

    private static ReadOnlySpan<char> Digits(ReadOnlySpan<char> text, int most)
    {
        var length = 0;
        while (length < text.Length && length < most && char.IsAsciiDigit(text[length]))
            length++;
        return text[..length];
    }

    private static int Number(ReadOnlySpan<char> digits)
    {
        var number = 0;
        foreach (var digit in digits)
            number = (number * 10) + (digit - '0');
        return number;
    }
}
