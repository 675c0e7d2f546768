using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Manager;
using Accounts.Core.Sessions;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.Manager;

public sealed class SessionEndingTests
{
    private const string Live = "SELECT COUNT(*) FROM \"Sessions\" WHERE \"EndedAt\" IS NULL";

    [EachEngineFact]
    public async Task A_terminated_session_is_refused_on_the_next_request()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        var held = (await host.RequestAsync(other))!;
        List<(SessionChange Change, bool Refused)> heard = [];
        using var subscription = host.Feed.Subscribe(change => heard.Add((change, !held.IsLive(host.Clock.GetUtcNow()))));
        host.Clock.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(TerminateOutcome.Terminated, await host.Sessions.TerminateAsync(owner.Caller, other.Id));

        Assert.Null(await host.RequestAsync(other));
        Assert.Null(await host.Authenticator.FindLiveAsync(other.Id));
        Assert.False(held.IsLive(host.Clock.GetUtcNow()));
        Assert.NotNull(await host.RequestAsync(owner));
        // By the time a subscriber hears of it, every check already refuses.
        Assert.Equal([(new SessionChange.Ended(owner.Caller.Subject, other.Id, EndReason.Terminated), true)], heard);
        var ended = Assert.Single(await host.HistoryAsync(owner.Caller), s => s.Id == other.Id);
        Assert.Equal(new SessionEnding(TestClock.Start.AddMinutes(5), EndReason.Terminated, owner.Id, null), ended.Ending);
    }

    [EachEngineFact]
    public async Task Terminating_is_recorded_in_the_audit_log()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());

        await host.Sessions.TerminateAsync(owner.Caller, other.Id);

        var audit = Assert.Single(host.Rows.Audit("session.terminated"));
        Assert.Equal(other.Id.Value, Guid.Parse((string)audit["SessionId"]!));
        Assert.Equal(owner.Id.Value, Guid.Parse((string)audit["ActorSessionId"]!));
        Assert.Equal(owner.Caller.Subject.Value, Guid.Parse((string)audit["ActorUserId"]!));
        Assert.Equal(owner.Caller.Subject.Value, Guid.Parse((string)audit["UserId"]!));
        Assert.Equal(owner.Caller.Address, audit["Address"]);
    }

    [EachEngineFact]
    public async Task Terminate_refuses_the_current_session()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        Assert.Equal(TerminateOutcome.CurrentSession, await host.Sessions.TerminateAsync(owner.Caller, owner.Id));
        Assert.NotNull(await host.RequestAsync(owner));
    }

    [EachEngineFact]
    public async Task Another_users_session_looks_as_if_it_did_not_exist()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        await host.RegisterAsync("grace@example.test", "Grace Hopper");
        var (ada, grace) = (await host.SignInAsync(), await host.SignInAsync("grace@example.test"));

        Assert.Equal(TerminateOutcome.NotFound, await host.Sessions.TerminateAsync(ada.Caller, grace.Id));
        Assert.Equal(TerminateOutcome.NotFound, await host.Sessions.TerminateAsync(ada.Caller, SessionId.New(TestClock.Start)));
        // A caller whose user id doesn't match the session has no session.
        Assert.Equal(TerminateOutcome.CallerEnded, await host.Sessions.TerminateAsync(ada.Caller with { Subject = grace.Caller.Subject }, grace.Id));

        Assert.NotNull(await host.RequestAsync(grace));
        Assert.Empty(host.Rows.Audit("session.terminated"));
        // Another user's ended session is just as unknown.
        await host.Sessions.SignOutAsync(grace.Caller);
        Assert.Equal(TerminateOutcome.NotFound, await host.Sessions.TerminateAsync(ada.Caller, grace.Id));
    }

    [EachEngineFact]
    public async Task Ending_an_ended_session_reports_that_and_keeps_the_first_reason()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other, idle) = (await host.SignInAsync(), await host.SignInAsync(), await host.SignInAsync(remember: false));
        await host.Sessions.SignOutAsync(other.Caller);
        var before = host.Rows.Session(other.Id);
        host.Clock.Advance(TimeSpan.FromHours(25));

        Assert.Equal(TerminateOutcome.AlreadyEnded, await host.Sessions.TerminateAsync(owner.ProvedAt(host.Clock.GetUtcNow()), other.Id));
        // The session has expired, but the sweeper hasn't run yet.
        Assert.Equal(TerminateOutcome.AlreadyEnded, await host.Sessions.TerminateAsync(owner.ProvedAt(host.Clock.GetUtcNow()), idle.Id));

        Assert.Equal(before, host.Rows.Session(other.Id));
        Assert.Empty(host.Rows.Audit("session.terminated"));
    }

    [EachEngineFact]
    public async Task An_ended_caller_ends_nothing()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other, idle) = (await host.SignInAsync(), await host.SignInAsync(), await host.SignInAsync(remember: false));
        await host.Sessions.SignOutAsync(other.Caller);
        host.Clock.Advance(TimeSpan.FromHours(25));

        foreach (var ended in new[] { other, idle })
        {
            Assert.Equal(TerminateOutcome.CallerEnded, await host.Sessions.TerminateAsync(ended.Caller, owner.Id));
            Assert.IsType<EndSessionsOutcome.CallerEnded>(await host.Sessions.SignOutEverywhereAsync(ended.Caller));
            Assert.IsType<EndSessionsOutcome.CallerEnded>(await host.Sessions.RemoteLogoutAsync(ended.Caller));
        }

        Assert.NotNull(await host.RequestAsync(owner));
        Assert.Empty(host.Rows.Audit("user.signed_out_everywhere"));
        Assert.Empty(host.Rows.Audit("user.session_invalidated"));
    }

    [EachEngineFact]
    public async Task Remote_logout_ends_all_of_the_users_sessions_and_nothing_else()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        await host.RegisterAsync("grace@example.test", "Grace Hopper");
        var (owner, one, two) = (await host.SignInAsync(), await host.SignInAsync(), await host.SignInAsync(remember: false));
        var grace = await host.SignInAsync("grace@example.test");

        Assert.Equal(new EndSessionsOutcome.Ended(3), await host.Sessions.RemoteLogoutAsync(owner.Caller));

        Assert.Null(await host.RequestAsync(owner));
        Assert.Null(await host.RequestAsync(one));
        Assert.Null(await host.RequestAsync(two));
        Assert.NotNull(await host.RequestAsync(grace));
        var told = Assert.Single(host.Rows.Audit("user.session_invalidated"));
        Assert.Equal((3L, owner.Id.Value, owner.Caller.Subject.Value),
            (told["Count"], Guid.Parse((string)told["ActorSessionId"]!), Guid.Parse((string)told["ActorUserId"]!)));
        Assert.IsType<EndSessionsOutcome.CallerEnded>(await host.Sessions.RemoteLogoutAsync(owner.Caller));
        // The password is unchanged.
        Assert.IsType<SignInOutcome.SignedIn>(await host.TrySignInAsync(CoreHost.NewBrowser()));
    }

    [EachEngineFact]
    public async Task Sign_out_everywhere_ends_only_the_users_other_sessions()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        await host.RegisterAsync("grace@example.test", "Grace Hopper");
        var (owner, one, two) = (await host.SignInAsync(), await host.SignInAsync(), await host.SignInAsync());
        var grace = await host.SignInAsync("grace@example.test");
        var stamp = host.Rows.Text("SELECT \"SecurityStamp\" FROM \"Users\" WHERE \"Email\" = @email", ("@email", CoreHost.Email));

        Assert.Equal(new EndSessionsOutcome.Ended(2), await host.Sessions.SignOutEverywhereAsync(owner.Caller));

        Assert.Null(await host.RequestAsync(one));
        Assert.Null(await host.RequestAsync(two));
        Assert.NotNull(await host.RequestAsync(owner));
        Assert.NotNull(await host.RequestAsync(grace));
        Assert.Equal(2L, Assert.Single(host.Rows.Audit("user.signed_out_everywhere"))["Count"]);
        Assert.NotEqual(stamp, host.Rows.Text("SELECT \"SecurityStamp\" FROM \"Users\" WHERE \"Email\" = @email", ("@email", CoreHost.Email)),
            StringComparer.Ordinal);
        Assert.Equal(new EndSessionsOutcome.Ended(0), await host.Sessions.SignOutEverywhereAsync(owner.Caller));
    }

    [EachEngineFact]
    public async Task Signing_out_twice_ends_the_session_once()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var browser = await host.SignInAsync();
        List<SessionChange> heard = [];
        using var subscription = host.Feed.Subscribe(heard.Add);

        await host.Sessions.SignOutAsync(browser.Caller);
        var first = host.Rows.Session(browser.Id);
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        await host.Sessions.SignOutAsync(browser.Caller);

        Assert.Equal((long)EndReason.SignedOut, first["EndReason"]);
        Assert.Equal(first, host.Rows.Session(browser.Id));
        Assert.Single(host.Rows.Audit("user.signed_out"));
        Assert.Equal([new SessionChange.Ended(browser.Caller.Subject, browser.Id, EndReason.SignedOut)], heard);
        Assert.Null(await host.RequestAsync(browser));
    }

    [EachEngineFact]
    public async Task An_ending_that_fails_to_commit_changes_nothing()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        List<SessionChange> heard = [];
        using var subscription = host.Feed.Subscribe(heard.Add);
        var audits = host.Rows.Number("SELECT COUNT(*) FROM \"AuditEvents\"");

        foreach (var end in new Func<Task>[]
        {
            () => host.Sessions.TerminateAsync(owner.Caller, other.Id),
            () => host.Sessions.SignOutEverywhereAsync(owner.Caller),
            () => host.Sessions.RemoteLogoutAsync(owner.Caller),
            () => host.Sessions.SignOutAsync(other.Caller),
        })
        {
            host.Gate.FailCommit();
            await Assert.ThrowsAsync<DatabaseUnavailableException>(end);
            host.Gate.FailCommand("INSERT INTO \"AuditEvents\"");
            await Assert.ThrowsAsync<DatabaseUnavailableException>(end);
        }

        Assert.Equal(2, host.Rows.Number(Live));
        Assert.Equal(audits, host.Rows.Number("SELECT COUNT(*) FROM \"AuditEvents\""));
        Assert.Empty(heard);
        Assert.NotNull(await host.RequestAsync(other));

        Assert.Equal(TerminateOutcome.Terminated, await host.Sessions.TerminateAsync(owner.Caller, other.Id));
        Assert.Equal(1, host.Rows.Number(Live));
        Assert.Equal(audits + 1, host.Rows.Number("SELECT COUNT(*) FROM \"AuditEvents\""));
        Assert.Single(heard);
    }
}
