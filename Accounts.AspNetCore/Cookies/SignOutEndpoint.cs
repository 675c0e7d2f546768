using Accounts.Core.Manager;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Accounts.AspNetCore.Cookies;

/// <summary>Signs the caller out: the target of a form with an antiforgery token.</summary>
internal static class SignOutEndpoint
{
    public static void MapSignOut(this IEndpointRouteBuilder endpoints) => endpoints.MapPost("/sign-out", SignOutAsync).DisableAntiforgery();

    private static async Task<IResult> SignOutAsync(
        HttpContext context, IAntiforgery antiforgery, SessionService sessions, IOptions<AccountsSessionOptions> paths)
    {
        context.Response.Headers.CacheControl = "no-store";
        var signedOut = Results.Redirect(context.Request.PathBase + paths.Value.SignedOutPath);
        // This reads the body, which may take long. So the caller comes after it.
        var valid = await antiforgery.IsRequestValidAsync(context);
        // A user who is already signed out, in another tab or remotely, has what they asked for.
        if (await context.FindCallerAsync() is not { } caller)
            return signedOut;
        if (!valid)
            return Results.BadRequest();

        // A view of support ends with the session in which it began.
        await sessions.SignOutAsync(caller.IsReadOnly ? await context.FindStaffCallerAsync() ?? caller : caller);
        await context.SignOutAsync(AccountsSession.Scheme);
        return signedOut;
    }
}
