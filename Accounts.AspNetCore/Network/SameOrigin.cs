namespace Accounts.AspNetCore.Network;

/// <summary>What a browser says about the page that sent a request.</summary>
public static class SameOrigin
{
    /// <summary>
    /// Whether the browser says that a page of this origin sent the request (https://www.w3.org/TR/fetch-metadata/). False for a program that says
    /// nothing.
    /// </summary>
    public static bool IsFromSameOrigin(this HttpRequest request) => request.Headers["Sec-Fetch-Site"] is ["same-origin"];
}
