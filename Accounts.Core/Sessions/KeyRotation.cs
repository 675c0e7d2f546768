using Accounts.Core.Storage;
using Accounts.Core.Users;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Sessions;

/// <summary>Gives a live session a new key in two steps. The response may be lost, so in between the browser may use either key.</summary>
/// <remarks>The old key ends when the new one is first used, or after <see cref="Overlap"/>.</remarks>
internal sealed class KeyRotation(SessionRegistry registry, SessionOptions options)
{
    /// <summary>How long the old key works if the new one isn't used: 60 seconds, for running requests and a retry after a lost response.</summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromSeconds(60);

    /// <summary>Offers the caller's session a second key. The first key gets no fresh proof. An earlier unused offer becomes void.</summary>
    /// <returns>False if the session had ended.</returns>
    public static async Task<bool> OfferAsync(AccountsDbContext db, Caller caller, OfferedKey offered) => await db.Sessions
        .Where(s => s.Id == caller.SessionId.Value && s.UserId == caller.UserId.Value && s.EndedAt == null && s.ExpiresAt > offered.At)
        .ExecuteUpdateAsync(set => set
            .SetProperty(s => s.NextKeyHash, offered.Hash)
            .SetProperty(s => s.NextKeyAt, offered.At)) == 1;

    /// <summary>Returns the data for the browser's cookie after the offer was committed, and updates the session in memory.</summary>
    /// <returns>Null if the session had ended.</returns>
    public async Task<StartedSession?> GiveOutAsync(Caller caller, SessionKey key, OfferedKey offered)
    {
        if (await registry.FindLiveAsync(caller.SessionId) is not { } session)
            return null;

        registry.Offer(session, offered);
        return new StartedSession(session.Id, key, session.Remembered ? SessionLifetime.AbsoluteEnd(options, session.StartedAt) : null);
    }

    /// <summary>Replaces the first key with the offered one, after its first use. From then on its proof counts.</summary>
    /// <returns>Whether the offered key is the session's key now. A second call changes nothing.</returns>
    public static async Task<bool> AdoptAsync(AccountsDbContext db, SessionId id, OfferedKey offered, DateTimeOffset now)
    {
        await db.Sessions
            .Where(s => s.Id == id.Value && s.NextKeyHash == offered.Hash && s.EndedAt == null && s.ExpiresAt > now)
            .ExecuteUpdateAsync(set => set
                .SetProperty(s => s.KeyHash, offered.Hash)
                .SetProperty(s => s.ReauthenticatedAt, offered.At)
                .SetProperty(s => s.NextKeyHash, (byte[]?)null)
                .SetProperty(s => s.NextKeyAt, (DateTimeOffset?)null));
        return await db.Sessions.AnyAsync(s => s.Id == id.Value && s.KeyHash == offered.Hash);
    }
}
