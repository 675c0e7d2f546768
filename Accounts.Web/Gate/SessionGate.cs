using Accounts.Web.Addresses;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.SignalR;

namespace Accounts.Web.Gate;

/// <summary>Registers circuits, the gate in front of them, and the push.</summary>
internal static class SessionGate
{
    public static void AddSessionCircuits(this IServiceCollection services)
    {
        services.AddSingleton<SessionCircuits>();
        services.AddSingleton<SessionConnections>();
        services.AddSingleton<CircuitOwners>();
        services.AddSingleton<SessionHubFilter>();
        services.AddHostedService<SessionPush>();
        services.AddScoped<CircuitHandler, SessionCircuitHandler>();
        services.AddSingleton<ILoggerFactory, QuietEndings>();
    }

    /// <summary>Tells a page's script whether its session is still live.</summary>
    public static void MapSessionState(this WebApplication app) => app.MapGet(Paths.SessionState, () => Results.NoContent()).RequireAuthorization();

    /// <summary>Puts the gate in front of Blazor's hub.</summary>
    public static void AddSessionGate(this IServerSideBlazorBuilder blazor) => blazor.AddHubOptions(o => o.AddFilter<SessionHubFilter>());
}
