using Accounts.Core.Settings;
using Accounts.Tests.Fixtures;
using Microsoft.Extensions.Logging;

namespace Accounts.Tests.Core.Settings;

/// <summary>Time never runs backwards within a process, whatever the system's clock does.</summary>
public sealed class SteadyTimeTests
{
    [Fact]
    public void Time_goes_on_when_the_clock_is_set_back_and_follows_it_forwards()
    {
        var system = new TestClock();
        using var journal = new Journal();
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(journal));
        var time = new SteadyTime(system, loggers.CreateLogger<SteadyTime>());
        Assert.Equal(TestClock.Start, time.GetUtcNow());
        system.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(TestClock.Start.AddMinutes(5), time.GetUtcNow());

        system.SetBack(TimeSpan.FromHours(2));
        Assert.Equal(TestClock.Start.AddMinutes(5), time.GetUtcNow());
        system.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(TestClock.Start.AddMinutes(10), time.GetUtcNow());
        Assert.Contains("The system's clock was set back by 02:00:00", Assert.Single(journal.Of("SteadyTime")), StringComparison.Ordinal);

        // The clock is corrected, and further.
        system.SetBack(TimeSpan.FromHours(-2));
        Assert.Equal(TestClock.Start.AddMinutes(10), time.GetUtcNow());
        system.SetBack(TimeSpan.FromDays(-1));
        Assert.Equal(TestClock.Start.AddMinutes(10).AddDays(1), time.GetUtcNow());
        Assert.Single(journal.Of("SteadyTime"));
    }

    [Fact]
    public void Small_corrections_are_not_logged()
    {
        var system = new TestClock();
        using var journal = new Journal();
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(journal));
        var time = new SteadyTime(system, loggers.CreateLogger<SteadyTime>());
        var before = time.GetUtcNow();
        system.SetBack(TimeSpan.FromSeconds(9));
        Assert.Equal(before, time.GetUtcNow());
        Assert.Empty(journal.Of("SteadyTime"));
    }

    // Guard: AddSteadyTime in AccountsCore.
    [Fact]
    public async Task An_application_gets_steady_time_unless_it_brings_a_clock()
    {
        await using var usual = AccountsSite.Start();
        Assert.IsType<SteadyTime>(usual.Get<TimeProvider>());
        var clock = new TestClock();
        await using var own = AccountsSite.Start(clock);
        Assert.Same(clock, own.Get<TimeProvider>());
    }
}
