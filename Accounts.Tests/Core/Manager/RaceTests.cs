using Accounts.Core.Live;
using Accounts.Core.Manager;
using Accounts.Core.Sessions;
using Accounts.Core.SignIn;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.Manager;

/// <summary>Two operations at once. The gate holds them so that they meet in the worst order every time.</summary>
public sealed class RaceTests
{
    // Guard: AND "EndedAt" IS NULL in SessionActivity.Update and Renewal.
    [EachEngineFact]
    public async Task A_renewal_in_flight_does_not_touch_a_session_that_has_just_ended()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        host.Clock.Advance(TimeSpan.FromHours(2));
        host.Activity.RecordPage((await host.RequestAsync(other))!, "198.51.100.9");
        host.Activity.RecordPage((await host.RequestAsync(owner))!, "198.51.100.9");
        var before = host.Rows.Session(other.Id);

        var commit = host.Gate.StopCommit();
        var terminate = host.Sessions.TerminateAsync(owner.ProvedAt(host.Clock.GetUtcNow()), other.Id);
        await commit.Arrived;
        // The flush takes its batch and waits for the write lock that the ending holds.
        var flush = host.Activity.FlushAsync();
        Assert.False(flush.IsCompleted);
        commit.Release();
        Assert.Equal(TerminateOutcome.Terminated, await terminate);
        await flush;

        var after = host.Rows.Session(other.Id);
        Assert.NotNull(after["EndedAt"]);
        Assert.Equal(before["ExpiresAt"], after["ExpiresAt"]);
        Assert.Equal(before["LastActivityAt"], after["LastActivityAt"]);
        Assert.Equal(before["PagesVisited"], after["PagesVisited"]);
        Assert.Equal(before["LastAddress"], after["LastAddress"]);
        Assert.Null(await host.RequestAsync(other));
        // The same batch did reach the live session.
        Assert.Equal(1L, host.Rows.Session(owner.Id)["PagesVisited"]);
        Assert.True((long)host.Rows.Session(owner.Id)["ExpiresAt"]! > (long)before["ExpiresAt"]!);
    }

    // Guard: AND "ExpiresAt" > @at in SessionActivity.Update (and activityAt >= expiresAt in SessionLifetime.Renew, see its own tests).
    [EachEngineFact]
    public async Task Activity_after_the_expiry_does_not_revive_a_session()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var browser = await host.SignInAsync(remember: false);
        var live = (await host.RequestAsync(browser))!;
        // A request that was accepted just before the expiry records its activity just after it.
        host.Clock.Advance(TimeSpan.FromHours(24));
        host.Activity.RecordPage(live, "198.51.100.9");
        var before = host.Rows.Session(browser.Id);

        await host.Activity.FlushAsync();

        Assert.Equal(before, host.Rows.Session(browser.Id));
        Assert.Null(await host.RequestAsync(browser));
        await host.Upkeep.SweepAsync();
        Assert.Equal((long)EndReason.Expired, host.Rows.Session(browser.Id)["EndReason"]);
        Assert.Null(await host.RequestAsync(browser));
    }

    // Control for the test above: the same steps one second earlier.
    [EachEngineFact]
    public async Task Activity_before_the_expiry_renews_the_session()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var browser = await host.SignInAsync(remember: false);
        var live = (await host.RequestAsync(browser))!;
        host.Clock.Advance(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));
        host.Activity.RecordPage(live, "198.51.100.9");

        await host.Activity.FlushAsync();

        host.Clock.Advance(TimeSpan.FromHours(23));
        Assert.NotNull(await host.RequestAsync(browser));
        Assert.Equal(1L, host.Rows.Session(browser.Id)["PagesVisited"]);
    }

    // Guard: the tombstone that SessionRegistry.MarkEnded adds for an unknown id (AddOrUpdate, not TryUpdate).
    [EachEngineFact]
    public async Task A_load_that_began_before_the_end_does_not_revive_the_session()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());

        // The load reads the session's row, then its user's. The gate holds it in between.
        var load = host.Gate.StopCommand("FROM \"Users\"");
        var request = host.RequestAsync(other).AsTask();
        await load.Arrived;
        Assert.Equal(TerminateOutcome.Terminated, await host.Sessions.TerminateAsync(owner.Caller, other.Id));
        load.Release();

        Assert.Null(await request);
        Assert.Null(await host.RequestAsync(other));
        Assert.Null(await host.Authenticator.FindLiveAsync(other.Id));
        Assert.NotNull(await host.RequestAsync(owner));
    }

    // Guard: TombstoneAge in SessionRegistry.Prune.
    [EachEngineFact]
    public async Task Pruning_keeps_a_tombstone_for_as_long_as_a_load_may_take()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());

        var load = host.Gate.StopCommand("FROM \"Users\"");
        var request = host.RequestAsync(other).AsTask();
        await load.Arrived;
        await host.Sessions.TerminateAsync(owner.Caller, other.Id);
        host.Registry.Prune();
        host.Clock.Advance(SessionRegistry.LongestLoad);
        host.Registry.Prune();
        load.Release();

        Assert.Null(await request);
        Assert.Null(await host.RequestAsync(other));
    }

    // Guard: LongestLoad in SessionRegistry.TryAdd.
    [EachEngineFact]
    public async Task A_load_that_outlives_the_tombstone_is_repeated()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());

        var load = host.Gate.StopCommand("FROM \"Users\"");
        var request = host.RequestAsync(other).AsTask();
        await load.Arrived;
        await host.Sessions.TerminateAsync(owner.Caller, other.Id);
        host.Clock.Advance(TimeSpan.FromMinutes(2));
        host.Registry.Prune();
        load.Release();

        Assert.Null(await request);
        Assert.Null(await host.RequestAsync(other));
        Assert.NotNull(await host.RequestAsync(owner));
    }

    // Guard: the comparison of user.SecurityStamp with verified.Stamp in SessionStarter.StartAsync, and RenewStamp in EndManyAsync.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_sign_in_in_progress_does_not_survive_signing_out_everywhere(bool remoteLogout)
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();

        var commit = host.Gate.StopCommit();
        Task everywhere = remoteLogout ? host.Sessions.RemoteLogoutAsync(owner.Caller) : host.Sessions.SignOutEverywhereAsync(owner.Caller);
        await commit.Arrived;
        // The password has been verified. Starting the session waits for the lock that the ending holds.
        var signIn = host.TrySignInAsync(CoreHost.NewBrowser());
        Assert.False(signIn.IsCompleted);
        commit.Release();
        await everywhere;

        Assert.IsType<SignInOutcome.WrongCredentials>(await signIn);
        Assert.Equal(1, host.Rows.Number("SELECT COUNT(*) FROM \"Sessions\""));
        Assert.IsType<SignInOutcome.SignedIn>(await host.TrySignInAsync(CoreHost.NewBrowser()));
    }

    // Guard: the same comparison, and RenewStamp in PasswordChange.ChangeAsync.
    [EachEngineFact]
    public async Task A_sign_in_in_progress_does_not_survive_a_password_change()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();

        var commit = host.Gate.StopCommit();
        var input = new ChangePasswordInput { CurrentPassword = CoreHost.Password, NewPassword = "another passphrase", EndOtherSessions = false };
        var change = host.PasswordChange.ChangeAsync(owner.Caller, input);
        await commit.Arrived;
        var signIn = host.TrySignInAsync(CoreHost.NewBrowser());
        Assert.False(signIn.IsCompleted);
        commit.Release();
        Assert.IsType<ChangePasswordOutcome.Changed>(await change);

        Assert.IsType<SignInOutcome.WrongCredentials>(await signIn);
        Assert.Equal(1, host.Rows.Number("SELECT COUNT(*) FROM \"Sessions\""));
        Assert.IsType<SignInOutcome.SignedIn>(await host.TrySignInAsync(CoreHost.NewBrowser(), password: "another passphrase"));
    }

    // Control for the two tests above: the same wait at the same lock, behind an ending that leaves the stamp alone.
    [EachEngineFact]
    public async Task A_sign_in_in_progress_survives_the_end_of_one_session()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());

        var commit = host.Gate.StopCommit();
        var terminate = host.Sessions.TerminateAsync(owner.Caller, other.Id);
        await commit.Arrived;
        var signIn = host.TrySignInAsync(CoreHost.NewBrowser());
        Assert.False(signIn.IsCompleted);
        commit.Release();
        await terminate;

        Assert.IsType<SignInOutcome.SignedIn>(await signIn);
    }

    // Guard: IsLiveAsync in CommandRunner.AdmitAsync.
    [EachEngineFact]
    public async Task When_two_sessions_terminate_each_other_exactly_one_succeeds()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (one, two) = (await host.SignInAsync(), await host.SignInAsync());

        var commit = host.Gate.StopCommit();
        var first = host.Sessions.TerminateAsync(one.Caller, two.Id);
        await commit.Arrived;
        var second = host.Sessions.TerminateAsync(two.Caller, one.Id);
        Assert.False(second.IsCompleted);
        commit.Release();

        Assert.Equal(TerminateOutcome.Terminated, await first);
        Assert.Equal(TerminateOutcome.CallerEnded, await second);
        Assert.NotNull(await host.RequestAsync(one));
        Assert.Null(await host.RequestAsync(two));
        Assert.Single(host.Rows.Audit("session.terminated"));
    }

    // Guard: IsLiveAsync in CommandRunner.AdmitAsync.
    [EachEngineFact]
    public async Task A_session_that_has_just_ended_cannot_sign_out_everywhere()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, thief) = (await host.SignInAsync(), await host.SignInAsync());

        var commit = host.Gate.StopCommit();
        var terminate = host.Sessions.TerminateAsync(owner.Caller, thief.Id);
        await commit.Arrived;
        var everywhere = host.Sessions.SignOutEverywhereAsync(thief.Caller);
        Assert.False(everywhere.IsCompleted);
        commit.Release();
        await terminate;

        Assert.IsType<EndSessionsOutcome.CallerEnded>(await everywhere);
        Assert.NotNull(await host.RequestAsync(owner));
        Assert.Equal(new EndSessionsOutcome.Ended(0), await host.Sessions.SignOutEverywhereAsync(owner.Caller));
    }

    // Guard: "EndedAt" IS NULL in SessionStatements.EndAsync, and the outcome from what the statement returned.
    [EachEngineFact]
    public async Task When_two_sessions_terminate_the_same_target_one_is_told_that_it_had_already_ended()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (one, two, target) = (await host.SignInAsync(), await host.SignInAsync(), await host.SignInAsync());
        List<SessionChange> heard = [];
        using var subscription = host.Feed.Subscribe(heard.Add);

        var commit = host.Gate.StopCommit();
        var first = host.Sessions.TerminateAsync(one.Caller, target.Id);
        await commit.Arrived;
        var second = host.Sessions.TerminateAsync(two.Caller, target.Id);
        Assert.False(second.IsCompleted);
        commit.Release();

        Assert.Equal(TerminateOutcome.Terminated, await first);
        Assert.Equal(TerminateOutcome.AlreadyEnded, await second);
        Assert.Null(await host.RequestAsync(target));
        var told = Assert.Single(host.Rows.Audit("session.terminated"));
        Assert.Equal(one.Id.Value, Guid.Parse((string)told["ActorSessionId"]!));
        Assert.Equal([new SessionChange.Ended(one.Caller.Subject, target.Id, EndReason.Terminated)], heard);
    }

    // Guard: the lock that an act holds from the check of its session until its commit.
    [Fact]
    public async Task An_act_that_was_admitted_commits_before_the_end_of_its_session_returns()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());

        // The act has checked its own session and is about to change the row.
        var act = host.Gate.StopCommand("SET \"Name\"");
        var rename = host.Sessions.RenameAsync(other.Caller, owner.Id, new RenameSessionInput { Name = "Desk" });
        await act.Arrived;
        var terminate = host.Sessions.TerminateAsync(owner.Caller, other.Id);
        Assert.False(terminate.IsCompleted);
        Assert.NotNull(await host.RequestAsync(other));
        act.Release();

        Assert.Equal(new RenameOutcome.Renamed("Desk"), await rename);
        Assert.Equal(TerminateOutcome.Terminated, await terminate);
        Assert.True(host.Rows.Number("SELECT MAX(\"rowid\") FROM \"AuditEvents\" WHERE \"Action\" = 'session.renamed'")
            < host.Rows.Number("SELECT \"rowid\" FROM \"AuditEvents\" WHERE \"Action\" = 'session.terminated'"));
    }

    // Guard: IsLiveAsync in CommandRunner.AdmitAsync. The act comes after the ending, and the test above is its control.
    [EachEngineFact]
    public async Task An_act_of_a_session_that_is_ending_is_refused()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());

        var commit = host.Gate.StopCommit();
        var terminate = host.Sessions.TerminateAsync(owner.Caller, other.Id);
        await commit.Arrived;
        var rename = host.Sessions.RenameAsync(other.Caller, owner.Id, new RenameSessionInput { Name = "Desk" });
        Assert.False(rename.IsCompleted);
        commit.Release();

        Assert.Equal(TerminateOutcome.Terminated, await terminate);
        Assert.IsType<RenameOutcome.NotLive>(await rename);
        Assert.Null(host.Rows.Session(owner.Id)["Name"]);
        Assert.Empty(host.Rows.Audit("session.renamed"));
    }
}
