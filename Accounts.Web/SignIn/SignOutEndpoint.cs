using Accounts.Core.Live;
using Accounts.Core.Manager;
using Accounts.Web.Addresses;
using Accounts.Web.Cookies;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;

namespace Accounts.Web.SignIn;

/// <summary>Signs the caller out.</summary>
internal static class SignOutEndpoint
{
    public static void MapSignOut(this WebApplication app)
    {
        app.MapPost("/sign-out", SignOutAsync).DisableAntiforgery();
        app.MapGet("/", () => Results.Redirect(LocalAddress.Home));
    }

    private static async Task<IResult> SignOutAsync(HttpContext context, IAntiforgery antiforgery, SessionAuthenticator authenticator, SessionService sessions)
    {
        // A user who is already signed out, in another tab or remotely, has what they asked for.
        if (await authenticator.FindCallerAsync(context.User) is not { } caller)
            return Results.Redirect(Paths.SignedOut);

        if (!await antiforgery.IsRequestValidAsync(context))
            return Results.BadRequest();

        await sessions.SignOutAsync(caller);
        await context.SignOutAsync(SessionCookie.Scheme);
        return Results.Redirect(Paths.SignedOut);
    }
}
