using Accounts.Core.Administration;
using Accounts.Core.Audit;
using Accounts.Core.Live;
using Accounts.Core.Mail;
using Accounts.Core.Passkeys;
using Accounts.Core.Providers;
using Accounts.Core.Sessions;
using Accounts.Core.SignIn;
using Accounts.Core.Settings;
using Accounts.Core.Storage;
using Accounts.Core.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Accounts.Core.PersonalData;

/// <summary>
/// Deletes old data as the settings say: erases deleted accounts, shortens old IP addresses, and removes old ended sessions, old refused attempts,
/// expired support codes and links, unanswered questions for passkeys and requests to providers, expired logout tokens,
/// and emails that were sent.
/// </summary>
/// <remarks>
/// It has no state of its own. The rows say what is due. Each kind of work has its own index, and a row leaves the index when its work is done.
/// So a round reads only the rows that it changes, and after a crash the next round continues the work.
/// </remarks>
internal sealed partial class Retention(
    AccountsDatabase database,
    SessionActivity activity,
    AccountErasure erasure,
    RetentionOptions options,
    TimeProvider time,
    ILogger<Retention> logger) : BackgroundService
{
    /// <summary>Rows per transaction. A session that is ended during a round waits for one batch at most.</summary>
    private const int BatchSize = 100;

    /// <summary>Does all work that is due now, batch by batch.</summary>
    /// <exception cref="DatabaseUnavailableException">The database did not answer. Earlier batches are committed.</exception>
    public async Task RunAsync(CancellationToken stoppingToken = default)
    {
        var now = time.GetUtcNow();
        var until = now - options.Addresses;
        // Unwritten activity would bring back a whole address after the round.
        await activity.FlushAsync();

        await WhileAnyAsync(
            "Shortened the addresses of sessions", db => DueSessions(db, until), (db, due) => ShortenAsync(db, due, until, now), stoppingToken);
        await WhileAnyAsync(
            "Shortened the addresses of audit events",
            db => DueEvents(db, until),
            (_, due) => ForEachAsync(due, row => row.ShortenAddress()),
            stoppingToken);
        await WhileAnyAsync(
            "Removed refused attempts",
            db => ForgottenAttempts(db, now - options.RefusedAttempts),
            (_, due) => due.ExecuteDeleteAsync(),
            stoppingToken);
        await WhileAnyAsync(
            "Shortened the addresses of refused attempts",
            db => DueAttempts(db, until),
            (_, due) => ForEachAsync(due, row => row.ShortenAddress()),
            stoppingToken);
        await WhileAnyAsync(
            "Removed ended sessions",
            db => ForgottenSessions(db, now - options.EndedSessions),
            (_, due) => due.ExecuteDeleteAsync(),
            stoppingToken);
        await WhileAnyAsync("Removed expired support codes", db => ExpiredCodes(db, now), (_, due) => due.ExecuteDeleteAsync(), stoppingToken);
        await WhileAnyAsync(
            "Removed unanswered questions for passkeys", db => ExpiredCeremonies(db, now), (_, due) => due.ExecuteDeleteAsync(), stoppingToken);
        await WhileAnyAsync(
            "Removed unanswered requests to providers", db => ExpiredRequests(db, now), (_, due) => due.ExecuteDeleteAsync(), stoppingToken);
        await WhileAnyAsync("Removed expired logout tokens", db => ExpiredTokens(db, now), (_, due) => due.ExecuteDeleteAsync(), stoppingToken);
        await WhileAnyAsync("Removed expired links", db => ExpiredLinks(db, now), (_, due) => due.ExecuteDeleteAsync(), stoppingToken);
        await WhileAnyAsync(
            "Removed emails from the outbox",
            db => FinishedEmails(db, now - options.Emails),
            (_, due) => due.ExecuteDeleteAsync(),
            stoppingToken);
        await erasure.RunAsync(stoppingToken);
    }

    private static IQueryable<SessionRow> DueSessions(AccountsDbContext db, DateTimeOffset until) =>
        db.Sessions.Where(s => s.WholeAddressSince <= until).OrderBy(s => s.WholeAddressSince).Take(BatchSize);

    private static IQueryable<AuditDetailsRow> DueEvents(AccountsDbContext db, DateTimeOffset until) =>
        db.AuditDetails.Where(d => d.WholeAddressSince <= until).OrderBy(d => d.WholeAddressSince).Take(BatchSize);

    private static IQueryable<RefusedAttemptRow> DueAttempts(AccountsDbContext db, DateTimeOffset until) =>
        db.RefusedAttempts.Where(r => r.WholeAddressSince <= until).OrderBy(r => r.WholeAddressSince).Take(BatchSize);

    private static IQueryable<RefusedAttemptRow> ForgottenAttempts(AccountsDbContext db, DateTimeOffset until) =>
        db.RefusedAttempts.Where(r => r.At <= until).OrderBy(r => r.At).Take(BatchSize);

    private static IQueryable<SessionRow> ForgottenSessions(AccountsDbContext db, DateTimeOffset until) =>
        db.Sessions.Where(s => s.EndedAt <= until).OrderBy(s => s.EndedAt).Take(BatchSize);

    private static IQueryable<SupportCodeRow> ExpiredCodes(AccountsDbContext db, DateTimeOffset now) =>
        db.SupportCodes.Where(c => c.ExpiresAt <= now).OrderBy(c => c.ExpiresAt).Take(BatchSize);

    private static IQueryable<PasskeyCeremonyRow> ExpiredCeremonies(AccountsDbContext db, DateTimeOffset now) =>
        db.PasskeyCeremonies.Where(c => c.ExpiresAt <= now).OrderBy(c => c.ExpiresAt).Take(BatchSize);

    private static IQueryable<ProviderRequestRow> ExpiredRequests(AccountsDbContext db, DateTimeOffset now) =>
        db.ProviderRequests.Where(r => r.ExpiresAt <= now).OrderBy(r => r.ExpiresAt).Take(BatchSize);

    private static IQueryable<LogoutTokenRow> ExpiredTokens(AccountsDbContext db, DateTimeOffset now) =>
        db.LogoutTokens.Where(t => t.ExpiresAt <= now).OrderBy(t => t.ExpiresAt).Take(BatchSize);

    private static IQueryable<EmailLinkRow> ExpiredLinks(AccountsDbContext db, DateTimeOffset now) =>
        db.EmailLinks.Where(l => l.ExpiresAt <= now).OrderBy(l => l.ExpiresAt).Take(BatchSize);

    private static IQueryable<OutboxRow> FinishedEmails(AccountsDbContext db, DateTimeOffset until) =>
        db.Outbox.Where(o => o.FinishedAt <= until).OrderBy(o => o.FinishedAt).Take(BatchSize);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // A failed round leaves its work due.
        var rounds = new Rounds(time, failure => Log.Postponed(logger, failure));
        await rounds.RunAsync(options.Interval, () => RunAsync(stoppingToken), stoppingToken, atOnce: true);
        Log.Stopped(logger);
    }

    /// <summary>Processes one batch after the other, each in its own transaction. A round without work only reads.</summary>
    private async Task WhileAnyAsync<T>(
        string fact,
        Func<AccountsDbContext, IQueryable<T>> due,
        Func<AccountsDbContext, IQueryable<T>, Task<int>> work,
        CancellationToken stoppingToken)
    {
        var done = 0;
        try
        {
            while (!stoppingToken.IsCancellationRequested && await database.ReadAsync(db => due(db).AnyAsync()))
                done += await database.WriteAsync(WritePriority.Ordinary, db => work(db, due(db)), CancellationToken.None);
        }
        finally
        {
            if (done > 0)
                Log.Done(logger, fact, done);
        }
    }

    private static async Task<int> ShortenAsync(AccountsDbContext db, IQueryable<SessionRow> due, DateTimeOffset until, DateTimeOffset now)
    {
        // Activity that is written between this read and the commit would be overwritten.
        var ids = await due.Select(s => s.Id).ToListAsync();
        return await ForEachAsync(db.Locked(SessionSet.Of(ids)), row => row.ShortenAddresses(until, now));
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

        [LoggerMessage(2, LogLevel.Error, "Retention failed; the next round tries again")]
        public static partial void Postponed(ILogger logger, Exception failure);

        [LoggerMessage(3, LogLevel.Debug, "Retention stopped")]
        public static partial void Stopped(ILogger logger);
    }
}
