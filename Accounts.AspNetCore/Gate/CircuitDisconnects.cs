using Accounts.AspNetCore.Cookies;
using Accounts.AspNetCore.Network;
using Accounts.Core.Live;
using Accounts.Core.Settings;
using Microsoft.AspNetCore.Diagnostics;

namespace Accounts.AspNetCore.Gate;

/// <summary>The gate in front of the framework's address that ends a circuit at once, which a closing page posts to.</summary>
/// <remarks>
/// It isn't a hub call, so no hub filter sees it, and the framework asks for nothing except the circuit's secret. Here, only the session that
/// started a circuit can end it.
/// </remarks>
internal static class CircuitDisconnects
{
    /// <summary>The framework's own name of this endpoint, whatever address the application gave to its hub.</summary>
    private const string EndpointName = "Blazor disconnect";

    private static readonly PathString DefaultPath = $"{RequestRules.HubPath}/disconnect";

    public static void UseCircuitDisconnects(this IApplicationBuilder app)
    {
        var authenticator = app.ApplicationServices.GetRequiredService<SessionAuthenticator>();
        var owners = app.ApplicationServices.GetRequiredService<CircuitOwners>();
        var refusals = app.ApplicationServices.GetRequiredService<GateRefusals>();
        app.Use((context, next) => IsDisconnect(context) ? DisconnectAsync(context, next) : next(context));

        async Task DisconnectAsync(HttpContext context, RequestDelegate next)
        {
            // Nobody without a session makes the server read a body.
            if (await FindSessionAsync(context) is null)
            {
                Refuse(context, StatusCodes.Status404NotFound);
                return;
            }

            var secret = await ReadSecretAsync(context);
            // The body may come slowly, so ask for the session again.
            if (secret is null)
            {
                Refuse(context, StatusCodes.Status400BadRequest);
            }
            else if (await FindSessionAsync(context) is not { } session)
            {
                Refuse(context, StatusCodes.Status404NotFound);
            }
            else if (!owners.Owns(secret, session.Id))
            {
                refusals.Count(owners.WhyNot(secret));
                Refuse(context, StatusCodes.Status404NotFound);
            }
            else
            {
                await next(context);
                if (context.Response.StatusCode == StatusCodes.Status200OK)
                    owners.Ended(secret);
            }
        }

        async ValueTask<LiveSession?> FindSessionAsync(HttpContext context) =>
            context.ReadTicket() is var (id, key) ? await authenticator.AuthenticateAsync(id, key, context.RequestAborted) : null;
    }

    private static void Refuse(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        // A page closes and sees no answer. An application's own page for this status would read the body as its form.
        if (context.Features.Get<IStatusCodePagesFeature>() is { } pages)
            pages.Enabled = false;
    }

    // The framework refuses what isn't a form. Before routing, only the address tells where a request goes.
    private static bool IsDisconnect(HttpContext context) =>
        (string.Equals(context.GetEndpoint()?.DisplayName, EndpointName, StringComparison.Ordinal)
            || context.Request.Path.StartsWithSegments(DefaultPath, StringComparison.OrdinalIgnoreCase))
        && context.Request.HasFormContentType;

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
