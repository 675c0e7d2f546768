using System.Collections.Concurrent;
using System.Net;
using Accounts.Core.Geolocation;
using Microsoft.Extensions.Options;

namespace Accounts.AspNetCore.Network;

/// <summary>Notices a proxy that is missing from the configuration: a private address that sends forwarding headers and isn't in the list.</summary>
/// <remarks>
/// Accounts doesn't trust such a sender. It ignores public addresses, because anyone can send these headers. It remembers one address per network,
/// and a few networks in all, until the program ends. It logs each one once.
/// </remarks>
public sealed partial class UnknownProxies
{
    private const int Most = 8;

    private readonly PlaceFinder _places;
    private readonly ILogger<UnknownProxies> _logger;
    private readonly IPNetwork[] _known;
    private readonly ConcurrentDictionary<string, string> _addresses = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    internal UnknownProxies(IOptions<NetworkOptions> options, PlaceFinder places, ILogger<UnknownProxies> logger)
    {
        _places = places;
        _logger = logger;
        _known = [.. options.Value.KnownProxies.Select(entry => ProxyEntry.Read(entry).Network)];
    }

    /// <summary>The noticed addresses, at most one for each network (/24 of IPv4, /64 of IPv6), in ordinal order.</summary>
    public IReadOnlyList<string> Addresses => [.. _addresses.Values.Order(StringComparer.Ordinal)];

    /// <summary>Checks an address that sent forwarding headers.</summary>
    internal void Notice(IPAddress? address)
    {
        var text = ClientAddress.Text(address);
        if (_addresses.ContainsKey(ShortAddress.Of(text)) || !_places.Find(text).IsLocal || IsKnown(IPAddress.Parse(text)))
            return;

        lock (_lock)
        {
            if (_addresses.Count == Most || !_addresses.TryAdd(ShortAddress.Of(text), text))
                return;
        }

        Log.Noticed(_logger, text);
    }

    private bool IsKnown(IPAddress address) => Array.Exists(_known, network => network.Contains(address));

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Ignored the forwarding headers of {Proxy}, which is not in Network:KnownProxies")]
        public static partial void Noticed(ILogger logger, string proxy);
    }
}
