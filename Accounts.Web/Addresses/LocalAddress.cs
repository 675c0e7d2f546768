using System.Diagnostics.CodeAnalysis;
using Accounts.AspNetCore.Cookies;

namespace Accounts.Web.Addresses;

/// <summary>Where to go after a sign-in: always a page of this site.</summary>
internal static class LocalAddress
{
    public const string Home = "/settings/sessions";

    /// <summary>The address if it's a path of this site; otherwise the Session manager.</summary>
    public static string OrHome(string? address) => IsLocal(address) ? address : Home;

    /// <summary>Builds the address of a sign-in page that remembers the requested page. It drops addresses of other sites.</summary>
    /// <param name="path">The sign-in page.</param>
    /// <param name="address">The requested address; null if there is none.</param>
    public static string OnTheWay(string path, string? address) =>
        IsLocal(address) ? $"{path}?{AccountsSession.ReturnUrlParameter}={Uri.EscapeDataString(address)}" : path;

    /// <summary>Whether a signed-in user opens a sign-in page. Posts don't count, because another tab may have left the form open.</summary>
    public static bool IsSignedInAlready(this HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method) && context.User.Identity?.IsAuthenticated == true;

    /// <summary>This site's page that the browser came from; null if the browser doesn't say or came from another site.</summary>
    public static string? Before(HttpRequest request) =>
        Uri.TryCreate(request.Headers.Referer, UriKind.Absolute, out var page)
        && string.Equals(page.GetLeftPart(UriPartial.Authority), $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase)
            ? page.PathAndQuery
            : null;

    private static bool IsLocal([NotNullWhen(true)] string? address) =>
        address is ['/', ..] and not ['/', '/', ..] and not ['/', '\\', ..] && !address.Any(char.IsControl);
}
