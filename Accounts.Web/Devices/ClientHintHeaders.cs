using Accounts.Core.Devices;

namespace Accounts.Web.Devices;

/// <summary>What browsers are asked that their User-Agent no longer says, and the reading of their answers.</summary>
/// <remarks>
/// Pages ask with Accept-CH (SecurityHeaders, which knows what is a page); the browser answers from its next request on. That is soon enough: a session starts with a form that was sent from a page of
/// ours. So Critical-CH, which has a browser ask for the first page twice, is not sent.
/// </remarks>
internal static class ClientHintHeaders
{
    /// <summary>A cookie that touch.js sets where the User-Agent says Macintosh and the screen can be touched: on an iPad.</summary>
    public const string TouchCookie = "accounts-touch";

    private const string Prefix = "Sec-CH-UA";

    /// <summary>The hints that are not sent unasked.</summary>
    public const string Wanted = $"{Prefix}-Full-Version-List, {Prefix}-Platform-Version, {Prefix}-Model, {Prefix}-Form-Factors";

    /// <summary>What the browser behind a request says about itself.</summary>
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
