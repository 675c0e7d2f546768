using System.Net;
using System.Net.Sockets;

namespace Accounts.Core.Geolocation;

/// <summary>Says where an IP address is. Without a country database it knows the addresses that are nowhere else than here.</summary>
public sealed class PlaceFinder
{
    /// <param name="address">An IPv4 or IPv6 address as text; anything else is an unknown place.</param>
    public Place Find(string? address) =>
        IPAddress.TryParse(address, out var parsed) && IsLocal(parsed) ? Place.LocalNetwork : Place.Unknown;

    // RFC 1918, RFC 3927, RFC 4193, RFC 4291.
    private static bool IsLocal(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (IPAddress.IsLoopback(address))
            return true;
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
            return address.IsIPv6LinkLocal || address.IsIPv6UniqueLocal;

        Span<byte> bytes = stackalloc byte[4];
        address.TryWriteBytes(bytes, out _);
        return bytes[0] == 10
            || (bytes[0] == 172 && bytes[1] is >= 16 and <= 31)
            || (bytes[0] == 192 && bytes[1] == 168)
            || (bytes[0] == 169 && bytes[1] == 254);
    }
}
