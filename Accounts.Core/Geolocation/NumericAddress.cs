using System.Globalization;

namespace Accounts.Core.Geolocation;

/// <summary>An IP address as a number: 32 bits of IPv4 or 128 of IPv6. An IPv4-mapped IPv6 address is its IPv4 address.</summary>
internal readonly record struct NumericAddress(UInt128 Value, bool IsV4)
{
    private const int Groups = 8;

    /// <summary>Reads an address as .NET prints it, without allocating; an IPv6 zone ("%2") is ignored. Every other spelling is refused, octal numbers and ports among them.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out NumericAddress address)
    {
        if (!text.Contains(':'))
        {
            var read = TryParseV4(text, out var v4);
            address = new NumericAddress(v4, IsV4: true);
            return read;
        }

        if (!TryParseV6(text, out var value))
        {
            address = default;
            return false;
        }

        // ::ffff:0:0/96, RFC 4291.
        address = value >> 32 == 0xffff ? new NumericAddress((uint)value, IsV4: true) : new NumericAddress(value, IsV4: false);
        return true;
    }

    /// <summary>The IPv4 address that an IPv6 address of a tunnel was made from: 6to4 (RFC 3056) and Teredo (RFC 4380).</summary>
    public bool TryGetTunnelled(out NumericAddress v4)
    {
        var isTeredo = !IsV4 && Value >> 96 == 0x2001_0000;
        v4 = new NumericAddress(isTeredo ? ~(uint)Value : (uint)(Value >> 80), IsV4: true);
        return isTeredo || (!IsV4 && Value >> 112 == 0x2002);
    }

    private static bool TryParseV4(ReadOnlySpan<char> text, out uint value)
    {
        value = 0;
        for (var part = 0; part < 4; part++)
        {
            var digits = 0;
            var number = 0;
            while (digits < text.Length && digits < 3 && char.IsAsciiDigit(text[digits]))
                number = (number * 10) + text[digits++] - '0';
            // A leading zero makes octal numbers for some readers and decimal ones for others.
            if (digits == 0 || number > 255 || (digits > 1 && text[0] == '0'))
                return false;

            value = (value << 8) | (uint)number;
            text = text[digits..];
            if (part < 3)
            {
                if (text.IsEmpty || text[0] != '.')
                    return false;
                text = text[1..];
            }
        }

        return text.IsEmpty;
    }

    private static bool TryParseV6(ReadOnlySpan<char> text, out UInt128 value)
    {
        value = 0;
        if (text.IndexOf('%') is >= 0 and var zone)
        {
            if (zone == text.Length - 1)
                return false;
            text = text[..zone];
        }

        UInt128 before = 0;
        var (groups, gap) = (0, -1);
        if (text.StartsWith("::"))
        {
            gap = 0;
            text = text[2..];
        }

        while (!text.IsEmpty)
        {
            var digits = text.IndexOfAnyExcept("0123456789abcdefABCDEF");
            if (digits >= 0 && text[digits] == '.')
            {
                if (groups > Groups - 2 || !TryParseV4(text, out var v4))
                    return false;
                value = (value << 32) | v4;
                groups += 2;
                break;
            }

            if (digits < 0)
                digits = text.Length;
            if (groups == Groups || digits is 0 or > 4 || !ushort.TryParse(text[..digits], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var group))
                return false;
            value = (value << 16) | group;
            groups++;
            text = text[digits..];
            if (text.IsEmpty)
                break;
            if (text[0] != ':' || text.Length == 1)
                return false;

            text = text[1..];
            if (text[0] == ':')
            {
                if (gap >= 0)
                    return false;
                (before, gap, value) = (value, groups, 0);
                text = text[1..];
            }
        }

        if (gap < 0)
            return groups == Groups;
        // What stood before the gap goes to the front; the gap stands for one group at least. Without the test the shift by 128 would be one by 0.
        value |= gap == 0 ? 0 : before << (16 * (Groups - gap));
        return groups < Groups;
    }
}
