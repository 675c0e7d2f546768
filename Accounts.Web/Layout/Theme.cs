using Microsoft.AspNetCore.Mvc;

namespace Accounts.Web.Layout;

/// <summary>Light, dark, or as the system has it: chosen per browser, kept in a cookie that the pages read before they are sent, so that none shows the wrong one first.</summary>
internal static class Theme
{
    public const string Cookie = "accounts-theme";
    public const string Path = "/settings/theme";

    private static readonly TimeSpan Kept = TimeSpan.FromDays(400);

    /// <summary>"light" or "dark"; null if the system decides. Anything else in the cookie counts as no choice.</summary>
    public static string? Of(HttpContext context) => Known(context.Request.Cookies[Cookie]);

    /// <summary>Takes the choice from a browser that runs no scripts.</summary>
    public static void MapTheme(this WebApplication app) => app.MapPost(Path, Choose).RequireAuthorization();

    private static IResult Choose(HttpContext context, [FromForm] string? theme)
    {
        var options = new CookieOptions { Path = "/", SameSite = SameSiteMode.Lax, Secure = context.Request.IsHttps, MaxAge = Kept };
        if (Known(theme) is { } chosen)
            context.Response.Cookies.Append(Cookie, chosen, options);
        else
            context.Response.Cookies.Delete(Cookie, options);
        return Results.Redirect("/settings");
    }

    private static string? Known(string? theme) => theme is "light" or "dark" ? theme : null;
}
