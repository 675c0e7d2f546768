using System.Collections.Concurrent;
using System.Net;
using Accounts.Core.Geolocation;

namespace Accounts.Web.Network;

/// <summary>Notices a proxy that is missing from the configuration: a private address that sends forwarding headers and isn't in the list.</summary>
/// <remarks>
/// Accounts doesn't trust such a sender. It ignores public addresses, because anyone can send these headers. It remembers one address per network,
/// and a few networks in all, until the program ends. It logs each one once.
/// </remarks>
internal sealed partial class UnknownProxies(NetworkOptions options, PlaceFinder places, ILogger<UnknownProxies> logger)
{
    private const int Most = 8;

    private readonly IPNetwork[] _known = [.. options.KnownProxies.Select(entry => ProxyEntry.Read(entry).Network)];
    private readonly ConcurrentDictionary<string, string> _addresses = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>The noticed addresses.</summary>
    public IReadOnlyList<string> Addresses => [.. _addresses.Values.Order(StringComparer.Ordinal)];

    /// <summary>Checks an address that sent forwarding headers.</summary>
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
        [LoggerMessage(1, LogLevel.Warning, "Ignored the forwarding headers of {Proxy}, which is not in Network:KnownProxies")]
        public static partial void Noticed(ILogger logger, string proxy);
    }
}
