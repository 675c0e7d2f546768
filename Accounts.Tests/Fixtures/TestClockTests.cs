namespace Accounts.Tests.Fixtures;

public sealed class TestClockTests
{
    [Fact]
    public void Time_passes_only_when_the_test_moves_the_clock()
    {
        var clock = new TestClock();
        var begun = clock.GetTimestamp();
        Assert.Equal(TestClock.Start, clock.GetUtcNow());

        clock.Advance(TimeSpan.FromMinutes(90));

        Assert.Equal(TestClock.Start.AddMinutes(90), clock.GetUtcNow());
        Assert.Equal(TimeSpan.FromMinutes(90), clock.GetElapsedTime(begun));
    }

    [Fact]
    public async Task A_periodic_timer_ticks_on_the_test_clock()
    {
        var clock = new TestClock();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(3), clock);
        var tick = timer.WaitForNextTickAsync();
        Assert.Equal(1, clock.Waiting);

        clock.Advance(TimeSpan.FromSeconds(2.9));
        Assert.False(tick.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.True(await tick);

        var next = timer.WaitForNextTickAsync();
        clock.Advance(TimeSpan.FromSeconds(3));
        Assert.True(await next);
    }

    [Fact]
    public void A_cancellation_timeout_uses_the_test_clock()
    {
        var clock = new TestClock();
        using var cancellation = new CancellationTokenSource(TimeSpan.FromSeconds(10), clock);

        clock.Advance(TimeSpan.FromSeconds(9));
        Assert.False(cancellation.IsCancellationRequested);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(cancellation.IsCancellationRequested);
        Assert.Equal(0, clock.Waiting);
    }

    [Fact]
    public void Timers_fire_in_order_and_see_their_due_time()
    {
        var clock = new TestClock();
        List<double> seconds = [];
        void Note(object? state) => seconds.Add((clock.GetUtcNow() - TestClock.Start).TotalSeconds);
        using var late = clock.CreateTimer(Note, null, TimeSpan.FromSeconds(5), Timeout.InfiniteTimeSpan);
        using var often = clock.CreateTimer(Note, null, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2));

        clock.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal([2, 4, 5, 6], seconds);
    }
}
