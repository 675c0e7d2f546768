using Accounts.Core.Callers;
using Accounts.Core.SignIn;
using Accounts.Core.Users;
using Accounts.Tests.Fixtures;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Accounts.Tests.Core.SignIn;

/// <summary>A hash that is weaker than a new one is renewed at the next right password. Accounts without a password work everywhere.</summary>
public sealed class PasswordVerifierTests
{
    private const string Hash = "SELECT \"PasswordHash\" FROM \"Users\"";

    // Guard: PasswordCheck.RightButWeak in PasswordVerifier.VerifyAsync.
    [EachEngineTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_weak_hash_is_renewed_at_the_next_right_password(bool signsIn)
    {
        using var database = new TestDatabase();
        SignedInBrowser owner;
        string weak;
        await using (var before = CoreHost.Start(database))
        {
            await before.RegisterAsync();
            owner = await before.SignInAsync();
            weak = before.Rows.Text(Hash);
        }

        await using var host = CoreHost.Start(database,
            services: services => services.Configure<PasswordHasherOptions>(o => o.IterationCount = 2_000));
        Assert.IsType<SignInOutcome.WrongCredentials>(await host.TrySignInAsync(CoreHost.NewBrowser(), password: "not this passphrase"));
        Assert.Equal(weak, host.Rows.Text(Hash));

        if (signsIn)
            await host.SignInAsync();
        else
            Assert.IsType<ReauthenticationOutcome.Proved>(await host.Reauthentication.ReauthenticateAsync(owner.Caller, CoreHost.Password));

        var renewed = host.Rows.Text(Hash);
        Assert.NotEqual(weak, renewed, StringComparer.Ordinal);
        var hasher = new PasswordHasher<User>(Options.Create(new PasswordHasherOptions { IterationCount = 2_000 }));
        Assert.Equal(PasswordVerificationResult.Success, hasher.VerifyHashedPassword(new User { DisplayName = "" }, renewed, CoreHost.Password));
        await host.SignInAsync();
        Assert.Equal(renewed, host.Rows.Text(Hash));
    }

    // Guard: the old hash in the WHERE clause of PasswordVerifier.RenewAsync.
    [EachEngineFact]
    public async Task A_renewal_does_not_undo_a_password_change()
    {
        using var database = new TestDatabase();
        await using (var before = CoreHost.Start(database))
            await before.RegisterAsync();

        var hasher = new HeldHasher(2_000);
        await using var host = CoreHost.Start(database, services: hasher.AddTo);
        hasher.Hold();
        var signIn = host.TrySignInAsync(CoreHost.NewBrowser());
        await hasher.ArrivedAsync();
        hasher.Release();
        // The old password is right. Its new hash is under way.
        await hasher.ArrivedAsync();
        host.Rows.Execute("UPDATE \"Users\" SET \"PasswordHash\" = 'another', \"SecurityStamp\" = 'another'");
        hasher.ReleaseAll();

        Assert.IsType<SignInOutcome.WrongCredentials>(await signIn);
        Assert.Equal("another", host.Rows.Text(Hash));
    }

    // Guard: PasswordHash is null in PasswordHashing.Verify.
    [EachEngineFact]
    public async Task An_account_without_a_password_refuses_every_password_after_the_same_work()
    {
        var hasher = new HeldHasher();
        await using var host = CoreHost.Start(services: hasher.AddTo);
        var user = await host.RegisterAsync();
        var door = host.Get<ProofDoor>();
        var session = (await door.SignInAsync(CoreHost.NewBrowser(), (await door.OpenAsync(user))!, SignInMethods.Passkey, remember: true))!;
        host.Rows.Execute("UPDATE \"Users\" SET \"PasswordHash\" = NULL");
        var caller = (await host.Authenticator.AuthenticateAsync(session.Id, session.Key.Reveal()))!.ToCaller();
        hasher.Hold();
        hasher.ReleaseAll();

        Assert.IsType<SignInOutcome.WrongCredentials>(await host.TrySignInAsync(CoreHost.NewBrowser()));
        Assert.IsType<ReauthenticationOutcome.WrongPassword>(await host.Reauthentication.ReauthenticateAsync(caller, CoreHost.Password));
        Assert.Equal([CoreHost.Password, CoreHost.Password], hasher.Begun);
        var input = new ChangePasswordInput { CurrentPassword = CoreHost.Password, NewPassword = "another passphrase" };
        Assert.IsType<ChangePasswordOutcome.WrongPassword>(await host.PasswordChange.ChangeAsync(caller, input));
        // The dummy's own password is nobody's.
        Assert.IsType<SignInOutcome.WrongCredentials>(
            await host.TrySignInAsync(CoreHost.NewBrowser(), password: "the password of an account that doesn't exist"));
        Assert.Equal(1, host.Rows.Number("SELECT COUNT(*) FROM \"Sessions\""));
    }
}
