using Accounts.AspNetCore.Cookies;
using Accounts.Core.SignIn;
using Accounts.Web.Addresses;
using Microsoft.AspNetCore.Antiforgery;

namespace Accounts.Web.Security;

/// <summary>Lets a signed-in user prove who they are again, from a dialog on a live page.</summary>
internal static class ReauthenticationEndpoint
{
    public static void MapReauthentication(this WebApplication app)
    {
        app.MapPost(Paths.Reauthenticate, ReauthenticateAsync).RequireAuthorization().DisableCookieRedirect().DisableAntiforgery();
        app.MapPost(Paths.EmailCode, SendCodeAsync).RequireAuthorization().DisableCookieRedirect().DisableAntiforgery();
    }

    /// <summary>Sends a code by email with which the user can prove who they are. A refusal returns a sentence for the user.</summary>
    private static async Task<IResult> SendCodeAsync(HttpContext context, IAntiforgery antiforgery, Reauthentication reauthentication)
    {
        var valid = await antiforgery.IsRequestValidAsync(context);
        if (await context.FindCallerAsync() is not { } caller)
            return Results.Unauthorized();
        if (!valid)
            return Results.Text(Texts.Common_PageExpired, statusCode: StatusCodes.Status400BadRequest);

        var (status, problem) = await reauthentication.SendCodeAsync(context, caller);
        return problem is null ? Results.StatusCode(status) : Results.Text(problem, statusCode: status);
    }

    /// <summary>Sets the session's new key in the cookie if the password or the code is right. A refusal returns a sentence for the user.</summary>
    private static async Task<IResult> ReauthenticateAsync(HttpContext context, IAntiforgery antiforgery, Reauthentication reauthentication)
    {
        // This reads the body, which may take long. So the caller comes after it.
        var valid = await antiforgery.IsRequestValidAsync(context);
        if (await context.FindCallerAsync() is not { } caller)
            return Results.Unauthorized();
        if (!valid)
            return Results.Text(Texts.Common_PageExpired, statusCode: StatusCodes.Status400BadRequest);

        var form = await context.Request.ReadFormAsync();
        var input = new ReauthenticationInput
        {
            Password = form["password"].ToString(),
            Code = form["code"].ToString(),
            EmailCode = form["emailCode"].ToString(),
        };
        var (status, problem, _) = await reauthentication.ProveAsync(context, caller, input);
        return problem is null ? Results.StatusCode(status) : Results.Text(problem, statusCode: status);
    }
}
