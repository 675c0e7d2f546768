using Accounts.AspNetCore.Cookies;
using Accounts.AspNetCore.Network;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Routing.Template;

namespace Accounts.Web.Addresses;

/// <summary>Where to go after a sign-in: always a page of this site.</summary>
internal sealed class ReturnAddress(EndpointDataSource endpoints)
{
    public const string Home = "/settings/sessions";

    private static readonly string[] KeptEscaped = ["%2F", "%5C", "%00"];

    private readonly Lazy<IReadOnlyList<TemplateMatcher>> _pages = new(() =>
    [
        .. endpoints.Endpoints.OfType<RouteEndpoint>()
            .Where(page => page.Metadata.GetMetadata<ComponentTypeMetadata>() is not null && page.Metadata.GetMetadata<IAllowAnonymous>() is null)
            .Select(endpoint => new TemplateMatcher(new RouteTemplate(endpoint.RoutePattern), [])),
    ]);

    /// <summary>The address if it leads to a page behind the sign-in; otherwise the Session manager. A file is no page.</summary>
    public string OrHome(string? address) => LocalAddress.Find(address) is { } local && IsPage(local.Split('?', '#')[0]) ? local : Home;

    /// <summary>Builds the address of a sign-in page that remembers the requested page. It drops addresses of other sites.</summary>
    /// <param name="path">The sign-in page.</param>
    /// <param name="address">The requested address; null if there is none.</param>
    public static string OnTheWay(string path, string? address) => LocalAddress.Find(address) is { } local
        ? $"{path}?{AccountsSession.ReturnUrlParameter}={Uri.EscapeDataString(local)}"
        : path;

    /// <summary>A requested address as an email's link keeps it; null if it is no page of this site, or has a link's secret in it.</summary>
    public static string? ToKeep(string? address) =>
        LocalAddress.Find(address) is { } local && !local.Contains("token=", StringComparison.OrdinalIgnoreCase) ? local : null;

    /// <summary>This site's page that the browser came from; null if the browser doesn't say or came from another site.</summary>
    public static string? Before(HttpRequest request) =>
        Uri.TryCreate(request.Headers.Referer, UriKind.Absolute, out var page)
        && string.Equals(page.GetLeftPart(UriPartial.Authority), $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase)
            ? page.PathAndQuery
            : null;

    /// <summary>Whether a signed-in user opens a sign-in page. Posts don't count, because another tab may have left the form open.</summary>
    public static bool IsSignedInAlready(HttpContext context) =>
        !HttpMethods.IsPost(context.Request.Method) && context.User.Identity?.IsAuthenticated == true;

    private bool IsPage(string path)
    {
        // The server keeps these escaped, so such a path names no page of ours.
        if (KeptEscaped.Any(text => path.Contains(text, StringComparison.OrdinalIgnoreCase)))
            return false;
        var decoded = new PathString(Uri.UnescapeDataString(path));
        return _pages.Value.Any(page => page.TryMatch(decoded, []));
    }
}
