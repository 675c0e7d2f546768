namespace Accounts.Tests.Fixtures;

/// <summary>The system's clock, which a test can put forward. Time still runs, as a real browser needs it. Timers are unaffected.</summary>
public sealed class ShiftedClock : TimeProvider
{
    private long _ahead;

    public void PutForward(TimeSpan by) => Interlocked.Add(ref _ahead, by.Ticks);

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _ahead));
}
