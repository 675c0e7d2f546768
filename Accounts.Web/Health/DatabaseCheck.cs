using Accounts.Core.Storage;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Accounts.Web.Health;

/// <summary>Checks the database at most once a second, however many requests ask.</summary>
/// <remarks>It caches the latest answer for a second. Requests that arrive during a check wait for that check's answer.</remarks>
internal sealed class DatabaseCheck(DatabaseProbe database, TimeProvider time) : IHealthCheck
{
    public const string Name = "database";

    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private Task<bool>? _answer;
    private long _asked;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!await AnswersAsync().WaitAsync(cancellationToken))
            return HealthCheckResult.Unhealthy("The database did not answer.");
        // Anyone reads this, and the database's own words may name a file.
        return database.WritesFail ? HealthCheckResult.Degraded("The last write failed. The log says why.") : HealthCheckResult.Healthy();
    }

    /// <summary>Whether the database answers. The answer is at most a second old.</summary>
    public Task<bool> AnswersAsync()
    {
        lock (_lock)
        {
            if (_answer is null || (_answer.IsCompleted && time.GetElapsedTime(_asked) >= Fresh))
            {
                // Use the thread pool: SQLite blocks the calling thread, and we must not hold the lock for so long.
                _answer = Task.Run(() => database.AnswersAsync());
                _asked = time.GetTimestamp();
            }

            return _answer;
        }
    }
}
