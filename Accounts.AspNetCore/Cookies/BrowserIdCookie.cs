using Accounts.Core.Callers;

namespace Accounts.AspNetCore.Cookies;

/// <summary>The cookie that identifies the browser. It survives signing out.</summary>
public static class BrowserIdCookie
{
    /// <summary>The cookie's name.</summary>
    public const string Name = "__Host-accounts-browser";

    /// <summary>The same id before the first sign-in. The browser deletes it when it closes, so a visitor who only looks leaves nothing.</summary>
    private const string FirstName = "__Host-accounts-new-browser";

    /// <summary>How long it lives: 400 days, the longest time that browsers keep a cookie.</summary>
    public static TimeSpan Lifetime { get; } = TimeSpan.FromDays(400);

    /// <summary>Gives a browser without an id one, for as long as it stays open.</summary>
    /// <returns>The browser's id.</returns>
    internal static BrowserId Offer(HttpContext context)
    {
        if ((Find(context.Request) ?? context.Items[FirstName] as BrowserId) is { } known)
            return known;

        var browser = BrowserId.New();
        context.Items[FirstName] = browser;
        Set(context, FirstName, browser, null);
        return browser;
    }

    /// <summary>The browser's id. The response sets the cookie again, or for the first time.</summary>
    internal static BrowserId Renew(HttpContext context)
    {
        var browser = Find(context.Request) ?? context.Items[FirstName] as BrowserId ?? BrowserId.New();
        Set(context, Name, browser, Lifetime);
        return browser;
    }

    private static BrowserId? Find(HttpRequest request) =>
        BrowserId.Parse(request.Cookies[Name]) ?? BrowserId.Parse(request.Cookies[FirstName]);

    private static void Set(HttpContext context, string name, BrowserId browser, TimeSpan? lifetime) =>
        context.Response.Cookies.Append(name, browser.Text, new CookieOptions
        {
            HttpOnly = true,
            Secure = true,
            SameSite = SameSiteMode.Lax,
            Path = "/",
            MaxAge = lifetime,
            IsEssential = true,
        });
}
