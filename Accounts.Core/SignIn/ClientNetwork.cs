using System.Net;
using System.Net.Sockets;

namespace Accounts.Core.SignIn;

/// <summary>The network that is taken for one client where clients are counted.</summary>
internal static class ClientNetwork
{
    /// <summary>
    /// An IPv4 address, or the /64 of an IPv6 address: who has one of its addresses has them all. Of two texts that aren't addresses each is a
    /// network.
    /// </summary>
    public static string Of(string address)
    {
        if (!IPAddress.TryParse(address, out var parsed) || parsed.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        // What a dual-stack socket has mapped into IPv6 is one address.
        if (parsed.IsIPv4MappedToIPv6)
            return parsed.MapToIPv4().ToString();
        return Convert.ToHexString(parsed.GetAddressBytes(), 0, 8);
    }
}
