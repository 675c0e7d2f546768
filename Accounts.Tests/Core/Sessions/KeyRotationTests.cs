using Accounts.Core.Sessions;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.Sessions;

/// <summary>A proof brings another key. The one before ends when the new one is first seen, and never profits from the proof.</summary>
public sealed class KeyRotationTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    // Guard: the comparison with the offered key alone in LiveSession.HasKey, and _proof being replaced in Adopt.
    [Fact]
    public async Task The_old_key_goes_on_until_the_new_one_is_seen_and_is_refused_from_then_on()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        List<SessionChange> heard = [];
        using var subscription = host.Feed.Subscribe(heard.Add);
        var key = await ProveAsync(host, owner);

        // Requests in flight come with the old one.
        for (var i = 0; i < 3; i++)
            Assert.NotNull(await host.RequestAsync(owner));
        Assert.Empty(heard.OfType<SessionChange.KeyReplaced>());

        Assert.NotNull(await host.Registry.AuthenticateAsync(owner.Id, key));
        Assert.Null(await host.RequestAsync(owner));
        Assert.NotNull(await host.Registry.AuthenticateAsync(owner.Id, key));
        Assert.Single(heard.OfType<SessionChange.KeyReplaced>());
        Assert.Equal(1, host.Rows.Number("SELECT COUNT(*) FROM \"Sessions\""));
    }

    // Guard: the mark of the key in LiveSession.ToCaller(principal).
    [Fact]
    public async Task The_proof_counts_for_the_new_key_alone()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        host.Clock.Advance(Hour);
        var key = await ProveAsync(host, owner);

        // A thief who has the old key, while both work.
        var old = (await host.RequestAsync(owner))!;
        var oldPrincipal = old.Principal;
        Assert.Equal(TerminateOutcome.ProofNeeded, await host.Sessions.TerminateAsync(old.ToCaller(), other.Id));

        var live = (await host.Registry.AuthenticateAsync(owner.Id, key))!;
        // What was opened with the old key still holds its principal, and may not act on the owner's proof.
        Assert.Equal(TerminateOutcome.ProofNeeded, await host.Sessions.TerminateAsync((await host.Registry.FindCallerAsync(oldPrincipal))!, other.Id));
        Assert.NotNull(await host.RequestAsync(other));
        Assert.Equal(TerminateOutcome.Terminated, await host.Sessions.TerminateAsync((await host.Registry.FindCallerAsync(live.Principal))!, other.Id));
    }

    // Guard: Caller.AuthenticatedAt is what the caller could show when it called, not what the row says by now.
    [Fact]
    public async Task A_command_of_the_old_key_that_waits_behind_the_proof_does_not_profit_from_it()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        host.Clock.Advance(Hour);
        var key = await ProveAsync(host, owner);
        var caller = (await host.RequestAsync(owner))!.ToCaller();

        var commit = host.Gate.StopCommit();
        var seen = host.Registry.AuthenticateAsync(owner.Id, key).AsTask();
        await commit.Arrived;
        var terminate = host.Sessions.TerminateAsync(caller, other.Id);
        Assert.False(terminate.IsCompleted);
        commit.Release();

        Assert.NotNull(await seen);
        Assert.Equal(TerminateOutcome.ProofNeeded, await terminate);
    }

    // Guard: IsDue in LiveSession.HasKey, and EndFirstKeyAsync in SessionRegistry.Offer.
    [Fact]
    public async Task The_old_key_has_a_minute_even_if_the_new_one_is_never_seen()
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

        // The browser that has the new one is let in, however late.
        host.Clock.Advance(Hour);
        Assert.NotNull(await host.Registry.AuthenticateAsync(owner.Id, key));
        Assert.Null(await host.RequestAsync(owner));
    }

    [Fact]
    public async Task After_a_lost_answer_another_proof_in_time_brings_another_key_and_voids_the_lost_one()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        var lost = await ProveAsync(host, owner);
        host.Clock.Advance(Minute / 2);
        var key = await ProveAsync(host, owner);

        // The minute of the second one counts.
        host.Clock.Advance(Minute - TimeSpan.FromMilliseconds(1));
        Assert.NotNull(await host.RequestAsync(owner));
        Assert.Null(await host.Registry.AuthenticateAsync(owner.Id, lost));
        Assert.NotNull(await host.Registry.AuthenticateAsync(owner.Id, key));
        Assert.Null(await host.RequestAsync(owner));
    }

    // Guard: EndFirstKeyAsync in SessionRegistry.LoadAsync.
    [Fact]
    public async Task A_restart_in_the_minute_changes_nothing_of_it()
    {
        using var folder = new TempFolder();
        SignedInBrowser owner;
        string key;
        await using (var host = CoreHost.Start(folder))
        {
            await host.RegisterAsync();
            owner = await host.SignInAsync();
            key = await ProveAsync(host, owner);
        }

        await using (var again = CoreHost.Start(folder))
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

        await using var last = CoreHost.Start(folder);
        last.Clock.Advance(Hour);
        Assert.Null(await last.RequestAsync(owner));
        Assert.NotNull(await last.Registry.AuthenticateAsync(owner.Id, key));
    }

    [Fact]
    public async Task Whoever_lost_the_answer_signs_in_again_in_place_of_the_session_that_nobody_can_use()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        await ProveAsync(host, owner);
        host.Clock.Advance(Minute);
        Assert.Null(await host.RequestAsync(owner));

        var again = await host.SignInAsync(client: owner.Client);
        Assert.NotNull(await host.RequestAsync(again));
        Assert.Equal(EndReason.Replaced, (EndReason)(long)host.Rows.Session(owner.Id)["EndReason"]!);
    }

    [Fact]
    public async Task A_browser_that_got_the_answer_and_slept_on_it_is_let_in_and_its_proof_is_as_old_as_it_is()
    {
        using var folder = new TempFolder();
        SignedInBrowser owner;
        string key;
        await using (var host = CoreHost.Start(folder))
        {
            await host.RegisterAsync();
            owner = await host.SignInAsync();
            host.Clock.Advance(Hour);
            key = await ProveAsync(host, owner);
        }

        await using (var later = CoreHost.Start(folder))
        {
            later.Clock.Advance(Hour + TimeSpan.FromMinutes(20));
            var live = await later.Registry.AuthenticateAsync(owner.Id, key);
            Assert.Equal(TestClock.Start + Hour, live!.ToCaller().AuthenticatedAt);
            Assert.Null(await later.RequestAsync(owner));
        }

        await using var last = CoreHost.Start(folder);
        Assert.Null(await last.RequestAsync(owner));
        Assert.Equal(TestClock.Start + Hour, (await last.Registry.AuthenticateAsync(owner.Id, key))!.ToCaller().AuthenticatedAt);
    }

    [Fact]
    public async Task Requests_with_the_new_key_that_come_at_once_are_all_let_in_and_it_is_told_once()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        var key = await ProveAsync(host, owner);
        List<SessionChange> heard = [];
        using var subscription = host.Feed.Subscribe(heard.Add);

        var commit = host.Gate.StopCommit();
        var first = host.Registry.AuthenticateAsync(owner.Id, key).AsTask();
        await commit.Arrived;
        var second = host.Registry.AuthenticateAsync(owner.Id, key).AsTask();
        // Not committed yet: what comes with the old one now is in flight.
        Assert.NotNull(await host.RequestAsync(owner));
        commit.Release();

        Assert.NotNull(await first);
        Assert.NotNull(await second);
        Assert.Null(await host.RequestAsync(owner));
        Assert.Single(heard);
    }

    [Fact]
    public async Task A_first_sight_that_cannot_be_written_is_none_and_the_next_one_is()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        var key = await ProveAsync(host, owner);

        host.Gate.FailCommit();
        await Assert.ThrowsAsync<DatabaseUnavailableException>(() => host.Registry.AuthenticateAsync(owner.Id, key).AsTask());
        Assert.NotNull(await host.RequestAsync(owner));

        Assert.NotNull(await host.Registry.AuthenticateAsync(owner.Id, key));
        Assert.Null(await host.RequestAsync(owner));
    }

    [Fact]
    public async Task An_ended_session_takes_no_other_key_and_tells_the_holder_of_either_that_it_has_ended()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        var key = await ProveAsync(host, other);
        Assert.Equal(TerminateOutcome.Terminated, await host.Sessions.TerminateAsync(owner.Caller, other.Id));

        Assert.Null(await host.Registry.AuthenticateAsync(other.Id, key));
        Assert.Null(await host.RequestAsync(other));
        Assert.NotNull(await host.Departures.ConfirmLeftAsync(other.Id, other.Key));
        Assert.NotNull(await host.Departures.ConfirmLeftAsync(other.Id, key));
        Assert.Null(await host.Departures.ConfirmLeftAsync(other.Id, owner.Key));
    }

    // Guard: the state in the WHERE clause of KeyRotation.AdoptAsync.
    [Fact]
    public async Task A_first_sight_beside_an_ending_does_not_bring_the_session_back()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        var key = await ProveAsync(host, other);
        var commit = host.Gate.StopCommit();
        var terminate = host.Sessions.TerminateAsync(owner.Caller, other.Id);
        await commit.Arrived;
        var seen = host.Registry.AuthenticateAsync(other.Id, key).AsTask();
        Assert.False(seen.IsCompleted);
        commit.Release();
        Assert.Equal(TerminateOutcome.Terminated, await terminate);

        Assert.Null(await seen);
        Assert.NotNull(host.Rows.Session(other.Id)["NextKeyHash"]);
    }

    private static async Task<string> ProveAsync(CoreHost host, SignedInBrowser browser) =>
        Assert.IsType<ReauthenticationOutcome.Proved>(await host.Reauthentication.ReauthenticateAsync(browser.Caller, CoreHost.Password)).Session.Key.Reveal();
}
