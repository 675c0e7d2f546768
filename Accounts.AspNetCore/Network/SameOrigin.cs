namespace Accounts.AspNetCore.Network;

/// <summary>What a browser says about the page that sent a request.</summary>
public static class SameOrigin
{
    private const string FetchSite = "Sec-Fetch-Site";

    /// <summary>
    /// Whether the browser says that a page of this origin sent the request (https://www.w3.org/TR/fetch-metadata/). False for a program that says
    /// nothing.
    /// </summary>
    public static bool IsFromSameOrigin(this HttpRequest request) => request.Headers[FetchSite] is ["same-origin"];

    /// <summary>
    /// Whether an origin has the host and port of the request. An https page may send to http, because TLS may end before this server. An http page
    /// may not send to https.
    /// </summary>
    public static bool IsOf(string origin, HttpRequest request) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var page)
        && (string.Equals(page.Scheme, Uri.UriSchemeHttps, StringComparison.Ordinal)
            || string.Equals(page.Scheme, request.Scheme, StringComparison.Ordinal))
        && Uri.TryCreate($"{page.Scheme}://{request.Host}", UriKind.Absolute, out var here)
        && string.Equals(page.Authority, here.Authority, StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Whether the browser uses plain http to reach another machine. It then keeps none of our cookies, so no session can last in it.
    /// </summary>
    /// <remarks>
    /// A proxy may end TLS and not say so. So the browser's own word comes first: the origin of the page that sent a form. Without one,
    /// <c>Sec-Fetch-Site</c> or a cookie that came back shows a secure connection: browsers send neither over plain http.
    /// </remarks>
    public static bool IsFromPlainHttp(this HttpRequest request)
    {
        if (request.Headers.Origin is [{ } origin] && Uri.TryCreate(origin, UriKind.Absolute, out var page))
            return IsPlain(page);
        return Uri.TryCreate($"{request.Scheme}://{request.Host}", UriKind.Absolute, out var here)
            && IsPlain(here)
            && request.Headers[FetchSite] is []
            && !request.Cookies.Keys.Any(name => name.StartsWith("__Host-", StringComparison.Ordinal));
    }

    // Browsers treat this machine as secure, under each of its names (https://www.w3.org/TR/secure-contexts/#is-origin-trustworthy).
    private static bool IsPlain(Uri page) =>
        string.Equals(page.Scheme, Uri.UriSchemeHttp, StringComparison.Ordinal)
        && !page.IsLoopback
        && !page.Host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
}
