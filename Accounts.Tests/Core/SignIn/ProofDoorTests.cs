using Accounts.Core.Callers;
using Accounts.Core.Manager;
using Accounts.Core.Sessions;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.SignIn;

/// <summary>A proof that was verified outside the core, such as a passkey, starts a session or refreshes one. It counts once.</summary>
public sealed class ProofDoorTests
{
    private const SignInMethods Methods = SignInMethods.Passkey | SignInMethods.OneTimeCode;

    [EachEngineFact]
    public async Task A_proof_signs_in_once()
    {
        await using var host = CoreHost.Start();
        var user = await host.RegisterAsync();
        var proof = (await Door(host).OpenAsync(user))!;
        Assert.Equal((user, null), (proof.Subject, proof.SessionId));

        var session = (await SignInAsync(host, proof))!;

        Assert.NotNull(await host.Authenticator.AuthenticateAsync(session.Id, session.Key.Reveal()));
        Assert.Equal((long)Methods, host.Rows.Session(session.Id)["Method"]);
        Assert.Equal(Methods, Assert.Single(await host.Sessions.ListAsync(Caller.InBrowser(user, session.Id, session.Key.Mark(), ""))).Methods);
        // Guard: TryBurn in ProofDoor.IsGood.
        Assert.Null(await SignInAsync(host, proof));
        Assert.Equal(1, host.Rows.Number("SELECT COUNT(*) FROM \"Sessions\""));
    }

    [EachEngineFact]
    public async Task A_proof_gives_its_own_session_a_new_key_once()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        host.Clock.Advance(TimeSpan.FromHours(1));
        var caller = (await host.RequestAsync(owner))!.ToCaller();
        Assert.Equal(TerminateOutcome.ProofNeeded, await host.Sessions.TerminateAsync(caller, other.Id));
        var proof = (await Door(host).OpenAsync(caller))!;

        var renewed = (await Door(host).ReauthenticateAsync(caller, proof, Methods))!;

        Assert.Equal(owner.Id, renewed.Id);
        Assert.NotEqual(owner.Key, renewed.Key.Reveal(), StringComparer.Ordinal);
        var fresh = (await host.Authenticator.AuthenticateAsync(owner.Id, renewed.Key.Reveal()))!.ToCaller();
        Assert.Equal(TerminateOutcome.Terminated, await host.Sessions.TerminateAsync(fresh, other.Id));
        Assert.Null(await Door(host).ReauthenticateAsync(fresh, proof, Methods));
        Assert.Single(host.Rows.Audit("session.reauthenticated"));
    }

    // Guard: ProofDoor.Patience.
    [EachEngineTheory]
    [InlineData(59_999, true)]
    [InlineData(60_000, false)]
    public async Task A_proof_counts_for_a_minute(int milliseconds, bool counts)
    {
        await using var host = CoreHost.Start();
        var user = await host.RegisterAsync();
        var owner = await host.SignInAsync();
        var (signIn, again) = ((await Door(host).OpenAsync(user))!, (await Door(host).OpenAsync(owner.Caller))!);
        host.Clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
        Assert.Equal(counts, await SignInAsync(host, signIn) is not null);
        Assert.Equal(counts, await Door(host).ReauthenticateAsync(owner.Caller, again, Methods) is not null);
    }

    // Guard: IsYoungerThan in ProofDoor.IsGood. Otherwise a proof would count for an hour and a minute.
    [EachEngineFact]
    public async Task A_proof_from_before_the_clock_was_set_back_does_not_count()
    {
        await using var host = CoreHost.Start();
        var proof = (await Door(host).OpenAsync(await host.RegisterAsync()))!;
        host.Clock.SetBack(TimeSpan.FromHours(1));
        Assert.Null(await SignInAsync(host, proof));
    }

    // Guards: the stamp in ProofDoor.ReauthenticateAsync and in SessionStarter.StartAsync.
    [EachEngineTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_proof_from_before_the_account_changed_does_not_count(bool password)
    {
        await using var host = CoreHost.Start();
        var user = await host.RegisterAsync();
        var owner = await host.SignInAsync();
        var (signIn, again) = ((await Door(host).OpenAsync(user))!, (await Door(host).OpenAsync(owner.Caller))!);
        if (password)
            Assert.IsType<ChangePasswordOutcome.Changed>(await host.PasswordChange.ChangeAsync(
                owner.Caller, new ChangePasswordInput { CurrentPassword = CoreHost.Password, NewPassword = "another passphrase" }));
        else
            await host.Sessions.SignOutEverywhereAsync(owner.Caller);

        Assert.Null(await SignInAsync(host, signIn));
        Assert.Null(await Door(host).ReauthenticateAsync(owner.Caller, again, Methods));
        Assert.Empty(host.Rows.Audit("session.reauthenticated"));
        // Control: a proof that was opened since counts.
        Assert.NotNull(await SignInAsync(host, (await Door(host).OpenAsync(user))!));
    }

    [EachEngineFact]
    public async Task A_proof_serves_only_what_it_was_opened_for()
    {
        await using var host = CoreHost.Start();
        var user = await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        var (signIn, again) = ((await Door(host).OpenAsync(user))!, (await Door(host).OpenAsync(owner.Caller))!);

        await Assert.ThrowsAsync<ArgumentException>(() => SignInAsync(host, again));
        await Assert.ThrowsAsync<ArgumentException>(() => Door(host).ReauthenticateAsync(owner.Caller, signIn, Methods));
        await Assert.ThrowsAsync<ArgumentException>(() => Door(host).ReauthenticateAsync(other.Caller, again, Methods));
        await Assert.ThrowsAsync<ArgumentException>(() => Door(host).ReauthenticateAsync(owner.Caller, again, SignInMethods.None));
        Assert.Equal(2, host.Rows.Number("SELECT COUNT(*) FROM \"Sessions\""));
        Assert.Empty(host.Rows.Audit("session.reauthenticated"));
        // The misuse didn't use them up.
        Assert.NotNull(await SignInAsync(host, signIn));
        Assert.NotNull(await Door(host).ReauthenticateAsync(owner.Caller, again, Methods));
    }

    [EachEngineFact]
    public async Task Nobody_enters_for_an_unknown_account_or_an_ended_session()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        Assert.Null(await Door(host).OpenAsync(new UserId(Guid.NewGuid())));

        var (owner, thief) = (await host.SignInAsync(), await host.SignInAsync());
        var proof = (await Door(host).OpenAsync(thief.Caller))!;
        await host.Sessions.TerminateAsync(owner.Caller, thief.Id);
        Assert.Null(await Door(host).ReauthenticateAsync(thief.Caller, proof, Methods));
        Assert.Null(host.Rows.Session(thief.Id)["NextKeyHash"]);
    }

    [EachEngineFact]
    public async Task A_failed_commit_uses_the_proof_up_and_changes_nothing()
    {
        await using var host = CoreHost.Start();
        var user = await host.RegisterAsync();
        var proof = (await Door(host).OpenAsync(user))!;
        host.Gate.FailCommit();
        await Assert.ThrowsAsync<DatabaseUnavailableException>(() => SignInAsync(host, proof));
        Assert.Null(await SignInAsync(host, proof));
        Assert.Equal(0, host.Rows.Number("SELECT COUNT(*) FROM \"Sessions\""));
    }

    private static ProofDoor Door(CoreHost host) => host.Get<ProofDoor>();

    private static Task<StartedSession?> SignInAsync(CoreHost host, PendingProof proof) =>
        Door(host).SignInAsync(CoreHost.NewBrowser(), proof, Methods, remember: true);
}
