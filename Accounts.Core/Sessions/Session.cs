using System.Buffers.Binary;
using Accounts.Core.Callers;
using Accounts.Core.Devices;
using Accounts.Core.Geolocation;
using Accounts.Core.Users;

namespace Accounts.Core.Sessions;

/// <summary>A session as its user sees it, live or ended.</summary>
/// <param name="Id">The session's id.</param>
/// <param name="Name">The user's name for it; null if it has none.</param>
/// <param name="Browser">An opaque number for the browser, the same for all its sessions: the beginning of the hash of its id.</param>
/// <param name="NewBrowser">
/// The account had sign-ins before, but not in this browser. This sign-in is younger than a week, and the user hasn't recognized it.
/// </param>
/// <param name="NewCountry">
/// The account had sign-ins before, but not from this country. This sign-in is younger than a week, and the user hasn't recognized it.
/// </param>
/// <param name="Device">The device that signed in.</param>
/// <param name="SignInAddress">The IP address of the sign-in, as text.</param>
/// <param name="SignInPlace">The place of the sign-in.</param>
/// <param name="Address">The latest IP address, as text.</param>
/// <param name="Place">The latest place.</param>
/// <param name="Methods">How the user signed in.</param>
/// <param name="StartedAt">When the user signed in.</param>
/// <param name="LastActivityAt">The time of the latest activity.</param>
/// <param name="PagesVisited">How many pages the user opened.</param>
/// <param name="Ending">How it ended; null while it is live.</param>
public sealed record Session(
    SessionId Id,
    string? Name,
    long Browser,
    bool NewBrowser,
    bool NewCountry,
    Device Device,
    string SignInAddress,
    Place SignInPlace,
    string Address,
    Place Place,
    SignInMethods Methods,
    DateTimeOffset StartedAt,
    DateTimeOffset LastActivityAt,
    int PagesVisited,
    SessionEnding? Ending)
{
    /// <summary>How long a sign-in from a new browser or country stays in question: 7 days.</summary>
    internal static readonly TimeSpan NewFor = TimeSpan.FromDays(7);

    /// <summary>What the session is for.</summary>
    public SessionKind Kind { get; init; } = SessionKind.Browser;

    /// <summary>Who views the account in this session, and why; null if it isn't a view of support.</summary>
    public SupportView? View { get; init; }

    /// <summary>When the account first had a sign-in in this browser. A session that replaces another one there isn't new.</summary>
    public DateTimeOffset BrowserSince { get; init; }

    /// <summary>The title of the session's card: its name, or its device. It is isolated: see <see cref="TypedText.Isolate"/>.</summary>
    public string Title => TypedText.Isolate(Name ?? Device.Title);

    /// <summary>The sign-in was new to the account, is at most a week old, and the user hasn't recognized it.</summary>
    public bool IsFlagged => NewBrowser || NewCountry;

    /// <summary>The question "Was this you?" is open: the session is live and flagged.</summary>
    public bool IsInQuestion => IsFlagged && Ending is null;

    /// <summary>
    /// Whether this session may answer the question about another session of the same user. It must be a browser's, and its own sign-in must not be
    /// in question. The account must have known its browser before the other one signed in. The command that answers applies the same rule.
    /// </summary>
    public bool MayAnswer(Session other) =>
        other.IsInQuestion && Ending is null && Kind is SessionKind.Browser && !IsFlagged && BrowserSince < other.StartedAt;

    /// <param name="row">The session's row in the database.</param>
    /// <param name="now">The current time.</param>
    /// <param name="places">Finds the places of its addresses.</param>
    internal static Session From(SessionRow row, DateTimeOffset now, PlaceFinder places) => new(
        new SessionId(row.Id),
        row.Name,
        // A session without a browser counts as one of its own. The second half of its id is random.
        BinaryPrimitives.ReadInt64BigEndian(row.BrowserHash ?? row.Id.ToByteArray(bigEndian: true)[8..]),
        row.NewBrowser && row.RecognizedAt is null && now - row.StartedAt < NewFor,
        row.NewCountry && row.RecognizedAt is null && now - row.StartedAt < NewFor,
        row.Device(),
        row.SignInAddress,
        places.Find(row.SignInAddress),
        // Usually both addresses are equal. Then they share one string, because an open page keeps all its sessions in memory.
        string.Equals(row.LastAddress, row.SignInAddress, StringComparison.Ordinal) ? row.SignInAddress : row.LastAddress,
        places.Find(row.LastAddress),
        row.Methods,
        row.StartedAt,
        row.LastActivityAt,
        row.PagesVisited,
        SessionEnding.Of(row, now))
    {
        Kind = row.Kind,
        View = row.Kind is SessionKind.SupportView ? new SupportView(row.ActorName, row.Reason ?? "", row.ExpiresAt) : null,
        BrowserSince = row.BrowserSince ?? row.StartedAt,
    };
}

/// <summary>A member of staff who views an account. It's read-only, and its owner can end it.</summary>
/// <param name="By">The name of the member of staff; null if their account was deleted.</param>
/// <param name="Reason">Why, in their words.</param>
/// <param name="EndsAt">When the view ends at the latest.</param>
public sealed record SupportView(string? By, string Reason, DateTimeOffset EndsAt);

/// <summary>How a session ended.</summary>
/// <param name="At">When it ended.</param>
/// <param name="Reason">Why it ended.</param>
/// <param name="BySession">The session that ended it; null for a timeout.</param>
/// <param name="Departure">Whether its browser has left; null if that was never in doubt.</param>
public sealed record SessionEnding(DateTimeOffset At, EndReason Reason, SessionId? BySession, Departure? Departure)
{
    // A session ends with its expiry, though the row says so only after the next sweep.
    internal static SessionEnding? Of(SessionRow row, DateTimeOffset now) => row switch
    {
        { EndedAt: { } at, EndReason: { } reason } =>
            new SessionEnding(at, reason, row.EndedBySessionId is { } by ? new SessionId(by) : null, Departure.From(row, now)),
        _ when row.ExpiresAt <= now => new SessionEnding(row.ExpiresAt, EndReason.Expired, null, null),
        _ => null,
    };
}
