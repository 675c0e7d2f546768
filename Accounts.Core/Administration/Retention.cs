using Accounts.Core.Audit;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Accounts.Core.Administration;

/// <summary>Keeps nothing longer than the settings say: shortens old IP addresses, removes sessions that ended long ago and support codes that have expired.</summary>
/// <remarks>
/// It remembers nothing itself. What is due stands in the rows, each kind in an index of its own that a row leaves when it is done: a round reads what it
/// changes and no more, and after a crash the next one goes on where the last stopped.
/// </remarks>
internal sealed partial class Retention(
    AccountsDatabase database,
    SessionActivity activity,
    RetentionOptions options,
    TimeProvider time,
    ILogger<Retention> logger) : BackgroundService
{
    /// <summary>Rows in one transaction: an ending that comes meanwhile waits for one batch and then goes first.</summary>
    internal const int BatchSize = 100;

    /// <summary>Does everything that is due now, batch by batch.</summary>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; the batches before are done.</exception>
    public async Task RunAsync(CancellationToken stoppingToken = default)
    {
        var now = time.GetUtcNow();
        var until = now - options.Addresses;
        // An act that is counted and not written yet would bring back its address after the round.
        await activity.FlushAsync();

        await WhileAnyAsync("Shortened the addresses of sessions", db => DueSessions(db, until), due => ForEachAsync(due, row => row.ShortenAddresses(until, now)), stoppingToken);
        await WhileAnyAsync("Shortened the addresses of audit events", db => DueEvents(db, until), due => ForEachAsync(due, row => row.ShortenAddress()), stoppingToken);
        await WhileAnyAsync("Removed ended sessions", db => ForgottenSessions(db, now - options.EndedSessions), due => due.ExecuteDeleteAsync(), stoppingToken);
        await WhileAnyAsync("Removed expired support codes", db => ExpiredCodes(db, now), due => due.ExecuteDeleteAsync(), stoppingToken);
    }

    internal static IQueryable<SessionRow> DueSessions(AccountsDbContext db, DateTimeOffset until) =>
        db.Sessions.Where(s => s.WholeAddressSince <= until).OrderBy(s => s.WholeAddressSince).Take(BatchSize);

    internal static IQueryable<AuditEventRow> DueEvents(AccountsDbContext db, DateTimeOffset until) =>
        db.AuditEvents.Where(e => e.WholeAddressSince <= until).OrderBy(e => e.WholeAddressSince).Take(BatchSize);

    internal static IQueryable<SessionRow> ForgottenSessions(AccountsDbContext db, DateTimeOffset until) =>
        db.Sessions.Where(s => s.EndedAt <= until).OrderBy(s => s.EndedAt).Take(BatchSize);

    internal static IQueryable<SupportCodeRow> ExpiredCodes(AccountsDbContext db, DateTimeOffset now) =>
        db.SupportCodes.Where(c => c.ExpiresAt <= now).OrderBy(c => c.ExpiresAt).Take(BatchSize);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Interval, time);
        try
        {
            do
                await RunGuardedAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            Log.Stopped(logger);
        }
    }

    private async Task RunGuardedAsync(CancellationToken stoppingToken)
    {
        try
        {
            await RunAsync(stoppingToken);
        }
        catch (Exception failure)
        {
            // Whatever it was: what is due stays due.
            Log.Postponed(logger, failure);
        }
    }

    /// <summary>Works on one batch after the other, each in a transaction of its own; a round with nothing to do only reads.</summary>
    private async Task WhileAnyAsync<T>(string fact, Func<AccountsDbContext, IQueryable<T>> due, Func<IQueryable<T>, Task<int>> work, CancellationToken stoppingToken)
    {
        var done = 0;
        try
        {
            while (!stoppingToken.IsCancellationRequested && await database.ReadAsync(db => due(db).AnyAsync()))
                done += await database.WriteAsync(WritePriority.Ordinary, db => work(due(db)));
        }
        finally
        {
            if (done > 0)
                Log.Done(logger, fact, done);
        }
    }

    private static async Task<int> ForEachAsync<T>(IQueryable<T> due, Action<T> change)
    {
        var rows = await due.ToListAsync();
        rows.ForEach(change);
        return rows.Count;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Fact}: {Count}")]
        public static partial void Done(ILogger logger, string fact, int count);

        [LoggerMessage(2, LogLevel.Error, "Retention was postponed to its next round")]
        public static partial void Postponed(ILogger logger, Exception failure);

        [LoggerMessage(3, LogLevel.Debug, "Retention stopped")]
        public static partial void Stopped(ILogger logger);
    }
}
