using Accounts.Core.Audit;
using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Accounts.Core.PersonalData;

/// <summary>Erases the personal data of accounts whose deletion is due.</summary>
/// <remarks>
/// The account goes last, so that a crash leaves it due and the next round goes on. Audit events stay: they have ids, and what tells about a person
/// is in their details. In the logs of others, such as staff, only events that tell about this person lose them.
/// </remarks>
internal sealed partial class AccountErasure(
    AccountsDatabase database, CommandRunner commands, TimeProvider time, ILogger<AccountErasure> logger)
{
    /// <summary>Rows per transaction. A session that is ended meanwhile waits for one batch at most.</summary>
    private const int BatchSize = 100;

    /// <summary>Erases every account that is due. One that can't be erased doesn't keep the others waiting.</summary>
    /// <exception cref="DatabaseUnavailableException">The database did not answer. Earlier batches are committed.</exception>
    public async Task RunAsync(CancellationToken stoppingToken)
    {
        List<Guid> failed = [];
        while (!stoppingToken.IsCancellationRequested && await FindDueAsync(failed) is { } account)
        {
            try
            {
                if (await EraseAsync(account, stoppingToken))
                    Log.Erased(logger, account);
            }
            catch (Exception failure) when (failure is not DatabaseUnavailableException)
            {
                Log.Failed(logger, failure, account);
                failed.Add(account.Value);
            }
        }
    }

    private Task<UserId?> FindDueAsync(List<Guid> failed)
    {
        var now = time.GetUtcNow();
        return database.ReadAsync(db => db.Users.Where(u => u.DeletionDueAt <= now && !failed.Contains(u.Id)).OrderBy(u => u.DeletionDueAt)
            .Select(u => (UserId?)new UserId(u.Id)).FirstOrDefaultAsync());
    }

    /// <summary>Erases one account.</summary>
    /// <returns>False if the server stops before the end, or if the account is kept after all.</returns>
    private async Task<bool> EraseAsync(UserId account, CancellationToken stoppingToken)
    {
        var user = account.Value;
        if (!await BeginAsync(account))
            return false;
        // The sessions first: a sweep that expires one of them writes an event, which the next step must see.
        var done = await WhileAnyAsync(db => db.Sessions.Where(s => s.UserId == user).OrderBy(s => s.StartedAt), stoppingToken)
            && await WhileAnyAsync(db => db.RefusedAttempts.Where(r => r.UserId == user).OrderBy(r => r.At), stoppingToken)
            && await EachBatchAsync(db => db.AuditEvents.Where(e => e.UserId == user), EmptyAsync, stoppingToken)
            // Two reads with one index each. One with OR would read every event.
            && await EachBatchAsync(
                db => db.AuditEvents.Where(e => e.OnUserId == user && e.UserId != user),
                (db, ids) => EraseElsewhereAsync(db, user, ids),
                stoppingToken)
            && await EachBatchAsync(
                db => db.AuditEvents.Where(e => e.ActorUserId == user && e.OnUserId != null && e.UserId != user),
                (db, ids) => EraseElsewhereAsync(db, user, ids),
                stoppingToken);
        if (!done)
            return false;

        return await database.WriteAsync(WritePriority.Ordinary, async db =>
        {
            if (await db.LockUserAsync(account) is not { } locked)
                return false;
            db.Users.Remove(locked);
            db.AuditEvents.Add(new AuditEventRow(time.GetUtcNow(), AuditAction.Deleted, user) { Kind = CallerKind.Clock });
            return true;
        }, CancellationToken.None);
    }

    /// <summary>
    /// Ends what is left of the account, views of support included. From then on nothing takes the deletion back: whoever could has to lock the
    /// account, and sees that the time is over. A sign-in from before has an old stamp.
    /// </summary>
    /// <returns>False if somebody was faster.</returns>
    private Task<bool> BeginAsync(UserId account) => commands.RunAsync(WritePriority.Ordinary, async work =>
    {
        var now = time.GetUtcNow();
        if (await work.Db.LockUserAsync(account) is not { } locked || !locked.IsGone(now))
            return false;
        await work.EndAccountAsync(locked, new Ending(Caller.Clock, now, EndReason.AccountDeleted));
        return true;
    }, CancellationToken.None);

    private static Task<int> EmptyAsync(AccountsDbContext db, IReadOnlyList<Guid> events) =>
        db.AuditDetails.Where(d => events.Contains(d.EventId)).ExecuteUpdateAsync(set => set
            .SetProperty(d => d.ActorName, (string?)null).SetProperty(d => d.ActorDevice, (string?)null)
            .SetProperty(d => d.SessionName, (string?)null).SetProperty(d => d.SessionDevice, (string?)null)
            .SetProperty(d => d.EndedSessions, (string?)null).SetProperty(d => d.Address, (string?)null)
            .SetProperty(d => d.WholeAddressSince, (DateTimeOffset?)null));

    /// <summary>Erases a person from events in the logs of others: where they acted from, and which of their sessions others acted on.</summary>
    private static async Task<int> EraseElsewhereAsync(AccountsDbContext db, Guid user, List<Guid> events)
    {
        var acts = await db.AuditEvents.Where(e => events.Contains(e.Id) && e.ActorUserId == user)
            .Select(e => new { e.Id, e.SessionId }).ToListAsync();
        var named = await db.AuditDetails
            .Where(d => events.Contains(d.EventId) && (d.SessionName != null || d.SessionDevice != null || d.EndedSessions != null))
            .Select(d => d.EventId).ToListAsync();
        // The views that the person had as a member of staff have their name.
        List<Guid> views = [.. acts.Select(e => e.SessionId).OfType<Guid>()];
        await db.Sessions.Where(s => views.Contains(s.Id) && s.ActorUserId == user)
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.ActorName, (string?)null));
        return await EmptyAsync(db, [.. acts.Select(e => e.Id).Union(named)]);
    }

    /// <summary>Works through events in batches, the latest first, each in its own transaction.</summary>
    /// <returns>False if the server stops before the end.</returns>
    private async Task<bool> EachBatchAsync(
        Func<AccountsDbContext, IQueryable<AuditEventRow>> events,
        Func<AccountsDbContext, List<Guid>, Task<int>> work,
        CancellationToken stoppingToken)
    {
        AuditEventRow? last = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            var batch = await database.ReadAsync(db => events(db).AsNoTracking().LatestAfter(last).Take(BatchSize).ToListAsync());
            if (batch.Count > 0)
            {
                List<Guid> ids = [.. batch.Select(e => e.Id)];
                await database.WriteAsync(WritePriority.Ordinary, db => work(db, ids), CancellationToken.None);
                last = batch[^1];
            }

            if (batch.Count < BatchSize)
                return true;
        }

        return false;
    }

    /// <summary>Deletes rows in batches, each in its own transaction.</summary>
    /// <returns>False if the server stops before the end.</returns>
    private async Task<bool> WhileAnyAsync<T>(Func<AccountsDbContext, IQueryable<T>> due, CancellationToken stoppingToken)
        where T : class
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            if (await database.WriteAsync(
                WritePriority.Ordinary, db => due(db).Take(BatchSize).ExecuteDeleteAsync(), CancellationToken.None) < BatchSize)
                return true;
        }

        return false;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Erased the account {UserId}")]
        public static partial void Erased(ILogger logger, UserId userId);

        [LoggerMessage(2, LogLevel.Error, "Erasing the account {UserId} failed; the next round tries again")]
        public static partial void Failed(ILogger logger, Exception failure, UserId userId);
    }
}
