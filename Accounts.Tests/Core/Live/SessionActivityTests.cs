using Accounts.Core.Callers;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.Live;

public sealed class SessionActivityTests
{
    [EachEngineFact]
    public async Task The_next_flush_writes_activity_exactly_once()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var browser = await host.SignInAsync();
        var live = (await host.RequestAsync(browser))!;
        host.Activity.RecordPage(live, "198.51.100.1");
        host.Activity.RecordPage(live, "198.51.100.2");
        host.Clock.Advance(TimeSpan.FromMinutes(7));
        host.Activity.Record(live, "198.51.100.3");
        Assert.Equal(0L, host.Rows.Session(browser.Id)["PagesVisited"]);

        await host.Activity.FlushAsync();
        await host.Activity.FlushAsync();

        var session = Assert.Single(await host.Sessions.ListAsync(browser.Caller));
        Assert.Equal((2, TestClock.Start.AddMinutes(7)), (session.PagesVisited, session.LastActivityAt));
        Assert.Equal(("203.0.113.7", "198.51.100.3"), (session.SignInAddress, session.Address));
    }

    [EachEngineFact]
    public async Task The_list_shows_activity_that_is_not_written_yet()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var browser = await host.SignInAsync();
        host.Clock.Advance(TimeSpan.FromMinutes(7));
        host.Activity.RecordPage((await host.RequestAsync(browser))!, "198.51.100.1");
        Assert.Equal(0L, host.Rows.Session(browser.Id)["PagesVisited"]);

        var session = Assert.Single(await host.Sessions.ListAsync(browser.Caller));
        Assert.Equal((1, TestClock.Start.AddMinutes(7)), (session.PagesVisited, session.LastActivityAt));
    }

    [EachEngineFact]
    public async Task A_flush_without_activity_does_not_use_the_database()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var browser = await host.SignInAsync();
        host.Gate.FailBegin();

        await host.Activity.FlushAsync();

        host.Activity.Record((await host.RequestAsync(browser))!, "");
        await Assert.ThrowsAsync<DatabaseUnavailableException>(host.Activity.FlushAsync);
    }

    [EachEngineTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_failed_flush_keeps_the_activity(bool atTheCommit)
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var browser = await host.SignInAsync();
        var live = (await host.RequestAsync(browser))!;
        host.Clock.Advance(TimeSpan.FromHours(3));
        host.Activity.RecordPage(live, "198.51.100.1");
        if (atTheCommit)
            host.Gate.FailCommit();
        else
            host.Gate.FailBegin();

        await Assert.ThrowsAsync<DatabaseUnavailableException>(host.Activity.FlushAsync);
        Assert.Equal(0L, host.Rows.Session(browser.Id)["PagesVisited"]);
        host.Activity.RecordPage(live, "198.51.100.2");
        await host.Activity.FlushAsync();

        var session = Assert.Single(await host.Sessions.ListAsync(browser.Caller));
        Assert.Equal((2, TestClock.Start.AddHours(3), "198.51.100.2"), (session.PagesVisited, session.LastActivityAt, session.Address));
    }

    [EachEngineFact]
    public async Task A_flush_writes_more_sessions_than_a_batch_holds()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var browser = await host.SignInAsync();
        var ids = await host.CopyAsync(browser, 1_201);
        foreach (var id in ids)
            host.Activity.RecordPage((await host.Authenticator.FindLiveAsync(id))!, "198.51.100.1");
        // The first batch is committed although the second fails.
        var commit = host.Gate.StopCommit();
        var flush = host.Activity.FlushAsync();
        await commit.Arrived;
        host.Gate.FailCommit();
        commit.Release();
        await Assert.ThrowsAsync<DatabaseUnavailableException>(() => flush);
        Assert.Equal(100, Written(host));

        await host.Activity.FlushAsync();

        Assert.Equal(1_201, Written(host));
        Assert.Equal(1_201, host.Rows.Number("SELECT SUM(\"PagesVisited\") FROM \"Sessions\""));
    }

    [EachEngineFact]
    public async Task A_flush_completes_while_activity_continues()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var browser = await host.SignInAsync();
        var live = (await host.RequestAsync(browser))!;
        host.Activity.RecordPage(live, "198.51.100.1");
        var commit = host.Gate.StopCommit();
        var flush = host.Activity.FlushAsync();
        await commit.Arrived;
        // This activity came after the flush began: the next flush writes it.
        host.Activity.RecordPage(live, "198.51.100.2");
        var second = host.Gate.StopBegin();
        commit.Release();

        await flush.WaitAsync(Patience.Limit);

        Assert.False(second.HasArrived);
        Assert.Equal(1L, host.Rows.Session(browser.Id)["PagesVisited"]);
        second.Release();
        await host.Activity.FlushAsync();
        Assert.True(second.HasArrived);
        Assert.Equal(2L, host.Rows.Session(browser.Id)["PagesVisited"]);
    }

    [EachEngineFact]
    public async Task Concurrent_flushes_write_each_activity_once()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var browser = await host.SignInAsync();
        var live = (await host.RequestAsync(browser))!;
        host.Activity.RecordPage(live, "");
        var commit = host.Gate.StopCommit();
        var first = host.Activity.FlushAsync();
        await commit.Arrived;
        host.Activity.RecordPage(live, "");
        var second = host.Activity.FlushAsync();
        Assert.False(second.IsCompleted);
        commit.Release();
        await Task.WhenAll(first, second);

        Assert.Equal(2L, host.Rows.Session(browser.Id)["PagesVisited"]);
    }

    [EachEngineFact]
    public async Task Activity_renews_a_session_in_memory_and_in_the_row()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (active, idle) = (await host.SignInAsync(remember: false), await host.SignInAsync(remember: false));
        await host.RequestAsync(idle);
        host.Clock.Advance(TimeSpan.FromHours(20));
        host.Activity.Record((await host.RequestAsync(active))!, "198.51.100.1");
        await host.Activity.FlushAsync();
        host.Clock.Advance(TimeSpan.FromHours(20));

        Assert.NotNull(await host.RequestAsync(active));
        Assert.Null(await host.RequestAsync(idle));
        Assert.Equal(Microseconds.FromTime(TestClock.Start.AddHours(44)), host.Rows.Session(active.Id)["ExpiresAt"]);
    }

    // Guard: "ExpiresAt" > @now in SessionActivity.Renewal.
    [EachEngineFact]
    public async Task A_session_that_was_refused_once_is_never_accepted_again()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var browser = await host.SignInAsync(remember: false);
        var live = (await host.RequestAsync(browser))!;
        host.Clock.Advance(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));
        host.Activity.RecordPage(live, "198.51.100.1");
        host.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(await host.RequestAsync(browser));

        // The activity came before the expiry and counts, but no longer renews the session.
        await host.Activity.FlushAsync();

        Assert.Null(await host.RequestAsync(browser));
        var session = Assert.Single(await host.HistoryAsync(browser.Caller));
        Assert.Equal((1, EndReason.Expired, TestClock.Start.AddHours(24)), (session.PagesVisited, session.Ending!.Reason, session.Ending.At));
    }

    [EachEngineFact]
    public async Task Activity_that_is_written_late_does_not_set_times_back()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var browser = await host.SignInAsync();
        var early = (await host.RequestAsync(browser))!;
        host.Clock.Advance(TimeSpan.FromHours(2));
        host.Activity.RecordPage(early, "198.51.100.1");
        // The row changes in between: it has later times than the ones about to be written.
        var later = Microseconds.FromTime(TestClock.Start.AddHours(5));
        var expires = Microseconds.FromTime(TestClock.Start.AddDays(30));
        host.Rows.Execute("UPDATE \"Sessions\" SET \"LastActivityAt\" = @later, \"ExpiresAt\" = @expires", ("@later", later), ("@expires", expires));

        await host.Activity.FlushAsync();

        var row = host.Rows.Session(browser.Id);
        Assert.Equal((later, expires, 1L), (row["LastActivityAt"], row["ExpiresAt"], row["PagesVisited"]));
    }

    [EachEngineFact]
    public async Task Nothing_keeps_a_session_past_its_absolute_timeout()
    {
        await using var host = CoreHost.Start(settings: [("Sessions:IdleTimeout", "1.00:00:00"), ("Sessions:AbsoluteTimeout", "3.00:00:00")]);
        await host.RegisterAsync();
        var browser = await host.SignInAsync();
        var hours = 0;
        while (await host.RequestAsync(browser) is { } live)
        {
            host.Activity.Record(live, "198.51.100.1");
            await host.Activity.FlushAsync();
            host.Clock.Advance(TimeSpan.FromHours(1));
            hours++;
        }

        Assert.Equal(72, hours);
    }

    private static long Written(CoreHost host) => host.Rows.Number("SELECT COUNT(*) FROM \"Sessions\" WHERE \"LastAddress\" = '198.51.100.1'");
}
