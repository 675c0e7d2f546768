using Accounts.Core.Live;

namespace Accounts.Tests.Core.Live;

/// <summary>The latest durations, and what a page says of them.</summary>
public sealed class RecentDurationsTests
{
    [Fact]
    public void Without_a_duration_there_is_nothing_to_say()
    {
        var recent = new RecentDurations();
        Assert.Null(recent.Summarize());
        recent.Add(TimeSpan.FromMilliseconds(7));
        Assert.Equal(Times(1, 7, 7, 7), recent.Summarize());
    }

    [Fact]
    public void So_many_of_a_hundred_are_no_longer_in_whatever_order_they_come()
    {
        var recent = new RecentDurations();
        foreach (var number in Enumerable.Range(1, 100).OrderBy(number => number * 37 % 101))
            recent.Add(TimeSpan.FromMilliseconds(number));
        Assert.Equal(Times(100, 50, 95, 99), recent.Summarize());
    }

    // Guard: Dequeue in Add.
    [Fact]
    public void Only_the_latest_thousand_count()
    {
        var recent = new RecentDurations();
        for (var number = 0; number < RecentDurations.Most; number++)
            recent.Add(TimeSpan.FromSeconds(10));
        Assert.True(recent.Summarize()!.IsSlow);
        for (var number = 0; number < RecentDurations.Most; number++)
            recent.Add(TimeSpan.FromMilliseconds(4));
        Assert.Equal(Times(RecentDurations.Most, 4, 4, 4), recent.Summarize());
        Assert.False(recent.Summarize()!.IsSlow);
    }

    private static PushTimes Times(int count, int median, int most95, int most99) =>
        new(count, TimeSpan.FromMilliseconds(median), TimeSpan.FromMilliseconds(most95), TimeSpan.FromMilliseconds(most99));
}
