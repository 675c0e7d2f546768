using Accounts.AspNetCore.Devices;
using Accounts.AspNetCore.Network;
using Accounts.Core.Live;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;

namespace Accounts.AspNetCore.Gate;

/// <summary>Tells a user's activity from background traffic. A page load is activity; a script, a picture or a ping isn't.</summary>
internal static class RequestActivity
{
    // With this prefix, no other site of the same domain can set it. It would stop all activity from counting.
    private const string ReloadedCookie = "__Host-accounts-reloaded";

    private static readonly string[] Ahead = ["Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"];

    /// <summary>Counts activity and the pages shown. A redirect counts as activity, but not as a page.</summary>
    public static void UseRequestActivity(this IApplicationBuilder app)
    {
        var activity = app.ApplicationServices.GetRequiredService<SessionActivity>();
        app.Use(async (context, next) =>
        {
            if (context.Features.Get<LiveSession>() is not { } session || !IsDocument(context.Request) || IsUnseen(context.Request)
                || IsReloadedByItself(context))
            {
                await next(context);
                return;
            }

            // Record the address before the page runs, because the page's commands come from it.
            activity.Record(session, context.Address());
            await next(context);
            if (HttpMethods.IsGet(context.Request.Method) && context.Response.StatusCode == StatusCodes.Status200OK)
                activity.RecordPage(session, context.Address(), context.Signals());
        });
    }

    // A page that reloads itself after a lost connection marks that one request (session-state.js).
    private static bool IsReloadedByItself(HttpContext context)
    {
        if (!context.Request.Cookies.ContainsKey(ReloadedCookie))
            return false;
        context.Response.Cookies.Delete(ReloadedCookie, new CookieOptions { Path = "/", Secure = true });
        return true;
    }

    // No user sees the answer to HEAD, or a page that the browser fetches ahead
    // (https://wicg.github.io/nav-speculation/prefetch.html#sec-purpose-header). Older browsers mark that with one of the other headers. A problem
    // page's request has counted before it failed, and then got another method.
    private static bool IsUnseen(HttpRequest request) => HttpMethods.IsHead(request.Method) || IsProblemPage(request.HttpContext.Features)
        || Ahead.Any(name => request.Headers[name].Any(IsAhead));

    private static bool IsProblemPage(IFeatureCollection features) =>
        features.Get<IStatusCodeReExecuteFeature>() is not null || features.Get<IExceptionHandlerFeature>() is not null;

    private static bool IsAhead(string? purpose) => purpose is not null
        && (purpose.Contains("prefetch", StringComparison.OrdinalIgnoreCase) || purpose.Contains("prerender", StringComparison.OrdinalIgnoreCase)
            || purpose.Contains("preview", StringComparison.OrdinalIgnoreCase));

    // Browsers state a request's purpose. Blazor's enhanced navigation fetches pages and marks them in the Accept header.
    private static bool IsDocument(HttpRequest request)
    {
        string? purpose = request.Headers["Sec-Fetch-Dest"];
        var accept = request.Headers.Accept.ToString();
        return purpose is "document"
            || accept.Contains("blazor-enhanced-nav=on", StringComparison.OrdinalIgnoreCase)
            || (purpose is null && accept.Contains("text/html", StringComparison.OrdinalIgnoreCase));
    }
}
