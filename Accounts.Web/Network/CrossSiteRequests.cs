using Accounts.Web.Layout;
using Accounts.Web.SignIn;

namespace Accounts.Web.Network;

/// <summary>Refuses what another site's page sends here in somebody's browser, before anything else looks at it.</summary>
/// <remarks>
/// The browser itself says where a request comes from: <c>Sec-Fetch-Site</c> (https://www.w3.org/TR/fetch-metadata/) and <c>Origin</c> (RFC 6454),
/// which no page can make up. A sibling sub-domain is another site here: it can set cookies for the whole domain, and so defeats a form's token. A
/// program that sends neither header has no cookies of somebody else.
/// </remarks>
internal static partial class CrossSiteRequests
{
    private const string FetchSite = "Sec-Fetch-Site";
    private const string SameOrigin = "same-origin";

    /// <summary>What is logged of a header: others decide how long it is.</summary>
    private const int LoggedLength = 200;

    public static void UseCrossSiteRefusal(this WebApplication app)
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(CrossSiteRequests));
        app.Use((context, next) =>
        {
            var request = context.Request;
            if (!ChangesSomething(request) || IsOfThisSite(request))
                return next(context);

            Log.Refused(logger, Cut(request.Method), Cut(request.Headers.Origin), Cut(request.Headers[FetchSite]), Cut(request.Host.Value));
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return TextPage.WriteAsync(
                context,
                "shield",
                Texts.Problem_CrossSiteTitle,
                Texts.Problem_CrossSiteAdvice,
                (LocalAddress.Home, Texts.Problem_OpenAccounts));
        });
    }

    /// <summary>Whether the browser says that a page of this origin has sent the request.</summary>
    public static bool IsVouchedFor(this HttpRequest request) => request.Headers[FetchSite] is [SameOrigin];

    // A WebSocket is opened by GET, with the cookies of this site, wherever it is opened.
    private static bool ChangesSomething(HttpRequest request) =>
        !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)
            || HttpMethods.IsOptions(request.Method) || HttpMethods.IsTrace(request.Method))
        || request.Path.StartsWithSegments(ConnectionRules.HubPath, StringComparison.OrdinalIgnoreCase);

    private static bool IsOfThisSite(HttpRequest request) =>
        request.Headers[FetchSite] is [] or [SameOrigin] or ["none"]
        && (request.Headers.Origin is [] || (request.Headers.Origin is [{ } origin] && IsOurs(origin, request)));

    /// <summary>
    /// Whether an origin has the host and port that the browser asked for. A page of https may send where TLS ends before this server; a page of http
    /// may not send to https.
    /// </summary>
    private static bool IsOurs(string origin, HttpRequest request) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var page)
        && (string.Equals(page.Scheme, Uri.UriSchemeHttps, StringComparison.Ordinal)
            || string.Equals(page.Scheme, request.Scheme, StringComparison.Ordinal))
        && Uri.TryCreate($"{page.Scheme}://{request.Host}", UriKind.Absolute, out var here)
        && string.Equals(page.Authority, here.Authority, StringComparison.OrdinalIgnoreCase);

    private static string Cut(string? header) => header is null ? "none" : header[..Math.Min(header.Length, LoggedLength)];

    private static partial class Log
    {
        [LoggerMessage(
            1, LogLevel.Warning, "A {Method} from another site was refused: Origin {Origin}, Sec-Fetch-Site {FetchSite}, host asked for {Host}")]
        public static partial void Refused(ILogger logger, string method, string origin, string fetchSite, string host);
    }
}
