using Accounts.Core.Sessions;
using Accounts.Core.Users;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.Sessions;

public sealed class ConfirmLeftTests
{
    [Fact]
    public async Task An_ended_browser_that_asks_is_told_why_and_has_left_once()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        await host.Sessions.TerminateAsync(owner.Caller, other.Id);
        List<SessionChange> heard = [];
        using var subscription = host.Feed.Subscribe(owner.Caller.UserId, heard.Add);
        host.Clock.Advance(TimeSpan.FromSeconds(2));

        var notice = new EndedNotice(TestClock.Start, EndReason.Terminated);
        Assert.Equal(notice, await host.Sessions.ConfirmLeftAsync(other.Id, other.Key));
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(notice, await host.Sessions.ConfirmLeftAsync(other.Id, other.Key));

        var ended = Assert.Single(await host.Sessions.HistoryAsync(owner.Caller, 10), s => s.Id == other.Id);
        Assert.Equal(TestClock.Start.AddSeconds(2), ended.Ending!.LeftAt);
        Assert.Equal([new SessionChange.Left(owner.Caller.UserId, other.Id)], heard);
    }

    // Guard: s.LeftAt == null in the update of SessionService.ConfirmLeftAsync.
    [Fact]
    public async Task A_browser_that_asks_twice_at_once_has_left_once()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        await host.Sessions.TerminateAsync(owner.Caller, other.Id);
        List<SessionChange> heard = [];
        using var subscription = host.Feed.Subscribe(heard.Add);

        var commit = host.Gate.StopCommit();
        var first = host.Sessions.ConfirmLeftAsync(other.Id, other.Key);
        await commit.Arrived;
        host.Clock.Advance(TimeSpan.FromSeconds(1));
        var second = host.Sessions.ConfirmLeftAsync(other.Id, other.Key);
        Assert.False(second.IsCompleted);
        commit.Release();

        Assert.Equal(await first, await second);
        Assert.Equal([new SessionChange.Left(owner.Caller.UserId, other.Id)], heard);
        var ended = Assert.Single(await host.Sessions.HistoryAsync(owner.Caller, 10), s => s.Id == other.Id);
        Assert.Equal(TestClock.Start, ended.Ending!.LeftAt);
    }

    [Fact]
    public async Task Without_its_key_nobody_learns_anything_and_nothing_is_confirmed()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        await host.Sessions.TerminateAsync(owner.Caller, other.Id);

        foreach (var key in new[] { "", "garbage", owner.Key, SessionKey.New().Reveal(), new string('!', 43) })
            Assert.Null(await host.Sessions.ConfirmLeftAsync(other.Id, key));
        Assert.Null(await host.Sessions.ConfirmLeftAsync(SessionId.New(TestClock.Start), other.Key));
        Assert.Null(host.Rows.Session(other.Id)["LeftAt"]);

        Assert.NotNull(await host.Sessions.ConfirmLeftAsync(other.Id, other.Key));
        Assert.NotNull(host.Rows.Session(other.Id)["LeftAt"]);
    }

    [Fact]
    public async Task A_live_session_has_not_left()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var browser = await host.SignInAsync();
        Assert.Null(await host.Sessions.ConfirmLeftAsync(browser.Id, browser.Key));
        Assert.Null(host.Rows.Session(browser.Id)["LeftAt"]);
    }

    [Fact]
    public async Task A_browser_that_asks_before_the_sweeper_came_is_told_that_the_session_expired()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var browser = await host.SignInAsync(remember: false);
        host.Clock.Advance(TimeSpan.FromHours(24));

        var notice = new EndedNotice(TestClock.Start.AddHours(24), EndReason.Expired);
        Assert.Equal(notice, await host.Sessions.ConfirmLeftAsync(browser.Id, browser.Key));
        await host.Upkeep.SweepAsync();
        Assert.Equal(notice, await host.Sessions.ConfirmLeftAsync(browser.Id, browser.Key));
    }
}
