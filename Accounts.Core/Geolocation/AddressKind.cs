namespace Accounts.Core.Geolocation;

/// <summary>The kind of an address, known without a database.</summary>
internal enum AddressKind
{
    /// <summary>A public address.</summary>
    Public,

    /// <summary>An address of the local network or this machine.</summary>
    Local,

    /// <summary>An address reserved for documentation, benchmarks, multicast or a carrier's own network. It has no place.</summary>
    Reserved,
}

/// <summary>Addresses with a special purpose (RFC 6890): https://www.iana.org/assignments/iana-ipv4-special-registry and its IPv6 twin.</summary>
internal static class AddressKinds
{
    private static readonly (uint First, uint Last, AddressKind Kind)[] V4 =
    [
        (0x0000_0000, 0x00ff_ffff, AddressKind.Reserved), // 0.0.0.0/8
        (0x0a00_0000, 0x0aff_ffff, AddressKind.Local),    // 10.0.0.0/8, RFC 1918
        (0x6440_0000, 0x647f_ffff, AddressKind.Reserved), // 100.64.0.0/10, RFC 6598: a carrier's network, which strangers share, so not local
        (0x7f00_0000, 0x7fff_ffff, AddressKind.Local),    // 127.0.0.0/8, loopback
        (0xa9fe_0000, 0xa9fe_ffff, AddressKind.Local),    // 169.254.0.0/16, RFC 3927
        (0xac10_0000, 0xac1f_ffff, AddressKind.Local),    // 172.16.0.0/12, RFC 1918
        (0xc000_0000, 0xc000_00ff, AddressKind.Reserved), // 192.0.0.0/24
        (0xc000_0200, 0xc000_02ff, AddressKind.Reserved), // 192.0.2.0/24, documentation
        (0xc058_6300, 0xc058_63ff, AddressKind.Reserved), // 192.88.99.0/24, relays of 6to4
        (0xc0a8_0000, 0xc0a8_ffff, AddressKind.Local),    // 192.168.0.0/16, RFC 1918
        (0xc612_0000, 0xc613_ffff, AddressKind.Reserved), // 198.18.0.0/15, benchmarks
        (0xc633_6400, 0xc633_64ff, AddressKind.Reserved), // 198.51.100.0/24, documentation
        (0xcb00_7100, 0xcb00_71ff, AddressKind.Reserved), // 203.0.113.0/24, documentation
        (0xe000_0000, 0xffff_ffff, AddressKind.Reserved), // 224.0.0.0/3: multicast, never assigned, broadcast
    ];

    public static AddressKind Kind(this NumericAddress address) => address.IsV4 ? KindOfV4((uint)address.Value) : KindOfV6(address.Value);

    private static AddressKind KindOfV4(uint value)
    {
        foreach (var (first, last, kind) in V4)
        {
            if (value <= last)
                return value >= first ? kind : AddressKind.Public;
        }

        return AddressKind.Public;
    }

    private static AddressKind KindOfV6(UInt128 value)
    {
        var top = (uint)(value >> 96);
        if (top >> 29 != 1)
        {
            // No addresses outside 2000::/3 are assigned. Local ones are ::1, fc00::/7 (RFC 4193) and fe80::/10 (RFC 4291).
            return value == UInt128.One || top >> 25 == 0x7e || top >> 22 == 0x3fa ? AddressKind.Local : AddressKind.Reserved;
        }

        return top == 0x2001_0db8 // 2001:db8::/32, documentation
            || (top >> 9 == 0x2001_0000 >> 9 && top != 0x2001_0000) // 2001::/23, protocols, but for Teredo
            || top >> 12 == 0x3fff0 // 3fff::/20, documentation
            ? AddressKind.Reserved
            : AddressKind.Public;
    }
}
