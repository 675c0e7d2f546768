using Accounts.Core.Administration;
using Accounts.Core.Audit;
using Accounts.Core.AuditReading;
using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Sessions;
using Accounts.Core.SignIn;
using Accounts.Core.Support;
using Accounts.Core.Users;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.Administration;

/// <summary>Everybody's sessions end, in batches that nothing survives and that a crash only interrupts.</summary>
public sealed class MassEndingsTests
{
    private const string Root = "root@example.test";

    private static EndEverybodyInput Breach => new() { Reason = "Keys were leaked", Confirmation = " Everybody " };

    [EachEngineFact]
    public async Task Every_session_and_view_ends_but_the_administrators_own()
    {
        await using var host = CoreHost.Start();
        var ada = await host.RegisterAsync();
        await host.RegisterAsync("grace@example.test", "Grace Hopper");
        var (phone, laptop, grace) = (await host.SignInAsync(), await host.SignInAsync(), await host.SignInAsync("grace@example.test"));
        var sam = await AccountAdministrationTests.SignInStaffAsync(host, "sam@example.test", Roles.Support);
        var view = Assert.IsType<BeginViewOutcome.Began>(
            await host.Get<SupportViews>().BeginAsync(sam.Caller, ada, new ReasonInput { Reason = "Ticket 4711" })).Session;
        var root = await AccountAdministrationTests.SignInStaffAsync(host, Root, Roles.Administrator);
        var elsewhere = await host.SignInAsync(Root);
        List<SessionChange> heard = [];
        using var feed = host.Feed.Subscribe(heard.Add);

        Assert.Equal(5, await Endings(host).CountAsync(root.Caller));
        Assert.Null(await Endings(host).FindLatestAsync(root.Caller));
        Assert.Equal(new EndEverybodyOutcome.Began(5), await Endings(host).BeginAsync(root.Caller, Breach));
        Assert.Equal((5, 0, false), Progress(await Endings(host).FindLatestAsync(root.Caller)));
        await Endings(host).RunAsync();

        foreach (var gone in new[] { phone, laptop, grace, sam, elsewhere })
            Assert.Null(await host.RequestAsync(gone));
        Assert.Null(await host.Authenticator.AuthenticateAsync(view.Id, view.Key.Reveal()));
        Assert.NotNull(await host.RequestAsync(root));
        Assert.Equal((5, 5, true), Progress(await Endings(host).FindLatestAsync(root.Caller)));
        Assert.Equal(5, heard.OfType<SessionChange.Ended>().Count(one => one.Reason is EndReason.EndedByAdministrator && one.SessionId != view.Id));
        // Everybody signs in again.
        Assert.IsType<SignInOutcome.SignedIn>(await host.TrySignInAsync(CoreHost.NewBrowser()));

        var told = Assert.Single((await host.EventsAsync(phone.Caller, new AuditQuery { Action = AuditAction.SessionsEndedByAdministrator }))!);
        Assert.Equal(("Root Admin", "Keys were leaked", 2, null), (told.ActorName, told.Reason, told.Count, told.Address));
        var kept = Assert.Single((await host.EventsAsync(root.Caller, new AuditQuery { Action = AuditAction.EverybodyEnded }))!);
        Assert.Equal((AuditActor.You, "Keys were leaked", 5), (kept.Actor, kept.Reason, kept.Count));
        var ending = (await host.HistoryAsync(grace.Caller))[0].Ending!;
        Assert.Equal(EndReason.EndedByAdministrator, ending.Reason);
    }

    // Guard: KeepEpochAsync in SessionStarter.
    [EachEngineFact]
    public async Task A_sign_in_in_progress_does_not_survive()
    {
        await using var host = CoreHost.Start();
        var ada = await host.RegisterAsync();
        var root = await AccountAdministrationTests.SignInStaffAsync(host, Root, Roles.Administrator);
        var door = host.Get<ProofDoor>();
        var proof = await door.OpenAsync(ada);
        var first = await door.OpenAsync(new ExternalUser("crm|42", "Grace", null));

        var commit = host.Gate.StopCommit();
        var act = Endings(host).BeginAsync(root.Caller, Breach);
        await commit.Arrived;
        // The password has been verified. Starting the session waits for the epoch.
        var signIn = host.TrySignInAsync(CoreHost.NewBrowser());
        await host.BlockedAsync();
        Assert.False(signIn.IsCompleted);
        commit.Release();

        Assert.IsType<EndEverybodyOutcome.Began>(await act);
        Assert.IsType<SignInOutcome.WrongCredentials>(await signIn);
        Assert.Null(await door.SignInAsync(CoreHost.NewBrowser(), proof!, SignInMethods.Passkey, remember: true));
        Assert.Null(await door.SignInAsync(CoreHost.NewBrowser(), first, SignInMethods.Provider, remember: true));
        Assert.IsType<SignInOutcome.SignedIn>(await host.TrySignInAsync(CoreHost.NewBrowser()));
        proof = await door.OpenAsync(ada);
        Assert.NotNull(await door.SignInAsync(CoreHost.NewBrowser(), proof!, SignInMethods.Passkey, remember: true));
    }

    // Guard: the share lock. A start that has begun ends before the epoch does, so a batch finds its session.
    [EachEngineFact]
    public async Task A_session_that_starts_at_the_last_moment_ends_with_the_others()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var root = await AccountAdministrationTests.SignInStaffAsync(host, Root, Roles.Administrator);

        var commit = host.Gate.StopCommit();
        var signIn = host.TrySignInAsync(CoreHost.NewBrowser());
        await commit.Arrived;
        var act = Endings(host).BeginAsync(root.Caller, Breach);
        await host.BlockedAsync();
        Assert.False(act.IsCompleted);
        commit.Release();

        var session = Assert.IsType<SignInOutcome.SignedIn>(await signIn).Session;
        Assert.Equal(new EndEverybodyOutcome.Began(1), await act);
        await Endings(host).RunAsync();
        Assert.Null(await host.Authenticator.AuthenticateAsync(session.Id, session.Key.Reveal()));
    }

    [EachEngineFact]
    public async Task Sessions_that_start_while_it_runs_stay()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var old = await host.SignInAsync();
        var root = await AccountAdministrationTests.SignInStaffAsync(host, Root, Roles.Administrator);
        await Endings(host).BeginAsync(root.Caller, Breach);
        var fresh = await host.SignInAsync();
        await Endings(host).RunAsync();
        Assert.Null(await host.RequestAsync(old));
        Assert.NotNull(await host.RequestAsync(fresh));

        // The next one ends those, too.
        Assert.Equal(new EndEverybodyOutcome.Began(1), await Endings(host).BeginAsync(root.Caller, Breach));
        await Endings(host).RunAsync();
        Assert.Null(await host.RequestAsync(fresh));
        Assert.NotNull(await host.RequestAsync(root));
    }

    [EachEngineFact]
    public async Task It_goes_on_where_a_failure_or_a_restart_interrupted_it()
    {
        using var database = new TestDatabase();
        SignedInBrowser root;
        var sessions = new List<SignedInBrowser>();
        await using (var host = CoreHost.Start(database))
        {
            await host.RegisterAsync();
            for (var i = 0; i < 3; i++)
                sessions.Add(await host.SignInAsync());
            root = await AccountAdministrationTests.SignInStaffAsync(host, Root, Roles.Administrator);
            Assert.Equal(new EndEverybodyOutcome.Began(3), await Endings(host).BeginAsync(root.Caller, Breach));
            // The process dies before the first batch: nothing runs the batches of this host but the test.
        }

        await using var again = CoreHost.Start(database);
        Assert.NotNull(await again.RequestAsync(sessions[0]));
        await Endings(again).RunAsync();
        foreach (var session in sessions)
            Assert.Null(await again.RequestAsync(session));
        Assert.Equal((3, 3, true), Progress(await Endings(again).FindLatestAsync(root.Caller)));
        // Nothing is left to do.
        var before = again.Rows.Everything();
        await Endings(again).RunAsync();
        Assert.Equal(before, again.Rows.Everything());
    }

    // Guard: FindUsers in MassEndings.RunAsync.
    [EachEngineFact]
    public async Task The_accounts_in_use_go_first_with_all_of_their_sessions()
    {
        using var database = new TestDatabase();
        SignedInBrowser ada, grace, root;
        await using (var host = CoreHost.Start(database))
        {
            await host.RegisterAsync();
            await host.RegisterAsync("grace@example.test", "Grace Hopper");
            (ada, grace) = (await host.SignInAsync(), await host.SignInAsync("grace@example.test"));
            await host.SignInAsync("grace@example.test");
            root = await AccountAdministrationTests.SignInStaffAsync(host, Root, Roles.Administrator);
            Assert.Equal(new EndEverybodyOutcome.Began(3), await Endings(host).BeginAsync(root.Caller, Breach));
        }

        // Memory is empty after the restart. Of three sessions, one is used.
        await using var again = CoreHost.Start(database);
        Assert.NotNull(await again.RequestAsync(grace));
        List<SessionChange> heard = [];
        using var feed = again.Feed.Subscribe(heard.Add);
        await Endings(again).RunAsync();

        Assert.Equal(
            [grace.Caller.Subject, grace.Caller.Subject, ada.Caller.Subject],
            heard.OfType<SessionChange.Ended>().Select(one => one.UserId));
        Assert.Equal((3, 3, true), Progress(await Endings(again).FindLatestAsync(root.Caller)));
        // One event says it for both of her sessions.
        var told = Assert.Single((await again.EventsAsync(grace.Caller, new AuditQuery { Action = AuditAction.SessionsEndedByAdministrator }))!);
        Assert.Equal(2, told.Count);
    }

    [EachEngineFact]
    public async Task It_needs_an_administrator_a_fresh_proof_a_reason_and_the_word()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var ada = await host.SignInAsync();
        var root = await AccountAdministrationTests.SignInStaffAsync(host, Root, Roles.Administrator);
        var sam = await AccountAdministrationTests.SignInStaffAsync(host, "sam@example.test", Roles.Support);
        foreach (var other in new[] { ada, sam })
        {
            await Assert.ThrowsAsync<CallerRefusedException>(() => Endings(host).BeginAsync(other.Caller, Breach));
            await Assert.ThrowsAsync<CallerRefusedException>(() => Endings(host).CountAsync(other.Caller));
            await Assert.ThrowsAsync<CallerRefusedException>(() => Endings(host).FindLatestAsync(other.Caller));
        }

        var errors = Assert.IsType<EndEverybodyOutcome.Invalid>(await Endings(host).BeginAsync(root.Caller, new EndEverybodyInput())).Errors;
        Assert.Equal(
            [(nameof(EndEverybodyInput.Reason), InputProblem.Missing), (nameof(EndEverybodyInput.Confirmation), InputProblem.NotTheWord)],
            errors.Select(error => (error.Field, error.Problem)));
        host.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.IsType<EndEverybodyOutcome.ProofNeeded>(await Endings(host).BeginAsync(root.Caller, Breach));
        await Endings(host).RunAsync();
        Assert.NotNull(await host.RequestAsync(ada));
        Assert.Equal(new EndEverybodyOutcome.Began(2), await Endings(host).BeginAsync(root.ProvedAt(host.Clock.GetUtcNow()), Breach));
    }

    private static MassEndings Endings(CoreHost host) => host.Get<MassEndings>();

    private static (int Total, int Ended, bool Finished) Progress(MassEnding? ending) =>
        (ending!.Total, ending.Ended, ending.FinishedAt is not null);
}
