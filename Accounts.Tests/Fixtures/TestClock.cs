
namespace Accounts.Tests.Fixtures;

/// <summary>A clock that stands still until a test moves it. Timers that fall due fire in order, on the test's thread.</summary>
public sealed class TestClock(DateTimeOffset start) : TimeProvider
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly Lock _gate = new();
    private readonly List<Alarm> _alarms = [];
    private DateTimeOffset _now = start;
    private TimeSpan _back;

    public TestClock()
        : this(Start)
    {
    }

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>How many timers are waiting. It shows when a background task has reached its timer.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
                return _alarms.Count(alarm => alarm.Due is not null);
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
            return _now - _back;
    }

    public override long GetTimestamp()
    {
        lock (_gate)
            return _now.UtcTicks;
    }

    /// <summary>Sets the clock back, as an administrator can. Timers and timestamps go on: they don't follow the clock.</summary>
    public void SetBack(TimeSpan by)
    {
        lock (_gate)
            _back += by;
    }

    /// <summary>Moves the clock forward, from one due timer to the next.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        var target = new DateTimeOffset(GetTimestamp(), TimeSpan.Zero) + by;
        while (TakeNext(target) is { } alarm)
            alarm.Ring();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var alarm = new Alarm(this, callback, state);
        lock (_gate)
            _alarms.Add(alarm);
        alarm.Change(dueTime, period);
        return alarm;
    }

    private Alarm? TakeNext(DateTimeOffset target)
    {
        lock (_gate)
        {
            var next = _alarms.Where(alarm => alarm.Due <= target).MinBy(alarm => alarm.Due);
            _now = next?.Due is { } due ? (due > _now ? due : _now) : target;
            next?.Rewind();
            return next;
        }
    }

    private sealed class Alarm(TestClock clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;

        public DateTimeOffset? Due { get; private set; }

        public void Ring() => callback(state);

        // Called while holding the clock's lock.
        public void Rewind() => Due = _period > TimeSpan.Zero ? Due + _period : null;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            bool at;
            lock (clock._gate)
            {
                _period = period;
                at = dueTime == TimeSpan.Zero;
                Due = dueTime == Timeout.InfiniteTimeSpan || (at && period <= TimeSpan.Zero) ? null : clock._now + (at ? period : dueTime);
            }

            if (at)
                Ring();
            return true;
        }

        public void Dispose()
        {
            lock (clock._gate)
                clock._alarms.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
