using Accounts.Core.Callers;
using Accounts.Core.Manager;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.SignIn;

/// <summary>Ending other sessions needs a recent proof, by default from the last ten minutes. A sign-in or the password is one.</summary>
public sealed class ReauthenticationTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    public enum Act
    {
        Terminate,
        SignOutEverywhere,
        RemoteLogout,
    }

    // Guard: FreshProof in CommandRunner.AdmitAsync, and in the need of each of the three commands.
    [EachEngineTheory]
    [InlineData(Act.Terminate)]
    [InlineData(Act.SignOutEverywhere)]
    [InlineData(Act.RemoteLogout)]
    public async Task Ending_other_sessions_needs_a_proof_from_the_last_ten_minutes(Act act)
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());

        host.Clock.Advance(Limit);
        Assert.Equal("ProofNeeded", await DoAsync(host, act, (await host.RequestAsync(owner))!.ToCaller(), other));
        Assert.NotNull(await host.RequestAsync(other));
        Assert.Equal(0, host.Rows.Number("SELECT COUNT(*) FROM \"AuditEvents\" WHERE \"Count\" IS NOT NULL OR \"Action\" = 'session.terminated'"));

        var proved =
            Assert.IsType<ReauthenticationOutcome.Proved>(await host.Reauthentication.ReauthenticateAsync(owner.Caller, CoreHost.Password)).Session;
        host.Clock.Advance(Limit - TimeSpan.FromMilliseconds(1));
        var again = await host.Authenticator.AuthenticateAsync(owner.Id, proved.Key.Reveal());
        Assert.Equal("Done", await DoAsync(host, act, again!.ToCaller(), other));
        Assert.Null(await host.RequestAsync(other));
    }

    [EachEngineTheory]
    [InlineData(Act.Terminate)]
    [InlineData(Act.SignOutEverywhere)]
    [InlineData(Act.RemoteLogout)]
    public async Task A_recent_sign_in_needs_no_further_proof(Act act)
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        host.Clock.Advance(Limit - TimeSpan.FromMilliseconds(1));
        Assert.Equal("Done", await DoAsync(host, act, (await host.RequestAsync(owner))!.ToCaller(), other));
    }

    [EachEngineFact]
    public async Task A_proofs_lifetime_is_configurable()
    {
        await using var host = CoreHost.Start(settings: ("Sessions:ReauthenticateAfter", "00:01:00"));
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(TerminateOutcome.ProofNeeded, await host.Sessions.TerminateAsync(owner.Caller, other.Id));
    }

    // Guard: IsYoungerThan. A proof from a time that hasn't come yet has a negative age.
    [EachEngineFact]
    public async Task A_clock_that_is_set_back_makes_no_proof_fresh()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        host.Clock.Advance(TimeSpan.FromMinutes(11));
        host.Clock.SetBack(TimeSpan.FromHours(2));
        Assert.Equal(TerminateOutcome.ProofNeeded, await host.Sessions.TerminateAsync((await host.RequestAsync(owner))!.ToCaller(), other.Id));
        Assert.True(host.Sessions.NeedsProof((await host.RequestAsync(owner))!.ToCaller()));
    }

    [EachEngineFact]
    public async Task A_caller_without_proof_needs_one_and_an_ended_caller_learns_that_it_ended()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        var bare = Caller.InBrowser(owner.Caller.Subject, owner.Id, owner.Session.Key.Mark(), "");
        Assert.Equal(TerminateOutcome.ProofNeeded, await host.Sessions.TerminateAsync(bare, other.Id));
        // The answer reveals nothing about the target, not even whether it exists.
        Assert.Equal(TerminateOutcome.ProofNeeded, await host.Sessions.TerminateAsync(bare, SessionId.New(TestClock.Start)));

        await host.Sessions.SignOutAsync(owner.Caller);
        Assert.Equal(TerminateOutcome.CallerEnded, await host.Sessions.TerminateAsync(bare, other.Id));
        Assert.IsType<EndSessionsOutcome.CallerEnded>(await host.Sessions.SignOutEverywhereAsync(bare));
    }

    [EachEngineFact]
    public async Task Renaming_changing_the_password_and_signing_out_need_no_recent_proof()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        host.Clock.Advance(TimeSpan.FromHours(1));

        Assert.IsType<RenameOutcome.Renamed>(await host.Sessions.RenameAsync(owner.Caller, owner.Id, new RenameSessionInput { Name = "Desk" }));
        var change = new ChangePasswordInput { CurrentPassword = CoreHost.Password, NewPassword = "another passphrase", EndOtherSessions = true };
        Assert.IsType<ChangePasswordOutcome.Changed>(await host.PasswordChange.ChangeAsync(owner.Caller, change));
        await host.Sessions.SignOutAsync(owner.Caller);
        Assert.Null(await host.RequestAsync(owner));
    }

    [EachEngineTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_right_password_gives_the_same_session_a_new_key(bool remember)
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync(remember: remember);
        host.Clock.Advance(TimeSpan.FromHours(1));

        var proved =
            Assert.IsType<ReauthenticationOutcome.Proved>(await host.Reauthentication.ReauthenticateAsync(owner.Caller, CoreHost.Password)).Session;

        Assert.Equal(owner.Id, proved.Id);
        Assert.NotEqual(owner.Key, proved.Key.Reveal(), StringComparer.Ordinal);
        Assert.Equal(owner.Session.CookieExpiresAt, proved.CookieExpiresAt);
        Assert.Equal(1, host.Rows.Number("SELECT COUNT(*) FROM \"Sessions\""));
        var written = Assert.Single(host.Rows.Audit("session.reauthenticated"));
        Assert.Equal(owner.Id.Value.ToString(), (string)written["SessionId"]!, ignoreCase: true);
        Assert.Equal(owner.Caller.Address, written["Address"]);
    }

    [EachEngineTheory]
    [InlineData("")]
    [InlineData("a passphrase for test")]
    [InlineData(" a passphrase for tests")]
    [InlineData("A passphrase for tests")]
    public async Task A_wrong_password_changes_nothing(string password)
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        var before = host.Rows.Session(owner.Id);

        Assert.IsType<ReauthenticationOutcome.WrongPassword>(await host.Reauthentication.ReauthenticateAsync(owner.Caller, password));
        Assert.IsType<ReauthenticationOutcome.WrongPassword>(await host.Reauthentication.ReauthenticateAsync(owner.Caller, new string('a', 100_000)));

        Assert.Equal(before, host.Rows.Session(owner.Id));
        Assert.Empty(host.Rows.Audit("session.reauthenticated"));
        Assert.NotNull(await host.RequestAsync(owner));
    }

    [EachEngineFact]
    public async Task Guesses_share_one_throttle_with_the_password_change()
    {
        await using var host = CoreHost.Start(settings: ("SignIn:AttemptsPerAccount", "2"));
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        var guess = new ChangePasswordInput { CurrentPassword = "a guess", NewPassword = "another passphrase" };
        Assert.IsType<ChangePasswordOutcome.WrongPassword>(await host.PasswordChange.ChangeAsync(owner.Caller, guess));
        Assert.IsType<ReauthenticationOutcome.WrongPassword>(await host.Reauthentication.ReauthenticateAsync(owner.Caller, "a guess"));

        var throttled = Assert.IsType<ReauthenticationOutcome.Throttled>(
            await host.Reauthentication.ReauthenticateAsync(owner.Caller, CoreHost.Password));
        Assert.InRange(throttled.Wait, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));
        // The user's other session has its own attempts.
        Assert.IsType<ReauthenticationOutcome.Proved>(await host.Reauthentication.ReauthenticateAsync(other.Caller, CoreHost.Password));
    }

    [EachEngineFact]
    public async Task An_ended_session_does_not_learn_whether_a_guess_is_right()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, thief) = (await host.SignInAsync(), await host.SignInAsync());
        await host.Sessions.TerminateAsync(owner.Caller, thief.Id);
        foreach (var password in new[] { CoreHost.Password, "a guess" })
            Assert.IsType<ReauthenticationOutcome.CallerEnded>(await host.Reauthentication.ReauthenticateAsync(thief.Caller, password));
    }

    // Guard: the comparison of the two password hashes inside the transaction.
    [EachEngineFact]
    public async Task A_password_replaced_during_the_check_proves_nothing()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        var commit = host.Gate.StopCommit();
        var change = host.PasswordChange.ChangeAsync(owner.Caller,
            new ChangePasswordInput { CurrentPassword = CoreHost.Password, NewPassword = "another passphrase" });
        await commit.Arrived;
        var proof = host.Reauthentication.ReauthenticateAsync(other.Caller, CoreHost.Password);
        Assert.False(proof.IsCompleted);
        commit.Release();
        Assert.IsType<ChangePasswordOutcome.Changed>(await change);

        Assert.IsType<ReauthenticationOutcome.WrongPassword>(await proof);
        Assert.Null(host.Rows.Session(other.Id)["NextKeyHash"]);
    }

    [EachEngineFact]
    public async Task A_failed_commit_changes_nothing()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        host.Gate.FailCommit();
        await Assert.ThrowsAsync<DatabaseUnavailableException>(() => host.Reauthentication.ReauthenticateAsync(owner.Caller, CoreHost.Password));
        Assert.Null(host.Rows.Session(owner.Id)["NextKeyHash"]);
        Assert.NotNull(await host.RequestAsync(owner));
        Assert.IsType<ReauthenticationOutcome.Proved>(await host.Reauthentication.ReauthenticateAsync(owner.Caller, CoreHost.Password));
    }

    private static async Task<string> DoAsync(CoreHost host, Act act, Caller caller, SignedInBrowser other) => act switch
    {
        Act.Terminate => await host.Sessions.TerminateAsync(caller, other.Id) is var outcome && outcome == TerminateOutcome.Terminated
            ? "Done"
            : outcome.ToString(),
        Act.SignOutEverywhere => Name(await host.Sessions.SignOutEverywhereAsync(caller)),
        _ => Name(await host.Sessions.RemoteLogoutAsync(caller)),
    };

    private static string Name(EndSessionsOutcome outcome) => outcome is EndSessionsOutcome.Ended ? "Done" : outcome.GetType().Name;
}
