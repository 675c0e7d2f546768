using Accounts.Core.Storage;
using Accounts.Core.Users;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Sessions;

/// <summary>The two steps in which a live session gets another key. Until the second the browser may hold either: an answer can be lost on its way.</summary>
internal static class KeyRotation
{
    /// <summary>Gives the caller's session a second key. The first one goes on as before, and no proof is fresher for it. An offer that was not seen is void.</summary>
    /// <returns>False if the session has ended meanwhile.</returns>
    public static async Task<bool> OfferAsync(this AccountsDbContext db, Caller caller, OfferedKey offered) => await db.Sessions
        .Where(s => s.Id == caller.SessionId.Value && s.UserId == caller.UserId.Value && s.EndedAt == null && s.ExpiresAt > offered.At)
        .ExecuteUpdateAsync(set => set
            .SetProperty(s => s.NextKeyHash, offered.Hash)
            .SetProperty(s => s.NextKeyAt, offered.At)) == 1;

    /// <summary>The offered key has been seen: it takes the place of the first one, and its proof counts.</summary>
    /// <returns>Whether it is the key now. Done twice, it is done once.</returns>
    public static async Task<bool> AdoptAsync(this AccountsDbContext db, SessionId id, OfferedKey offered, DateTimeOffset now)
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
