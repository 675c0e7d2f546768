using System.Collections.Concurrent;
using System.Security.Claims;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Sessions;

/// <summary>Answers "is this session still alive?" from memory, for every request and every call over a circuit.</summary>
/// <remarks>
/// An entry is a live session or the tombstone of an ended one. Ending a session always adds a tombstone, even for an unknown id. A load only adds
/// an entry where there is none. So a load that read "live" just before the ending committed can't bring the session back. A tombstone outlives
/// the longest load (<see cref="LongestLoad"/>). A load that took longer is discarded and repeated.
/// </remarks>
public sealed class SessionRegistry
{
    internal static readonly TimeSpan LongestLoad = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan TombstoneAge = 2 * LongestLoad;
    private static readonly TimeSpan IdleAge = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<SessionId, Entry> _entries = new();
    private readonly AccountsDatabase _database;
    private readonly SessionFeed _feed;
    private readonly TimeProvider _time;

    internal SessionRegistry(AccountsDatabase database, SessionFeed feed, TimeProvider time)
    {
        _database = database;
        _feed = feed;
        _time = time;
    }

    /// <summary>The session of a ticket, if it is live and the ticket has its key; otherwise null.</summary>
    /// <param name="id">The session's id.</param>
    /// <param name="key">The key in the ticket; any text.</param>
    /// <remarks>
    /// The first use of an offered key writes it to the database and then makes it the session's only key. If it isn't used within
    /// <see cref="KeyRotation.Overlap"/>, the old key stops working anyway.
    /// </remarks>
    /// <exception cref="DatabaseUnavailableException">
    /// The database did not answer, and the session isn't in memory or the key is used for the first time.
    /// </exception>
    public ValueTask<LiveSession?> AuthenticateAsync(SessionId id, string key)
    {
        if (_entries.TryGetValue(id, out var entry))
            return VerifyAsync(entry.Live, key);

        return LoadThenVerifyAsync(id, key);
    }

    /// <summary>The session of a connection that has already shown its key, if it is still live; otherwise null.</summary>
    /// <exception cref="DatabaseUnavailableException">The session isn't in memory any more, and the database did not answer.</exception>
    public ValueTask<LiveSession?> FindLiveAsync(SessionId id)
    {
        if (_entries.TryGetValue(id, out var entry))
            return new(Living(entry.Live));

        return LoadLiveAsync(id);
    }

    /// <summary>The live session in memory; null if it isn't there or has ended.</summary>
    internal LiveSession? Peek(SessionId id) => _entries.TryGetValue(id, out var entry) ? entry.Live : null;

    /// <summary>The caller behind a principal, if their session is still live; otherwise null.</summary>
    /// <exception cref="DatabaseUnavailableException">The session isn't in memory any more, and the database did not answer.</exception>
    public async ValueTask<Caller?> FindCallerAsync(ClaimsPrincipal principal) =>
        principal.FindSessionId() is { } id && await FindLiveAsync(id) is { } session ? session.ToCaller(principal) : null;

    /// <summary>Offers a session a second key.</summary>
    /// <remarks>If it isn't used in time, the feed reports the first key as replaced, which closes what that key opened.</remarks>
    internal void Offer(LiveSession session, OfferedKey offered)
    {
        session.Offer(offered);
        _ = EndFirstKeyAsync(session, offered);
    }

    /// <summary>Marks a session as ended. From now on every check in this process refuses it.</summary>
    internal void MarkEnded(SessionId id)
    {
        var tombstone = new Entry(null, _time.GetTimestamp());
        _entries.AddOrUpdate(id, tombstone, (_, standing) =>
        {
            standing.Live?.MarkEnded();
            return tombstone;
        });
    }

    /// <summary>Removes tombstones that have outlived every load, and sessions without activity for an hour.</summary>
    internal void Prune()
    {
        var now = _time.GetUtcNow();
        foreach (var (id, entry) in _entries)
        {
            var forget = entry.Live is { } live ? now - live.LastActivityAt > IdleAge : _time.GetElapsedTime(entry.Since) > TombstoneAge;
            if (forget)
                _entries.TryRemove(KeyValuePair.Create(id, entry));
        }
    }

    private LiveSession? Living(LiveSession? session) => session is not null && session.IsLive(_time.GetUtcNow()) ? session : null;

    private ValueTask<LiveSession?> VerifyAsync(LiveSession? session, string key)
    {
        if (session is null)
            return default;
        var now = _time.GetUtcNow();
        if (session.HasKey(key, now, out var seen))
            return new(session.IsLive(now) ? session : null);
        return seen is null ? default : AdoptAsync(session, seen);
    }

    private async Task EndFirstKeyAsync(LiveSession session, OfferedKey offered)
    {
        var left = offered.At + KeyRotation.Overlap - _time.GetUtcNow();
        if (left > TimeSpan.Zero)
            await Task.Delay(left, _time);
        if (session.Offered == offered)
            TellReplaced(session, offered);
    }

    private void TellReplaced(LiveSession session, OfferedKey by) =>
        _feed.Publish(new SessionChange.KeyReplaced(session.UserId, session.Id, SessionKey.Mark(by.Hash)));

    private async ValueTask<LiveSession?> LoadThenVerifyAsync(SessionId id, string key) => await VerifyAsync(await LoadAsync(id), key);

    private async ValueTask<LiveSession?> AdoptAsync(LiveSession session, OfferedKey seen)
    {
        var now = _time.GetUtcNow();
        if (!await _database.WriteAsync(WritePriority.Ending, db => KeyRotation.AdoptAsync(db, session.Id, seen, now)))
            return null;
        if (session.Adopt(seen))
            TellReplaced(session, seen);
        return Living(session);
    }

    private async ValueTask<LiveSession?> LoadLiveAsync(SessionId id) => Living(await LoadAsync(id));

    private async Task<LiveSession?> LoadAsync(SessionId id)
    {
        while (true)
        {
            var begun = _time.GetTimestamp();
            var loaded = await _database.ReadAsync(async db =>
            {
                var row = await db.Sessions.AsNoTracking().SingleOrDefaultAsync(s => s.Id == id.Value);
                if (row is null || row.EndedAt is not null)
                    return row is null ? null : new Entry(null, begun);

                var user = await db.Users.AsNoTracking().SingleAsync(u => u.Id == row.UserId);
                var roles = await db.UserRoles.Where(r => r.UserId == row.UserId).Join(db.Roles, r => r.RoleId, r => r.Id, (_, role) => role.Name!).ToListAsync();
                return new Entry(new LiveSession(row, SessionClaims.Principal(row, user, roles)), begun);
            });

            // Don't remember an unknown id: anyone could fill the memory with them.
            if (loaded is null)
                return null;
            if (_time.GetElapsedTime(begun) > LongestLoad)
                continue;
            var standing = _entries.GetOrAdd(id, loaded);
            if (standing == loaded && loaded.Live is { Offered: { } offered } live)
                _ = EndFirstKeyAsync(live, offered);
            return standing.Live;
        }
    }

    /// <param name="Live">The session; null for a tombstone.</param>
    /// <param name="Since">The timestamp of the entry's creation.</param>
    private sealed record Entry(LiveSession? Live, long Since);
}
