using System.Net;
using Accounts.Core.Settings;
using Microsoft.AspNetCore.HttpOverrides;

namespace Accounts.Web.Network;

/// <summary>Finds out where a request really comes from: the address that connects, or what proxies of ours say of it.</summary>
/// <remarks>
/// The hops of X-Forwarded-For are walked from the right, where the nearest proxy has written, for as long as the one that wrote is known. What a client
/// writes itself stands to the left of what the first proxy writes, and is never reached.
/// </remarks>
internal static class KnownProxies
{
    /// <summary>More hops than anybody has; a longer list is not walked to its end.</summary>
    private const int MostHops = 20;

    /// <summary>What proxies send along with a request.</summary>
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
            // A host name that comes by way of a proxy keeps to the same list as one that does not.
            o.AllowedHosts = configuration["AllowedHosts"]?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
            o.KnownProxies.Clear();
            o.KnownIPNetworks.Clear();
            foreach (var entry in options.KnownProxies)
                o.KnownIPNetworks.Add(ProxyEntry.Read(entry).Network);
        });
    }

    /// <summary>Believes the forwarding headers of the configured proxies, and notices those that look as if they were missing from the list.</summary>
    public static void UseKnownProxies(this WebApplication app)
    {
        var unknown = app.Services.GetRequiredService<UnknownProxies>();
        app.Use((context, next) =>
        {
            if (IsForwarded(context.Request.Headers))
                unknown.Notice(context.Connection.RemoteIpAddress);
            return next(context);
        });
        // Without any the framework would believe everybody.
        if (app.Services.GetRequiredService<NetworkOptions>().KnownProxies.Length == 0)
            return;

        app.UseForwardedHeaders();
        app.Use((context, next) =>
        {
            // The walk ended before the list did: at somebody who forwards and is not known.
            if (context.Request.Headers.ContainsKey(ForwardedHeadersDefaults.XForwardedForHeaderName))
                unknown.Notice(context.Connection.RemoteIpAddress);
            // The proxy has passed on what its client made up.
            if (context.Request.Scheme is not ("http" or "https"))
            {
                context.Request.Scheme = "http";
                context.Response.StatusCode = StatusCodes.Status400BadRequest;
                return Task.CompletedTask;
            }

            return next(context);
        });
    }

    /// <summary>The address that a request comes from, as text; "" if there is none.</summary>
    public static string Address(this HttpContext context) => Text(context.Connection.RemoteIpAddress);

    /// <summary>An address as it is shown and stored: IPv4 in its own form, however it came.</summary>
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
