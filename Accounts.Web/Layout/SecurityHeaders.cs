using Accounts.Web.Devices;
using Microsoft.Net.Http.Headers;

namespace Accounts.Web.Layout;

/// <summary>The headers that keep pages out of frames, caches and other people's scripts; a page also asks for the browser's hints.</summary>
internal static class SecurityHeaders
{
    // The component library sets styles on its elements; sheets and scripts come from files alone.
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
            // A sheet and a script do what the page's headers let them; a browser fetches twenty of them for its first page.
            if (IsPart(response.ContentType))
                return Task.CompletedTask;
            headers.ContentSecurityPolicy = Policy;
            headers.XFrameOptions = "DENY";
            headers["Referrer-Policy"] = "same-origin";
            headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            // A page shows an account or a way into one: nobody keeps a copy, so Back shows nothing. Assets have names of their own and say how long they last.
            if (response.ContentType?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) == true)
            {
                headers[HeaderNames.CacheControl] = "no-store";
                headers["Accept-CH"] = ClientHintHeaders.Wanted;
            }

            return Task.CompletedTask;
        }, context.Response);
        return next(context);
    });

    private static bool IsPart(string? type) =>
        type is not null && (type.StartsWith("text/css", StringComparison.Ordinal) || type.StartsWith("text/javascript", StringComparison.Ordinal));
}
