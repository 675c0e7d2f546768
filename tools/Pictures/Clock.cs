namespace Accounts.Pictures;

/// <summary>A clock that only moves when told, so that every run shows the same times. Timers and delays run in real time.</summary>
internal sealed class Clock : TimeProvider
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    private long _ticks = Noon.UtcTicks;

    public override DateTimeOffset GetUtcNow() => new(Volatile.Read(ref _ticks), TimeSpan.Zero);

    public void Reset() => Volatile.Write(ref _ticks, Noon.UtcTicks);

    public void Advance(TimeSpan time) => Interlocked.Add(ref _ticks, time.Ticks);
}
