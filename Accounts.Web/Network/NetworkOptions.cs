using System.Net;
using Accounts.Core.Settings;
using FluentValidation;
using Microsoft.AspNetCore.HttpOverrides;

namespace Accounts.Web.Network;

/// <summary>What stands between the people and this server. Section <c>Network</c>.</summary>
public sealed class NetworkOptions
{
    /// <summary>The IP addresses of the proxies whose forwarding headers are believed. From anybody else they are ignored. None by default.</summary>
    public string[] KnownProxies { get; set; } = [];
}

internal sealed class NetworkOptionsValidator : AbstractValidator<NetworkOptions>
{
    public NetworkOptionsValidator()
    {
        RuleFor(o => o.KnownProxies).Must(list => list.All(a => IPAddress.TryParse(a, out _))).WithMessage("must hold IP addresses.");
    }
}

/// <summary>Finds out where a request really comes from.</summary>
internal static class KnownProxies
{
    public static void AddNetwork(this IServiceCollection services, SettingsReader settings)
    {
        var options = settings.Read("Network", new NetworkOptionsValidator());
        services.AddSingleton(options);
        services.Configure<ForwardedHeadersOptions>(o =>
        {
            o.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
            o.ForwardLimit = null;
            o.KnownIPNetworks.Clear();
            o.KnownProxies.Clear();
            foreach (var address in options.KnownProxies)
            {
                if (IPAddress.TryParse(address, out var parsed))
                    o.KnownProxies.Add(parsed);
            }
        });
    }

    /// <summary>Believes the forwarding headers of the configured proxies. Without any the middleware would believe everybody, so it is left out.</summary>
    public static void UseKnownProxies(this WebApplication app)
    {
        if (app.Services.GetRequiredService<NetworkOptions>().KnownProxies.Length > 0)
            app.UseForwardedHeaders();
    }

    /// <summary>The address that a request comes from, as text; "" if there is none.</summary>
    public static string Address(this HttpContext context) => context.Connection.RemoteIpAddress switch
    {
        null => "",
        { IsIPv4MappedToIPv6: true } mapped => mapped.MapToIPv4().ToString(),
        var address => address.ToString(),
    };
}
