using System.Net;
using System.Net.Sockets;

namespace Accounts.Core.SignIn;

/// <summary>Maps an address to the network that counts as one client.</summary>
internal static class ClientNetwork
{
    /// <summary>
    /// An IPv4 address itself, or the /64 of an IPv6 address: a client usually owns the whole /64. A text that isn't an address is its own
    /// network.
    /// </summary>
    public static string Of(string address)
    {
        if (!IPAddress.TryParse(address, out var parsed) || parsed.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        // A dual-stack socket maps IPv4 addresses into IPv6.
        if (parsed.IsIPv4MappedToIPv6)
            return parsed.MapToIPv4().ToString();
        return Convert.ToHexString(parsed.GetAddressBytes(), 0, 8);
    }
}
