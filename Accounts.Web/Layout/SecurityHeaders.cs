namespace Accounts.Web.Layout;

/// <summary>Sets the headers that keep pages out of frames, caches and other sites' scripts.</summary>
internal static class SecurityHeaders
{
    // MudBlazor sets inline styles on elements. Stylesheets and scripts must come from files.
    private const string Policy =
        "default-src 'self'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
        + "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    public static void UseSecurityHeaders(this WebApplication app) => app.Use((context, next) =>
    {
        context.Response.OnStarting(static state =>
        {
            var response = (HttpResponse)state;
            var headers = response.Headers;
            headers.XContentTypeOptions = "nosniff";
            // The page's own policy governs its stylesheets and scripts. A browser fetches twenty of them for its first page.
            if (IsPart(response.ContentType))
                return Task.CompletedTask;
            headers.ContentSecurityPolicy = Policy;
            headers.XFrameOptions = "DENY";
            headers["Referrer-Policy"] = "same-origin";
            headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            // A response is about an account or a way into one, so no cache keeps it and Back can't show it. Assets set their own lifetime.
            if (headers.CacheControl.Count == 0 || response.ContentType?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) == true)
                headers.CacheControl = "no-store";
            return Task.CompletedTask;
        }, context.Response);
        return next(context);
    });

    private static bool IsPart(string? type) =>
        type is not null && (type.StartsWith("text/css", StringComparison.Ordinal) || type.StartsWith("text/javascript", StringComparison.Ordinal));
}
