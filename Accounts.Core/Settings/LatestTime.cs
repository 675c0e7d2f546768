namespace Accounts.Core.Settings;

/// <summary>When something last happened in this process.</summary>
internal sealed class LatestTime
{
    private long _ticks = long.MinValue;

    /// <summary>The time; null if it hasn't happened.</summary>
    public DateTimeOffset? Value => Interlocked.Read(ref _ticks) is >= 0 and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    public void Note(DateTimeOffset at) => Interlocked.Exchange(ref _ticks, at.UtcTicks);
}
