using Accounts.Core.Live;

namespace Accounts.AspNetCore.Gate;

/// <summary>What a page's request says of the pages that are open already.</summary>
public static class OpenPagesHttpContext
{
    /// <summary>
    /// Whether this browser, or its user on all devices, has as many pages open as <see cref="OpenPageOptions"/> allows. A page that opens now gets
    /// no circuit, so tell its user.
    /// </summary>
    public static bool HasTooManyPagesOpen(this HttpContext context) =>
        context.Features.Get<LiveSession>() is { } session && context.RequestServices.GetRequiredService<OpenPages>().IsFull(session);
}
