using System.Security.Claims;
using Accounts.AspNetCore.Devices;
using Accounts.AspNetCore.Network;
using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Manager;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Microsoft.AspNetCore.Authentication;

namespace Accounts.AspNetCore.Cookies;

/// <summary>What a request says of its browser and its session, and what the response tells the browser to keep.</summary>
public static class SessionHttpContext
{
    /// <summary>
    /// Gives a browser without an id one. Call it on a page with a sign-in or registration form, before the response starts: if the browser submits
    /// the form twice, both submissions have the same id, so only one session stays.
    /// </summary>
    /// <param name="context">The request for the page.</param>
    public static void OfferBrowserId(this HttpContext context) => BrowserIdCookie.Offer(context);

    /// <summary>
    /// Identifies the browser behind a request: its IP address, User-Agent, Client Hints and browser id. A browser without an id gets one with the
    /// response, so call this before the response starts.
    /// </summary>
    public static CallingBrowser ToCallingBrowser(this HttpContext context) =>
        new(context.Address(), context.Signals(), BrowserIdCookie.Renew(context));

    /// <summary>
    /// Signs this browser in: the response sets the session cookie. It first ends the session that was signed in here, which may be another user's.
    /// Otherwise that session would have no key holder, and its open tabs would keep working. Call this before the response starts.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="session">The session that a sign-in has just started.</param>
    /// <exception cref="DatabaseUnavailableException">The database did not answer. The browser stays as it was.</exception>
    public static async Task WriteSessionAsync(this HttpContext context, StartedSession session)
    {
        // The request's own principal, not the session's: this request may have begun with a key that was replaced since.
        if (context.Features.Get<LiveSession>() is { Kind: SessionKind.Browser }
            && (await context.AuthenticateAsync(AccountsSession.Scheme)).Principal is { } before
            && await context.RequestServices.GetRequiredService<SessionAuthenticator>().FindCallerAsync(before, context.Address()) is { } caller)
            await context.RequestServices.GetRequiredService<SessionService>().SignOutAsync(caller);

        await context.WriteTicketAsync(session);
    }

    /// <summary>
    /// Gives the browser a new key for the session that it has, after a re-authentication. Call this before the response starts. For a sign-in, call
    /// <see cref="WriteSessionAsync"/>.
    /// </summary>
    public static Task WriteTicketAsync(this HttpContext context, StartedSession session) => context.SignInAsync(
        AccountsSession.Scheme,
        new ClaimsPrincipal(new ClaimsIdentity(AccountsSession.Scheme)),
        SessionCookie.NewTicket(session.Id, session.Key.Reveal(), session.CookieExpiresAt));

    /// <summary>Reads the session's id and key from the request's cookie, whether the session is live or ended.</summary>
    /// <returns>Null if this application didn't issue a cookie.</returns>
    public static (SessionId Id, string Key)? ReadTicket(this HttpContext context) => SessionCookie.Read(context);

    /// <summary>Finds who asks: the caller that every command takes. Call it after you read the request's body, which may take long.</summary>
    /// <returns>Null if nobody is signed in, or the session has ended or got another key since the request began.</returns>
    /// <exception cref="DatabaseUnavailableException">The session isn't in memory any more, and the database did not answer.</exception>
    public static async ValueTask<Caller?> FindCallerAsync(this HttpContext context)
    {
        var authenticator = context.RequestServices.GetRequiredService<SessionAuthenticator>();
        // A script's request isn't activity, so the session may have been seen elsewhere last.
        return await authenticator.FindCallerAsync(context.User, context.Address(), context.RequestAborted) is { } caller
            && await authenticator.MayGoOnAsync(caller, context.RequestAborted)
            ? caller
            : null;
    }

    /// <summary>
    /// Records that an ended session's browser has left, and tells why its session ended. Call it on the signed-out page: other devices then show
    /// the sign-out as confirmed.
    /// </summary>
    /// <returns>Null if the browser has no ended session, or it ended too long ago.</returns>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing was recorded.</exception>
    public static async Task<EndedNotice?> ConfirmSignedOutAsync(this HttpContext context) =>
        context.ReadTicket() is var (id, key)
            ? await context.RequestServices.GetRequiredService<SessionDepartures>().ConfirmLeftAsync(id, key)
            : null;
}
