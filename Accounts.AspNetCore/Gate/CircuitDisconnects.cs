using Accounts.AspNetCore.Cookies;
using Accounts.AspNetCore.Network;
using Accounts.Core.Live;

namespace Accounts.AspNetCore.Gate;

/// <summary>The gate in front of the framework's address that ends a circuit at once, which a closing page posts to.</summary>
/// <remarks>
/// It isn't a hub call, so no hub filter sees it, and the framework asks for nothing except the circuit's secret. Here, only the session that
/// started a circuit can end it.
/// </remarks>
internal static class CircuitDisconnects
{
    private static readonly PathString DisconnectPath = $"{RequestRules.HubPath}/disconnect";

    public static void UseCircuitDisconnects(this IApplicationBuilder app)
    {
        var authenticator = app.ApplicationServices.GetRequiredService<SessionAuthenticator>();
        var owners = app.ApplicationServices.GetRequiredService<CircuitOwners>();
        app.Use(async (context, next) =>
        {
            // The framework refuses what isn't a form.
            if (!context.Request.Path.StartsWithSegments(DisconnectPath, StringComparison.OrdinalIgnoreCase) || !context.Request.HasFormContentType)
                await next(context);
            else if (await ReadSecretAsync(context) is not { } secret)
                context.Response.StatusCode = StatusCodes.Status400BadRequest;
            // The body may come slowly, so ask for the session after it.
            else if (context.ReadTicket() is var (id, key) && await authenticator.AuthenticateAsync(id, key, context.RequestAborted) is { } session
                && owners.Owns(secret, session.Id))
                await next(context);
            else
                context.Response.StatusCode = StatusCodes.Status404NotFound;
        });
    }

    private static async Task<string?> ReadSecretAsync(HttpContext context)
    {
        try
        {
            return (await context.Request.ReadFormAsync(context.RequestAborted))["circuitId"] is [{ } secret] ? secret : null;
        }
        catch (Exception broken) when (broken is InvalidDataException or IOException)
        {
            return null;
        }
    }
}
