using Accounts.Core.Callers;

namespace Accounts.AspNetCore.Cookies;

/// <summary>The cookie that identifies the browser. It survives signing out.</summary>
public static class BrowserIdCookie
{
    /// <summary>The cookie's name.</summary>
    public const string Name = "__Host-accounts-browser";

    /// <summary>How long it lives: 400 days, the longest time that browsers keep a cookie.</summary>
    public static TimeSpan Lifetime { get; } = TimeSpan.FromDays(400);

    /// <summary>The browser's id. The response sets the cookie again, or for the first time.</summary>
    internal static BrowserId Renew(HttpContext context)
    {
        var browser = BrowserId.Parse(context.Request.Cookies[Name]) ?? BrowserId.New();
        context.Response.Cookies.Append(Name, browser.Text, new CookieOptions
        {
            HttpOnly = true,
            Secure = true,
            SameSite = SameSiteMode.Lax,
            Path = "/",
            MaxAge = Lifetime,
            IsEssential = true,
        });
        return browser;
    }
}
