using Accounts.Core.Callers;
using Accounts.Web.Devices;
using Accounts.Web.Network;

namespace Accounts.Web.Cookies;

/// <summary>The cookie that identifies the browser. It survives signing out.</summary>
internal static class BrowserIdCookie
{
    public const string Name = "__Host-accounts-browser";

    /// <summary>The longest time that browsers keep a cookie.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(400);

    /// <summary>Identifies the browser behind a request. A browser without an id gets one with the response.</summary>
    public static CallingBrowser ToCallingBrowser(this HttpContext context)
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
        return new CallingBrowser(context.Address(), context.Signals(), browser);
    }
}
