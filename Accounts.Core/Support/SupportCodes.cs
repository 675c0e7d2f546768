using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Support;

/// <summary>Creates the support codes of sessions. A session keeps its code for most of an hour, then gets a new one.</summary>
/// <remarks>
/// A session has at most two codes: the current one, and the one before it until it expires.
/// </remarks>
public sealed class SupportCodes
{
    /// <summary>How long a code is valid: an hour.</summary>
    internal static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    /// <summary>The minimum time that a shown code must still be valid, so that the user can read it to support: 10 minutes.</summary>
    internal static readonly TimeSpan ReadingTime = TimeSpan.FromMinutes(10);

    private readonly AccountsDatabase _database;
    private readonly CommandRunner _commands;
    private readonly TimeProvider _time;
    private readonly Func<string> _newCode;

    internal SupportCodes(AccountsDatabase database, CommandRunner commands, TimeProvider time, Func<string> newCode)
    {
        _database = database;
        _commands = commands;
        _time = time;
        _newCode = newCode;
    }

    /// <summary>The code of the caller's session.</summary>
    /// <returns>Null if that session had ended.</returns>
    /// <exception cref="CallerRefusedException">The caller is read-only or has no session; no code was created.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; no code was created.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; no code was created.</exception>
    public async Task<SupportCode?> FindOrMakeAsync(Caller caller, CancellationToken cancellationToken = default)
    {
        Need.SupportCode.Check(caller);
        var now = _time.GetUtcNow();
        if (!await _database.ReadAsync(db => db.IsLiveAsync(caller, now, cancellationToken)))
            return null;
        // Usually the code exists: a reload then costs one read and no write.
        if (await _database.ReadAsync(db => FindAsync(db, caller.OwnSession, now, cancellationToken)) is { } known)
            return SupportCode.From(known);
        var row = await _commands.RunAsync(
            caller, Need.SupportCode, null, _ => null, work => MakeAsync(work.Db, caller.Subject.Value, caller.OwnSession, now),
            cancellationToken);
        return row is null ? null : SupportCode.From(row);
    }

    /// <summary>The code of an ended session, for a browser that has its key.</summary>
    /// <param name="id">The session in the browser's ticket.</param>
    /// <param name="key">The key in the browser's ticket.</param>
    /// <param name="cancellationToken">Cancels the call until it may write.</param>
    /// <returns>Null if the session doesn't exist, hasn't ended or is a view of support, or if the key is wrong.</returns>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; no code was created.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; no code was created.</exception>
    public async Task<SupportCode?> FindOrMakeForEndedAsync(SessionId id, string key, CancellationToken cancellationToken = default)
    {
        var now = _time.GetUtcNow();
        var row = await _database.ReadAsync(db => db.Sessions.AsNoTracking().SingleOrDefaultAsync(s => s.Id == id.Value, cancellationToken));
        if (row is not { IsOwn: true } || !row.HasKey(key) || SessionEnding.Of(row, now) is null)
            return null;
        if (await _database.ReadAsync(db => FindAsync(db, id, now, cancellationToken)) is { } known)
            return SupportCode.From(known);
        var made = await _database.WriteAsync(WritePriority.Ordinary, db => MakeAsync(db, row.UserId, id, now), cancellationToken);
        return made is null ? null : SupportCode.From(made);
    }

    private async Task<SupportCodeRow?> MakeAsync(AccountsDbContext db, Guid userId, SessionId session, DateTimeOffset now)
    {
        // Retention may have removed the session, and a concurrent call may have created the code: two calls for one session take turns.
        if (await db.Locked(SessionSet.Of([session.Value])).Select(s => s.Id).ToListAsync() is [])
            return null;
        if (await FindAsync(db, session, now, CancellationToken.None) is { } made)
            return made;

        await db.SupportCodes.Where(c => c.SessionId == session.Value && c.ExpiresAt <= now).ExecuteDeleteAsync();
        var fresh = new SupportCodeRow
        {
            Code = await NewCodeAsync(db),
            UserId = userId,
            SessionId = session.Value,
            CreatedAt = now,
            ExpiresAt = now + Lifetime,
        };
        db.SupportCodes.Add(fresh);
        return fresh;
    }

    private static Task<SupportCodeRow?> FindAsync(
        AccountsDbContext db, SessionId session, DateTimeOffset now, CancellationToken cancellationToken) => db.SupportCodes.AsNoTracking()
        .Where(c => c.SessionId == session.Value && c.ExpiresAt >= now + ReadingTime)
        .OrderByDescending(c => c.ExpiresAt)
        .FirstOrDefaultAsync(cancellationToken);

    private async Task<string> NewCodeAsync(AccountsDbContext db)
    {
        var code = _newCode();
        while (await db.SupportCodes.AnyAsync(c => c.Code == code))
            code = _newCode();
        return code;
    }
}
