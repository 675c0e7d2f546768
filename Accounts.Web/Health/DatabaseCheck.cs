using Accounts.Core.Storage;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Accounts.Web.Health;

/// <summary>Checks at most once a second whether the database saves what it's given, however many requests ask.</summary>
/// <remarks>It caches the latest answer for a second. Requests that arrive during a check wait for that check's answer.</remarks>
internal sealed class DatabaseCheck(DatabaseProbe database, TimeProvider time) : IHealthCheck
{
    public const string Name = "database";

    /// <summary>How long a request waits for an answer: 5 seconds. Monitoring rarely waits longer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private Task<DatabaseProblem?>? _answer;
    private long _asked;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await FindProblemAsync(cancellationToken) is { } problem ? HealthCheckResult.Unhealthy(Explain(problem)) : HealthCheckResult.Healthy();

    /// <summary>Why the database saves nothing; null if it does. The answer is at most a second old.</summary>
    public async Task<DatabaseProblem?> FindProblemAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await AskAsync().WaitAsync(Patience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return DatabaseProblem.NoAnswer;
        }
    }

    /// <summary>Says it in a sentence. Anyone reads this, so it names no file.</summary>
    public static string Explain(DatabaseProblem problem) => problem switch
    {
        DatabaseProblem.DiskFull => Texts.Database_DiskFull,
        DatabaseProblem.ReadOnly => Texts.Database_ReadOnly,
        DatabaseProblem.Damaged => Texts.Database_Damaged,
        DatabaseProblem.Replaced => Texts.Database_Replaced,
        DatabaseProblem.NotKept => Texts.Database_NotKept,
        _ => Texts.Database_NoAnswer,
    };

    private Task<DatabaseProblem?> AskAsync()
    {
        lock (_lock)
        {
            if (_answer is null || (_answer.IsCompleted && time.GetElapsedTime(_asked) >= Fresh))
            {
                // Use the thread pool: SQLite blocks the calling thread, and we must not hold the lock for so long.
                _answer = Task.Run(() => database.FindProblemAsync());
                _asked = time.GetTimestamp();
            }

            return _answer;
        }
    }
}
