using Accounts.Core.Live;
using Microsoft.AspNetCore.Antiforgery;

namespace Accounts.Web.Look;

/// <summary>The browser's theme: light, dark or the system's. The server reads it from a cookie, so a page never flashes the wrong theme.</summary>
internal static class Theme
{
    public const string Cookie = "accounts-theme";
    public const string Path = "/settings/theme";

    private static readonly TimeSpan Kept = TimeSpan.FromDays(400);

    /// <summary>"light" or "dark"; null if the system decides. Any other cookie value counts as no choice.</summary>
    public static string? Of(HttpContext context) => Known(context.Request.Cookies[Cookie]);

    /// <summary>Saves the choice for a browser without scripts.</summary>
    public static void MapTheme(this WebApplication app) => app.MapPost(Path, ChooseAsync).RequireAuthorization().DisableAntiforgery();

    private static async Task<IResult> ChooseAsync(HttpContext context, IAntiforgery antiforgery)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
            return Results.BadRequest();
        if (context.User.IsSupportView())
            return Results.StatusCode(StatusCodes.Status403Forbidden);

        var theme = (await context.Request.ReadFormAsync(context.RequestAborted))["theme"].ToString();
        var options = new CookieOptions { Path = "/", SameSite = SameSiteMode.Lax, Secure = context.Request.IsHttps, MaxAge = Kept };
        if (Known(theme) is { } chosen)
            context.Response.Cookies.Append(Cookie, chosen, options);
        else
            context.Response.Cookies.Delete(Cookie, options);
        return Results.Redirect("/settings");
    }

    private static string? Known(string? theme) => theme is "light" or "dark" ? theme : null;
}
