using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Accounts.AspNetCore.Network;

/// <summary>Parses an entry in the list of known proxies: an address or a network.</summary>
internal static class ProxyEntry
{
    /// <summary>The shortest allowed prefix, as in the widest private networks: 10.0.0.0/8, fd00::/8.</summary>
    private const int Widest = 8;

    /// <summary>The prefix length of IPv4-mapped IPv6 addresses (::ffff:0:0/96, RFC 4291).</summary>
    private const int MappedBits = 96;

    private const string Shape = "must be an IP address or a network, such as 192.0.2.10, 10.0.0.0/8, 2001:db8::10 or fd00::/64. "
        + "Host names, ports and zones are not supported.";

    /// <summary>Returns the entry's network, or the rule that the entry breaks. A single address is the smallest network.</summary>
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
            return (default, $"must not be wider than /{Widest}: "
                + "Accounts trusts every address in it, and a trusted sender can claim any client address. List only your proxies.");

        var network = new IPNetwork(address, prefix);
        return network.BaseAddress.Equals(address)
            ? (network, null)
            : (default, $"must start with the network's first address. Write {network}, or a single address without a /.");
    }

    // Only the canonical form: IPAddress.Parse reads 010.0.0.1 as 8.0.0.1, and 10 as 0.0.0.10.
    private static IPAddress? ReadAddress(string text) =>
        IPAddress.TryParse(text, out var address)
        && (address.AddressFamily == AddressFamily.InterNetworkV6
            ? !text.AsSpan().ContainsAny('[', '%')
            : string.Equals(address.ToString(), text, StringComparison.Ordinal))
            ? address
            : null;
}
