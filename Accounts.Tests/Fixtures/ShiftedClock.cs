namespace Accounts.Tests.Fixtures;

/// <summary>The system's clock, put forward by a test: time goes on by itself, as a page in a real browser needs it. Timers run as ever.</summary>
public sealed class ShiftedClock : TimeProvider
{
    private long _ahead;

    public void PutForward(TimeSpan by) => Interlocked.Add(ref _ahead, by.Ticks);

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _ahead));
}
