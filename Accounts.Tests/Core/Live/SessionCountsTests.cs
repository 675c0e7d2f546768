using System.Diagnostics.Metrics;
using Accounts.Core.Administration;
using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Manager;
using Accounts.Core.Sessions;
using Accounts.Core.Support;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.Live;

/// <summary>What the instruments of the room Live tell operators.</summary>
public sealed class SessionCountsTests
{
    // Guard: work.Apply(() => counts.CountStarted(row.Kind)) in SessionStarter, and the subscription in SessionCounts.
    [EachEngineFact]
    public async Task A_session_counts_when_it_starts_and_once_when_it_ends()
    {
        await using var host = CoreHost.Start();
        using var meters = new Meters(host.Get<IMeterFactory>());
        _ = host.Upkeep;
        await host.RegisterAsync();
        var (owner, other, third) = (await host.SignInAsync(), await host.SignInAsync(), await host.SignInAsync());
        Assert.Equal(3, meters.Read("accounts.sessions.started browser"));

        Assert.Equal(TerminateOutcome.Terminated, await host.Sessions.TerminateAsync(owner.Caller, other.Id));
        Assert.Equal(TerminateOutcome.AlreadyEnded, await host.Sessions.TerminateAsync(owner.Caller, other.Id));
        Assert.IsType<EndSessionsOutcome.Ended>(await host.Sessions.SignOutEverywhereAsync(owner.Caller));
        await host.Sessions.SignOutAsync(owner.Caller);
        Assert.Equal((1, 1, 1), (
            meters.Read("accounts.sessions.ended terminated"),
            meters.Read("accounts.sessions.ended signed_out_everywhere"),
            meters.Read("accounts.sessions.ended signed_out")));
        Assert.Null(await host.RequestAsync(third));
    }

    // Guard: the same in SupportViews.
    [EachEngineFact]
    public async Task A_view_of_support_counts_as_one_of_its_kind()
    {
        await using var host = CoreHost.Start();
        using var meters = new Meters(host.Get<IMeterFactory>());
        var ada = await host.RegisterAsync();
        await host.RegisterAsync("sam@example.test", "Sam Keller");
        Assert.Equal(GrantOutcome.Granted, await host.Get<RoleGrants>().GrantAsync("sam@example.test", Roles.Support));
        var staff = await host.SignInAsync("sam@example.test");
        var view = Assert.IsType<BeginViewOutcome.Began>(
            await host.Get<SupportViews>().BeginAsync(staff.Caller, ada, new ReasonInput { Reason = "Ticket 4711" })).Session;
        Assert.Equal((1, 1), (meters.Read("accounts.sessions.started browser"), meters.Read("accounts.sessions.started support_view")));
        Assert.Equal(EndViewOutcome.Ended, await host.Get<SupportViews>().EndAsync(staff.Caller, view.Id));
        Assert.Equal(1, meters.Read("accounts.sessions.ended signed_out"));
    }

    // Guard: SessionUpkeep.SweepAsync, which counts after it has ended the expired ones.
    [EachEngineFact]
    public async Task Each_sweep_counts_the_live_sessions_of_everybody()
    {
        await using var host = CoreHost.Start();
        using var meters = new Meters(host.Get<IMeterFactory>());
        await host.RegisterAsync();
        await host.RegisterAsync("grace@example.test");
        var ada = await host.SignInAsync();
        await host.SignInAsync("grace@example.test");
        _ = host.Upkeep;
        Assert.False(meters.HasValue("accounts.sessions.live"));
        await host.Upkeep.SweepAsync();
        Assert.Equal(2, meters.Read("accounts.sessions.live"));

        await host.Sessions.SignOutAsync(ada.Caller);
        await host.Upkeep.SweepAsync();
        Assert.Equal(1, meters.Read("accounts.sessions.live"));
        host.Clock.Advance(TimeSpan.FromDays(400));
        await host.Upkeep.SweepAsync();
        Assert.Equal(0, meters.Read("accounts.sessions.live"));
        Assert.Equal(1, meters.Read("accounts.sessions.ended expired"));
    }

    // Guard: if (!_live.Enabled) in SessionCounts.CountLiveAsync.
    [EachEngineFact]
    public async Task Nobody_counts_live_sessions_while_nobody_reads_the_number()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        await host.SignInAsync();
        _ = host.Upkeep;
        var query = host.Gate.StopResult("\"ExpiresAt\" >");
        var unread = host.Upkeep.SweepAsync();
        await Task.WhenAny(unread, query.Arrived);
        Assert.False(query.HasArrived);
        using var meters = new Meters(host.Get<IMeterFactory>());
        var sweep = host.Upkeep.SweepAsync();
        await query.Arrived;
        query.Release();
        await sweep;
        Assert.Equal(1, meters.Read("accounts.sessions.live"));
    }

    // Guard: _flushSize.Record in SessionActivity.
    [EachEngineFact]
    public async Task A_flush_measures_how_many_sessions_it_wrote_and_an_empty_one_nothing()
    {
        await using var host = CoreHost.Start();
        using var meters = new Meters(host.Get<IMeterFactory>());
        await host.RegisterAsync();
        var (one, other) = (await host.SignInAsync(), await host.SignInAsync());
        await host.Activity.FlushAsync();
        Assert.Empty(meters.Measured("accounts.activity.flush.size"));

        foreach (var browser in new[] { one, other, one })
            host.Activity.Record((await host.RequestAsync(browser))!, "203.0.113.7");
        await host.Activity.FlushAsync();
        await host.Activity.FlushAsync();
        Assert.Equal([2], meters.Measured("accounts.activity.flush.size"));
    }

    // Guard: NoteTold in SessionDepartures.Announce, and the time that SinceEnding takes.
    [EachEngineFact]
    public async Task The_push_is_measured_from_the_commit_until_told_and_until_confirmed()
    {
        await using var host = CoreHost.Start();
        using var meters = new Meters(host.Get<IMeterFactory>());
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        SessionChange.Ended? ended = null;
        using var subscription = host.Feed.Subscribe(change =>
        {
            if (change is not SessionChange.Ended one)
                return;
            ended = one;
            host.Departures.Announce(one, 1);
        });
        await host.Sessions.TerminateAsync(owner.Caller, other.Id);
        host.Clock.Advance(TimeSpan.FromSeconds(0.25));
        host.Departures.MeasureTold(ended!);
        host.Clock.Advance(TimeSpan.FromSeconds(0.5));
        Assert.NotNull(await host.Departures.ConfirmLeftAsync(other.Id, other.Key));
        Assert.NotNull(await host.Departures.ConfirmLeftAsync(other.Id, other.Key));

        Assert.Equal([0.25], meters.Measured("accounts.push.told.duration"));
        Assert.Equal([0.75], meters.Measured("accounts.push.confirmed.duration"));
    }

    // Guard: told: true in SessionDepartures.ConfirmLeftAsync.
    [EachEngineFact]
    public async Task A_browser_that_comes_by_itself_is_no_answer_to_the_push()
    {
        await using var host = CoreHost.Start();
        using var meters = new Meters(host.Get<IMeterFactory>());
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        using var subscription = host.Feed.Subscribe(change =>
        {
            if (change is SessionChange.Ended ended)
                host.Departures.Announce(ended, 0);
        });
        await host.Sessions.TerminateAsync(owner.Caller, other.Id);
        host.Clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(EndReason.Terminated, (await host.Departures.ConfirmLeftAsync(other.Id, other.Key))!.Reason);
        Assert.Empty(meters.Measured("accounts.push.confirmed.duration"));
    }

    // Guard: CountRefused in SessionAuthenticator, and that an unknown session counts once.
    [EachEngineFact]
    public async Task A_refused_key_counts_with_its_reason_and_an_accepted_one_not_at_all()
    {
        await using var host = CoreHost.Start();
        using var meters = new Meters(host.Get<IMeterFactory>());
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        Assert.NotNull(await host.RequestAsync(owner));
        Assert.Null(await host.Authenticator.AuthenticateAsync(SessionId.New(TestClock.Start), SessionKey.New().Reveal()));
        Assert.Null(await host.Authenticator.AuthenticateAsync(owner.Id, SessionKey.New().Reveal()));
        Assert.Null(await host.Authenticator.AuthenticateAsync(owner.Id, other.Key));
        Assert.NotNull(await host.RequestAsync(other));
        await host.Sessions.TerminateAsync(owner.Caller, other.Id);
        for (var i = 0; i < 3; i++)
            Assert.Null(await host.RequestAsync(other));
        // Memory forgets the ended session, and the database says the same.
        host.Clock.Advance(TimeSpan.FromMinutes(5));
        host.Registry.Prune();
        Assert.Null(await host.RequestAsync(other));

        Assert.Equal(1, meters.Read("accounts.gate.refused unknown"));
        Assert.Equal(2, meters.Read("accounts.gate.refused replaced_key"));
        Assert.Equal(4, meters.Read("accounts.gate.refused ended"));
        Assert.Equal(1, meters.Read("accounts.sessions.unknown"));
    }
}
