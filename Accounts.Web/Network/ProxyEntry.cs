using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Accounts.Web.Network;

/// <summary>One entry in the list of known proxies: an address, or a network of them.</summary>
internal static class ProxyEntry
{
    /// <summary>The widest network that can be one's own: 10.0.0.0/8, fd00::/8.</summary>
    private const int Widest = 8;

    /// <summary>Where the IPv4 addresses begin among those of IPv6 (::ffff:0:0/96, RFC 4291).</summary>
    private const int MappedBits = 96;

    private const string Shape = "must be an IP address or a network of them, such as 192.0.2.10, 10.0.0.0/8, 2001:db8::10 or fd00::/64. A host name, a port or a zone is not understood.";

    /// <summary>The network that an entry names, a single address being the smallest; or else what is wrong with it, as a rule to follow.</summary>
    public static (IPNetwork Network, string? Problem) Read(string entry)
    {
        var slash = entry.IndexOf('/', StringComparison.Ordinal);
        if (ReadAddress(slash < 0 ? entry : entry[..slash]) is not { } address)
            return (default, Shape);

        var bits = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        var prefix = bits;
        if (slash >= 0 && (!int.TryParse(entry.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out prefix) || prefix > bits))
            return (default, Shape);
        if (address.IsIPv4MappedToIPv6 && prefix >= MappedBits)
            (address, prefix) = (address.MapToIPv4(), prefix - MappedBits);
        if (prefix < Widest)
            return (default, $"must not be wider than /{Widest}: whoever is in it is believed, and can make up the address that they come from. Name the proxies alone.");

        var network = new IPNetwork(address, prefix);
        return network.BaseAddress.Equals(address) ? (network, null) : (default, $"must begin with the first address of the network, {network}, or be one address without a /.");
    }

    // Exactly as addresses are written: the lenient reading takes 010.0.0.1 for 8.0.0.1, and 10 for 0.0.0.10.
    private static IPAddress? ReadAddress(string text) =>
        IPAddress.TryParse(text, out var address)
        && (address.AddressFamily == AddressFamily.InterNetworkV6 ? !text.AsSpan().ContainsAny('[', '%') : string.Equals(address.ToString(), text, StringComparison.Ordinal))
            ? address
            : null;
}
