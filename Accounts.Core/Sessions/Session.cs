using Accounts.Core.Devices;
using Accounts.Core.Geolocation;
using Accounts.Core.Users;

namespace Accounts.Core.Sessions;

/// <summary>A session as its person sees it, live or over.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Device">What it is signed in from.</param>
/// <param name="Place">Where the latest address is.</param>
/// <param name="SignInAddress">The IP address of the sign-in, as text.</param>
/// <param name="Address">The latest IP address, as text.</param>
/// <param name="Method">How the person proved who they are.</param>
/// <param name="StartedAt">When they signed in.</param>
/// <param name="LastActivityAt">Their latest act.</param>
/// <param name="PagesVisited">How many pages they opened.</param>
/// <param name="Ending">Null while it is live.</param>
public sealed record Session(
    SessionId Id,
    Device Device,
    Place Place,
    string SignInAddress,
    string Address,
    SignInMethod Method,
    DateTimeOffset StartedAt,
    DateTimeOffset LastActivityAt,
    int PagesVisited,
    SessionEnding? Ending)
{
    /// <param name="row">The session as the database keeps it.</param>
    /// <param name="now">The time of the question.</param>
    /// <param name="live">The session in memory, if this process has it: what was done since the last flush is there.</param>
    internal static Session From(SessionRow row, DateTimeOffset now, LiveSession? live = null) => new(
        new SessionId(row.Id),
        DeviceDetector.Detect(new DeviceSignals(row.UserAgent)),
        PlaceFinder.Find(row.LastAddress),
        row.SignInAddress,
        row.LastAddress,
        row.Method,
        row.StartedAt,
        live?.LastActivityAt > row.LastActivityAt ? live.LastActivityAt : row.LastActivityAt,
        row.PagesVisited + (live?.PagesPending ?? 0),
        EndingOf(row, now));

    // Between its expiry and the sweeper's next round a session is over, though its row does not say so yet.
    private static SessionEnding? EndingOf(SessionRow row, DateTimeOffset now) => row switch
    {
        { EndedAt: { } at, EndReason: { } reason } => new SessionEnding(at, reason, row.EndedBySessionId is { } by ? new SessionId(by) : null, row.LeftAt),
        _ when row.ExpiresAt <= now => new SessionEnding(row.ExpiresAt, EndReason.Expired, null, null),
        _ => null,
    };
}

/// <summary>How a session ended.</summary>
/// <param name="At">When.</param>
/// <param name="Reason">Why.</param>
/// <param name="BySession">Through which session it was ended; null if by the clock.</param>
/// <param name="LeftAt">When its browser showed that it had left; null if it has not.</param>
public sealed record SessionEnding(DateTimeOffset At, EndReason Reason, SessionId? BySession, DateTimeOffset? LeftAt);

/// <summary>What the signed-out page may tell whoever holds the key of an ended session: no place, no device, no name.</summary>
public sealed record EndedNotice(DateTimeOffset At, EndReason Reason);
