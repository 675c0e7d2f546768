using Accounts.Core.Sessions;
using Accounts.Core.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Accounts.Core.Administration;

/// <summary>Runs endings of everybody's sessions: at once when one begins, and again after a start or a failure.</summary>
internal sealed partial class MassEndingUpkeep(
    MassEndings endings, SessionOptions options, TimeProvider time, ILogger<MassEndingUpkeep> logger) : BackgroundService
{
    private readonly Rounds _rounds = new(time, failure => Log.Postponed(logger, failure));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.WhenAll(
            _rounds.RunAsync(options.SweepInterval, RunAsync, stoppingToken, atOnce: true),
            RunWhenBegunAsync());
        Log.Stopped(logger);

        Task RunAsync() => endings.RunAsync(stoppingToken);

        async Task RunWhenBegunAsync()
        {
            try
            {
                while (true)
                {
                    await endings.WaitAsync(stoppingToken);
                    await _rounds.RunAsync(RunAsync);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                // The host stops. The next start goes on.
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Ending everybody's sessions failed; it goes on in the next round")]
        public static partial void Postponed(ILogger logger, Exception failure);

        [LoggerMessage(2, LogLevel.Debug, "The endings of everybody's sessions stopped")]
        public static partial void Stopped(ILogger logger);
    }
}
