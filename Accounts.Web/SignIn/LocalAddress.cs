using System.Diagnostics.CodeAnalysis;

namespace Accounts.Web.SignIn;

/// <summary>Where to go after a sign-in: only ever a page of this site.</summary>
internal static class LocalAddress
{
    public const string Home = "/settings/sessions";

    /// <summary>What the address that was asked for is called in the addresses of the pages on the way.</summary>
    public const string Parameter = "returnUrl";

    /// <summary>The address, if it is a path of this site; otherwise the Session manager.</summary>
    public static string OrHome(string? address) => IsLocal(address) ? address : Home;

    /// <summary>A page on the way to a sign-in that remembers which page was asked for; one of another site is forgotten.</summary>
    /// <param name="path">The page on the way.</param>
    /// <param name="address">The address that was asked for; null if there is none.</param>
    public static string OnTheWay(string path, string? address) => IsLocal(address) ? $"{path}?{Parameter}={Uri.EscapeDataString(address)}" : path;

    /// <summary>Whether somebody who is signed in opens a page that is for signing in. Its form, which another tab may have left open, is not asked this.</summary>
    public static bool IsSignedInAlready(this HttpContext context) => HttpMethods.IsGet(context.Request.Method) && context.User.Identity?.IsAuthenticated == true;

    /// <summary>The page of this site that the browser comes from, however it was sent away; null if it does not say, or comes from another site.</summary>
    public static string? Before(HttpRequest request) =>
        Uri.TryCreate(request.Headers.Referer, UriKind.Absolute, out var page)
        && string.Equals(page.GetLeftPart(UriPartial.Authority), $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase)
            ? page.PathAndQuery
            : null;

    private static bool IsLocal([NotNullWhen(true)] string? address) =>
        address is ['/', ..] and not ['/', '/', ..] and not ['/', '\\', ..] && !address.Any(char.IsControl);
}
