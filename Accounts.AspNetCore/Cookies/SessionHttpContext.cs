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
    /// <summary>The ticket holds no claims.</summary>
    private static ClaimsPrincipal NoClaims => new(new ClaimsIdentity(AccountsSession.Scheme));

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
        new(context.Address(), context.Signals(), BrowserIdCookie.Renew(context)) { TrustTokens = SecondStepCookie.ReadTrust(context) };

    /// <summary>The same for a visitor who may only look: a browser without an id keeps the new one while it stays open.</summary>
    internal static CallingBrowser ToVisitingBrowser(this HttpContext context) =>
        new(context.Address(), context.Signals(), BrowserIdCookie.Offer(context));

    /// <summary>
    /// Signs this browser in: the response sets the session cookie. It first ends the session that was signed in here, which may be another user's.
    /// Otherwise that session would have no key holder, and its open tabs would keep working. Call this before the response starts.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="session">The session that a sign-in has just started.</param>
    /// <exception cref="DatabaseUnavailableException">The database did not answer. The browser stays as it was.</exception>
    public static async Task WriteSessionAsync(this HttpContext context, StartedSession session)
    {
        var sessions = context.RequestServices.GetRequiredService<SessionService>();
        // The request's own principal, not the session's: this request may have begun with a key that was replaced since.
        if (context.Features.Get<LiveSession>() is { Kind: SessionKind.Browser }
            && (await context.AuthenticateAsync(AccountsSession.Scheme)).Principal is { } before
            && await context.RequestServices.GetRequiredService<SessionAuthenticator>().FindCallerAsync(before, context.Address()) is { } caller)
            await sessions.SignOutAsync(caller);
        else if (await context.FindStaffCallerAsync() is { } staff)
            await sessions.SignOutAsync(staff);

        if (session.Trust is { } trust)
            SecondStepCookie.WriteTrust(context, trust);
        await context.WriteTicketAsync(session);
    }

    /// <summary>
    /// Gives the browser a new key for the session that it has, after a re-authentication. Call this before the response starts. For a sign-in, call
    /// <see cref="WriteSessionAsync"/>.
    /// </summary>
    public static Task WriteTicketAsync(this HttpContext context, StartedSession session) => context.SignInAsync(
        AccountsSession.Scheme,
        NoClaims,
        SessionCookie.NewTicket(session.Id, session.Key.Reveal(), session.CookieExpiresAt));

    /// <summary>
    /// Puts this browser into a view of support: the response's cookie holds the view, and keeps the session of the member of staff. Pages that are
    /// open in that session reload once the view is used. Call this before the response starts.
    /// </summary>
    /// <param name="context">The request in which the view began.</param>
    /// <param name="view">The view.</param>
    /// <exception cref="InvalidOperationException">The request has no session.</exception>
    public static Task WriteViewAsync(this HttpContext context, StartedSession view)
    {
        var parent = SessionCookie.ReadTicket(context) ?? throw new InvalidOperationException("A view begins in a session.");
        return context.SignInAsync(AccountsSession.Scheme, NoClaims, SessionCookie.NewViewTicket(view.Id, view.Key.Reveal(), parent));
    }

    /// <summary>
    /// Takes this browser out of a view of support, whether the view has ended or not: the response's cookie holds the session of the member of
    /// staff again, as it was. Call this before the response starts.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <returns>The caller of that session; null if the browser has no view, or that session has ended. Then the cookie stays as it was.</returns>
    /// <exception cref="DatabaseUnavailableException">The session isn't in memory any more, and the database did not answer.</exception>
    public static async Task<Caller?> LeaveViewAsync(this HttpContext context)
    {
        if (SessionCookie.ReadTicket(context) is not { } view || SessionCookie.ParentOf(view) is not { } parent
            || await context.FindStaffCallerAsync() is not { } caller)
            return null;

        await context.SignInAsync(AccountsSession.Scheme, NoClaims, parent);
        return caller;
    }

    /// <summary>Finds the member of staff in whose session this browser's view of support began. A view's own caller can change nothing.</summary>
    /// <returns>Null if the browser has no view, or that session has ended.</returns>
    /// <exception cref="DatabaseUnavailableException">The session isn't in memory any more, and the database did not answer.</exception>
    public static async ValueTask<Caller?> FindStaffCallerAsync(this HttpContext context)
    {
        var authenticator = context.RequestServices.GetRequiredService<SessionAuthenticator>();
        return SessionCookie.ReadParent(context) is var (id, key)
            && await authenticator.AuthenticateAsync(id, key, context.RequestAborted) is { } session
            ? await authenticator.FindCallerAsync(session.Principal, context.Address(), context.RequestAborted)
            : null;
    }

    /// <summary>Reads the session's id and key from the request's cookie, whether the session is live or ended.</summary>
    /// <returns>Null if this application didn't issue a cookie.</returns>
    public static (SessionId Id, string Key)? ReadTicket(this HttpContext context) => SessionCookie.Read(context);

    /// <summary>Reads the id and key of the session in which this browser's view of support began, whether it is live or ended.</summary>
    /// <returns>Null if the browser has no view.</returns>
    public static (SessionId Id, string Key)? ReadStaffTicket(this HttpContext context) => SessionCookie.ReadParent(context);

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
