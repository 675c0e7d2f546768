using System.Security.Claims;
using Accounts.Core.Sessions;

namespace Accounts.Core.Live;

/// <summary>A session's key, proof and principal. A new key replaces them all at once.</summary>
/// <param name="KeyHash">SHA-256 of the key.</param>
/// <param name="At">When the user entered their password, before the server issued the key.</param>
/// <param name="Principal">The principal of requests with this key.</param>
internal sealed record SessionProof(byte[] KeyHash, DateTimeOffset At, ClaimsPrincipal Principal)
{
    /// <summary>The key's mark, which the principal also has.</summary>
    public string Mark { get; } = SessionKey.Mark(KeyHash);
}

/// <summary>A key that the server issued after a proof and that hasn't been used yet.</summary>
/// <param name="Hash">SHA-256 of the key.</param>
/// <param name="At">When the user entered their password.</param>
internal sealed record OfferedKey(byte[] Hash, DateTimeOffset At)
{
    /// <summary>How long the old key works if the new one isn't used: 60 seconds, for running requests and a retry after a lost response.</summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromSeconds(60);

    /// <summary>Whether the old key has run out.</summary>
    public bool IsDue(DateTimeOffset now) => now - At >= Overlap;
}
