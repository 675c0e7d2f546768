using Accounts.Core.Users;

namespace Accounts.AspNetCore.Network;

/// <summary>Refuses requests that another site's page sends here through a user's browser, before anything else handles them.</summary>
/// <remarks>
/// The browser says where a request comes from: <c>Sec-Fetch-Site</c> (https://www.w3.org/TR/fetch-metadata/) and <c>Origin</c> (RFC 6454). No page
/// can fake these headers. A sibling subdomain counts as another site: it can set cookies for the whole domain, which defeats a form's token. A
/// program that sends neither header has no other user's cookies.
/// </remarks>
internal sealed partial class CrossSiteRequests(ILogger<CrossSiteRequests> logger)
{
    private const string FetchSite = "Sec-Fetch-Site";
    private const string SameOrigin = "same-origin";

    /// <summary>Maximum logged length of a header, because the sender chooses its length.</summary>
    private const int LoggedLength = 200;

    /// <summary>Whether to refuse a request. A refusal is logged.</summary>
    public bool Refuses(HttpRequest request)
    {
        if (!ChangesSomething(request) || IsOfThisSite(request))
            return false;

        Log.Refused(logger, Cut(request.Method), Cut(request.Headers.Origin), Cut(request.Headers[FetchSite]), Cut(request.Host.Value));
        return true;
    }

    // Any site's page can open a WebSocket by GET, with this site's cookies.
    private static bool ChangesSomething(HttpRequest request) =>
        !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)
            || HttpMethods.IsOptions(request.Method) || HttpMethods.IsTrace(request.Method))
        || request.Path.StartsWithSegments(RequestRules.HubPath, StringComparison.OrdinalIgnoreCase)
        || string.Equals(request.Headers.Upgrade, "websocket", StringComparison.OrdinalIgnoreCase);

    private static bool IsOfThisSite(HttpRequest request) =>
        request.Headers[FetchSite] is [] or [SameOrigin] or ["none"]
        && (request.Headers.Origin is [] || (request.Headers.Origin is [{ } origin] && Network.SameOrigin.IsOf(origin, request)));

    private static string Cut(string? header) => header is null ? "none" : TypedText.Cut(TypedText.Clean(header), LoggedLength);

    private static partial class Log
    {
        [LoggerMessage(
            1, LogLevel.Warning, "Refused a {Method} from another site: Origin {Origin}, Sec-Fetch-Site {FetchSite}, requested host {Host}")]
        public static partial void Refused(ILogger logger, string method, string origin, string fetchSite, string host);
    }
}
