using System.Net;
using System.Net.Sockets;

namespace Accounts.Core.Geolocation;

/// <summary>An IP address without the part that points at one household: an IPv4 address to its /24, an IPv6 address to its /48.</summary>
public static class ShortAddress
{
    private const int KeptOf4 = 3;
    private const int KeptOf6 = 6;

    /// <summary>Shortens an address: "203.0.113.7" becomes "203.0.113.0". One that is short already stays; of a text that is no address nothing stays.</summary>
    public static string Of(string address)
    {
        if (!TryParse(address, out var parsed))
            return "";

        var bytes = parsed.GetAddressBytes();
        bytes.AsSpan(Kept(parsed)).Clear();
        return new IPAddress(bytes).ToString();
    }

    /// <summary>How a page shows an address: a shortened one as "203.0.113.x" or "2001:db8:1:x", which says that the rest is not kept; any other as it is.</summary>
    /// <remarks>The network's own address, which no device has, is taken for a shortened one.</remarks>
    public static string Show(string address)
    {
        if (!TryParse(address, out var parsed))
            return address;

        var bytes = parsed.GetAddressBytes();
        if (bytes.AsSpan(Kept(parsed)).ContainsAnyExcept((byte)0))
            return address;
        return parsed.AddressFamily == AddressFamily.InterNetwork
            ? $"{bytes[0]}.{bytes[1]}.{bytes[2]}.x"
            : $"{(bytes[0] << 8) | bytes[1]:x}:{(bytes[2] << 8) | bytes[3]:x}:{(bytes[4] << 8) | bytes[5]:x}:x";
    }

    private static int Kept(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork ? KeptOf4 : KeptOf6;

    private static bool TryParse(string address, out IPAddress parsed)
    {
        if (!IPAddress.TryParse(address, out var any))
        {
            parsed = IPAddress.None;
            return false;
        }

        parsed = any.IsIPv4MappedToIPv6 ? any.MapToIPv4() : any;
        return true;
    }
}
