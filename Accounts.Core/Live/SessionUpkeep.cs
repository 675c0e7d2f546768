using Accounts.Core.Sessions;
using Accounts.Core.Settings;
using Accounts.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Accounts.Core.Live;

/// <summary>Maintains sessions in the background: writes buffered activity, ends expired sessions and frees memory.</summary>
internal sealed partial class SessionUpkeep(
    CommandRunner commands,
    SessionActivity activity,
    SessionRegistry registry,
    SessionCounts counts,
    SessionOptions options,
    TimeProvider time,
    ILogger<SessionUpkeep> logger) : BackgroundService
{
    /// <summary>Sessions per transaction, each with its audit event. A session that is ended by a user waits for one batch at most.</summary>
    private const int BatchSize = 100;

    private readonly Rounds _rounds = new(time, failure => Log.Postponed(logger, failure));

    /// <summary>Ends every expired session, like any other ending, and forgets what memory doesn't need any more.</summary>
    public async Task SweepAsync()
    {
        // Write the activity first: the row of a session that has ended takes none.
        await activity.FlushAsync();

        var now = time.GetUtcNow();
        int ended;
        do
        {
            ended = await commands.RunAsync(WritePriority.Ending, async work =>
            {
                var due = await work.Db.LockedLive(SessionSet.Expired(now, BatchSize)).Select(s => s.Id).ToListAsync();
                var gone = due.Count == 0 ? [] : await work.ExpireAsync(now, SessionSet.Of(due));
                work.Db.AuditEvents.AddRange(gone.Where(row => row.IsOwn).Select(AuditRecord.Expired));
                return gone.Count;
            });
            if (ended > 0)
                Log.Swept(logger, ended);
        }
        while (ended == BatchSize);

        registry.Prune();
        await counts.CountLiveAsync();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.WhenAll(
            _rounds.RunAsync(counts.CountLiveAsync),
            _rounds.RunAsync(options.FlushInterval, activity.FlushAsync, stoppingToken),
            _rounds.RunAsync(options.SweepInterval, SweepAsync, stoppingToken));
        Log.Stopped(logger);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await _rounds.RunAsync(activity.FlushAsync);
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
