using Accounts.Core.Callers;
using Accounts.Core.Devices;
using Accounts.Core.Geolocation;
using Accounts.Core.Sessions;

namespace Accounts.Core.Live;

/// <summary>A change of a session, published after its commit.</summary>
/// <param name="UserId">The user.</param>
/// <param name="SessionId">The session.</param>
public abstract record SessionChange(UserId UserId, SessionId SessionId)
{
    /// <summary>A sign-in started the session.</summary>
    /// <param name="UserId">The user.</param>
    /// <param name="SessionId">The session.</param>
    public sealed record Started(UserId UserId, SessionId SessionId) : SessionChange(UserId, SessionId);

    /// <summary>The user was active in the session. Only this change is published before it is written, a few seconds before.</summary>
    /// <param name="UserId">The user.</param>
    /// <param name="SessionId">The session.</param>
    /// <param name="At">The time of the activity.</param>
    /// <param name="Address">The IP address of the activity, as text.</param>
    /// <param name="Place">The address's place.</param>
    /// <param name="Device">The device, as its browser now describes itself.</param>
    /// <param name="PagesVisited">How many pages the user has opened so far.</param>
    public sealed record Seen(UserId UserId, SessionId SessionId, DateTimeOffset At, string Address, Place Place, Device Device, int PagesVisited)
        : SessionChange(UserId, SessionId)
    {
        /// <summary>The session after this activity. An activity that is older than what is known changes nothing.</summary>
        public Session Apply(Session session) => At < session.LastActivityAt || PagesVisited < session.PagesVisited ? session : session with
        {
            LastActivityAt = At,
            PagesVisited = PagesVisited,
            Address = string.Equals(Address, session.SignInAddress, StringComparison.Ordinal) ? session.SignInAddress : Address,
            Place = Place,
            Device = Device,
        };
    }

    /// <summary>The session has a new name, or none.</summary>
    /// <param name="UserId">The user.</param>
    /// <param name="SessionId">The session.</param>
    /// <param name="Name">The new name; null if it has none.</param>
    public sealed record Renamed(UserId UserId, SessionId SessionId, string? Name) : SessionChange(UserId, SessionId);

    /// <summary>The user recognized the session's sign-in. It isn't in question any more.</summary>
    /// <param name="UserId">The user.</param>
    /// <param name="SessionId">The session.</param>
    public sealed record Recognized(UserId UserId, SessionId SessionId) : SessionChange(UserId, SessionId)
    {
        /// <summary>The session after this answer: if it is about this one, nothing about it is new any more.</summary>
        public Session Apply(Session session) => session.Id == SessionId ? session with { NewBrowser = false, NewCountry = false } : session;
    }

    /// <summary>A new key replaced the session's key. The server now refuses the old key; close connections that were opened with it.</summary>
    /// <param name="UserId">The user.</param>
    /// <param name="SessionId">The session.</param>
    /// <param name="KeyMark">The mark of the new key.</param>
    public sealed record KeyReplaced(UserId UserId, SessionId SessionId, string KeyMark) : SessionChange(UserId, SessionId);

    /// <summary>The user's name, email or roles changed. New requests have the new principal; open pages must take it over.</summary>
    /// <param name="UserId">The user.</param>
    /// <param name="SessionId">The session.</param>
    public sealed record PrincipalReplaced(UserId UserId, SessionId SessionId) : SessionChange(UserId, SessionId);

    /// <summary>The session ended, for any reason. Every check already refuses it.</summary>
    /// <param name="UserId">The user.</param>
    /// <param name="SessionId">The session.</param>
    /// <param name="Reason">Why it ended.</param>
    public sealed record Ended(UserId UserId, SessionId SessionId, EndReason Reason) : SessionChange(UserId, SessionId);

    /// <summary>The audit log has a new event of an action from this session that changed no session.</summary>
    /// <param name="UserId">The user.</param>
    /// <param name="SessionId">The session.</param>
    public sealed record Recorded(UserId UserId, SessionId SessionId) : SessionChange(UserId, SessionId);

    /// <summary>
    /// The server refused a sign-in to the user's account, or a proof, and has recorded it. It is about the account: its session is the default.
    /// </summary>
    /// <param name="UserId">The user.</param>
    public sealed record AttemptRefused(UserId UserId) : SessionChange(UserId, default);

    /// <summary>The server knows more about whether the ended session's browser left.</summary>
    /// <param name="UserId">The user.</param>
    /// <param name="SessionId">The session.</param>
    /// <param name="Departure">What the server knows.</param>
    public sealed record Departed(UserId UserId, SessionId SessionId, Departure Departure) : SessionChange(UserId, SessionId);
}
