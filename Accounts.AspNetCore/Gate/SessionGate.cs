using Accounts.AspNetCore.Cookies;
using Accounts.Core.Settings;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.SignalR;

namespace Accounts.AspNetCore.Gate;

/// <summary>Registers circuits, the gate in front of them, and the push.</summary>
internal sealed class SessionGate
{
    /// <summary>The path that tells a page's script whether its session is still live.</summary>
    public const string StatePath = "/session/state";

    /// <summary>Registers what tracks circuits and connections. No circuit opens until the gate is added, too.</summary>
    public static void AddTracking(IServiceCollection services, IConfiguration? configuration)
    {
        services.AddStrictOptions(configuration, OptionsSection<OpenPageOptions>.Of("OpenPages", o => o, new OpenPageOptionsValidator()));
        services.AddSingleton<GateRefusals>();
        services.AddSingleton<OpenPages>();
        services.AddSingleton<SessionCircuits>();
        services.AddSingleton<SessionConnections>();
        services.AddSingleton<CircuitOwners>();
        services.AddSingleton<SessionHubFilter>();
        services.AddSingleton<SessionPush>();
        services.AddHostedService(sp => sp.GetRequiredService<SessionPush>());
        // Made only where circuits are: an application without Blazor lacks what it needs.
        services.AddScoped<CircuitHandler>(sp => ActivatorUtilities.CreateInstance<SessionCircuitHandler>(sp));
    }

    /// <summary>Puts the gate in front of Blazor's hub.</summary>
    public static void AddTo(IServerSideBlazorBuilder blazor)
    {
        blazor.AddHubOptions(hub => hub.AddFilter<SessionHubFilter>());
        blazor.Services.AddSingleton<SessionGate>();
        blazor.Services.AddCascadingAuthenticationState();
        QuietEndings.AddTo(blazor.Services);
    }

    /// <summary>Maps <see cref="StatePath"/>: 204 while the session is live, 401 from its end on. Its Date is the application's time.</summary>
    public static void MapState(IEndpointRouteBuilder endpoints) =>
        endpoints.MapMethods(StatePath, [HttpMethods.Get, HttpMethods.Head], State).RequireAuthorization().DisableCookieRedirect();

    private static IResult State(HttpContext context, TimeProvider time)
    {
        context.Response.GetTypedHeaders().Date = time.GetUtcNow();
        context.Response.Headers.CacheControl = "no-store";
        return Results.NoContent();
    }
}
