using System.Security.Claims;
using Accounts.Core.Callers;
using Accounts.Core.Sessions;

namespace Accounts.Core.Live;

/// <summary>A session's key, proof and principal. A new key replaces them all at once.</summary>
/// <param name="KeyHash">SHA-256 of the key.</param>
/// <param name="At">When the user proved who they are, before the server issued the key.</param>
/// <param name="Methods">How they did that.</param>
/// <param name="Number">The number of the key's offer, or of the load: see <see cref="SessionRegistry.NextChange"/>.</param>
/// <param name="Principal">The principal of requests with this key.</param>
internal sealed record SessionProof(byte[] KeyHash, DateTimeOffset At, SignInMethods Methods, long Number, ClaimsPrincipal Principal)
{
    /// <summary>The key's mark, which the principal also has.</summary>
    public string Mark { get; } = SessionKey.Mark(KeyHash);
}
