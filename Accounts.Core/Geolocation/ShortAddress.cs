using System.Net;
using System.Net.Sockets;

namespace Accounts.Core.Geolocation;

/// <summary>Shortens IP addresses so that they don't point to one household: IPv4 to /24, IPv6 to /48.</summary>
public static class ShortAddress
{
    private const int KeptOf4 = 3;
    private const int KeptOf6 = 6;

    /// <summary>Shortens an address: "203.0.113.7" becomes "203.0.113.0". A short address doesn't change; a text that isn't one becomes "".</summary>
    public static string Of(string address)
    {
        if (!TryParse(address, out var parsed))
            return "";

        var bytes = parsed.GetAddressBytes();
        bytes.AsSpan(Kept(parsed)).Clear();
        return new IPAddress(bytes).ToString();
    }

    /// <summary>Formats an address for a page: a shortened one as "203.0.113.x" or "2001:db8:1:x", any other one unchanged.</summary>
    /// <remarks>A network's own address also counts as shortened. No device has it.</remarks>
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
