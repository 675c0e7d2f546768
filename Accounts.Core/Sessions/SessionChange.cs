using Accounts.Core.Devices;
using Accounts.Core.Geolocation;
using Accounts.Core.Users;

namespace Accounts.Core.Sessions;

/// <summary>Something that has happened to a session, told after it was committed.</summary>
public abstract record SessionChange(UserId UserId, SessionId SessionId)
{
    /// <summary>A sign-in.</summary>
    public sealed record Started(UserId UserId, SessionId SessionId) : SessionChange(UserId, SessionId);

    /// <summary>Its person did something in it. The one change that is told before it is written: the database hears of it seconds later.</summary>
    /// <param name="UserId">The person.</param>
    /// <param name="SessionId">The session.</param>
    /// <param name="At">When.</param>
    /// <param name="Address">From which IP address, as text.</param>
    /// <param name="Place">Where that is.</param>
    /// <param name="Device">From which device, as its browser says now.</param>
    /// <param name="PagesVisited">How many pages they have opened by now.</param>
    public sealed record Seen(UserId UserId, SessionId SessionId, DateTimeOffset At, string Address, Place Place, Device Device, int PagesVisited) : SessionChange(UserId, SessionId);

    /// <summary>It has another name, or none.</summary>
    public sealed record Renamed(UserId UserId, SessionId SessionId, string? Name) : SessionChange(UserId, SessionId);

    /// <summary>Its person said that its sign-in was theirs: it isn't in question any more.</summary>
    public sealed record Recognized(UserId UserId, SessionId SessionId) : SessionChange(UserId, SessionId);

    /// <summary>Another key has taken the place of the one it had, which is refused from here on; what was opened with that one is to be closed.</summary>
    /// <param name="UserId">The person.</param>
    /// <param name="SessionId">The session.</param>
    /// <param name="KeyMark">The mark of its key now.</param>
    public sealed record KeyReplaced(UserId UserId, SessionId SessionId, string KeyMark) : SessionChange(UserId, SessionId);

    /// <summary>An ending of any kind; every check already says no.</summary>
    public sealed record Ended(UserId UserId, SessionId SessionId, EndReason Reason) : SessionChange(UserId, SessionId);

    /// <summary>The audit log has one more event, of something that was done through it and changed no session.</summary>
    public sealed record Recorded(UserId UserId, SessionId SessionId) : SessionChange(UserId, SessionId);

    /// <summary>More is known of whether the ended browser has left.</summary>
    public sealed record Departed(UserId UserId, SessionId SessionId, Departure Departure) : SessionChange(UserId, SessionId);
}
