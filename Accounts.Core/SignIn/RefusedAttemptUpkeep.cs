using Accounts.Core.Sessions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Accounts.Core.SignIn;

/// <summary>Writes refused attempts in the background, as often as sessions' activity.</summary>
internal sealed partial class RefusedAttemptUpkeep(
    RefusedAttempts attempts, SessionOptions options, TimeProvider time, ILogger<RefusedAttemptUpkeep> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.FlushInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await FlushGuardedAsync();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            Log.Stopped(logger);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await FlushGuardedAsync();
    }

    private async Task FlushGuardedAsync()
    {
        try
        {
            await attempts.FlushAsync();
        }
        catch (Exception failure)
        {
            // Any failure: the attempts stay in memory, and the next round must run.
            Log.Postponed(logger, failure);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Recording refused attempts failed; the next round tries again")]
        public static partial void Postponed(ILogger logger, Exception failure);

        [LoggerMessage(2, LogLevel.Debug, "Recording refused attempts stopped")]
        public static partial void Stopped(ILogger logger);
    }
}
