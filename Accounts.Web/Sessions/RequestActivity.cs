using Accounts.Core.Sessions;
using Accounts.Web.Network;

namespace Accounts.Web.Sessions;

/// <summary>Tells a person's act from the traffic around it. A page that is loaded is an act; a script, a picture, a ping is not.</summary>
internal static class RequestActivity
{
    public static void Record(HttpContext context, LiveSession session)
    {
        var request = context.Request;
        if (!IsDocument(request))
            return;

        var activity = context.RequestServices.GetRequiredService<SessionActivity>();
        if (HttpMethods.IsGet(request.Method))
            activity.RecordPage(session, context.Address());
        else
            activity.Record(session, context.Address());
    }

    // Browsers say what a request is for; enhanced navigation fetches a page and says so in a header of its own.
    private static bool IsDocument(HttpRequest request)
    {
        string? purpose = request.Headers["Sec-Fetch-Dest"];
        return purpose is "document"
            || request.Headers.ContainsKey("blazor-enhanced-nav")
            || (purpose is null && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase));
    }
}
