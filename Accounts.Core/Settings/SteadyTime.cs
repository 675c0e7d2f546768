using Microsoft.Extensions.Logging;

namespace Accounts.Core.Settings;

/// <summary>The system's time, except that it never runs backwards while the process lives. So nothing gets fresher or lasts longer.</summary>
/// <remarks>
/// It follows the system's clock forwards at once: what waited through a computer's sleep has aged. If the clock is set back, time goes on from where
/// it was, by the monotonic clock, and the log says so.
/// </remarks>
internal sealed partial class SteadyTime : TimeProvider
{
    /// <summary>A correction that is worth a line in the log: 10 seconds.</summary>
    private static readonly TimeSpan Notable = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _system;
    private readonly ILogger _logger;
    private readonly long _start;
    private long _ahead = long.MinValue;
    private int _isBack;

    public SteadyTime(TimeProvider system, ILogger<SteadyTime> logger)
    {
        _system = system;
        _logger = logger;
        _start = system.GetTimestamp();
    }

    /// <summary>How far the system's clock is set back now; null if that isn't worth a word.</summary>
    public TimeSpan? Back => GetUtcNow() - _system.GetUtcNow() is var back && back >= Notable ? back : null;

    public override TimeZoneInfo LocalTimeZone => _system.LocalTimeZone;

    public override long TimestampFrequency => _system.TimestampFrequency;

    public override DateTimeOffset GetUtcNow()
    {
        // The system's clock first: a thread that is interrupted between the two then lags, and doesn't run ahead.
        var system = _system.GetUtcNow().UtcTicks;
        var elapsed = _system.GetElapsedTime(_start).Ticks;
        var ahead = Volatile.Read(ref _ahead);
        while (system - elapsed > ahead)
        {
            var before = Interlocked.CompareExchange(ref _ahead, system - elapsed, ahead);
            ahead = before == ahead ? system - elapsed : before;
        }

        var back = TimeSpan.FromTicks(ahead + elapsed - system);
        var isBack = back >= Notable ? 1 : 0;
        if (Interlocked.Exchange(ref _isBack, isBack) < isBack)
            Log.SetBack(_logger, back);
        return new DateTimeOffset(ahead + elapsed, TimeSpan.Zero);
    }

    public override long GetTimestamp() => _system.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        _system.CreateTimer(callback, state, dueTime, period);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning,
            "The system's clock was set back by {Back}. Until it has caught up, or until a restart, this process keeps the time that it had")]
        public static partial void SetBack(ILogger logger, TimeSpan back);
    }
}
