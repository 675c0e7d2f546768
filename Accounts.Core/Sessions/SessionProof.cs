using System.Security.Claims;

namespace Accounts.Core.Sessions;

/// <summary>What the key of a session stands for, all of it replaced at once when another key takes its place.</summary>
/// <param name="KeyHash">SHA-256 of the key.</param>
/// <param name="At">When the person proved who they are, before the key was given out.</param>
/// <param name="Principal">Whom a request with this key sees.</param>
internal sealed record SessionProof(byte[] KeyHash, DateTimeOffset At, ClaimsPrincipal Principal)
{
    /// <summary>The key's mark, which the principal carries too.</summary>
    public string Mark { get; } = SessionKey.Mark(KeyHash);
}

/// <summary>A key that was given out after a proof and has not been seen yet.</summary>
/// <param name="Hash">SHA-256 of the key.</param>
/// <param name="At">When the proof was given.</param>
internal sealed record OfferedKey(byte[] Hash, DateTimeOffset At)
{
    /// <summary>Whether the key before it has had its time.</summary>
    public bool IsDue(DateTimeOffset now) => now - At >= KeyRotation.Overlap;
}
