using System.Collections.Concurrent;
using System.Net;
using Accounts.Core.Geolocation;

namespace Accounts.Web.Network;

/// <summary>Notices the proxy that somebody forgot to configure: requests with forwarding headers from an address of the own network that is not in the list.</summary>
/// <remarks>
/// Nothing is believed because of it. From public addresses nothing is noticed: anybody can send such headers. It remembers one address for each network
/// and a few networks in all, until the program ends; each is warned of once.
/// </remarks>
internal sealed partial class UnknownProxies(NetworkOptions options, PlaceFinder places, ILogger<UnknownProxies> logger)
{
    private const int Most = 8;

    private readonly IPNetwork[] _known = [.. options.KnownProxies.Select(entry => ProxyEntry.Read(entry).Network)];
    private readonly ConcurrentDictionary<string, string> _addresses = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>The addresses that have been noticed.</summary>
    public IReadOnlyList<string> Addresses => [.. _addresses.Values.Order(StringComparer.Ordinal)];

    /// <summary>Looks at an address that forwards.</summary>
    public void Notice(IPAddress? address)
    {
        var text = KnownProxies.Text(address);
        if (_addresses.ContainsKey(ShortAddress.Of(text)) || !places.Find(text).IsLocal || IsKnown(IPAddress.Parse(text)))
            return;

        lock (_lock)
        {
            if (_addresses.Count == Most || !_addresses.TryAdd(ShortAddress.Of(text), text))
                return;
        }

        Log.Noticed(logger, text);
    }

    private bool IsKnown(IPAddress address) => Array.Exists(_known, network => network.Contains(address));

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Requests came through {Proxy}, which is not in Network:KnownProxies: its forwarding headers were ignored")]
        public static partial void Noticed(ILogger logger, string proxy);
    }
}
