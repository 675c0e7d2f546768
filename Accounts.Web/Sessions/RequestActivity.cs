using Accounts.Core.Sessions;
using Accounts.Web.Devices;
using Accounts.Web.Network;

namespace Accounts.Web.Sessions;

/// <summary>Tells a person's act from the traffic around it. A page that is loaded is an act; a script, a picture, a ping is not.</summary>
internal static class RequestActivity
{
    private const string ReloadedCookie = "accounts-reloaded";

    /// <summary>Counts acts, and of them the pages that were shown: a redirect on the way to one is not a page.</summary>
    public static void UseRequestActivity(this WebApplication app)
    {
        var activity = app.Services.GetRequiredService<SessionActivity>();
        app.Use(async (context, next) =>
        {
            if (context.Features.Get<LiveSession>() is not { } session || !IsDocument(context.Request) || IsFetchedAhead(context.Request) || IsReloadedByItself(context))
            {
                await next(context);
                return;
            }

            // Before the page runs: it is the address that a command from it comes from.
            activity.Record(session, context.Address());
            await next(context);
            if (HttpMethods.IsGet(context.Request.Method) && context.Response.StatusCode == StatusCodes.Status200OK)
                activity.RecordPage(session, context.Address(), context.Signals());
        });
    }

    // A page that comes back after a lost connection says so for the one request (session-state.js).
    private static bool IsReloadedByItself(HttpContext context)
    {
        if (!context.Request.Cookies.ContainsKey(ReloadedCookie))
            return false;
        context.Response.Cookies.Delete(ReloadedCookie);
        return true;
    }

    // Nobody looks at a page that the browser fetches in case somebody will (https://wicg.github.io/nav-speculation/prefetch.html#sec-purpose-header).
    private static bool IsFetchedAhead(HttpRequest request) =>
        request.Headers["Sec-Purpose"].ToString().Contains("prefetch", StringComparison.OrdinalIgnoreCase)
        || request.Headers["Purpose"].ToString().Contains("prefetch", StringComparison.OrdinalIgnoreCase);

    // Browsers say what a request is for; Blazor's enhanced navigation fetches a page and says so in what it accepts.
    private static bool IsDocument(HttpRequest request)
    {
        string? purpose = request.Headers["Sec-Fetch-Dest"];
        var accept = request.Headers.Accept.ToString();
        return purpose is "document"
            || accept.Contains("blazor-enhanced-nav=on", StringComparison.OrdinalIgnoreCase)
            || (purpose is null && accept.Contains("text/html", StringComparison.OrdinalIgnoreCase));
    }
}
