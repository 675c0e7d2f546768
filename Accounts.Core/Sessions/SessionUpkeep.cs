using Accounts.Core.Storage;
using Accounts.Core.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Accounts.Core.Sessions;

/// <summary>Does what only time asks for: writes the counted activity, ends what has expired, forgets what memory no longer needs.</summary>
internal sealed partial class SessionUpkeep(
    AccountsDatabase database,
    SessionActivity activity,
    SessionRegistry registry,
    SessionFeed feed,
    SessionOptions options,
    TimeProvider time,
    ILogger<SessionUpkeep> logger) : BackgroundService
{
    /// <summary>Sessions in one transaction, each with its audit event: an ending that comes meanwhile waits for one batch.</summary>
    private const int BatchSize = 100;

    /// <summary>Ends every session whose time is up, the registry first told and then the feed, like any other ending.</summary>
    public async Task SweepAsync()
    {
        // What somebody did before the end counts before the end is looked for.
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
            // Whatever it was: the upkeep must have its next round.
            Log.Postponed(logger, failure);
        }
    }

    /// <summary>What the statement returns: times are numbers there.</summary>
    private sealed record Expired(Guid Id, Guid UserId, string? Name, string UserAgent, string? ClientHints, long ExpiresAt)
    {
        public GoneSession ToGone() => new(Id, UserId, Name, UserAgent, ClientHints, Microseconds.ToTime(ExpiresAt));
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Count} sessions had expired and were ended")]
        public static partial void Swept(ILogger logger, int count);

        [LoggerMessage(2, LogLevel.Error, "The upkeep of sessions was postponed to its next round")]
        public static partial void Postponed(ILogger logger, Exception failure);

        [LoggerMessage(3, LogLevel.Debug, "The upkeep of sessions stopped")]
        public static partial void Stopped(ILogger logger);
    }
}
