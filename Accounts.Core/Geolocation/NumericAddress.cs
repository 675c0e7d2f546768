namespace Accounts.Core.Geolocation;

/// <summary>An IP address as a number: 32 bits for IPv4, 128 for IPv6. An IPv4-mapped IPv6 address becomes its IPv4 address.</summary>
internal readonly record struct NumericAddress(UInt128 Value, bool IsV4)
{
    private const int Groups = 8;

    /// <summary>Parses an address in the form that .NET prints, without allocating. It ignores an IPv6 zone ("%2").</summary>
    /// <remarks>It refuses all other spellings, such as octal numbers and ports.</remarks>
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

    /// <summary>The IPv4 address inside an IPv6 tunnel address: 6to4 (RFC 3056) and Teredo (RFC 4380).</summary>
    public bool TryGetTunnelled(out NumericAddress v4)
    {
        var isTeredo = !IsV4 && Value >> 96 == 0x2001_0000;
        v4 = new NumericAddress(isTeredo ? ~(uint)Value : (uint)(Value >> 80), IsV4: true);
        return isTeredo || (!IsV4 && Value >> 112 == 0x2002);
    }

    private static bool TryParseV4(ReadOnlySpan<char> text, out uint value)
    {
        value = 0;
        var (parts, digits, number) = (1, 0, 0u);
        foreach (var c in text)
        {
            if (char.IsAsciiDigit(c))
            {
                // Some parsers read a number with a leading zero as octal, others as decimal.
                if (digits > 0 && number == 0)
                    return false;
                number = (number * 10) + c - '0';
                digits++;
                if (number > 255)
                    return false;
            }
            else if (c == '.' && digits > 0 && parts < 4)
            {
                value = (value << 8) | number;
                (digits, number) = (0, 0);
                parts++;
            }
            else
            {
                return false;
            }
        }

        value = (value << 8) | number;
        return parts == 4 && digits > 0;
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

        Span<ushort> groups = stackalloc ushort[Groups];
        var (count, gap, at) = (0, -1, 0);
        if (text.StartsWith("::"))
            (gap, at) = (0, 2);

        while (at < text.Length)
        {
            var (begin, group) = (at, 0);
            for (; at < text.Length && at - begin < 4 && char.IsAsciiHexDigit(text[at]); at++)
                group = (group << 4) | (text[at] <= '9' ? text[at] - '0' : (text[at] | 0x20) - 'a' + 10);
            if (at == begin || count == Groups)
                return false;

            if (at < text.Length && text[at] == '.')
            {
                if (count > Groups - 2 || !TryParseV4(text[begin..], out var v4))
                    return false;
                (groups[count], groups[count + 1]) = ((ushort)(v4 >> 16), (ushort)v4);
                count += 2;
                break;
            }

            groups[count++] = (ushort)group;
            if (at == text.Length)
                break;
            if (text[at++] != ':' || at == text.Length)
                return false;
            if (text[at] == ':')
            {
                if (gap >= 0)
                    return false;
                (gap, at) = (count, at + 1);
            }
        }

        // "::" stands for at least one group.
        if (gap < 0 ? count != Groups : count == Groups)
            return false;
        value = Join(groups, count, gap < 0 ? count : gap);
        return true;
    }

    private static UInt128 Join(ReadOnlySpan<ushort> groups, int count, int gap)
    {
        var missing = Groups - count;
        var (upper, lower) = (0ul, 0ul);
        for (var i = 0; i < Groups; i++)
        {
            var group = i < gap ? groups[i] : i < gap + missing ? (ushort)0 : groups[i - missing];
            if (i < Groups / 2)
                upper = (upper << 16) | group;
            else
                lower = (lower << 16) | group;
        }

        return new UInt128(upper, lower);
    }
}
