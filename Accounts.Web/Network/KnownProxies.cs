using System.Net;
using Accounts.Core.Settings;
using Microsoft.AspNetCore.HttpOverrides;

namespace Accounts.Web.Network;

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
        [ForwardedHeadersDefaults.XForwardedForHeaderName, ForwardedHeadersDefaults.XForwardedProtoHeaderName, ForwardedHeadersDefaults.XForwardedHostHeaderName, "X-Real-IP", "Forwarded"];

    public static void AddNetwork(this IServiceCollection services, SettingsReader settings)
    {
        var options = settings.Read("Network", new NetworkOptionsValidator());
        services.AddSingleton(options);
        services.AddSingleton<UnknownProxies>();
        services.AddOptions<ForwardedHeadersOptions>().Configure<IConfiguration>((o, configuration) =>
        {
            o.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
            o.ForwardLimit = MostHops;
            // A forwarded host name must be allowed like any other.
            o.AllowedHosts = configuration["AllowedHosts"]?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
            o.KnownProxies.Clear();
            o.KnownIPNetworks.Clear();
            foreach (var entry in options.KnownProxies)
                o.KnownIPNetworks.Add(ProxyEntry.Read(entry).Network);
        });
    }

    /// <summary>Uses the forwarding headers of the configured proxies, and notices proxies that seem to be missing from the list.</summary>
    public static void UseKnownProxies(this WebApplication app)
    {
        var unknown = app.Services.GetRequiredService<UnknownProxies>();
        app.Use((context, next) =>
        {
            if (IsForwarded(context.Request.Headers))
                unknown.Notice(context.Connection.RemoteIpAddress);
            return next(context);
        });
        // With an empty list, the framework would trust every sender.
        if (app.Services.GetRequiredService<NetworkOptions>().KnownProxies.Length == 0)
            return;

        app.UseForwardedHeaders();
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
                return Task.CompletedTask;
            }

            return next(context);
        });
    }

    /// <summary>The client's address as text; "" if there is none.</summary>
    public static string Address(this HttpContext context) => Text(context.Connection.RemoteIpAddress);

    /// <summary>Formats an address for display and storage. An IPv4-mapped address becomes IPv4.</summary>
    internal static string Text(IPAddress? address) => address switch
    {
        null => "",
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4().ToString(),
        _ => address.ToString(),
    };

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
