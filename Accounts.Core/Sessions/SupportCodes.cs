using Accounts.Core.Storage;
using Accounts.Core.Users;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Sessions;

/// <summary>Gives a session the code that its person reads to support: the same one for most of an hour, then another.</summary>
/// <remarks>
/// However often it is asked, a session has two codes at most: the one that is given out, and the one before it, which support finds until it has expired.
/// </remarks>
public sealed class SupportCodes
{
    /// <summary>How long support finds a code: an hour.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    /// <summary>A code with less time left than this is no longer given out: 10 minutes, in which it can be read to somebody.</summary>
    public static readonly TimeSpan ReadingTime = TimeSpan.FromMinutes(10);

    private readonly AccountsDatabase _database;
    private readonly TimeProvider _time;
    private readonly Func<string> _newCode;

    internal SupportCodes(AccountsDatabase database, TimeProvider time, Func<string> newCode)
    {
        _database = database;
        _time = time;
        _newCode = newCode;
    }

    /// <summary>The code of the session that the caller uses.</summary>
    /// <returns>Null if that session has ended meanwhile.</returns>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; no code was made.</exception>
    public async Task<SupportCode?> FindOrMakeAsync(Caller caller)
    {
        var now = _time.GetUtcNow();
        return await _database.ReadAsync(db => db.IsLiveAsync(caller, now)) ? await FindOrMakeAsync(caller.UserId.Value, caller.SessionId, now) : null;
    }

    /// <summary>The code of a session that is over, for whoever holds its key.</summary>
    /// <param name="id">The session in the browser's ticket.</param>
    /// <param name="key">The key in it.</param>
    /// <returns>Null if there is no such session, the key is not its key, or it is not over.</returns>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; no code was made.</exception>
    public async Task<SupportCode?> FindOrMakeForEndedAsync(SessionId id, string key)
    {
        var now = _time.GetUtcNow();
        var row = await _database.ReadAsync(db => db.Sessions.AsNoTracking().SingleOrDefaultAsync(s => s.Id == id.Value));
        return row is not null && row.HasKey(key) && SessionEnding.Of(row, now) is not null
            ? await FindOrMakeAsync(row.UserId, id, now)
            : null;
    }

    private async Task<SupportCode?> FindOrMakeAsync(Guid userId, SessionId session, DateTimeOffset now)
    {
        // A page that is loaded again costs a read and no write.
        if (await _database.ReadAsync(db => FindAsync(db, session, now)) is { } known)
            return SupportCode.From(known);

        var row = await _database.WriteAsync(WritePriority.Ordinary, async db =>
        {
            // Two at once get one code; and retention may have removed the session meanwhile.
            if (await FindAsync(db, session, now) is { } made)
                return made;
            if (!await db.Sessions.AnyAsync(s => s.Id == session.Value))
                return null;

            await db.SupportCodes.Where(c => c.SessionId == session.Value && c.ExpiresAt <= now).ExecuteDeleteAsync();
            var fresh = new SupportCodeRow { Code = await NewCodeAsync(db), UserId = userId, SessionId = session.Value, CreatedAt = now, ExpiresAt = now + Lifetime };
            db.SupportCodes.Add(fresh);
            return fresh;
        });
        return row is null ? null : SupportCode.From(row);
    }

    private static Task<SupportCodeRow?> FindAsync(AccountsDbContext db, SessionId session, DateTimeOffset now) => db.SupportCodes.AsNoTracking()
        .Where(c => c.SessionId == session.Value && c.ExpiresAt >= now + ReadingTime)
        .OrderByDescending(c => c.ExpiresAt)
        .FirstOrDefaultAsync();

    private async Task<string> NewCodeAsync(AccountsDbContext db)
    {
        var code = _newCode();
        while (await db.SupportCodes.AnyAsync(c => c.Code == code))
            code = _newCode();
        return code;
    }
}
