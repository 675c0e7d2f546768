using Accounts.Core.Callers;
using Accounts.Core.Devices;
using Accounts.Core.Live;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.SignIn;

public sealed class SessionStartTests
{
    [EachEngineFact]
    public async Task A_sign_in_starts_a_session_with_the_browsers_details()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();

        var browser = await host.SignInAsync(browser: CoreHost.NewBrowser(address: "192.168.1.20"));

        var session = Assert.Single(await host.Sessions.ListAsync(browser.Caller));
        Assert.Equal(browser.Id, session.Id);
        Assert.Equal(DeviceDetector.Detect(new DeviceSignals(CoreHost.Chrome)), session.Device);
        Assert.Equal("Local network", session.Place.Name);
        Assert.Equal(("192.168.1.20", "192.168.1.20"), (session.SignInAddress, session.Address));
        Assert.Equal((TestClock.Start, TestClock.Start, 0), (session.StartedAt, session.LastActivityAt, session.PagesVisited));
        Assert.Null(session.Ending);
        Assert.Equal(SignInMethods.Password, session.Methods);
    }

    [EachEngineFact]
    public async Task Only_a_remembered_session_gives_the_cookie_an_expiry()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        Assert.Equal(TestClock.Start.AddDays(180), (await host.SignInAsync(remember: true)).Session.CookieExpiresAt);
        Assert.Null((await host.SignInAsync(remember: false)).Session.CookieExpiresAt);
    }

    [EachEngineFact]
    public async Task The_database_holds_neither_the_key_nor_the_browser_id()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var browser = await host.SignInAsync();

        var row = host.Rows.Session(browser.Id);
        Assert.Equal(browser.Session.Key.Hash(), row["KeyHash"]);
        Assert.Equal(browser.Browser.Id.Hash(), row["BrowserHash"]);
        var everything = string.Join('\n', row.Values.Select(v => v is byte[] bytes ? Convert.ToHexString(bytes) : $"{v}"));
        Assert.DoesNotContain(browser.Key, everything, StringComparison.Ordinal);
        Assert.DoesNotContain(browser.Browser.Id.Text, everything, StringComparison.Ordinal);
    }

    [EachEngineFact]
    public async Task Signing_in_again_in_the_same_browser_replaces_its_session()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var client = CoreHost.NewBrowser();
        var ghost = await host.SignInAsync(browser: client);
        Assert.NotNull(await host.RequestAsync(ghost));
        List<SessionChange> heard = [];
        using var subscription = host.Feed.Subscribe(heard.Add);

        var browser = await host.SignInAsync(browser: client);

        Assert.Null(await host.RequestAsync(ghost));
        Assert.NotNull(await host.RequestAsync(browser));
        Assert.Equal(browser.Id, Assert.Single(await host.Sessions.ListAsync(browser.Caller)).Id);
        var replaced = Assert.Single(await host.HistoryAsync(browser.Caller), s => s.Id == ghost.Id);
        Assert.Equal(new SessionEnding(TestClock.Start, EndReason.Replaced, browser.Id, null), replaced.Ending);
        Assert.Equal(
            [new SessionChange.Ended(browser.Caller.Subject, ghost.Id, EndReason.Replaced),
                new SessionChange.Started(browser.Caller.Subject, browser.Id)], heard);
    }

    [EachEngineFact]
    public async Task A_replaced_session_that_had_already_expired_is_recorded_as_expired()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var client = CoreHost.NewBrowser();
        var ghost = await host.SignInAsync(browser: client, remember: false);
        host.Clock.Advance(TimeSpan.FromHours(30));
        List<SessionChange> heard = [];
        using var subscription = host.Feed.Subscribe(heard.Add);

        var browser = await host.SignInAsync(browser: client);

        var expired = Assert.Single(await host.HistoryAsync(browser.Caller), s => s.Id == ghost.Id);
        Assert.Equal(new SessionEnding(TestClock.Start.AddHours(24), EndReason.Expired, null, null), expired.Ending);
        Assert.Contains(new SessionChange.Ended(browser.Caller.Subject, ghost.Id, EndReason.Expired), heard);
    }

    [EachEngineFact]
    public async Task Two_identical_browsers_are_two_sessions()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (one, two) = (await host.SignInAsync(), await host.SignInAsync());

        Assert.Equal(2, (await host.Sessions.ListAsync(one.Caller)).Count);
        Assert.NotNull(await host.RequestAsync(one));
        Assert.NotNull(await host.RequestAsync(two));
    }

    [EachEngineFact]
    public async Task Two_users_in_one_browser_do_not_replace_each_other()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        await host.RegisterAsync("grace@example.test", "Grace Hopper");
        var client = CoreHost.NewBrowser();
        var ada = await host.SignInAsync(browser: client);
        var grace = await host.SignInAsync("grace@example.test", client);

        Assert.NotNull(await host.RequestAsync(ada));
        Assert.NotNull(await host.RequestAsync(grace));
    }

    [EachEngineFact]
    public async Task The_list_has_the_users_current_session_first_then_by_latest_activity()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        await host.RegisterAsync("grace@example.test", "Grace Hopper");
        var (one, two, three) = (await host.SignInAsync(), await host.SignInAsync(), await host.SignInAsync());
        await host.SignInAsync("grace@example.test");
        foreach (var browser in new[] { three, two })
        {
            host.Clock.Advance(TimeSpan.FromMinutes(1));
            host.Activity.Record((await host.RequestAsync(browser))!, "203.0.113.7");
        }

        await host.Activity.FlushAsync();

        Assert.Equal([one.Id, two.Id, three.Id], (await host.Sessions.ListAsync(one.Caller)).Select(s => s.Id));
        Assert.Equal([three.Id, two.Id, one.Id], (await host.Sessions.ListAsync(three.Caller)).Select(s => s.Id));
    }

    [EachEngineFact]
    public async Task The_history_is_newest_first()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        List<SessionId> started = [];
        SignedInBrowser? last = null;
        for (var i = 0; i < 4; i++)
        {
            host.Clock.Advance(TimeSpan.FromMinutes(1));
            last = await host.SignInAsync();
            started.Insert(0, last.Id);
        }

        Assert.Equal(started, (await host.HistoryAsync(last!.Caller)).Select(s => s.Id));
    }

    [EachEngineFact]
    public async Task A_session_and_its_audit_event_are_written_together_or_not_at_all()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        host.Gate.FailCommit();
        await Assert.ThrowsAsync<DatabaseUnavailableException>(() => host.TrySignInAsync(CoreHost.NewBrowser()));
        Assert.Equal(0, host.Rows.Number("SELECT COUNT(*) FROM \"Sessions\""));
        Assert.Empty(host.Rows.Audit("user.signed_in"));

        var browser = await host.SignInAsync();
        var audit = Assert.Single(host.Rows.Audit("user.signed_in"));
        Assert.Equal(browser.Id.Value, Guid.Parse((string)audit["SessionId"]!));
        Assert.Equal(browser.Browser.Address, audit["Address"]);
    }
}
