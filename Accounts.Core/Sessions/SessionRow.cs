namespace Accounts.Core.Sessions;

/// <summary>A session as the database keeps it. It is never deleted when it ends.</summary>
internal sealed class SessionRow
{
    public required Guid Id { get; init; }

    public required Guid UserId { get; init; }

    /// <summary>SHA-256 of the key in the cookie, 32 bytes.</summary>
    public required byte[] KeyHash { get; set; }

    /// <summary>SHA-256 of the browser id, 32 bytes.</summary>
    public required byte[] BrowserHash { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The latest act of the person.</summary>
    public required DateTimeOffset LastActivityAt { get; set; }

    /// <summary>When the idle timeout ends it, unless it is renewed; never after the absolute timeout.</summary>
    public required DateTimeOffset ExpiresAt { get; set; }

    /// <summary>"Keep me signed in".</summary>
    public required bool Remembered { get; init; }

    public required SignInMethod Method { get; init; }

    public required string UserAgent { get; init; }

    public required string SignInAddress { get; init; }

    public required string LastAddress { get; set; }

    public int PagesVisited { get; set; }

    /// <summary>What the person calls it; null if they have not named it.</summary>
    public string? Name { get; set; }

    /// <summary>The person had signed in before this sign-in, but never in this browser.</summary>
    public bool NewBrowser { get; init; }

    public DateTimeOffset? EndedAt { get; set; }

    public EndReason? EndReason { get; set; }

    public Guid? EndedByUserId { get; set; }

    public Guid? EndedBySessionId { get; set; }

    /// <summary>When the ended browser showed that it had left, by asking for the signed-out page with its old key.</summary>
    public DateTimeOffset? LeftAt { get; set; }

    /// <summary>How many open pages were told of the end.</summary>
    public int PagesTold { get; set; }

    /// <summary>When the connections of a browser that was told and did not show that it had left were closed.</summary>
    public DateTimeOffset? ClosedAt { get; set; }
}

/// <summary>How a person proved who they are. The numbers are stored: never change one.</summary>
public enum SignInMethod
{
    Password = 1,
}
