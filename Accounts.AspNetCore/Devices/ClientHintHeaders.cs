using Accounts.Core.Devices;

namespace Accounts.AspNetCore.Devices;

/// <summary>The Client Hints that we request, because the User-Agent no longer tells them, and the parsing of the answers.</summary>
/// <remarks>
/// Pages request the hints with Accept-CH, and the browser sends them from its next request on. That is early enough, because every session starts
/// with a form on one of the application's pages. So we don't send Critical-CH, which makes the browser
/// request the first page twice.
/// </remarks>
internal static class ClientHintHeaders
{
    /// <summary>The cookie that a page's script sets if the User-Agent says Macintosh and the device has a touch screen, as on an iPad.</summary>
    public const string TouchCookie = "accounts-touch";

    private const string Prefix = "Sec-CH-UA";

    /// <summary>The hints that browsers send only on request: the value of a page's <c>Accept-CH</c> header.</summary>
    private const string Wanted = $"{Prefix}-Full-Version-List, {Prefix}-Platform-Version, {Prefix}-Model, {Prefix}-Form-Factors";

    /// <summary>Makes pages request the hints.</summary>
    public static void UseClientHints(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        context.Response.OnStarting(static state =>
        {
            var response = (HttpResponse)state;
            if (response.ContentType?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) == true)
                response.Headers["Accept-CH"] = Wanted;
            return Task.CompletedTask;
        }, context.Response);
        return next(context);
    });

    /// <summary>Reads the browser's signals from a request.</summary>
    public static DeviceSignals Signals(this HttpContext context)
    {
        var headers = context.Request.Headers;
        return new DeviceSignals(headers.UserAgent, new ClientHints
        {
            Brands = headers[Prefix],
            FullVersionList = headers[$"{Prefix}-Full-Version-List"],
            Platform = headers[$"{Prefix}-Platform"],
            PlatformVersion = headers[$"{Prefix}-Platform-Version"],
            Mobile = headers[$"{Prefix}-Mobile"],
            Model = headers[$"{Prefix}-Model"],
            FormFactors = headers[$"{Prefix}-Form-Factors"],
            Touch = context.Request.Cookies.ContainsKey(TouchCookie),
        });
    }
}
