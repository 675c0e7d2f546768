using Accounts.Core.Administration;
using Accounts.Core.PersonalData;
using Accounts.Core.AuditReading;
using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Manager;
using Accounts.Core.Sessions;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.Manager;

/// <summary>Ending several selected sessions at once.</summary>
public sealed class TerminateManyTests
{
    private const string Action = "sessions.terminated";

    [EachEngineFact]
    public async Task Selected_sessions_are_refused_on_the_next_request_and_others_are_not()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, one, two, kept) = (await host.SignInAsync(), await host.SignInAsync(), await host.SignInAsync(), await host.SignInAsync());
        var held = (await host.RequestAsync(two))!;
        List<(SessionChange Change, bool Refused)> heard = [];
        using var subscription = host.Feed.Subscribe(change => heard.Add((change, !held.IsLive(host.Clock.GetUtcNow()))));
        host.Clock.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal([two.Id, one.Id], await EndAsync(host, owner.Caller, two.Id, one.Id, two.Id));

        Assert.Null(await host.RequestAsync(one));
        Assert.Null(await host.RequestAsync(two));
        Assert.NotNull(await host.RequestAsync(kept));
        Assert.NotNull(await host.RequestAsync(owner));
        // By the time the feed announces each session, every check already refuses. So each browser is asked whether it has left.
        var person = owner.Caller.Subject;
        Assert.Equivalent(new[] { Told(one.Id), Told(two.Id) }, heard, strict: true);
        var ended = (await host.HistoryAsync(owner.Caller)).Where(s => s.Ending is not null);
        Assert.All(ended, s => Assert.Equal(new SessionEnding(TestClock.Start.AddMinutes(5), EndReason.Terminated, owner.Id, null), s.Ending));
        Assert.Equal(2, ended.Count());

        await host.Departures.ConfirmLeftAsync(one.Id, one.Key);
        Assert.IsType<Departure.Confirmed>(Assert.Single(await host.HistoryAsync(owner.Caller), s => s.Id == one.Id).Ending!.Departure);

        (SessionChange, bool) Told(SessionId id) => (new SessionChange.Ended(person, id, EndReason.Terminated), true);
    }

    [EachEngineFact]
    public async Task One_event_lists_the_sessions_with_their_names_at_that_time()
    {
        await using var host = CoreHost.Start(settings: ("Retention:EndedSessions", "1.00:00:00"));
        await host.RegisterAsync();
        var (owner, desk) = (await host.SignInAsync(), await host.SignInAsync());
        var phone = await host.SignInAsync(browser: CoreHost.NewBrowser(userAgent: Visitor.Phone));
        await host.Sessions.RenameAsync(owner.Caller, desk.Id, new RenameSessionInput { Name = "Büro \"2\"" });

        await EndAsync(host, owner.Caller, phone.Id, desk.Id);

        var row = Assert.Single(host.Rows.Audit(Action));
        Assert.Equal(2L, row["Count"]);
        Assert.Null(row["SessionId"]);
        Assert.Equal(
            $$"""[{"id":"{{phone.Id}}","device":"Safari 19 on iOS 19.1"},"""
            + $$"""{"id":"{{desk.Id}}","name":"Büro \u00222\u0022","device":"Chrome 154 on Windows 10 or 11"}]""",
            row["EndedSessions"]);
        Assert.Empty(host.Rows.Audit("session.terminated"));

        // The event still describes the sessions long after their removal. Its address is shortened like any other.
        host.Clock.Advance(TimeSpan.FromDays(91));
        await host.Get<Retention>().RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, host.Rows.Number("SELECT COUNT(*) FROM \"Sessions\" WHERE \"EndedAt\" IS NOT NULL"));
        var told = Assert.Single((await host.EventsAsync(owner.Caller, new AuditQuery { Action = Action }))!);
        Assert.Equal((2, "203.0.113.0", owner.Id), (told.Count, told.Address, told.From!.Id));
        Assert.Null(told.To);
        Assert.Equal(
            [new AuditedSession(phone.Id, null, "Safari 19 on iOS 19.1"),
                new AuditedSession(desk.Id, "Büro \"2\"", "Chrome 154 on Windows 10 or 11")],
            told.EndedSessions);
    }

    // Guard: the names of EndedSessions in AuditLog.Matches.
    [EachEngineTheory]
    [InlineData("kitchen safari", 1)]
    [InlineData("kitchen opera", 0)]
    public async Task A_search_for_any_of_the_sessions_finds_the_event(string words, int found)
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, desk) = (await host.SignInAsync(), await host.SignInAsync());
        var phone = await host.SignInAsync(browser: CoreHost.NewBrowser(userAgent: Visitor.Phone));
        await host.Sessions.RenameAsync(owner.Caller, desk.Id, new RenameSessionInput { Name = "Kitchen" });
        await EndAsync(host, owner.Caller, desk.Id, phone.Id);

        Assert.Equal(found, (await host.EventsAsync(owner.Caller, new AuditQuery { Action = Action, Text = words }))!.Count);
    }

    [EachEngineFact]
    public async Task The_current_session_is_never_ended()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());

        Assert.Equal([other.Id], await EndAsync(host, owner.Caller, owner.Id, other.Id));
        Assert.Empty(await EndAsync(host, owner.Caller, owner.Id));

        Assert.NotNull(await host.RequestAsync(owner));
        Assert.Single(host.Rows.Audit(Action));
    }

    [EachEngineFact]
    public async Task Ended_unknown_and_other_users_sessions_get_the_same_answer()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        await host.RegisterAsync("grace@example.test", "Grace Hopper");
        var (owner, over, expired) = (await host.SignInAsync(), await host.SignInAsync(), await host.SignInAsync(remember: false));
        var grace = await host.SignInAsync("grace@example.test");
        await host.Sessions.SignOutAsync(over.Caller);
        host.Clock.Advance(TimeSpan.FromHours(25));
        var before = host.Rows.Session(over.Id);
        List<SessionChange> heard = [];
        using var subscription = host.Feed.Subscribe(heard.Add);
        var caller = owner.ProvedAt(host.Clock.GetUtcNow());

        foreach (var id in new[] { over.Id, expired.Id, grace.Id, SessionId.New(TestClock.Start) })
            Assert.Empty(await EndAsync(host, caller, id));

        Assert.Equal(before, host.Rows.Session(over.Id));
        Assert.NotNull(await host.RequestAsync(grace));
        Assert.Empty(host.Rows.Audit(Action));
        Assert.Empty(heard);

        // Next to a session that can be ended, they change nothing either.
        var live = await host.SignInAsync();
        Assert.Equal([live.Id], await EndAsync(host, caller, over.Id, grace.Id, live.Id, expired.Id));
        Assert.Equal(1L, Assert.Single(host.Rows.Audit(Action))["Count"]);
        Assert.NotNull(await host.RequestAsync(grace));
    }

    [EachEngineFact]
    public async Task An_empty_selection_and_one_above_the_limit_are_refused()
    {
        await using var host = CoreHost.Start(settings: ("Sessions:MaximumPerUser", "0"));
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        List<SessionId> ids = [other.Id, .. Enumerable.Range(0, SessionService.TerminateManyLimit).Select(_ => SessionId.New(TestClock.Start))];
        Assert.Equal(1_001, ids.Count);

        Assert.IsType<TerminateManyOutcome.NothingChosen>(await TryAsync(host, owner.Caller));
        Assert.Equal(new TerminateManyOutcome.TooMany(1_000), await TryAsync(host, owner.Caller, [.. ids]));
        Assert.NotNull(await host.RequestAsync(other));
        Assert.Equal([other.Id], await EndAsync(host, owner.Caller, [.. ids[..1_000], other.Id]));
    }

    [EachEngineFact]
    public async Task A_caller_without_recent_proof_or_a_live_session_ends_nothing()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other, gone) = (await host.SignInAsync(), await host.SignInAsync(), await host.SignInAsync());
        await host.Sessions.SignOutAsync(gone.Caller);
        host.Clock.Advance(TimeSpan.FromMinutes(10));

        Assert.IsType<TerminateManyOutcome.ProofNeeded>(await TryAsync(host, owner.Caller, other.Id));
        var ended = gone.ProvedAt(host.Clock.GetUtcNow());
        Assert.IsType<TerminateManyOutcome.CallerEnded>(await TryAsync(host, ended, other.Id));

        Assert.NotNull(await host.RequestAsync(other));
        Assert.Empty(host.Rows.Audit(Action));
    }

    [EachEngineFact]
    public async Task A_failed_commit_ends_no_session()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, one, two) = (await host.SignInAsync(), await host.SignInAsync(), await host.SignInAsync());
        List<SessionChange> heard = [];
        using var subscription = host.Feed.Subscribe(heard.Add);

        host.Gate.FailCommit();
        await Assert.ThrowsAsync<DatabaseUnavailableException>(() => EndAsync(host, owner.Caller, one.Id, two.Id));
        host.Gate.FailCommand("INSERT INTO \"AuditEvents\"");
        await Assert.ThrowsAsync<DatabaseUnavailableException>(() => EndAsync(host, owner.Caller, one.Id, two.Id));

        Assert.Empty(heard);
        Assert.Empty(host.Rows.Audit(Action));
        Assert.NotNull(await host.RequestAsync(one));
        Assert.Equal(2, (await EndAsync(host, owner.Caller, one.Id, two.Id)).Count);
    }

    // Guard: ThrowIfCancellationRequested in AccountsDatabase.WriteAsync.
    [EachEngineFact]
    public async Task A_command_cancelled_while_it_waits_for_its_turn_changes_nothing()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        using var gone = new CancellationTokenSource();

        var writers = await host.OccupyWritersAsync();
        var terminate = host.Sessions.TerminateManyAsync(owner.Caller, [other.Id], gone.Token);
        await gone.CancelAsync();
        await writers.DisposeAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => terminate);
        Assert.NotNull(await host.RequestAsync(other));
        Assert.Empty(host.Rows.Audit(Action));
    }

    // Guard: IsLiveAsync in CommandRunner.AdmitAsync.
    [EachEngineFact]
    public async Task When_two_sessions_end_each_other_exactly_one_succeeds()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (one, two, third) = (await host.SignInAsync(), await host.SignInAsync(), await host.SignInAsync());

        var commit = host.Gate.StopCommit();
        var first = EndAsync(host, one.Caller, two.Id);
        await commit.Arrived;
        var second = TryAsync(host, two.Caller, one.Id, third.Id);
        Assert.False(second.IsCompleted);
        commit.Release();

        Assert.Equal([two.Id], await first);
        Assert.IsType<TerminateManyOutcome.CallerEnded>(await second);
        Assert.NotNull(await host.RequestAsync(one));
        Assert.NotNull(await host.RequestAsync(third));
        Assert.Single(host.Rows.Audit(Action));
    }

    // Guard: the conditions of SessionStatements.EndAsync: a command doesn't claim what another one ended first.
    [EachEngineFact]
    public async Task When_two_commands_end_the_same_session_only_one_has_ended_it()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (one, two, target, other) = (await host.SignInAsync(), await host.SignInAsync(), await host.SignInAsync(), await host.SignInAsync());

        var commit = host.Gate.StopCommit();
        var first = host.Sessions.TerminateAsync(one.Caller, target.Id);
        await commit.Arrived;
        var second = EndAsync(host, two.Caller, target.Id, other.Id);
        Assert.False(second.IsCompleted);
        commit.Release();

        Assert.Equal(TerminateOutcome.Terminated, await first);
        Assert.Equal([other.Id], await second);
        Assert.Equal(1L, Assert.Single(host.Rows.Audit(Action))["Count"]);
        Assert.Equal(one.Id.Value, Guid.Parse((string)host.Rows.Session(target.Id)["EndedBySessionId"]!));
    }

    // Control for RaceTests.A_sign_in_in_progress_does_not_survive_signing_out_everywhere: a selection isn't all sessions.
    [EachEngineFact]
    public async Task A_sign_in_in_progress_survives_ending_selected_sessions()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());

        var commit = host.Gate.StopCommit();
        var terminate = EndAsync(host, owner.Caller, other.Id);
        await commit.Arrived;
        var signIn = host.TrySignInAsync(CoreHost.NewBrowser());
        Assert.False(signIn.IsCompleted);
        commit.Release();
        await terminate;

        Assert.IsType<SignInOutcome.SignedIn>(await signIn);
    }

    private static Task<TerminateManyOutcome> TryAsync(CoreHost host, Caller caller, params SessionId[] ids) =>
        host.Sessions.TerminateManyAsync(caller, ids, TestContext.Current.CancellationToken);

    private static async Task<IReadOnlyList<SessionId>> EndAsync(CoreHost host, Caller caller, params SessionId[] ids)
    {
        var ended = Assert.IsType<TerminateManyOutcome.Ended>(await TryAsync(host, caller, ids));
        Assert.Equal(ended.Ids.Count, ended.Count);
        return ended.Ids;
    }
}
