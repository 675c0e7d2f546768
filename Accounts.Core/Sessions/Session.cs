using System.Buffers.Binary;
using Accounts.Core.Devices;
using Accounts.Core.Geolocation;
using Accounts.Core.Users;

namespace Accounts.Core.Sessions;

/// <summary>A session as its person sees it, live or over.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What the person calls it; null if they have not named it.</param>
/// <param name="Browser">Which browser it is in: an opaque number, the same for all sessions of one browser: the beginning of the hash of its id.</param>
/// <param name="NewBrowser">
/// The person had signed in before, but not in this browser; this sign-in is younger than a week and they haven't recognized it.
/// </param>
/// <param name="NewCountry">
/// The person had signed in before, but never from this country; this sign-in is younger than a week and they haven't recognized it.
/// </param>
/// <param name="Device">What it is signed in from.</param>
/// <param name="SignInAddress">The IP address of the sign-in, as text.</param>
/// <param name="SignInPlace">Where that is.</param>
/// <param name="Address">The latest IP address, as text.</param>
/// <param name="Place">Where that is.</param>
/// <param name="Method">How the person proved who they are.</param>
/// <param name="StartedAt">When they signed in.</param>
/// <param name="LastActivityAt">Their latest act.</param>
/// <param name="PagesVisited">How many pages they opened.</param>
/// <param name="Ending">Null while it is live.</param>
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
    SignInMethod Method,
    DateTimeOffset StartedAt,
    DateTimeOffset LastActivityAt,
    int PagesVisited,
    SessionEnding? Ending)
{
    /// <summary>How long a sign-in from a new browser or country is in question: 7 days.</summary>
    internal static readonly TimeSpan NewFor = TimeSpan.FromDays(7);

    /// <summary>When the account was first signed in to in this browser. A session that replaces another there isn't new.</summary>
    public DateTimeOffset BrowserSince { get; init; }

    /// <summary>What a card is headed with: the person's own name for it, or what it is signed in from.</summary>
    public string Title => Name ?? Device.Title;

    /// <summary>Something about the sign-in was new to the account, a week ago at most, and the person hasn't said that it was theirs.</summary>
    public bool IsFlagged => NewBrowser || NewCountry;

    /// <summary>"Was this you?" is open: the session is live, and its sign-in is flagged.</summary>
    public bool IsInQuestion => IsFlagged && Ending is null;

    /// <summary>
    /// Whether this session may answer the question about another one of the same person. Its own sign-in must not be in question, and the
    /// account must have known its browser before the other one signed in. <see cref="SessionService.RecognizeAsync"/> decides by the same rule.
    /// </summary>
    public bool MayAnswer(Session other) => other.IsInQuestion && Ending is null && !IsFlagged && BrowserSince < other.StartedAt;

    /// <summary>The same session after the person has said that it is theirs: nothing about it is new any more.</summary>
    public Session With(SessionChange.Recognized recognized) =>
        recognized.SessionId == Id ? this with { NewBrowser = false, NewCountry = false } : this;

    /// <summary>The same session after an act in it. Of two acts at once the earlier may be told last: it changes nothing.</summary>
    public Session With(SessionChange.Seen seen) => seen.At < LastActivityAt || seen.PagesVisited < PagesVisited ? this : this with
    {
        LastActivityAt = seen.At,
        PagesVisited = seen.PagesVisited,
        Address = seen.Address,
        Place = seen.Place,
        Device = seen.Device,
    };

    /// <param name="row">The session as the database keeps it.</param>
    /// <param name="now">The time of the question.</param>
    /// <param name="places">Says where its addresses are.</param>
    /// <param name="live">The session in memory, if this process has it: what was done since the last flush is there.</param>
    internal static Session From(SessionRow row, DateTimeOffset now, PlaceFinder places, LiveSession? live = null) => new(
        new SessionId(row.Id),
        row.Name,
        BinaryPrimitives.ReadInt64BigEndian(row.BrowserHash),
        row.NewBrowser && row.RecognizedAt is null && now - row.StartedAt < NewFor,
        row.NewCountry && row.RecognizedAt is null && now - row.StartedAt < NewFor,
        live?.Device ?? row.Device(),
        row.SignInAddress,
        places.Find(row.SignInAddress),
        AddressOf(row, live),
        places.Find(AddressOf(row, live)),
        row.Method,
        row.StartedAt,
        live?.LastActivityAt > row.LastActivityAt ? live.LastActivityAt : row.LastActivityAt,
        Math.Max(row.PagesVisited, live?.PagesVisited ?? 0),
        SessionEnding.Of(row, now))
    {
        BrowserSince = row.BrowserSince ?? row.StartedAt,
    };

    // Nearly always it is the address of the sign-in: then the same text, which an open page keeps for each of its sessions.
    private static string AddressOf(SessionRow row, LiveSession? live) =>
        (live?.Address ?? row.LastAddress) is var latest && string.Equals(latest, row.SignInAddress, StringComparison.Ordinal) ? row.SignInAddress : latest;
}

/// <summary>How a session ended.</summary>
/// <param name="At">When.</param>
/// <param name="Reason">Why.</param>
/// <param name="BySession">Through which session it was ended; null if by the clock.</param>
/// <param name="Departure">Whether its browser has left; null where that goes without saying.</param>
public sealed record SessionEnding(DateTimeOffset At, EndReason Reason, SessionId? BySession, Departure? Departure)
{
    // Between its expiry and the sweeper's next round a session is over, though its row does not say so yet.
    internal static SessionEnding? Of(SessionRow row, DateTimeOffset now) => row switch
    {
        { EndedAt: { } at, EndReason: { } reason } => new SessionEnding(at, reason, row.EndedBySessionId is { } by ? new SessionId(by) : null, Departure.From(row, now)),
        _ when row.ExpiresAt <= now => new SessionEnding(row.ExpiresAt, EndReason.Expired, null, null),
        _ => null,
    };
}
