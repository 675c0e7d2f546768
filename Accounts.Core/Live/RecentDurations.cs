namespace Accounts.Core.Live;

/// <summary>Keeps the latest durations of something for a page. A histogram counts them all, but only whoever collects metrics sees it.</summary>
internal sealed class RecentDurations
{
    /// <summary>How many it keeps.</summary>
    public const int Most = 1_000;

    private readonly Lock _gate = new();
    private readonly Queue<TimeSpan> _latest = new();

    public void Add(TimeSpan duration)
    {
        lock (_gate)
        {
            if (_latest.Count == Most)
                _latest.Dequeue();
            _latest.Enqueue(duration);
        }
    }

    /// <summary>Summarizes what it keeps; null if that is nothing.</summary>
    public PushTimes? Summarize()
    {
        TimeSpan[] sorted;
        lock (_gate)
            sorted = [.. _latest];
        if (sorted.Length == 0)
            return null;
        Array.Sort(sorted);
        return new PushTimes(sorted.Length, At(50), At(95), At(99));

        // The smallest duration that at least so many of a hundred don't exceed.
        TimeSpan At(int percent) => sorted[((sorted.Length * percent) + 99) / 100 - 1];
    }
}

/// <summary>How long open pages waited, from the commit of their session's ending until they were told. The latest 1,000 of this process.</summary>
/// <param name="Count">How many pages.</param>
/// <param name="Median">Half of the pages waited no longer.</param>
/// <param name="Percentile95">95 of 100 pages waited no longer.</param>
/// <param name="Percentile99">99 of 100 pages waited no longer.</param>
public sealed record PushTimes(int Count, TimeSpan Median, TimeSpan Percentile95, TimeSpan Percentile99)
{
    /// <summary>Whether pages are told late: more than 5 of 100 after a second.</summary>
    public bool IsSlow => Percentile95 > TimeSpan.FromSeconds(1);
}
