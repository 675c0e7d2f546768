using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Accounts.Web.Sessions;

/// <summary>Registers this room's services: circuits, the gate in front of them, and the push.</summary>
internal static class SessionGate
{
    public static void AddSessionCircuits(this IServiceCollection services)
    {
        services.AddSingleton<SessionCircuits>();
        services.AddSingleton<SessionConnections>();
        services.AddSingleton<CircuitOwners>();
        services.AddSingleton<SessionHubFilter>();
        services.AddSingleton<Handovers>();
        services.AddHostedService<SessionPush>();
        services.AddScoped<CircuitHandler, SessionCircuitHandler>();
        services.AddSingleton<ILoggerFactory, QuietEndings>();
    }

    /// <summary>Puts the gate in front of Blazor's hub.</summary>
    public static void AddSessionGate(this IServerSideBlazorBuilder blazor) => blazor.AddHubOptions(o => o.AddFilter<SessionHubFilter>());
}
