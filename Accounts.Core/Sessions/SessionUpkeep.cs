using Accounts.Core.Storage;
using Accounts.Core.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Accounts.Core.Sessions;

/// <summary>Maintains sessions in the background: writes buffered activity, ends expired sessions and frees memory.</summary>
internal sealed partial class SessionUpkeep(
    AccountsDatabase database,
    SessionActivity activity,
    SessionRegistry registry,
    SessionFeed feed,
    SessionOptions options,
    TimeProvider time,
    ILogger<SessionUpkeep> logger) : BackgroundService
{
    /// <summary>Sessions per transaction, each with its audit event. A session that is ended by a user waits for one batch at most.</summary>
    private const int BatchSize = 100;

    /// <summary>Ends every expired session, then marks the registry and publishes to the feed, like any other ending.</summary>
    public async Task SweepAsync()
    {
        // Write the activity first: it may renew a session.
        await activity.FlushAsync();

        var now = Microseconds.FromTime(time.GetUtcNow());
        List<Expired> batch;
        do
        {
            batch = await database.WriteAsync(WritePriority.Ending, async db =>
            {
                var gone = await db.Database.SqlQuery<Expired>($"""
                    UPDATE "Sessions" SET "EndedAt" = "ExpiresAt", "EndReason" = {(int)EndReason.Expired}
                    WHERE "Id" IN (SELECT "Id" FROM "Sessions" WHERE "EndedAt" IS NULL AND "ExpiresAt" <= {now} ORDER BY "ExpiresAt" LIMIT {BatchSize})
                    RETURNING "Id", "UserId", "Name", "UserAgent", "ClientHints", "ExpiresAt"
                    """).ToListAsync();
                db.AuditEvents.AddRange(gone.Select(one => AuditRecord.Expired(one.ToGone())));
                return gone;
            });

            foreach (var expired in batch)
                registry.MarkEnded(new SessionId(expired.Id));
            foreach (var expired in batch)
                feed.Publish(new SessionChange.Ended(new UserId(expired.UserId), new SessionId(expired.Id), EndReason.Expired));
            if (batch.Count > 0)
                Log.Swept(logger, batch.Count);
        }
        while (batch.Count == BatchSize);

        registry.Prune();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        EveryAsync(options.FlushInterval, activity.FlushAsync, stoppingToken),
        EveryAsync(options.SweepInterval, SweepAsync, stoppingToken));

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await GuardedAsync(activity.FlushAsync);
    }

    private async Task EveryAsync(TimeSpan interval, Func<Task> work, CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await GuardedAsync(work);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            Log.Stopped(logger);
        }
    }

    private async Task GuardedAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception failure)
        {
            // Any failure: the next round must run.
            Log.Postponed(logger, failure);
        }
    }

    /// <summary>A row that the statement returns, with its time as a number.</summary>
    private sealed record Expired(Guid Id, Guid UserId, string? Name, string UserAgent, string? ClientHints, long ExpiresAt)
    {
        public GoneSession ToGone() => new(Id, UserId, Name, UserAgent, ClientHints, Microseconds.ToTime(ExpiresAt));
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Ended {Count} expired sessions")]
        public static partial void Swept(ILogger logger, int count);

        [LoggerMessage(2, LogLevel.Error, "Session maintenance failed; the next round tries again")]
        public static partial void Postponed(ILogger logger, Exception failure);

        [LoggerMessage(3, LogLevel.Debug, "Session maintenance stopped")]
        public static partial void Stopped(ILogger logger);
    }
}
