using Accounts.Core.Storage;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Accounts.Web.Health;

/// <summary>Whether the database answers, asked once a second at most however many want to know.</summary>
/// <remarks>It keeps the latest answer for a second. Whoever asks while the database is being asked waits for that answer.</remarks>
internal sealed class DatabaseCheck(DatabaseProbe database, TimeProvider time) : IHealthCheck
{
    public const string Name = "database";

    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private Task<bool>? _answer;
    private long _asked;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await AnswersAsync().WaitAsync(cancellationToken) ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The database did not answer.");

    /// <summary>Whether the database answers, as of a second ago at most.</summary>
    public Task<bool> AnswersAsync()
    {
        lock (_lock)
        {
            if (_answer is null || (_answer.IsCompleted && time.GetElapsedTime(_asked) >= Fresh))
            {
                // On the pool: SQLite answers on the thread that asks, and the lock is not for that long.
                _answer = Task.Run(database.AnswersAsync);
                _asked = time.GetTimestamp();
            }

            return _answer;
        }
    }
}
