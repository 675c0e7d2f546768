using Accounts.Core.Callers;
using Accounts.Core.Devices;
using Accounts.Core.Geolocation;

namespace Accounts.Core.Sessions;

/// <summary>A session in the database. The row stays long after the session's end.</summary>
internal sealed class SessionRow
{
    public required Guid Id { get; init; }

    public required Guid UserId { get; init; }

    public SessionKind Kind { get; init; } = SessionKind.Browser;

    /// <summary>Who acts in the session, if it isn't the account's owner.</summary>
    public Guid? ActorUserId { get; init; }

    /// <summary>The actor's name when the session started; null if nobody else acts in it.</summary>
    public string? ActorName { get; init; }

    /// <summary>Why the actor views the account, in their words; null if nobody else acts in the session.</summary>
    public string? Reason { get; init; }

    /// <summary>The actor's own session, in which the view began. The view ends with it.</summary>
    public Guid? ParentSessionId { get; init; }

    /// <summary>When the latest view that began in this session ends at the latest; null if none began.</summary>
    public DateTimeOffset? ViewsUntil { get; set; }

    /// <summary>What the session may ask for; null for everything that its kind may.</summary>
    public Scopes? Scopes { get; init; }

    /// <summary>The epoch in which the session started, or into which it was taken over: see <see cref="Users.InstallationRow.Epoch"/>.</summary>
    public required long Epoch { get; set; }

    /// <summary>SHA-256 of the key in the cookie, 32 bytes.</summary>
    public required byte[] KeyHash { get; set; }

    /// <summary>SHA-256 of a key issued after a proof and not used yet; null if none. Its first use makes it <see cref="KeyHash"/>.</summary>
    public byte[]? NextKeyHash { get; set; }

    /// <summary>The time of that proof.</summary>
    public DateTimeOffset? NextKeyAt { get; set; }

    /// <summary>How the user was verified then. Null in rows that an older version wrote: with the password.</summary>
    public SignInMethods? NextKeyMethods { get; set; }

    /// <summary>The last re-authentication whose key was used; null if there was none since <see cref="StartedAt"/>.</summary>
    public DateTimeOffset? ReauthenticatedAt { get; set; }

    /// <summary>
    /// How the user was verified then. Null in rows that an older version wrote: with the password. None, without a time, if the sign-in itself
    /// proves nothing.
    /// </summary>
    public SignInMethods? ReauthenticatedMethods { get; set; }

    /// <summary>SHA-256 of the browser id, 32 bytes; null for a session that isn't a browser's.</summary>
    public byte[]? BrowserHash { get; init; }

    public required DateTimeOffset StartedAt
    {
        get;
        init
        {
            field = value;
            WholeAddressSince = value;
        }
    }

    /// <summary>The time of the latest activity.</summary>
    public required DateTimeOffset LastActivityAt { get; set; }

    /// <summary>When the idle timeout ends the session, unless it is renewed. Never after the absolute timeout.</summary>
    public required DateTimeOffset ExpiresAt { get; set; }

    /// <summary>Whether the user chose "Keep me signed in".</summary>
    public required bool Remembered { get; init; }

    public required SignInMethods Methods { get; set; }

    public required string UserAgent { get; init; }

    /// <summary>The browser's Client Hints, as <see cref="Devices.ClientHints.ToText"/> writes them; null if none.</summary>
    public string? ClientHints { get; init; }

    /// <summary>The account had sign-ins before this one, but none from <see cref="SignInCountry"/>.</summary>
    public bool NewCountry { get; init; }

    /// <summary>The country of the sign-in, "DE", as known at the time; null if unknown.</summary>
    public string? SignInCountry { get; init; }

    public required string SignInAddress { get; set; }

    public required string LastAddress { get; set; }

    public int PagesVisited { get; set; }

    /// <summary>The user's name for the session; null if it has none.</summary>
    public string? Name { get; set; }

    /// <summary>The account had sign-ins before this one, but none in this browser.</summary>
    public bool NewBrowser { get; init; }

    /// <summary>
    /// When the account first had a sign-in in this browser. Null in rows from before this column existed: then use <see cref="StartedAt"/>.
    /// </summary>
    public DateTimeOffset? BrowserSince { get; init; }

    /// <summary>When the user recognized this sign-in; null if they haven't.</summary>
    public DateTimeOffset? RecognizedAt { get; set; }

    /// <summary>The session from which they did so.</summary>
    public Guid? RecognizedBySessionId { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    public EndReason? EndReason { get; set; }

    public Guid? EndedByUserId { get; set; }

    public Guid? EndedBySessionId { get; set; }

    /// <summary>When the ended session's browser left, which it showed by requesting the signed-out page with its old key.</summary>
    public DateTimeOffset? LeftAt { get; set; }

    /// <summary>How many open pages were told of the end; null if unknown or not needed.</summary>
    public int? PagesTold { get; set; }

    /// <summary>When the server closed the connections of a browser that was told and did not leave.</summary>
    public DateTimeOffset? ClosedAt { get; set; }

    /// <summary>No activity with a whole address is older than this; null if both addresses are short and no activity can follow.</summary>
    /// <remarks>Setting <see cref="StartedAt"/> sets it.</remarks>
    public DateTimeOffset? WholeAddressSince { get; set; }

    /// <summary>Whether a text is one of the session's keys, including one that hasn't been used yet.</summary>
    public bool HasKey(string key) => SessionKey.Matches(key, KeyHash) || (NextKeyHash is not null && SessionKey.Matches(key, NextKeyHash));

    /// <summary>Whether it is the user's own session, not a view of support.</summary>
    public bool IsOwn => Kind is not SessionKind.SupportView;

    /// <summary>The device that is signed in.</summary>
    public Device Device() => DeviceDetector.Detect(new DeviceSignals(UserAgent, Devices.ClientHints.Parse(ClientHints)));

    /// <summary>Shortens the addresses of activity up to a time, and notes when there may be more to shorten.</summary>
    public void ShortenAddresses(DateTimeOffset until, DateTimeOffset now)
    {
        if (StartedAt <= until)
            SignInAddress = ShortAddress.Of(SignInAddress);

        if (LastActivityAt > until)
        {
            WholeAddressSince = LastActivityAt;
            return;
        }

        LastAddress = ShortAddress.Of(LastAddress);
        // In a live session, the next activity stores a whole address again, not before now. So the flush needn't update this column.
        WholeAddressSince = EndedAt is null ? now : null;
    }
}
