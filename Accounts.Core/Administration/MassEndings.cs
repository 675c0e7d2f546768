using Accounts.Core.Audit;
using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Core.Support;
using Accounts.Core.Users;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Administration;

/// <summary>Ends everybody's sessions, except the one of the administrator who does it.</summary>
/// <remarks>
/// The act begins a new epoch. A sign-in whose proof is from an earlier one is refused, so none survives that is half way. The sessions of earlier
/// epochs then end in batches, between which other writers have their turn. The next start goes on with what a crash interrupted.
/// </remarks>
public sealed class MassEndings
{
    /// <summary>Sessions per transaction. Another writer waits for one batch at most.</summary>
    private const int BatchSize = 100;

    private static readonly EndEverybodyInputValidator Rules = new();

    private readonly AccountsDatabase _database;
    private readonly CommandRunner _commands;
    private readonly SessionRegistry _registry;
    private readonly TwoFactorOptions _twoFactor;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _running = new(1);
    private readonly SemaphoreSlim _due = new(0);

    internal MassEndings(AccountsDatabase database, CommandRunner commands, SessionRegistry registry, TwoFactorOptions twoFactor, TimeProvider time)
    {
        _twoFactor = twoFactor;
        _database = database;
        _commands = commands;
        _registry = registry;
        _time = time;
    }

    /// <summary>Whether the caller must prove who they are before they end everybody's sessions. A page can then ask for it at once.</summary>
    public bool NeedsProof(Caller caller) => _commands.NeedsProof(caller, Need.Administer);

    /// <summary>Begins to end everybody's sessions. It returns once that can't fail any more; the sessions end afterwards.</summary>
    /// <param name="caller">The administrator.</param>
    /// <param name="input">The reason, and the word that confirms it.</param>
    /// <param name="cancellationToken">Cancels the call until it may write.</param>
    /// <exception cref="CallerRefusedException">The caller isn't an administrator in a browser; nothing changed.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; nothing changed.</exception>
    public async Task<EndEverybodyOutcome> BeginAsync(Caller caller, EndEverybodyInput input, CancellationToken cancellationToken = default)
    {
        Need.Administer.Check(caller);
        var reason = TypedText.Name(input.Reason);
        if (Rules.Check(new EndEverybodyInput { Reason = reason, Confirmation = input.Confirmation }) is { } errors)
            return new EndEverybodyOutcome.Invalid(errors);

        var now = _time.GetUtcNow();
        var outcome = await _commands.RunAsync<EndEverybodyOutcome>(
            caller,
            Need.Administer,
            null,
            refusal => refusal is Refusal.CallerEnded ? new EndEverybodyOutcome.CallerEnded() : new EndEverybodyOutcome.ProofNeeded(),
            async work =>
            {
                var db = work.Db;
                // Waits for every start that has begun, and keeps the others waiting until this commits.
                await db.Installation.Where(i => i.Id == InstallationRow.OnlyId)
                    .ExecuteUpdateAsync(set => set.SetProperty(i => i.Epoch, i => i.Epoch + 1));
                var epoch = await db.FindEpochAsync();
                await db.Sessions.Where(s => s.Id == caller.OwnSession.Value)
                    .ExecuteUpdateAsync(set => set.SetProperty(s => s.Epoch, epoch));
                var total = await Earlier(db, epoch).CountAsync(s => s.ExpiresAt > now && s.Kind != SessionKind.SupportView);
                db.MassEndings.Add(new MassEndingRow
                {
                    Id = Guid.CreateVersion7(now),
                    Epoch = epoch,
                    At = now,
                    ByUserId = caller.Subject.Value,
                    BySessionId = caller.OwnSession.Value,
                    Reason = reason,
                    Total = total,
                });
                await db.RecordAsync(caller with { Reason = reason }, now, AuditAction.EverybodyEnded, count: total);
                return new EndEverybodyOutcome.Began(total);
            },
            cancellationToken);
        if (outcome is EndEverybodyOutcome.Began)
            _due.Release();
        return outcome;
    }

    /// <summary>The latest ending of everybody's sessions; null if there was none, or if the caller's own session had ended.</summary>
    /// <exception cref="CallerRefusedException">The caller isn't an administrator in a browser.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public async Task<MassEnding?> FindLatestAsync(Caller caller, CancellationToken cancellationToken = default)
    {
        Need.LookAtAdministration.Check(caller);
        var now = _time.GetUtcNow();
        return await _database.ReadAsync(async db =>
        {
            if (!await db.MayReadAsync(caller, Need.LookAtAdministration, _twoFactor, now, cancellationToken))
                return null;
            if (await db.MassEndings.AsNoTracking().OrderByDescending(e => e.Epoch).FirstOrDefaultAsync(cancellationToken) is not { } row)
                return null;
            var by = await db.Users.Where(u => u.Id == row.ByUserId).Select(u => u.DisplayName).SingleOrDefaultAsync(cancellationToken);
            return new MassEnding(row.At, by, row.Reason, row.Total, row.Ended, row.FinishedAt);
        });
    }

    /// <summary>How many sessions end if everybody's do now: those of all accounts, without views of support and without the caller's own.</summary>
    /// <returns>Null if the caller's own session had ended.</returns>
    /// <exception cref="CallerRefusedException">The caller isn't an administrator in a browser.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public async Task<int?> CountAsync(Caller caller, CancellationToken cancellationToken = default)
    {
        Need.LookAtAdministration.Check(caller);
        var now = _time.GetUtcNow();
        return await _database.ReadAsync<int?>(async db =>
            await db.MayReadAsync(caller, Need.LookAtAdministration, _twoFactor, now, cancellationToken)
                ? await SessionCounts.Live(db, now)
                    .CountAsync(s => s.Kind != SessionKind.SupportView && s.Id != caller.OwnSession.Value, cancellationToken)
                : null);
    }

    /// <summary>Goes on with every ending that isn't finished.</summary>
    /// <exception cref="DatabaseUnavailableException">The database did not answer. Earlier batches are committed.</exception>
    internal async Task RunAsync(CancellationToken stoppingToken = default)
    {
        await _running.WaitAsync(stoppingToken);
        try
        {
            var due = await _database.ReadAsync(db => db.MassEndings.AsNoTracking().Where(e => e.FinishedAt == null).OrderBy(e => e.Epoch)
                .ToListAsync(stoppingToken));
            foreach (var one in due)
            {
                // Who uses a session now goes first: open pages don't wait for everybody else's sessions.
                foreach (var users in _registry.FindUsers().Chunk(BatchSize))
                    await EndAllAsync(one, Array.ConvertAll(users, user => user.Value), stoppingToken);
                await EndAllAsync(one, null, stoppingToken);
            }
        }
        finally
        {
            _running.Release();
        }
    }

    /// <summary>Waits until an ending has begun in this process.</summary>
    internal Task WaitAsync(CancellationToken stoppingToken) => _due.WaitAsync(stoppingToken);

    private static IQueryable<SessionRow> Earlier(AccountsDbContext db, long epoch) =>
        db.Sessions.Where(s => s.EndedAt == null && s.Epoch < epoch);

    private async Task EndAllAsync(MassEndingRow one, Guid[]? users, CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested && await EndBatchAsync(one, users))
        {
        }
    }

    /// <summary>Ends one batch. False once there is nothing left.</summary>
    /// <param name="one">The ending.</param>
    /// <param name="users">The users whose sessions to end; null for everybody's, after which the ending is finished.</param>
    private Task<bool> EndBatchAsync(MassEndingRow one, Guid[]? users) => _commands.RunAsync(WritePriority.Ordinary, async work =>
    {
        var (db, now) = (work.Db, _time.GetUtcNow());
        // In the order of the accounts, so that one event says it for all of an account's sessions.
        var earlier = Earlier(db, one.Epoch);
        var ordered = users is null
            ? earlier.OrderBy(s => s.Epoch).ThenBy(s => s.UserId)
            : earlier.Where(s => users.Contains(s.UserId)).OrderBy(s => s.UserId);
        var due = await ordered.Take(BatchSize).Select(s => s.Id).ToListAsync();
        if (due.Count == 0)
        {
            if (users is null)
                await db.MassEndings.Where(e => e.Id == one.Id).ExecuteUpdateAsync(set => set.SetProperty(e => e.FinishedAt, now));
            return false;
        }

        var which = SessionSet.Of(due);
        await db.LockedLive(which).Select(s => s.Id).ToListAsync();
        var by = new Caller(CallerKind.Administration, default, new UserId(one.ByUserId), new SessionId(one.BySessionId), Scopes.None, "");
        var ended = (await work.EndAsync(new Ending(by, now, EndReason.EndedByAdministrator), which)).Where(row => row.IsOwn).ToList();
        var expired = await work.ExpireAsync(now, which);
        db.AuditEvents.AddRange(expired.Where(row => row.IsOwn).Select(AuditRecord.Expired));
        db.AuditEvents.AddRange(ended.GroupBy(row => row.UserId).Select(own => new AuditEventRow(
            now, AuditAction.SessionsEndedByAdministrator, own.Key)
        {
            ActorUserId = one.ByUserId,
            ActorSessionId = one.BySessionId,
            Kind = CallerKind.Administration,
            Reason = one.Reason,
            OnUserId = own.Key,
            Count = own.Count(),
        }));
        await db.MassEndings.Where(e => e.Id == one.Id).ExecuteUpdateAsync(set => set.SetProperty(e => e.Ended, e => e.Ended + ended.Count));
        return true;
    });
}
