using Accounts.Core.Live;
using Accounts.Core.Sessions;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.Live;

public sealed class SessionUpkeepTests
{
    [EachEngineFact]
    public async Task The_sweeper_ends_expired_sessions_and_announces_it()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (idle, lasting) = (await host.SignInAsync(remember: false), await host.SignInAsync());
        await host.RequestAsync(idle);
        List<SessionChange> heard = [];
        using var subscription = host.Feed.Subscribe(heard.Add);
        host.Clock.Advance(TimeSpan.FromHours(24) - TimeSpan.FromTicks(10));
        await host.Upkeep.SweepAsync();
        Assert.Empty(heard);
        host.Clock.Advance(TimeSpan.FromHours(1));

        await host.Upkeep.SweepAsync();
        await host.Upkeep.SweepAsync();

        Assert.Equal([new SessionChange.Ended(idle.Caller.Subject, idle.Id, EndReason.Expired)], heard);
        Assert.Null(await host.RequestAsync(idle));
        var ended = Assert.Single(await host.HistoryAsync(lasting.Caller), s => s.Id == idle.Id);
        Assert.Equal(new SessionEnding(TestClock.Start.AddHours(24), EndReason.Expired, null, null), ended.Ending);
        Assert.NotNull(await host.RequestAsync(lasting));
    }

    [EachEngineFact]
    public async Task The_sweeper_does_not_touch_sessions_that_have_already_ended()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var browser = await host.SignInAsync(remember: false);
        await host.Sessions.SignOutAsync(browser.Caller);
        var before = host.Rows.Session(browser.Id);
        host.Clock.Advance(TimeSpan.FromDays(2));

        await host.Upkeep.SweepAsync();

        Assert.Equal(before, host.Rows.Session(browser.Id));
    }

    // Guard: FlushAsync in SessionUpkeep.SweepAsync.
    [EachEngineFact]
    public async Task The_last_activity_before_an_expiry_is_kept()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var browser = await host.SignInAsync(remember: false);
        host.Clock.Advance(TimeSpan.FromHours(23));
        host.Activity.RecordPage((await host.RequestAsync(browser))!, "198.51.100.9");
        // Nothing was flushed before the session expired, as if the server had stood still.
        host.Clock.Advance(TimeSpan.FromHours(1));

        await host.Upkeep.SweepAsync();
        await host.Activity.FlushAsync();

        var row = host.Rows.Session(browser.Id);
        Assert.Equal((long)EndReason.Expired, row["EndReason"]);
        Assert.Equal((1L, "198.51.100.9"), (row["PagesVisited"], row["LastAddress"]));
        Assert.Equal(TestClock.Start.AddHours(23), Assert.Single(await host.HistoryAsync(browser.Caller)).LastActivityAt);
    }

    [EachEngineFact]
    public async Task The_sweeper_ends_more_sessions_than_a_batch_holds()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        await host.CopyAsync(await host.SignInAsync(remember: false), 1_100);
        var heard = 0;
        using var subscription = host.Feed.Subscribe(_ => heard++);
        host.Clock.Advance(TimeSpan.FromDays(2));

        await host.Upkeep.SweepAsync();

        Assert.Equal(1_101, heard);
        Assert.Equal(1_101, host.Rows.Number("SELECT COUNT(*) FROM \"Sessions\" WHERE \"EndReason\" = 4 AND \"EndedAt\" = \"ExpiresAt\""));
    }

    [EachEngineFact]
    public async Task Upkeep_flushes_and_sweeps_by_the_clock_and_survives_a_database_failure()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (browser, idle) = (await host.SignInAsync(), await host.SignInAsync(remember: false));
        await host.Upkeep.StartAsync(TestContext.Current.CancellationToken);
        var live = (await host.RequestAsync(browser))!;
        host.Activity.RecordPage(live, "198.51.100.1");
        Patience.Until(() => host.Clock.Waiting == 2);

        // This flush finds the database unavailable. The next one succeeds.
        host.Gate.FailBegin();
        var begin = host.Gate.StopBegin();
        host.Clock.Advance(TimeSpan.FromSeconds(3));
        begin.Release();
        Patience.Until(() =>
        {
            host.Clock.Advance(TimeSpan.FromSeconds(1));
            return begin.HasArrived;
        });
        Patience.Until(() => host.Rows.Session(browser.Id)["PagesVisited"] is 1L);

        using var left = new CountdownEvent(1);
        using var subscription = host.Feed.Subscribe(change => left.Signal(change.SessionId == idle.Id ? 1 : 0));
        host.Clock.Advance(TimeSpan.FromHours(25));
        Assert.True(left.Wait(Patience.Limit, TestContext.Current.CancellationToken));

        // Stopping writes the last activity.
        host.Activity.RecordPage(live, "198.51.100.2");
        await host.Upkeep.StopAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2L, host.Rows.Session(browser.Id)["PagesVisited"]);
    }
}
