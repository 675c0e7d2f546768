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

    /// <summary>Counts the open pages of all users.</summary>
    public static OpenPageCount CountOpenPages(this HttpContext context) => context.RequestServices.GetRequiredService<OpenPages>().Count();
}

/// <summary>The open pages of all users.</summary>
/// <param name="Pages">Connections. Each open tab has one.</param>
/// <param name="Circuits">Circuits. A page that lost its connection keeps its circuit for some minutes.</param>
public sealed record OpenPageCount(int Pages, int Circuits);
