using Accounts.Core.Callers;

namespace Accounts.Core.Sessions;

/// <summary>A session that has just started or got a new key, with the data for the browser's ticket.</summary>
/// <param name="Id">The session's id.</param>
/// <param name="Key">The session's secret, only for the ticket.</param>
/// <param name="CookieExpiresAt">When the cookie expires; null if it lasts until the browser is closed.</param>
public sealed record StartedSession(SessionId Id, SessionKey Key, DateTimeOffset? CookieExpiresAt)
{
    /// <summary>What the browser keeps to need no second step next time; null if the sign-in brought nothing new.</summary>
    public BrowserTrust? Trust { get; init; }
}
