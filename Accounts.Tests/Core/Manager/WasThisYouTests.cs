using Accounts.Core.AuditReading;
using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Manager;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.Manager;

/// <summary>A sign-in from a browser or country that is new to the account stays in question until its user answers.</summary>
public sealed class WasThisYouTests
{
    private const string Germany = "193.99.144.80";
    private const string Japan = "133.11.0.1";

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [EachEngineFact]
    public async Task Yes_removes_the_question_everywhere()
    {
        await using var host = CoreHost.Start();
        var (owner, other) = await AskedAsync(host);
        List<SessionChange> heard = [];
        using var subscription = host.Feed.Subscribe(heard.Add);
        var (mine, before) = (await FindAsync(host, owner, owner.Id), await FindAsync(host, owner, other.Id));
        Assert.True(before.IsInQuestion);
        Assert.True(mine.MayAnswer(before));

        Assert.Equal(RecognizeOutcome.Recognized, await RecognizeAsync(host, owner, other.Id));

        var after = await FindAsync(host, owner, other.Id);
        Assert.Equal((false, false, false, false), (after.NewBrowser, after.NewCountry, after.IsFlagged, after.IsInQuestion));
        Assert.False(mine.MayAnswer(after));
        Assert.NotNull(await host.RequestAsync(other));
        var row = host.Rows.Session(other.Id);
        Assert.Equal(owner.Id.Value, Guid.Parse((string)row["RecognizedBySessionId"]!));
        Assert.NotNull(row["RecognizedAt"]);
        var change = new SessionChange.Recognized(owner.Caller.Subject, other.Id);
        Assert.Equal([change], heard);
        Assert.Equal(after, change.Apply(before));
        Assert.Equal(before, (change with { SessionId = owner.Id }).Apply(before));

        // From now on it may answer for sessions that come after it.
        host.Clock.Advance(Minute);
        var third = await host.SignInAsync();
        Assert.Equal(RecognizeOutcome.Recognized, await RecognizeAsync(host, other, third.Id));
    }

    [EachEngineFact]
    public async Task The_answer_is_in_the_audit_log_once()
    {
        await using var host = CoreHost.Start();
        var (owner, other) = await AskedAsync(host);

        Assert.Equal(RecognizeOutcome.Recognized, await RecognizeAsync(host, owner, other.Id));
        Assert.Equal(RecognizeOutcome.NotInQuestion, await RecognizeAsync(host, owner, other.Id));

        var told = Assert.Single((await host.EventsAsync(owner.Caller, new AuditQuery { Action = "session.recognized" }))!);
        Assert.Equal((AuditActor.You, owner.Id, other.Id), (told.Actor, told.From!.Id, told.To!.Id));
    }

    [EachEngineFact]
    public async Task Only_the_users_own_new_live_unanswered_sessions_are_in_question()
    {
        await using var host = CoreHost.Start();
        var (owner, lapsed) = await AskedAsync(host);
        await host.RegisterAsync("grace@example.test", "Grace Hopper");
        host.Clock.Advance(Session.NewFor - Minute);
        var (over, ended) = (await host.SignInAsync(), await host.SignInAsync(remember: false));
        var hers = await host.SignInAsync("grace@example.test");
        host.Clock.Advance(Minute);
        // This session is in question, but only for Grace.
        var hersToo = await host.SignInAsync("grace@example.test");
        await host.Sessions.SignOutAsync(over.Caller);

        foreach (var id in new[] { lapsed.Id, over.Id, owner.Id, hers.Id, hersToo.Id, SessionId.New(TestClock.Start) })
            Assert.Equal(RecognizeOutcome.NotInQuestion, await RecognizeAsync(host, owner, id));
        host.Clock.Advance(TimeSpan.FromHours(25));
        // The session has expired, but the sweeper hasn't run yet.
        Assert.Equal(RecognizeOutcome.NotInQuestion, await RecognizeAsync(host, owner, ended.Id));

        Assert.Equal(0, host.Rows.Number("SELECT COUNT(*) FROM \"Sessions\" WHERE \"RecognizedAt\" IS NOT NULL"));
        Assert.Empty(host.Rows.Audit("session.recognized"));
    }

    [EachEngineFact]
    public async Task A_session_in_question_may_not_answer_not_even_for_itself()
    {
        await using var host = CoreHost.Start();
        var (owner, thief) = await AskedAsync(host);
        host.Clock.Advance(Minute);
        var later = await host.SignInAsync();

        Assert.Equal(RecognizeOutcome.NotAllowed, await RecognizeAsync(host, thief, thief.Id));
        Assert.Equal(RecognizeOutcome.NotAllowed, await RecognizeAsync(host, thief, later.Id));
        Assert.False((await FindAsync(host, owner, thief.Id)).MayAnswer(await FindAsync(host, owner, later.Id)));
        Assert.False((await FindAsync(host, owner, thief.Id)).MayAnswer(await FindAsync(host, owner, thief.Id)));
        Assert.True((await FindAsync(host, owner, later.Id)).IsInQuestion);
        Assert.True((await FindAsync(host, owner, thief.Id)).IsInQuestion);

        // A week later it is no longer in question, and may answer like any other.
        host.Clock.Advance(Session.NewFor - Minute);
        Assert.Equal(RecognizeOutcome.Recognized, await RecognizeAsync(host, thief, later.Id));
    }

    [EachEngineFact]
    public async Task A_later_session_may_not_answer_unless_its_browser_is_older()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var laptop = CoreHost.NewBrowser();
        await host.SignInAsync(browser: laptop);
        host.Clock.Advance(Minute);
        var other = await host.SignInAsync();
        host.Clock.Advance(Minute);
        // This session isn't in question, because the account now knows its browser. Still, the other session is older.
        var late = await host.SignInAsync();
        host.Rows.Execute("UPDATE \"Sessions\" SET \"NewBrowser\" = FALSE WHERE \"Id\" = @id", ("@id", late.Id.Value));
        Assert.Equal(RecognizeOutcome.NotAllowed, await RecognizeAsync(host, late, other.Id));
        Assert.False((await FindAsync(host, late, late.Id)).MayAnswer(await FindAsync(host, late, other.Id)));

        // Signing in again in the older browser isn't new.
        var again = await host.SignInAsync(browser: laptop);
        Assert.False((await FindAsync(host, again, again.Id)).IsFlagged);
        Assert.True((await FindAsync(host, again, again.Id)).MayAnswer(await FindAsync(host, again, other.Id)));
        Assert.Equal(RecognizeOutcome.Recognized, await RecognizeAsync(host, again, other.Id));
    }

    // Guard: InQuestion at NewBrowser in SessionStarter.StartAsync.
    [EachEngineFact]
    public async Task Signing_in_again_does_not_answer_the_question()
    {
        await using var host = CoreHost.Start();
        var (owner, thief) = await AskedAsync(host);
        host.Clock.Advance(Minute);

        var again = await host.SignInAsync(browser: thief.Browser);
        Assert.True((await FindAsync(host, owner, again.Id)).IsInQuestion);
        Assert.Equal(TerminateOutcome.Terminated, await host.Sessions.DenyAsync(owner.Caller, again.Id, TestContext.Current.CancellationToken));
        var third = await host.SignInAsync(browser: thief.Browser);
        Assert.True((await FindAsync(host, owner, third.Id)).IsInQuestion);

        // Once recognized, the browser stays known.
        Assert.Equal(RecognizeOutcome.Recognized, await RecognizeAsync(host, owner, third.Id));
        Assert.False((await FindAsync(host, owner, (await host.SignInAsync(browser: thief.Browser)).Id)).IsFlagged);
    }

    [EachEngineFact]
    public async Task A_browser_is_known_after_a_week()
    {
        await using var host = CoreHost.Start();
        var (owner, other) = await AskedAsync(host);
        host.Clock.Advance(Session.NewFor);

        var again = await host.SignInAsync(browser: other.Browser);
        Assert.False((await FindAsync(host, owner, again.Id)).IsFlagged);
    }

    [EachEngineFact]
    public async Task A_new_country_is_answered_like_a_new_browser()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (laptop, phone) = (BrowserId.New(), BrowserId.New());
        var owner = await host.SignInAsync(browser: CoreHost.NewBrowser(laptop, Germany));
        await host.SignInAsync(browser: CoreHost.NewBrowser(phone, Germany));
        host.Clock.Advance(Session.NewFor);
        var away = await host.SignInAsync(browser: CoreHost.NewBrowser(phone, Japan));
        var session = await FindAsync(host, owner, away.Id);
        Assert.Equal((false, true, true), (session.NewBrowser, session.NewCountry, session.IsInQuestion));

        Assert.Equal(RecognizeOutcome.Recognized, await RecognizeAsync(host, owner, away.Id));
        Assert.False((await FindAsync(host, owner, away.Id)).IsFlagged);
    }

    [EachEngineFact]
    public async Task An_ended_caller_may_not_answer()
    {
        await using var host = CoreHost.Start();
        var (owner, other) = await AskedAsync(host);
        await host.Sessions.SignOutAsync(owner.Caller);

        Assert.Equal(RecognizeOutcome.CallerEnded, await RecognizeAsync(host, owner, other.Id));
        Assert.Equal(TerminateOutcome.CallerEnded, await host.Sessions.DenyAsync(owner.Caller, other.Id, TestContext.Current.CancellationToken));
        Assert.True((await FindAsync(host, other, other.Id)).IsInQuestion);
    }

    [EachEngineFact]
    public async Task No_ends_the_session_and_is_recorded_as_a_denial()
    {
        await using var host = CoreHost.Start();
        var (owner, other) = await AskedAsync(host);
        List<SessionChange> heard = [];
        using var subscription = host.Feed.Subscribe(heard.Add);

        Assert.Equal(TerminateOutcome.Terminated, await host.Sessions.DenyAsync(owner.Caller, other.Id, TestContext.Current.CancellationToken));
        Assert.Equal(TerminateOutcome.AlreadyEnded, await host.Sessions.DenyAsync(owner.Caller, other.Id, TestContext.Current.CancellationToken));

        Assert.Null(await host.RequestAsync(other));
        Assert.Equal([new SessionChange.Ended(owner.Caller.Subject, other.Id, EndReason.Terminated)], heard);
        Assert.Empty(host.Rows.Audit("session.terminated"));
        var told = Assert.Single((await host.EventsAsync(owner.Caller, new AuditQuery { Action = "session.denied" }))!);
        Assert.Equal((AuditActor.You, owner.Id, other.Id), (told.Actor, told.From!.Id, told.To!.Id));
    }

    [EachEngineFact]
    public async Task No_follows_the_same_rules_as_Terminate()
    {
        await using var host = CoreHost.Start();
        var (owner, other) = await AskedAsync(host);
        await host.RegisterAsync("grace@example.test", "Grace Hopper");
        var grace = await host.SignInAsync("grace@example.test");
        var cancellation = TestContext.Current.CancellationToken;

        Assert.Equal(TerminateOutcome.CurrentSession, await host.Sessions.DenyAsync(owner.Caller, owner.Id, cancellation));
        Assert.Equal(TerminateOutcome.NotFound, await host.Sessions.DenyAsync(owner.Caller, grace.Id, cancellation));
        host.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(TerminateOutcome.ProofNeeded, await host.Sessions.DenyAsync(owner.Caller, other.Id, cancellation));
        Assert.NotNull(await host.RequestAsync(other));
        Assert.Empty(host.Rows.Audit("session.denied"));
    }

    // Guard: Ending in Session.IsInQuestion and in Session.MayAnswer.
    [EachEngineFact]
    public async Task An_ended_session_is_not_in_question_and_may_not_answer()
    {
        await using var host = CoreHost.Start();
        var (owner, other) = await AskedAsync(host);
        var (mine, asked) = (await FindAsync(host, owner, owner.Id), await FindAsync(host, owner, other.Id));
        var ending = new SessionEnding(host.Clock.GetUtcNow(), EndReason.SignedOut, null, null);

        Assert.True(mine.MayAnswer(asked));
        Assert.False((mine with { Ending = ending }).MayAnswer(asked));
        Assert.False(mine.MayAnswer(asked with { Ending = ending }));
        Assert.Equal((true, false), ((asked with { Ending = ending }).IsFlagged, (asked with { Ending = ending }).IsInQuestion));
    }

    // Guard: AnswerableBy in SessionService.DenyAsync.
    [EachEngineFact]
    public async Task No_without_a_question_or_the_right_to_answer_is_an_ordinary_ending()
    {
        await using var host = CoreHost.Start();
        var (owner, thief) = await AskedAsync(host);

        // The thief ends the owner's session. The log must not record that as the owner's answer.
        Assert.Equal(TerminateOutcome.Terminated, await host.Sessions.DenyAsync(thief.Caller, owner.Id, TestContext.Current.CancellationToken));
        Assert.Empty(host.Rows.Audit("session.denied"));
        host.Clock.Advance(Minute);
        var later = await host.SignInAsync();
        Assert.Equal(TerminateOutcome.Terminated, await host.Sessions.DenyAsync(thief.Caller, later.Id, TestContext.Current.CancellationToken));
        Assert.Empty(host.Rows.Audit("session.denied"));
        Assert.Equal(2, host.Rows.Audit("session.terminated").Count);
    }

    [EachEngineFact]
    public async Task An_answer_that_fails_to_commit_changes_nothing()
    {
        await using var host = CoreHost.Start();
        var (owner, other) = await AskedAsync(host);
        List<SessionChange> heard = [];
        using var subscription = host.Feed.Subscribe(heard.Add);

        host.Gate.FailCommit();
        await Assert.ThrowsAsync<DatabaseUnavailableException>(() => RecognizeAsync(host, owner, other.Id));

        Assert.True((await FindAsync(host, owner, other.Id)).IsInQuestion);
        Assert.Empty(heard);
    }

    // Guard: ThrowIfCancellationRequested in AccountsDatabase.WriteAsync.
    [EachEngineTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_cancelled_while_it_waits_for_its_turn_changes_nothing(bool yes)
    {
        await using var host = CoreHost.Start();
        var (owner, other) = await AskedAsync(host);
        using var gone = new CancellationTokenSource();

        var writers = await host.OccupyWritersAsync();
        Task answer = yes
            ? host.Sessions.RecognizeAsync(owner.Caller, other.Id, gone.Token)
            : host.Sessions.DenyAsync(owner.Caller, other.Id, gone.Token);
        await gone.CancelAsync();
        await writers.DisposeAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        Assert.NotNull(await host.RequestAsync(other));
        Assert.True((await FindAsync(host, owner, other.Id)).IsInQuestion);
    }

    // Guard: EndedAt in SessionStatements.QuestionsOf.
    [EachEngineFact]
    public async Task Yes_and_No_at_once_count_as_one_answer()
    {
        await using var host = CoreHost.Start();
        var (owner, other) = await AskedAsync(host);

        var commit = host.Gate.StopCommit();
        var no = host.Sessions.DenyAsync(owner.Caller, other.Id, TestContext.Current.CancellationToken);
        await commit.Arrived;
        var yes = RecognizeAsync(host, owner, other.Id);
        Assert.False(yes.IsCompleted);
        commit.Release();

        Assert.Equal(TerminateOutcome.Terminated, await no);
        Assert.Equal(RecognizeOutcome.NotInQuestion, await yes);
        Assert.Null(host.Rows.Session(other.Id)["RecognizedAt"]);
        Assert.Empty(host.Rows.Audit("session.recognized"));
    }

    // Guard: IsLiveAsync in CommandRunner.AdmitAsync.
    [EachEngineFact]
    public async Task A_session_that_has_just_ended_may_not_answer()
    {
        await using var host = CoreHost.Start();
        var (owner, other) = await AskedAsync(host);

        var commit = host.Gate.StopCommit();
        var terminate = host.Sessions.TerminateAsync(other.Caller, owner.Id);
        await commit.Arrived;
        var yes = RecognizeAsync(host, owner, other.Id);
        Assert.False(yes.IsCompleted);
        commit.Release();

        Assert.Equal(TerminateOutcome.Terminated, await terminate);
        Assert.Equal(RecognizeOutcome.CallerEnded, await yes);
        Assert.Null(host.Rows.Session(other.Id)["RecognizedAt"]);
    }

    /// <summary>Signs in a browser that the account knows, and a minute later one that it doesn't.</summary>
    private static async Task<(SignedInBrowser Owner, SignedInBrowser Other)> AskedAsync(CoreHost host)
    {
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        host.Clock.Advance(Minute);
        return (owner, await host.SignInAsync());
    }

    private static Task<RecognizeOutcome> RecognizeAsync(CoreHost host, SignedInBrowser by, SessionId target) =>
        host.Sessions.RecognizeAsync(by.Caller, target, TestContext.Current.CancellationToken);

    private static async Task<Session> FindAsync(CoreHost host, SignedInBrowser by, SessionId id) =>
        Assert.Single(await host.Sessions.FindAsync(by.Caller, [id]));
}
