using Accounts.Core.Geolocation;
using Accounts.Core.Settings;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;

namespace Accounts.AspNetCore.Network;

/// <summary>Determines a request's client address: the connection's own, or the one that a known proxy reports.</summary>
/// <remarks>
/// Accounts reads X-Forwarded-For from right to left, starting with the nearest proxy's entry. It stops at the first address that isn't a known
/// proxy. A client's own entries are further left, so they are never used.
/// </remarks>
internal static class KnownProxies
{
    /// <summary>Maximum number of hops to read, more than any real chain has.</summary>
    private const int MostHops = 20;

    /// <summary>The headers that proxies add to a request.</summary>
    private static readonly string[] ForwardingHeaders =
    [
        ForwardedHeadersDefaults.XForwardedForHeaderName,
        ForwardedHeadersDefaults.XForwardedProtoHeaderName,
        ForwardedHeadersDefaults.XForwardedHostHeaderName,
        "X-Real-IP",
        "Forwarded",
    ];

    public static void AddNetwork(this IServiceCollection services, IConfiguration? configuration)
    {
        services.AddStrictOptions(configuration, OptionsSection<NetworkOptions>.Of("Network", o => o, new NetworkOptionsValidator()));
        services.AddSingleton(sp => new UnknownProxies(
            sp.GetRequiredService<IOptions<NetworkOptions>>(), sp.GetRequiredService<PlaceFinder>(),
            sp.GetRequiredService<ILogger<UnknownProxies>>()));
    }

    /// <summary>Uses the forwarding headers of the configured proxies, and notices proxies that seem to be missing from the list.</summary>
    public static void UseKnownProxies(this IApplicationBuilder app)
    {
        var unknown = app.ApplicationServices.GetRequiredService<UnknownProxies>();
        var known = app.ApplicationServices.GetRequiredService<IOptions<NetworkOptions>>().Value.KnownProxies;
        app.Use((context, next) =>
        {
            if (IsForwarded(context.Request.Headers))
                unknown.Notice(context.Connection.RemoteIpAddress);
            return next(context);
        });
        // With an empty list, the framework would trust every sender.
        if (known.Length == 0)
            return;

        app.UseForwardedHeaders(Forwarded(known, app.ApplicationServices.GetService<IConfiguration>()));
        app.Use((context, next) =>
        {
            // Header entries are left over, so the last hop is an unknown address that forwards requests.
            if (context.Request.Headers.ContainsKey(ForwardedHeadersDefaults.XForwardedForHeaderName))
                unknown.Notice(context.Connection.RemoteIpAddress);
            // The proxy passed on a scheme that its client made up.
            if (context.Request.Scheme is not ("http" or "https"))
            {
                context.Request.Scheme = "http";
                context.Response.StatusCode = StatusCodes.Status400BadRequest;
                // Nothing after the proxies runs, so no other header is set.
                context.Response.Headers.CacheControl = "no-store";
                return Task.CompletedTask;
            }

            return next(context);
        });
    }

    private static ForwardedHeadersOptions Forwarded(string[] known, IConfiguration? configuration)
    {
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost,
            ForwardLimit = MostHops,
            // A forwarded host name must be allowed like any other.
            AllowedHosts = configuration?["AllowedHosts"]?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [],
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var entry in known)
            options.KnownIPNetworks.Add(ProxyEntry.Read(entry).Network);
        return options;
    }

    private static bool IsForwarded(IHeaderDictionary headers)
    {
        foreach (var header in ForwardingHeaders)
        {
            if (headers.ContainsKey(header))
                return true;
        }

        return false;
    }
}
