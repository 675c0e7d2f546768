using System.Globalization;
using Accounts.Core.History;
using Accounts.Core.Live;
using Accounts.Core.Manager;
using Accounts.Core.SignIn;
using Accounts.Core.Users;
using Accounts.Web.SignIn;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;

namespace Accounts.Web.Sessions;

/// <summary>The session's endpoints outside of pages: sign out, check the session, prove the user's identity again and export the history.</summary>
internal static class SessionEndpoints
{
    public const string SignedOutPath = "/signed-out";
    public const string StatePath = "/session/state";
    public const string ReauthenticatePath = "/session/reauthenticate";
    public const string HistoryFilePath = "/settings/sessions/history.csv";

    public static void MapSessionEndpoints(this WebApplication app)
    {
        app.MapPost("/sign-out", SignOutAsync).DisableAntiforgery();
        app.MapGet(StatePath, () => Results.NoContent()).RequireAuthorization();
        app.MapPost(ReauthenticatePath, ReauthenticateAsync).RequireAuthorization().DisableAntiforgery();
        app.MapGet(HistoryFilePath, HistoryFileAsync).RequireAuthorization();
        app.MapGet("/", () => Results.Redirect(LocalAddress.Home));
    }

    private static async Task<IResult> SignOutAsync(HttpContext context, IAntiforgery antiforgery, SessionAuthenticator authenticator, SessionService sessions)
    {
        // A user who is already signed out, in another tab or remotely, has what they asked for.
        if (await authenticator.FindCallerAsync(context.User) is not { } caller)
            return Results.Redirect(SignedOutPath);

        if (!await antiforgery.IsRequestValidAsync(context))
            return Results.BadRequest();

        await sessions.SignOutAsync(caller);
        await context.SignOutAsync(SessionCookie.Scheme);
        return Results.Redirect(SignedOutPath);
    }

    /// <summary>Checks the caller's password and sets the session's new key in the cookie. A refusal returns a sentence for the user.</summary>
    private static async Task<IResult> ReauthenticateAsync(HttpContext context, IAntiforgery antiforgery, SessionAuthenticator authenticator, Reauthentication reauthentication)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (await authenticator.FindCallerAsync(context.User) is not { } caller)
            return Results.Unauthorized();
        if (!await antiforgery.IsRequestValidAsync(context))
            return Results.Text(Texts.Common_PageExpired, statusCode: StatusCodes.Status400BadRequest);

        var password = (await context.Request.ReadFormAsync())["password"].ToString();
        var (status, problem) = await reauthentication.ProveAsync(context, caller, password);
        return problem is null ? Results.StatusCode(status) : Results.Text(problem, statusCode: status);
    }

    /// <summary>Exports all of the caller's history, filtered like the page with the link, in sign-in order.</summary>
    private static async Task<IResult> HistoryFileAsync(HttpContext context, SessionAuthenticator authenticator, HistoryReader history, TimeProvider time)
    {
        context.Response.Headers.CacheControl = "no-store";
        // The session may have ended since the cookie was checked.
        if (await authenticator.FindCallerAsync(context.User) is not { } caller)
            return Results.Redirect(SignedOutPath);

        var (query, problems) = HistoryAddress.Read(context.Request.Query);
        if (problems.Count > 0)
            return Results.ValidationProblem(problems, title: Texts.Query_NotValid);

        var name = string.Create(CultureInfo.InvariantCulture, $"sessions-{time.GetUtcNow():yyyy-MM-dd}.csv");
        return ExportedFile.Of(context, caller, history.ExportAsync(caller, query), Csv.ContentType, name, HistoryFile.Head, HistoryFile.Write);
    }
}
