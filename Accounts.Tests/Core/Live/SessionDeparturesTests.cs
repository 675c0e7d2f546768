using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.Live;

public sealed class SessionDeparturesTests
{
    [EachEngineFact]
    public async Task An_ended_browser_that_asks_learns_why_and_confirms_once()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        await host.Sessions.TerminateAsync(owner.Caller, other.Id);
        List<SessionChange> heard = [];
        using var subscription = host.Feed.Subscribe(heard.Add);
        host.Clock.Advance(TimeSpan.FromSeconds(2));

        var notice = new EndedNotice(TestClock.Start, EndReason.Terminated);
        Assert.Equal(notice, await host.Departures.ConfirmLeftAsync(other.Id, other.Key));
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(notice, await host.Departures.ConfirmLeftAsync(other.Id, other.Key));

        var ended = Assert.Single(await host.HistoryAsync(owner.Caller), s => s.Id == other.Id);
        Assert.Equal(new Departure.Confirmed(TestClock.Start.AddSeconds(2)), ended.Ending!.Departure);
        Assert.Equal([new SessionChange.Departed(owner.Caller.Subject, other.Id, new Departure.Confirmed(TestClock.Start.AddSeconds(2)))], heard);
    }

    // Guard: s.LeftAt == null in the update of SessionDepartures.ConfirmLeftAsync.
    [EachEngineFact]
    public async Task A_browser_that_asks_twice_at_once_confirms_once()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        await host.Sessions.TerminateAsync(owner.Caller, other.Id);
        List<SessionChange> heard = [];
        using var subscription = host.Feed.Subscribe(heard.Add);

        var commit = host.Gate.StopCommit();
        var first = host.Departures.ConfirmLeftAsync(other.Id, other.Key);
        await commit.Arrived;
        host.Clock.Advance(TimeSpan.FromSeconds(1));
        var second = host.Departures.ConfirmLeftAsync(other.Id, other.Key);
        Assert.False(second.IsCompleted);
        commit.Release();

        Assert.Equal(await first, await second);
        Assert.Equal([new SessionChange.Departed(owner.Caller.Subject, other.Id, new Departure.Confirmed(TestClock.Start))], heard);
        var ended = Assert.Single(await host.HistoryAsync(owner.Caller), s => s.Id == other.Id);
        Assert.Equal(new Departure.Confirmed(TestClock.Start), ended.Ending!.Departure);
    }

    [EachEngineFact]
    public async Task A_wrong_key_reveals_and_confirms_nothing()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        await host.Sessions.TerminateAsync(owner.Caller, other.Id);

        foreach (var key in new[] { "", "garbage", owner.Key, SessionKey.New().Reveal(), new string('!', 43) })
            Assert.Null(await host.Departures.ConfirmLeftAsync(other.Id, key));
        Assert.Null(await host.Departures.ConfirmLeftAsync(SessionId.New(TestClock.Start), other.Key));
        Assert.Null(host.Rows.Session(other.Id)["LeftAt"]);

        Assert.NotNull(await host.Departures.ConfirmLeftAsync(other.Id, other.Key));
        Assert.NotNull(host.Rows.Session(other.Id)["LeftAt"]);
    }

    [EachEngineFact]
    public async Task A_live_session_cannot_confirm_a_departure()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var browser = await host.SignInAsync();
        Assert.Null(await host.Departures.ConfirmLeftAsync(browser.Id, browser.Key));
        Assert.Null(host.Rows.Session(browser.Id)["LeftAt"]);
    }

    [EachEngineFact]
    public async Task A_browser_that_asks_before_the_sweep_learns_that_its_session_expired()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var browser = await host.SignInAsync(remember: false);
        host.Clock.Advance(TimeSpan.FromHours(24));

        var notice = new EndedNotice(TestClock.Start.AddHours(24), EndReason.Expired, new Expiry(Absolute: false, TimeSpan.FromHours(24)));
        Assert.Equal(notice, await host.Departures.ConfirmLeftAsync(browser.Id, browser.Key));
        await host.Upkeep.SweepAsync();
        Assert.Equal(notice, await host.Departures.ConfirmLeftAsync(browser.Id, browser.Key));
    }

    [EachEngineFact]
    public async Task A_departure_without_open_pages_is_published_at_once_and_stored()
    {
        await using var host = CoreHost.Start();
        var (owner, _, ended) = await TerminatedAsync(host);
        List<SessionChange> heard = [];
        using var subscription = host.Feed.Subscribe(heard.Add);

        Assert.Null(await DepartureAsync(host, owner, ended));
        host.Departures.Announce(ended, pages: 0);
        await host.Departures.RecordToldAsync(ended, pages: 0);

        var told = new SessionChange.Departed(ended.UserId, ended.SessionId, new Departure.NothingOpen());
        // At once, and again when it is stored.
        Assert.Equal([told, told], heard);
        Assert.Equal(new Departure.NothingOpen(), await DepartureAsync(host, owner, ended));
    }

    [EachEngineFact]
    public async Task A_browser_that_does_not_confirm_in_time_is_recorded_as_such()
    {
        await using var host = CoreHost.Start();
        var (owner, _, ended) = await TerminatedAsync(host);
        List<SessionChange> heard = [];
        using var subscription = host.Feed.Subscribe(heard.Add);

        host.Departures.Announce(ended, pages: 2);
        await host.Departures.RecordToldAsync(ended, pages: 2);
        Assert.Equal(new Departure.Awaited(), await DepartureAsync(host, owner, ended));

        // If the server stops here, it claims no more than it knows.
        host.Clock.Advance(Departure.Patience);
        Assert.Equal(new Departure.NotConfirmed(null), await DepartureAsync(host, owner, ended));

        var closed = TestClock.Start.AddSeconds(2);
        await host.Departures.RecordClosedAsync(ended, closed);
        await host.Departures.RecordClosedAsync(ended, closed.AddSeconds(9));
        Assert.Equal(new Departure.NotConfirmed(closed), await DepartureAsync(host, owner, ended));
        Assert.Equal([new Departure.Awaited(), new Departure.Awaited(), new Departure.NotConfirmed(closed)],
            heard.Cast<SessionChange.Departed>().Select(change => change.Departure));
    }

    // Guard: s.LeftAt == null in RecordClosedAsync.
    [EachEngineFact]
    public async Task A_confirmed_departure_never_becomes_unconfirmed()
    {
        await using var host = CoreHost.Start();
        var (owner, other, ended) = await TerminatedAsync(host);
        await host.Departures.RecordToldAsync(ended, pages: 1);
        await host.Departures.ConfirmLeftAsync(other.Id, other.Key);

        await host.Departures.RecordClosedAsync(ended, TestClock.Start.AddSeconds(2));

        Assert.Equal(new Departure.Confirmed(TestClock.Start), await DepartureAsync(host, owner, ended));
        Assert.Null(host.Rows.Session(other.Id)["ClosedAt"]);
    }

    [EachEngineFact]
    public async Task A_browser_that_returns_late_still_confirms()
    {
        await using var host = CoreHost.Start();
        var (owner, other, ended) = await TerminatedAsync(host);
        await host.Departures.RecordToldAsync(ended, pages: 1);
        await host.Departures.RecordClosedAsync(ended, TestClock.Start.AddSeconds(2));

        host.Clock.Advance(TimeSpan.FromHours(3));
        await host.Departures.ConfirmLeftAsync(other.Id, other.Key);

        Assert.Equal(new Departure.Confirmed(TestClock.Start.AddHours(3)), await DepartureAsync(host, owner, ended));
    }

    [EachEngineFact]
    public async Task A_browser_that_signed_out_by_itself_has_nothing_to_confirm()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        await host.Sessions.SignOutAsync(other.Caller);
        List<SessionChange> heard = [];
        using var subscription = host.Feed.Subscribe(heard.Add);

        var ended = new SessionChange.Ended(owner.Caller.Subject, other.Id, EndReason.SignedOut);
        host.Departures.Announce(ended, pages: 1);
        await host.Departures.RecordToldAsync(ended, pages: 1);

        Assert.Empty(heard);
        Assert.Null(await DepartureAsync(host, owner, ended));
        // A session that was ended from elsewhere does have a departure.
        host.Departures.Announce(ended with { Reason = EndReason.Terminated }, pages: 1);
        Assert.Single(heard);
    }

    // Guard: the queue of ToldReports. Without it, each report has a commit of its own, and the second one's is held.
    [EachEngineFact]
    public async Task Reports_that_come_during_a_write_share_the_next_one()
    {
        await using var host = CoreHost.Start();
        var (owner, ended) = await EndedAsync(host, 4);
        List<SessionChange> heard = [];
        using var subscription = host.Feed.Subscribe(heard.Add);

        var first = host.Gate.StopCommit();
        var second = host.Gate.StopCommit();
        var third = host.Gate.StopCommit();
        var alone = host.Departures.RecordToldAsync(ended[0], pages: 0);
        await first.Arrived;
        var together = new[] { (1, 0), (2, 3), (3, 0), (2, 1) }.Select(one => host.Departures.RecordToldAsync(ended[one.Item1], one.Item2)).ToList();
        first.Release();
        await alone;
        await second.Arrived;
        Assert.Equal([0L, null, null, null], ended.Select(one => host.Rows.Session(one.SessionId)["PagesTold"]));
        second.Release();
        await Task.WhenAll(together);

        Assert.False(third.HasArrived);
        Assert.Equal([0L, 0L, 4L, 0L], ended.Select(one => host.Rows.Session(one.SessionId)["PagesTold"]));
        Assert.Equal(5, heard.OfType<SessionChange.Departed>().Count());
        Assert.Equal(new Departure.Awaited(), await DepartureAsync(host, owner, ended[2]));
    }

    [EachEngineFact]
    public async Task A_failed_write_fails_each_report_in_it_and_no_later_one()
    {
        await using var host = CoreHost.Start();
        var (_, ended) = await EndedAsync(host, 4);
        var first = host.Gate.StopCommit();
        host.Gate.FailCommit();
        var alone = host.Departures.RecordToldAsync(ended[0], pages: 0);
        await first.Arrived;
        var together = ended[1..3].ConvertAll(one => host.Departures.RecordToldAsync(one, pages: 0));
        first.Release();
        await alone;
        foreach (var one in together)
            await Assert.ThrowsAsync<DatabaseUnavailableException>(() => one);

        await host.Departures.RecordToldAsync(ended[3], pages: 0);
        Assert.Equal([0L, null, null, 0L], ended.Select(one => host.Rows.Session(one.SessionId)["PagesTold"]));
    }

    // Guard: Report.TryTake.
    [EachEngineFact]
    public async Task A_report_that_is_canceled_before_its_write_is_not_stored()
    {
        await using var host = CoreHost.Start();
        var (_, ended) = await EndedAsync(host, 3);
        using var leaving = new CancellationTokenSource();
        var first = host.Gate.StopCommit();
        var alone = host.Departures.RecordToldAsync(ended[0], pages: 0, leaving.Token);
        await first.Arrived;
        var canceled = host.Departures.RecordToldAsync(ended[1], pages: 0, leaving.Token);
        var kept = host.Departures.RecordToldAsync(ended[2], pages: 0, CancellationToken.None);
        await leaving.CancelAsync();
        // It doesn't wait for the write in progress.
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => canceled);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => host.Departures.RecordToldAsync(ended[1], pages: 0, leaving.Token));
        first.Release();

        // The first one's write had begun.
        await alone;
        await kept;
        Assert.Equal([0L, null, 0L], ended.Select(one => host.Rows.Session(one.SessionId)["PagesTold"]));
    }

    private static async Task<(SignedInBrowser Owner, List<SessionChange.Ended> Ended)> EndedAsync(CoreHost host, int count)
    {
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        var ended = new List<SessionChange.Ended>();
        for (var i = 0; i < count; i++)
        {
            var other = await host.SignInAsync();
            await host.Sessions.TerminateAsync(owner.Caller, other.Id);
            ended.Add(new SessionChange.Ended(owner.Caller.Subject, other.Id, EndReason.Terminated));
        }

        return (owner, ended);
    }

    private static async Task<(SignedInBrowser Owner, SignedInBrowser Other, SessionChange.Ended Ended)> TerminatedAsync(CoreHost host)
    {
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        await host.Sessions.TerminateAsync(owner.Caller, other.Id);
        return (owner, other, new SessionChange.Ended(owner.Caller.Subject, other.Id, EndReason.Terminated));
    }

    private static async Task<Departure?> DepartureAsync(CoreHost host, SignedInBrowser owner, SessionChange.Ended ended) =>
        Assert.Single(await host.Sessions.FindAsync(owner.Caller, [ended.SessionId])).Ending!.Departure;
}
