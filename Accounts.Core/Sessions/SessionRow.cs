using Accounts.Core.Devices;
using Accounts.Core.Geolocation;

namespace Accounts.Core.Sessions;

/// <summary>A session as the database keeps it. It is not deleted when it ends, but long after it.</summary>
internal sealed class SessionRow
{
    public required Guid Id { get; init; }

    public required Guid UserId { get; init; }

    /// <summary>SHA-256 of the key in the cookie, 32 bytes.</summary>
    public required byte[] KeyHash { get; set; }

    /// <summary>SHA-256 of the key that was given out after a proof and has not been seen yet; null if there is none. Seen, it becomes <see cref="KeyHash"/>.</summary>
    public byte[]? NextKeyHash { get; set; }

    /// <summary>When that proof was given.</summary>
    public DateTimeOffset? NextKeyAt { get; set; }

    /// <summary>When the person last proved again who they are, by a key that has been seen; null if never since <see cref="StartedAt"/>.</summary>
    public DateTimeOffset? ReauthenticatedAt { get; set; }

    /// <summary>SHA-256 of the browser id, 32 bytes.</summary>
    public required byte[] BrowserHash { get; init; }

    public required DateTimeOffset StartedAt
    {
        get;
        init
        {
            field = value;
            WholeAddressSince = value;
        }
    }

    /// <summary>The latest act of the person.</summary>
    public required DateTimeOffset LastActivityAt { get; set; }

    /// <summary>When the idle timeout ends it, unless it is renewed; never after the absolute timeout.</summary>
    public required DateTimeOffset ExpiresAt { get; set; }

    /// <summary>"Keep me signed in".</summary>
    public required bool Remembered { get; init; }

    public required SignInMethod Method { get; init; }

    public required string UserAgent { get; init; }

    /// <summary>What the browser said of itself besides, as <see cref="Devices.ClientHints.ToText"/> writes it; null if nothing.</summary>
    public string? ClientHints { get; init; }

    /// <summary>The person had signed in before this sign-in, but never from the country that <see cref="SignInCountry"/> names.</summary>
    public bool NewCountry { get; init; }

    /// <summary>The country of the sign-in, "DE", as it was known then; null if it was not.</summary>
    public string? SignInCountry { get; init; }

    public required string SignInAddress { get; set; }

    public required string LastAddress { get; set; }

    public int PagesVisited { get; set; }

    /// <summary>What the person calls it; null if they have not named it.</summary>
    public string? Name { get; set; }

    /// <summary>The person had signed in before this sign-in, but never in this browser.</summary>
    public bool NewBrowser { get; init; }

    /// <summary>
    /// When the account was first signed in to in this browser; null in rows from before that was kept, which stands for <see cref="StartedAt"/>.
    /// </summary>
    public DateTimeOffset? BrowserSince { get; init; }

    /// <summary>When the person said that this sign-in was theirs; null if they haven't.</summary>
    public DateTimeOffset? RecognizedAt { get; set; }

    /// <summary>The session through which they said it.</summary>
    public Guid? RecognizedBySessionId { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    public EndReason? EndReason { get; set; }

    public Guid? EndedByUserId { get; set; }

    public Guid? EndedBySessionId { get; set; }

    /// <summary>When the ended browser showed that it had left, by asking for the signed-out page with its old key.</summary>
    public DateTimeOffset? LeftAt { get; set; }

    /// <summary>How many open pages were told of the end; null if that is not known, or not asked.</summary>
    public int? PagesTold { get; set; }

    /// <summary>When the connections of a browser that was told and did not show that it had left were closed.</summary>
    public DateTimeOffset? ClosedAt { get; set; }

    /// <summary>No act whose address is whole here is older than this; null if both addresses are short and no act can follow. Set with <see cref="StartedAt"/>.</summary>
    public DateTimeOffset? WholeAddressSince { get; set; }

    /// <summary>Whether a text is a key of the session, one that has not been seen yet included.</summary>
    public bool HasKey(string key) => SessionKey.Matches(key, KeyHash) || (NextKeyHash is not null && SessionKey.Matches(key, NextKeyHash));

    /// <summary>What it is signed in from.</summary>
    public Device Device() => DeviceDetector.Detect(new DeviceSignals(UserAgent, Devices.ClientHints.Parse(ClientHints)));

    /// <summary>Shortens the address of each act that is not younger than a moment, and notes when there can be something to shorten again.</summary>
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
        // The next act in a live session brings a whole address again, and is not older than now. So the flush of activity need not look after this.
        WholeAddressSince = EndedAt is null ? now : null;
    }
}

/// <summary>How a person proved who they are. The numbers are stored: never change one.</summary>
public enum SignInMethod
{
    Password = 1,
}
