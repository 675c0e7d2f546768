namespace Accounts.Core.Settings;

/// <summary>When this process began to use its database.</summary>
internal sealed class StartTime(TimeProvider time)
{
    public DateTimeOffset At { get; } = time.GetUtcNow();
}
