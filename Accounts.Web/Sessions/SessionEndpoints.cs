using System.Globalization;
using Accounts.Core.Sessions;
using Accounts.Web.SignIn;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;

namespace Accounts.Web.Sessions;

/// <summary>What a browser asks about its session outside of pages: to sign out, and whether it is still signed in.</summary>
internal static class SessionEndpoints
{
    public const string SignedOutPath = "/signed-out";
    public const string StatePath = "/session/state";
    public const string HistoryFilePath = "/settings/sessions/history.csv";

    public static void MapSessionEndpoints(this WebApplication app)
    {
        app.MapPost("/sign-out", SignOutAsync).DisableAntiforgery();
        app.MapGet(StatePath, () => Results.NoContent()).RequireAuthorization();
        app.MapGet(HistoryFilePath, HistoryFileAsync).RequireAuthorization();
        app.MapGet("/", () => Results.Redirect(LocalAddress.Home));
    }

    private static async Task<IResult> SignOutAsync(HttpContext context, IAntiforgery antiforgery, SessionRegistry registry, SessionService sessions)
    {
        // Somebody who is signed out already, in another tab or from elsewhere, has what they ask for.
        if (await registry.FindCallerAsync(context.User) is not { } caller)
            return Results.Redirect(SignedOutPath);

        if (!await antiforgery.IsRequestValidAsync(context))
            return Results.BadRequest();

        await sessions.SignOutAsync(caller);
        await context.SignOutAsync(SessionCookie.Scheme);
        return Results.Redirect(SignedOutPath);
    }

    /// <summary>All pages of the caller's history, filtered and sorted as on the page that the link was on.</summary>
    private static async Task<IResult> HistoryFileAsync(HttpContext context, SessionRegistry registry, HistoryReader history, TimeProvider time)
    {
        context.Response.Headers.CacheControl = "no-store";
        // It ended between the check of the cookie and this line.
        if (await registry.FindCallerAsync(context.User) is not { } caller)
            return Results.Redirect(SignedOutPath);

        var (query, problems) = HistoryAddress.Read(context.Request.Query);
        if (problems.Count > 0)
            return Results.ValidationProblem(problems, title: "This address asks for something that the history cannot answer.");

        var file = HistoryFile.Write(await history.AllAsync(caller, query));
        return Results.File(file, Csv.ContentType, string.Create(CultureInfo.InvariantCulture, $"sessions-{time.GetUtcNow():yyyy-MM-dd}.csv"));
    }
}
