using Accounts.Core.Live;
using Accounts.Core.Manager;
using Accounts.Core.Sessions;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.Live;

/// <summary>A proof issues a new key. The old key ends when the new one is first used, and never benefits from the proof.</summary>
public sealed class KeyRotationTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    // Guard: the comparison with only the offered key in LiveSession.HasKey, and _proof being replaced in Adopt.
    [EachEngineFact]
    public async Task The_old_key_works_until_the_new_one_is_first_used()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        List<SessionChange> heard = [];
        using var subscription = host.Feed.Subscribe(heard.Add);
        var key = await ProveAsync(host, owner);

        // Requests in flight still have the old key.
        for (var i = 0; i < 3; i++)
            Assert.NotNull(await host.RequestAsync(owner));
        Assert.Empty(heard.OfType<SessionChange.KeyReplaced>());

        Assert.NotNull(await host.Authenticator.AuthenticateAsync(owner.Id, key));
        Assert.Null(await host.RequestAsync(owner));
        Assert.NotNull(await host.Authenticator.AuthenticateAsync(owner.Id, key));
        Assert.Single(heard.OfType<SessionChange.KeyReplaced>());
        Assert.Equal(1, host.Rows.Number("SELECT COUNT(*) FROM \"Sessions\""));
    }

    // Guard: the key mark in LiveSession.ToCaller(principal).
    [EachEngineFact]
    public async Task The_proof_counts_only_for_the_new_key()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        host.Clock.Advance(Hour);
        var key = await ProveAsync(host, owner);

        // A thief has the old key while both keys work.
        var old = (await host.RequestAsync(owner))!;
        var oldPrincipal = old.Principal;
        Assert.Equal(TerminateOutcome.ProofNeeded, await host.Sessions.TerminateAsync(old.ToCaller(), other.Id));

        var live = (await host.Authenticator.AuthenticateAsync(owner.Id, key))!;
        // A circuit opened with the old key still holds its principal, and can't act any more.
        Assert.Equal(TerminateOutcome.CallerEnded,
            await host.Sessions.TerminateAsync((await host.Authenticator.FindCallerAsync(oldPrincipal))!, other.Id));
        Assert.NotNull(await host.RequestAsync(other));
        Assert.Equal(TerminateOutcome.Terminated,
            await host.Sessions.TerminateAsync((await host.Authenticator.FindCallerAsync(live.Principal))!, other.Id));
    }

    // Guard: Caller.AuthenticatedAt is the caller's own proof at the time of the call, not the row's current one.
    [EachEngineFact]
    public async Task A_command_with_the_old_key_does_not_benefit_from_a_later_proof()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        host.Clock.Advance(Hour);
        var key = await ProveAsync(host, owner);
        var caller = (await host.RequestAsync(owner))!.ToCaller();

        var commit = host.Gate.StopCommit();
        var seen = host.Authenticator.AuthenticateAsync(owner.Id, key).AsTask();
        await commit.Arrived;
        var terminate = host.Sessions.TerminateAsync(caller, other.Id);
        Assert.False(terminate.IsCompleted);
        commit.Release();

        Assert.NotNull(await seen);
        Assert.Equal(TerminateOutcome.CallerEnded, await terminate);
    }

    // Guard: the key in SessionStatements.IsLive.
    [EachEngineFact]
    public async Task A_caller_with_a_replaced_key_may_not_go_on()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        var caller = (await host.RequestAsync(owner))!.ToCaller();
        Assert.True(await MayAsync());

        // Offered and not used yet: both keys count.
        var key = await ProveAsync(host, owner);
        Assert.True(await MayAsync());

        var live = await host.Authenticator.AuthenticateAsync(owner.Id, key);
        Assert.False(await MayAsync());
        caller = live!.ToCaller();
        Assert.True(await MayAsync());

        async Task<bool> MayAsync()
        {
            var goesOn = await host.Authenticator.MayGoOnAsync(caller);
            var renamed = await host.Sessions.RenameAsync(caller, owner.Id, new RenameSessionInput { Name = "Work" });
            Assert.Equal(goesOn, renamed is RenameOutcome.Renamed);
            return goesOn;
        }
    }

    // Guard: IsDue in LiveSession.HasKey, and EndFirstKeyLater in KeyRotation.OfferAsync.
    [EachEngineFact]
    public async Task The_old_key_expires_after_a_minute_if_the_new_one_is_never_used()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        var replaced = new TaskCompletionSource<SessionChange>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var subscription = host.Feed.Subscribe(change =>
        {
            if (change is SessionChange.KeyReplaced)
                replaced.TrySetResult(change);
        });
        var key = await ProveAsync(host, owner);

        host.Clock.Advance(Minute - TimeSpan.FromMilliseconds(1));
        var live = await host.RequestAsync(owner);
        Assert.True(live!.HasKeyMark(live.Principal.FindKeyMark(), host.Clock.GetUtcNow()));
        Assert.False(replaced.Task.IsCompleted);

        host.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Null(await host.RequestAsync(owner));
        Assert.False(live.HasKeyMark(live.Principal.FindKeyMark(), host.Clock.GetUtcNow()));
        await replaced.Task.WaitAsync(Patience.Limit);

        // The browser with the new key is accepted, however late.
        host.Clock.Advance(Hour);
        Assert.NotNull(await host.Authenticator.AuthenticateAsync(owner.Id, key));
        Assert.Null(await host.RequestAsync(owner));
    }

    // Guard: Duration in OfferedKey.IsDue. Otherwise the old key would live on for two hours.
    [EachEngineFact]
    public async Task The_old_key_ends_too_if_the_clock_is_set_back()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        var key = await ProveAsync(host, owner);
        Assert.NotNull(await host.RequestAsync(owner));
        host.Clock.SetBack(2 * Hour);
        Assert.Null(await host.RequestAsync(owner));
        Assert.NotNull(await host.Authenticator.AuthenticateAsync(owner.Id, key));
    }

    // Guard: LiveSession.Adopt compares numbers. By the clock, the session began after the proof.
    [EachEngineFact]
    public async Task A_proof_counts_after_the_clock_was_set_back()
    {
        using var database = new TestDatabase();
        SignedInBrowser first, second, third;
        await using (var host = CoreHost.Start(database))
        {
            await host.RegisterAsync();
            (first, second, third) = (await host.SignInAsync(), await host.SignInAsync(), await host.SignInAsync());
            host.Clock.SetBack(2 * Hour);
            await ProveAndTerminateAsync(host, first, second);
        }

        await using var again = CoreHost.Start(database);
        again.Clock.SetBack(2 * Hour);
        Assert.NotNull(await again.RequestAsync(third));
        await ProveAndTerminateAsync(again, third, first);

        static async Task ProveAndTerminateAsync(CoreHost host, SignedInBrowser browser, SignedInBrowser other)
        {
            var key = await ProveAsync(host, browser);
            var live = (await host.Authenticator.AuthenticateAsync(browser.Id, key))!;
            Assert.NotNull(await host.Authenticator.AuthenticateAsync(browser.Id, key));
            Assert.Equal(TerminateOutcome.Terminated, await host.Sessions.TerminateAsync(live.ToCaller(), other.Id));
        }
    }

    [EachEngineFact]
    public async Task Another_proof_after_a_lost_response_replaces_the_lost_key()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        var lost = await ProveAsync(host, owner);
        host.Clock.Advance(Minute / 2);
        var key = await ProveAsync(host, owner);

        // The second proof starts a new minute.
        host.Clock.Advance(Minute - TimeSpan.FromMilliseconds(1));
        Assert.NotNull(await host.RequestAsync(owner));
        Assert.Null(await host.Authenticator.AuthenticateAsync(owner.Id, lost));
        Assert.NotNull(await host.Authenticator.AuthenticateAsync(owner.Id, key));
        Assert.Null(await host.RequestAsync(owner));
    }

    // Guard: the time of the offer is read inside the transaction, in KeyRotation.OfferAsync.
    [EachEngineFact]
    public async Task A_proof_that_began_earlier_and_commits_later_gives_a_key_that_works()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        var begin = host.Gate.StopBegin();
        var change = host.PasswordChange.ChangeAsync(owner.Caller,
            new ChangePasswordInput { CurrentPassword = CoreHost.Password, NewPassword = "another passphrase" });
        await begin.Arrived;
        host.Clock.Advance(Minute / 2);
        begin.Release();
        var key = Assert.IsType<ChangePasswordOutcome.Changed>(await change).Session.Key.Reveal();

        var live = (await host.Authenticator.AuthenticateAsync(owner.Id, key))!;
        Assert.Null(live.Offered);
        Assert.Equal(TestClock.Start + (Minute / 2), live.ToCaller().AuthenticatedAt);
    }

    // Guard: the comparison of the two numbers in LiveSession.Adopt.
    [EachEngineFact]
    public async Task A_late_adoption_does_not_bring_back_an_older_key()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        var live = (await host.RequestAsync(owner))!;
        await ProveAsync(host, owner);
        var first = live.Offered!;
        host.Clock.Advance(Minute / 2);
        var key = await ProveAsync(host, owner);
        Assert.NotNull(await host.Authenticator.AuthenticateAsync(owner.Id, key));

        // A request with the first new key was adopted in the database before the second proof, and gets its turn in memory only now.
        Assert.False(live.Adopt(first));

        Assert.NotNull(await host.Authenticator.AuthenticateAsync(owner.Id, key));
        Assert.Equal(TestClock.Start + (Minute / 2), live.ToCaller().AuthenticatedAt);
    }

    // Guard: EndFirstKeyLater in SessionAuthenticator.LoadAsync.
    [EachEngineFact]
    public async Task A_restart_does_not_change_the_minute()
    {
        using var database = new TestDatabase();
        SignedInBrowser owner;
        string key;
        await using (var host = CoreHost.Start(database))
        {
            await host.RegisterAsync();
            owner = await host.SignInAsync();
            key = await ProveAsync(host, owner);
        }

        await using (var again = CoreHost.Start(database))
        {
            var replaced = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using var subscription = again.Feed.Subscribe(change =>
            {
                if (change is SessionChange.KeyReplaced)
                    replaced.TrySetResult();
            });
            again.Clock.Advance(Minute / 2);
            Assert.NotNull(await again.RequestAsync(owner));
            again.Clock.Advance(Minute / 2);
            Assert.Null(await again.RequestAsync(owner));
            await replaced.Task.WaitAsync(Patience.Limit);
        }

        await using var last = CoreHost.Start(database);
        last.Clock.Advance(Hour);
        Assert.Null(await last.RequestAsync(owner));
        Assert.NotNull(await last.Authenticator.AuthenticateAsync(owner.Id, key));
    }

    [EachEngineFact]
    public async Task Signing_in_after_a_lost_response_replaces_the_unusable_session()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        await ProveAsync(host, owner);
        host.Clock.Advance(Minute);
        Assert.Null(await host.RequestAsync(owner));

        var again = await host.SignInAsync(browser: owner.Browser);
        Assert.NotNull(await host.RequestAsync(again));
        Assert.Equal(EndReason.Replaced, (EndReason)(long)host.Rows.Session(owner.Id)["EndReason"]!);
    }

    [EachEngineFact]
    public async Task A_browser_that_uses_its_new_key_late_keeps_the_proofs_age()
    {
        using var database = new TestDatabase();
        SignedInBrowser owner;
        string key;
        await using (var host = CoreHost.Start(database))
        {
            await host.RegisterAsync();
            owner = await host.SignInAsync();
            host.Clock.Advance(Hour);
            key = await ProveAsync(host, owner);
        }

        await using (var later = CoreHost.Start(database))
        {
            later.Clock.Advance(Hour + TimeSpan.FromMinutes(20));
            var live = await later.Authenticator.AuthenticateAsync(owner.Id, key);
            Assert.Equal(TestClock.Start + Hour, live!.ToCaller().AuthenticatedAt);
            Assert.Null(await later.RequestAsync(owner));
        }

        await using var last = CoreHost.Start(database);
        Assert.Null(await last.RequestAsync(owner));
        Assert.Equal(TestClock.Start + Hour, (await last.Authenticator.AuthenticateAsync(owner.Id, key))!.ToCaller().AuthenticatedAt);
    }

    [EachEngineFact]
    public async Task Concurrent_first_requests_with_the_new_key_all_pass_and_announce_it_once()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        var key = await ProveAsync(host, owner);
        List<SessionChange> heard = [];
        using var subscription = host.Feed.Subscribe(heard.Add);

        var commit = host.Gate.StopCommit();
        var first = host.Authenticator.AuthenticateAsync(owner.Id, key).AsTask();
        await commit.Arrived;
        var second = host.Authenticator.AuthenticateAsync(owner.Id, key).AsTask();
        // The new key isn't committed yet: a request with the old one counts as in flight.
        Assert.NotNull(await host.RequestAsync(owner));
        commit.Release();

        Assert.NotNull(await first);
        Assert.NotNull(await second);
        Assert.Null(await host.RequestAsync(owner));
        Assert.Single(heard);
    }

    [EachEngineFact]
    public async Task A_first_use_that_cannot_be_stored_is_retried_by_the_next()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        var key = await ProveAsync(host, owner);

        host.Gate.FailCommit();
        await Assert.ThrowsAsync<DatabaseUnavailableException>(() => host.Authenticator.AuthenticateAsync(owner.Id, key).AsTask());
        Assert.NotNull(await host.RequestAsync(owner));

        Assert.NotNull(await host.Authenticator.AuthenticateAsync(owner.Id, key));
        Assert.Null(await host.RequestAsync(owner));
    }

    [EachEngineFact]
    public async Task An_ended_session_accepts_neither_key_but_tells_both_that_it_ended()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        var key = await ProveAsync(host, other);
        Assert.Equal(TerminateOutcome.Terminated, await host.Sessions.TerminateAsync(owner.Caller, other.Id));

        Assert.Null(await host.Authenticator.AuthenticateAsync(other.Id, key));
        Assert.Null(await host.RequestAsync(other));
        Assert.NotNull(await host.Departures.ConfirmLeftAsync(other.Id, other.Key));
        Assert.NotNull(await host.Departures.ConfirmLeftAsync(other.Id, key));
        Assert.Null(await host.Departures.ConfirmLeftAsync(other.Id, owner.Key));
    }

    // Guard: the state in the WHERE clause of KeyRotation.AdoptAsync.
    [EachEngineFact]
    public async Task First_use_of_a_key_does_not_revive_a_session_that_just_ended()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        var key = await ProveAsync(host, other);
        var commit = host.Gate.StopCommit();
        var terminate = host.Sessions.TerminateAsync(owner.Caller, other.Id);
        await commit.Arrived;
        var seen = host.Authenticator.AuthenticateAsync(other.Id, key).AsTask();
        Assert.False(seen.IsCompleted);
        commit.Release();
        Assert.Equal(TerminateOutcome.Terminated, await terminate);

        Assert.Null(await seen);
        Assert.NotNull(host.Rows.Session(other.Id)["NextKeyHash"]);
    }

    private static async Task<string> ProveAsync(CoreHost host, SignedInBrowser browser) =>
        Assert.IsType<ReauthenticationOutcome.Proved>(
            await host.Reauthentication.ReauthenticateAsync(browser.Caller, CoreHost.Password)).Session.Key.Reveal();
}
