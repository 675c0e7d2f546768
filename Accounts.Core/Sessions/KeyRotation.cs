using Accounts.Core.Storage;
using Accounts.Core.Users;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Sessions;

/// <summary>The two steps in which a live session gets another key. Between them the browser may hold either: an answer can be lost on its way.</summary>
/// <remarks>The first sight of the new key ends the old one, and so does the end of <see cref="Overlap"/>.</remarks>
internal sealed class KeyRotation(SessionRegistry registry, SessionOptions options)
{
    /// <summary>How long the old key goes on if the new one is not seen: 60 seconds, for requests in flight and for another try after a lost answer.</summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromSeconds(60);

    /// <summary>Gives the caller's session a second key. No proof is fresher for the first one. An offer that was not seen is void.</summary>
    /// <returns>False if the session has ended meanwhile.</returns>
    public static async Task<bool> OfferAsync(AccountsDbContext db, Caller caller, OfferedKey offered) => await db.Sessions
        .Where(s => s.Id == caller.SessionId.Value && s.UserId == caller.UserId.Value && s.EndedAt == null && s.ExpiresAt > offered.At)
        .ExecuteUpdateAsync(set => set
            .SetProperty(s => s.NextKeyHash, offered.Hash)
            .SetProperty(s => s.NextKeyAt, offered.At)) == 1;

    /// <summary>What the browser's cookie needs, once the offer is committed. The session in memory is told of it; one that is loaded later reads it by itself.</summary>
    /// <returns>Null if the session has ended meanwhile.</returns>
    public async Task<StartedSession?> GiveOutAsync(Caller caller, SessionKey key, OfferedKey offered)
    {
        if (await registry.FindLiveAsync(caller.SessionId) is not { } session)
            return null;

        registry.Offer(session, offered);
        return new StartedSession(session.Id, key, session.Remembered ? SessionLifetime.AbsoluteEnd(options, session.StartedAt) : null);
    }

    /// <summary>The offered key has been seen: it takes the place of the first one, and its proof counts.</summary>
    /// <returns>Whether it is the key now. Done twice, it is done once.</returns>
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
