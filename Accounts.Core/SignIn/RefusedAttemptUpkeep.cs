using Accounts.Core.Sessions;
using Accounts.Core.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Accounts.Core.SignIn;

/// <summary>Writes refused attempts in the background, as often as sessions' activity.</summary>
internal sealed partial class RefusedAttemptUpkeep(
    RefusedAttempts attempts, SessionOptions options, TimeProvider time, ILogger<RefusedAttemptUpkeep> logger) : BackgroundService
{
    private readonly Rounds _rounds = new(time, failure => Log.Postponed(logger, failure));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await _rounds.RunAsync(options.FlushInterval, attempts.FlushAsync, stoppingToken);
        Log.Stopped(logger);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await _rounds.RunAsync(attempts.FlushAsync);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Recording refused attempts failed; the next round tries again")]
        public static partial void Postponed(ILogger logger, Exception failure);

        [LoggerMessage(2, LogLevel.Debug, "Recording refused attempts stopped")]
        public static partial void Stopped(ILogger logger);
    }
}
