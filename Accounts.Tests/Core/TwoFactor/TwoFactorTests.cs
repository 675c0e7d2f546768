using Accounts.Core.Administration;
using Accounts.Core.Audit;
using Accounts.Core.AuditReading;
using Accounts.Core.Callers;
using Accounts.Core.Manager;
using Accounts.Core.Sessions;
using Accounts.Core.Settings;
using Accounts.Core.SignIn;
using Accounts.Core.Support;
using Accounts.Core.TwoFactor;
using Accounts.Core.Users;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.TwoFactor;

/// <summary>Two-factor asks for a code after the password, and each code counts once.</summary>
public sealed class TwoFactorTests
{
    private static readonly (string, string)[] Wide =
        [("SignIn:AttemptsPerAccount", "1000"), ("SignIn:AttemptsPerAddress", "1000"), ("PasswordHashing:WaitingPerHash", "100")];

    private const string EncryptionKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    // Guards: CheckSecondFactorAsync in SessionStarter, and the conditional statements in SecondFactor.
    [EachEngineFact]
    public async Task The_password_alone_starts_no_session_and_each_code_starts_one()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        var (app, on, caller) = await AuthenticatorApp.TurnOnAsync(host, owner.Caller);
        Assert.Equal(10, on.RecoveryCodes.Distinct(StringComparer.Ordinal).Count());

        var browser = CoreHost.NewBrowser();
        var token = Assert.IsType<SignInOutcome.SecondStepNeeded>(await host.TrySignInAsync(browser)).Token;
        Assert.Equal(1, host.Rows.Number("SELECT count(*) FROM \"Sessions\""));
        var now = host.Clock.GetUtcNow();
        foreach (var wrong in new[] { "000000", app.CodeAt(now.AddMinutes(-5)), app.CodeAt(now.AddMinutes(5)), app.CodeAt(now.AddSeconds(-30)) })
            Assert.IsType<SecondStepOutcome.WrongCode>(await StepAsync(host, browser, token, wrong));
        Assert.IsType<SecondStepOutcome.Invalid>(await StepAsync(host, browser, token, "12345"));

        // As a person types it: with a space, and with the digits of another script.
        var arabic = string.Concat(app.CodeAt(now).Insert(3, " ").Select(c => char.IsAsciiDigit(c) ? (char)(c - '0' + '\u0660') : c));
        var session = Assert.IsType<SecondStepOutcome.SignedIn>(await StepAsync(host, browser, token, arabic)).Session;
        Assert.NotNull(await host.Authenticator.FindLiveAsync(session.Id));
        var known = Assert.Single(await host.HistoryAsync(caller), one => one.Id == session.Id);
        Assert.Equal(SignInMethods.Password | SignInMethods.OneTimeCode, known.Methods);

        // The step is finished, and the code is used up.
        Assert.IsType<SecondStepOutcome.Expired>(await StepAsync(host, browser, token, app.CodeAt(now.AddSeconds(30))));
        var other = CoreHost.NewBrowser();
        var second = Assert.IsType<SignInOutcome.SecondStepNeeded>(await host.TrySignInAsync(other)).Token;
        var used = Assert.IsType<SecondStepOutcome.WrongCode>(await StepAsync(host, other, second, app.CodeAt(now)));
        Assert.Equal(CodeCheck.Used, used.Check);
        Assert.IsType<SecondStepOutcome.SignedIn>(await StepAsync(host, other, second, app.CodeAt(now.AddSeconds(30))));
    }

    // Guards: BrowserHash and ExpiresAt in the conditions of the pending sign-in, RenewStamp in every ending of all sessions.
    [EachEngineFact]
    public async Task The_second_step_counts_in_its_browser_in_time_and_until_everything_ends()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        var (app, _, caller) = await AuthenticatorApp.TurnOnAsync(host, owner.Caller);

        var browser = CoreHost.NewBrowser();
        var token = Assert.IsType<SignInOutcome.SecondStepNeeded>(await host.TrySignInAsync(browser)).Token;
        Assert.NotNull(await host.Get<SecondStep>().FindAsync(browser, token));
        var another = (token[0] == 'A' ? "B" : "A") + token[1..];
        foreach (var (where, what) in new[] { (CoreHost.NewBrowser(), token), (browser, another), (browser, ""), (browser, "?") })
        {
            Assert.Null(await host.Get<SecondStep>().FindAsync(where, what));
            Assert.IsType<SecondStepOutcome.Expired>(await StepAsync(host, where, what, app.CodeAt(host.Clock.GetUtcNow())));
        }

        host.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.IsType<SecondStepOutcome.Expired>(await StepAsync(host, browser, token, app.CodeAt(host.Clock.GetUtcNow())));

        token = Assert.IsType<SignInOutcome.SecondStepNeeded>(await host.TrySignInAsync(browser)).Token;
        await host.Sessions.RemoteLogoutAsync(caller with { AuthenticatedAt = host.Clock.GetUtcNow() });
        Assert.IsType<SecondStepOutcome.Expired>(await StepAsync(host, browser, token, app.CodeAt(host.Clock.GetUtcNow())));
        // Two-factor stays.
        token = Assert.IsType<SignInOutcome.SecondStepNeeded>(await host.TrySignInAsync(browser)).Token;
        Assert.IsType<SecondStepOutcome.SignedIn>(await StepAsync(host, browser, token, app.CodeAt(host.Clock.GetUtcNow())));
    }

    [EachEngineFact]
    public async Task Of_twenty_uses_of_a_code_a_recovery_code_or_a_trust_at_once_one_succeeds()
    {
        await using var host = CoreHost.Start(null, Wide);
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        var (app, on, _) = await AuthenticatorApp.TurnOnAsync(host, owner.Caller);

        // The same code in twenty browsers. Nineteen are wrong ones within the day's limit.
        foreach (var code in new[] { app.CodeAt(host.Clock.GetUtcNow()), on.RecoveryCodes[3].ToLowerInvariant() })
        {
            List<(CallingBrowser Browser, string Token)> steps = [];
            for (var i = 0; i < 20; i++)
            {
                var browser = CoreHost.NewBrowser();
                steps.Add((browser, Assert.IsType<SignInOutcome.SecondStepNeeded>(await host.TrySignInAsync(browser)).Token));
            }

            var outcomes = await Task.WhenAll(steps.Select(step => StepAsync(host, step.Browser, step.Token, code)));
            Assert.Single(outcomes.OfType<SecondStepOutcome.SignedIn>());
        }

        var (trusting, trust) = await TrustAsync(host, app);
        var again = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => host.TrySignInAsync(trusting with { TrustTokens = [trust.Token] })));
        Assert.Single(again.OfType<SignInOutcome.SignedIn>());
        Assert.Equal(19, again.OfType<SignInOutcome.SecondStepNeeded>().Count());
    }

    // Guards: the conditions of UseTrustAsync, EndsTrust and ForgetBrowsersAsync.
    [EachEngineFact]
    public async Task A_trusted_browser_needs_no_code_until_its_time_is_over_or_the_trust_is_taken_back()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        var (app, _, caller) = await AuthenticatorApp.TurnOnAsync(host, owner.Caller);
        var (browser, trust) = await TrustAsync(host, app);

        Assert.IsType<SignInOutcome.SecondStepNeeded>(await host.TrySignInAsync(browser));
        Assert.IsType<SignInOutcome.SecondStepNeeded>(await host.TrySignInAsync(CoreHost.NewBrowser() with { TrustTokens = [trust.Token] }));
        var first = Assert.IsType<SignInOutcome.SignedIn>(await host.TrySignInAsync(browser with { TrustTokens = ["x", trust.Token] })).Session;
        // A copy of the old token is worth nothing.
        Assert.IsType<SignInOutcome.SecondStepNeeded>(await host.TrySignInAsync(browser with { TrustTokens = [trust.Token] }));
        var second = Assert.IsType<SignInOutcome.SignedIn>(await host.TrySignInAsync(browser with { TrustTokens = [first.Trust!.Token] })).Session;
        Assert.Equal(trust.ExpiresAt, second.Trust!.ExpiresAt);
        Assert.Equal(1, (await host.Get<TwoFactorSettings>().FindAsync(caller)).TrustedBrowsers);

        // Whoever ends that session from elsewhere takes the trust back.
        caller = caller with { AuthenticatedAt = host.Clock.GetUtcNow() };
        Assert.Equal(TerminateOutcome.Terminated, await host.Sessions.TerminateAsync(caller, second.Id));
        Assert.IsType<SignInOutcome.SecondStepNeeded>(await host.TrySignInAsync(browser with { TrustTokens = [second.Trust.Token] }));

        // Remote logout reaches a browser that has no session.
        (browser, trust) = await TrustAsync(host, app);
        var mine = Assert.IsType<SignInOutcome.SignedIn>(await host.TrySignInAsync(browser with { TrustTokens = [trust.Token] })).Session;
        await host.Sessions.SignOutAsync((await host.Authenticator.AuthenticateAsync(mine.Id, mine.Key.Reveal()))!.ToCaller());
        await host.Sessions.RemoteLogoutAsync(caller with { AuthenticatedAt = host.Clock.GetUtcNow() });
        Assert.IsType<SignInOutcome.SecondStepNeeded>(await host.TrySignInAsync(browser with { TrustTokens = [mine.Trust!.Token] }));

        (browser, trust) = await TrustAsync(host, app);
        host.Clock.Advance(TimeSpan.FromDays(30));
        Assert.IsType<SignInOutcome.SecondStepNeeded>(await host.TrySignInAsync(browser with { TrustTokens = [trust.Token] }));
    }

    // Guards: LockedUntil.
    [EachEngineFact]
    public async Task After_twenty_wrong_codes_in_a_day_only_a_recovery_code_counts()
    {
        await using var host = CoreHost.Start(null, Wide);
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        var (app, on, _) = await AuthenticatorApp.TurnOnAsync(host, owner.Caller);
        var browser = CoreHost.NewBrowser();
        var token = Assert.IsType<SignInOutcome.SecondStepNeeded>(await host.TrySignInAsync(browser)).Token;
        for (var i = 0; i < 20; i++)
            Assert.Equal(new SecondStepOutcome.WrongCode(CodeCheck.Wrong), await StepAsync(host, browser, token, "000000"));
        Assert.Equal(new SecondStepOutcome.WrongCode(CodeCheck.Locked), await StepAsync(host, browser, token, app.CodeAt(host.Clock.GetUtcNow())));
        Assert.IsType<SecondStepOutcome.SignedIn>(await StepAsync(host, browser, token, on.RecoveryCodes[0]));

        host.Clock.Advance(TimeSpan.FromDays(1));
        token = Assert.IsType<SignInOutcome.SecondStepNeeded>(await host.TrySignInAsync(browser)).Token;
        Assert.IsType<SecondStepOutcome.WrongCode>(await StepAsync(host, browser, token, on.RecoveryCodes[0]));
        Assert.IsType<SecondStepOutcome.SignedIn>(await StepAsync(host, browser, token, app.CodeAt(host.Clock.GetUtcNow())));
    }

    // Guards: BothFactors in CommandRunner.AdmitAsync.
    [EachEngineFact]
    public async Task Turning_it_off_needs_both_factors_and_offers_to_end_other_sessions()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        var (app, _, _) = await AuthenticatorApp.TurnOnAsync(host, owner.Caller);
        var settings = host.Get<TwoFactorSettings>();

        async Task<Caller> ProveAsync(string password, string code)
        {
            var live = (await host.Reauthentication.ReauthenticateAsync(
                other.Caller, new ReauthenticationInput { Password = password, Code = code })) as ReauthenticationOutcome.Proved;
            other = other with { Caller = (await host.Authenticator.AuthenticateAsync(live!.Session.Id, live.Session.Key.Reveal()))!.ToCaller() };
            return other.Caller;
        }

        var input = new ChangeTwoFactorInput { EndOtherSessions = true };
        Assert.IsType<TwoFactorOutcome.ProofNeeded>(await settings.TurnOffAsync(await ProveAsync(CoreHost.Password, ""), input));
        Assert.IsType<TwoFactorOutcome.ProofNeeded>(
            await settings.TurnOffAsync(await ProveAsync("", app.CodeAt(host.Clock.GetUtcNow())), input));
        Assert.IsType<TwoFactorOutcome.ProofNeeded>(await settings.ReplaceRecoveryCodesAsync(other.Caller));
        host.Clock.Advance(TimeSpan.FromSeconds(30));
        var proved = await ProveAsync(CoreHost.Password, app.CodeAt(host.Clock.GetUtcNow()));
        Assert.Equal(10, Assert.IsType<TwoFactorOutcome.WithCodes>(await settings.ReplaceRecoveryCodesAsync(proved)).RecoveryCodes.Count);
        Assert.Equal(new TwoFactorOutcome.TurnedOff(1), await settings.TurnOffAsync(proved, input));
        Assert.Null(await host.RequestAsync(owner));
        Assert.IsType<SignInOutcome.SignedIn>(await host.TrySignInAsync(CoreHost.NewBrowser()));
        Assert.False((await settings.FindAsync(proved)).IsOn);
        foreach (var table in new[] { "Authenticators", "RecoveryCodes", "TrustedBrowsers" })
            Assert.Equal(0, host.Rows.Number($"SELECT count(*) FROM \"{table}\""));
        Assert.Single((await host.EventsAsync(proved, new AuditQuery { Action = AuditAction.TwoFactorTurnedOff }))!);
    }

    [EachEngineFact]
    public async Task An_administrators_reset_waits_and_the_owner_may_object()
    {
        await using var host = CoreHost.Start();
        var ada = await host.RegisterAsync();
        var owner = await host.SignInAsync();
        var (_, _, caller) = await AuthenticatorApp.TurnOnAsync(host, owner.Caller);
        await host.RegisterAsync("root@example.test");
        await host.Get<RoleGrants>().GrantAsync("root@example.test", Roles.Administrator);
        var root = await host.SignInAsync("root@example.test");
        var (administration, settings) = (host.Get<AccountAdministration>(), host.Get<TwoFactorSettings>());
        var ticket = new ReasonInput { Reason = "Ticket 4711" };

        Assert.IsType<AdministrationOutcome.Done>(await administration.ResetTwoFactorAsync(root.Caller, ada, ticket));
        Assert.IsType<AdministrationOutcome.NothingToDo>(await administration.ResetTwoFactorAsync(root.Caller, ada, ticket));
        Assert.Equal(host.Clock.GetUtcNow() + TimeSpan.FromDays(1), (await settings.FindAsync(caller)).ResetDueAt);
        // The administrator may take it back, too.
        host.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.IsType<AdministrationOutcome.Done>(await administration.WithdrawTwoFactorResetAsync(root.Caller, ada, ticket));
        Assert.IsType<AdministrationOutcome.NothingToDo>(await administration.WithdrawTwoFactorResetAsync(root.Caller, ada, ticket));
        Assert.Null((await settings.FindAsync(caller)).ResetDueAt);
        host.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.IsType<AdministrationOutcome.Done>(await administration.ResetTwoFactorAsync(root.Caller, ada, ticket));
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(await settings.ObjectToResetAsync(caller));
        Assert.False(await settings.ObjectToResetAsync(caller));
        host.Clock.Advance(TimeSpan.FromDays(2));
        await host.Get<TwoFactorUpkeep>().RunAsync();
        Assert.IsType<SignInOutcome.SecondStepNeeded>(await host.TrySignInAsync(CoreHost.NewBrowser()));

        root = await host.SignInAsync("root@example.test");
        Assert.IsType<AdministrationOutcome.Done>(await administration.ResetTwoFactorAsync(root.Caller, ada, ticket));
        host.Clock.Advance(TimeSpan.FromDays(1) - TimeSpan.FromSeconds(1));
        await host.Get<TwoFactorUpkeep>().RunAsync();
        Assert.IsType<SignInOutcome.SecondStepNeeded>(await host.TrySignInAsync(CoreHost.NewBrowser()));
        host.Clock.Advance(TimeSpan.FromSeconds(1));
        await host.Get<TwoFactorUpkeep>().RunAsync();
        var back = await host.SignInAsync();
        var events = await host.EventsAsync(back.Caller, new AuditQuery());
        Assert.Equal(
            [
                AuditAction.TwoFactorReset, AuditAction.TwoFactorResetRequested,
                AuditAction.TwoFactorResetWithdrawn, AuditAction.TwoFactorResetRequested,
                AuditAction.TwoFactorResetWithdrawn, AuditAction.TwoFactorResetRequested,
            ],
            events!.Select(one => one.Action).Where(action => action.Contains("reset", StringComparison.Ordinal)),
            StringComparer.Ordinal);
    }

    // Guard: SessionId in BeginAsync and TurnOnAsync. Otherwise an intruder could read the key that the owner confirms later.
    [EachEngineFact]
    public async Task The_key_is_confirmed_in_the_session_that_has_seen_it()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (intruder, owner) = (await host.SignInAsync(), await host.SignInAsync());
        var settings = host.Get<TwoFactorSettings>();
        var planted = Assert.IsType<TwoFactorOutcome.SettingUp>(await settings.BeginAsync(intruder.Caller));
        var confirm = new ChangeTwoFactorInput { Code = new AuthenticatorApp(planted.Key).CodeAt(host.Clock.GetUtcNow()) };
        Assert.IsType<TwoFactorOutcome.Invalid>(await settings.TurnOnAsync(owner.Caller, confirm));
        var own = Assert.IsType<TwoFactorOutcome.SettingUp>(await settings.BeginAsync(owner.Caller));
        Assert.NotEqual(planted.Key, own.Key, StringComparer.Ordinal);
        Assert.Equal(own, await settings.BeginAsync(owner.Caller));
        Assert.IsType<TwoFactorOutcome.Invalid>(await settings.TurnOnAsync(intruder.Caller, confirm));
        confirm.Code = new AuthenticatorApp(own.Key).CodeAt(host.Clock.GetUtcNow());
        Assert.IsType<TwoFactorOutcome.WithCodes>(await settings.TurnOnAsync(owner.Caller, confirm));
    }

    // Guard: MostWrongInSessions.
    [EachEngineFact]
    public async Task Whoever_has_a_session_only_cannot_lock_the_owners_codes()
    {
        await using var host = CoreHost.Start(null, Wide);
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        var (app, _, caller) = await AuthenticatorApp.TurnOnAsync(host, owner.Caller);
        var guess = new ReauthenticationInput { Code = "000000" };
        for (var i = 0; i < 30; i++)
        {
            var outcome = await host.Reauthentication.ReauthenticateAsync(caller, guess);
            Assert.Equal(i < 10 ? CodeCheck.Wrong : CodeCheck.Locked, Assert.IsType<ReauthenticationOutcome.WrongCode>(outcome).Check);
        }

        var browser = CoreHost.NewBrowser();
        var token = Assert.IsType<SignInOutcome.SecondStepNeeded>(await host.TrySignInAsync(browser)).Token;
        var now = host.Clock.GetUtcNow();
        Assert.IsType<SecondStepOutcome.WrongCode>(await StepAsync(host, browser, token, "000000"));
        Assert.IsType<SecondStepOutcome.SignedIn>(await StepAsync(host, browser, token, app.CodeAt(now)));
        // A right code begins the count again.
        guess.Code = app.CodeAt(now.AddSeconds(30));
        Assert.IsType<ReauthenticationOutcome.Proved>(await host.Reauthentication.ReauthenticateAsync(caller, guess));
    }

    // Guards: MayActAsStaff in CommandRunner and in StaffAccess.
    [EachEngineFact]
    public async Task Staff_act_only_in_a_session_with_two_factors()
    {
        await using var host = CoreHost.Start(null, ("TwoFactor:RequiredForStaff", "true"));
        var ada = await host.RegisterAsync();
        await host.RegisterAsync("root@example.test");
        await host.Get<RoleGrants>().GrantAsync("root@example.test", Roles.Administrator);
        var root = await host.SignInAsync("root@example.test");
        var ticket = new ReasonInput { Reason = "Ticket 4711" };

        foreach (var act in new Func<Caller, Task>[]
        {
            by => host.Get<AccountAdministration>().DisableAsync(by, ada, ticket),
            by => host.Get<SystemReader>().ReadAsync(by),
        })
        {
            var refused = await Assert.ThrowsAsync<CallerRefusedException>(() => act(root.Caller));
            Assert.Equal(CallerRefusal.SecondFactorMissing, refused.Refusal);
        }

        var (app, _, proved) = await AuthenticatorApp.TurnOnAsync(host, root.Caller);
        Assert.NotNull(await host.Get<SystemReader>().ReadAsync(proved));
        Assert.IsType<AdministrationOutcome.Done>(await host.Get<AccountAdministration>().DisableAsync(proved, ada, ticket));

        // Their browsers are never trusted.
        var browser = CoreHost.NewBrowser();
        var token = Assert.IsType<SignInOutcome.SecondStepNeeded>(await host.TrySignInAsync(browser, "root@example.test")).Token;
        Assert.False((await host.Get<SecondStep>().FindAsync(browser, token))!.MayTrust);
        var step = new SecondStepInput { Code = app.CodeAt(host.Clock.GetUtcNow()), TrustBrowser = true };
        Assert.Null(Assert.IsType<SecondStepOutcome.SignedIn>(await host.Get<SecondStep>().SignInAsync(browser, token, step)).Session.Trust);
    }

    // Guards: Protect and Unprotect of AuthenticatorKeys, and its check at the start.
    [EachEngineFact]
    public async Task The_key_is_encrypted_with_the_key_of_the_settings_and_changes_to_the_first_one()
    {
        using var database = new TestDatabase();
        AuthenticatorApp app;
        await using (var host = CoreHost.Start(database))
        {
            await host.RegisterAsync();
            (app, _, _) = await AuthenticatorApp.TurnOnAsync(host, (await host.SignInAsync()).Caller);
            Assert.Equal(1, host.Rows.Number("SELECT count(*) FROM \"Authenticators\" WHERE \"KeyId\" IS NULL"));
        }

        await using (var host = CoreHost.Start(database, null, ("TwoFactor:EncryptionKeys:0", EncryptionKey)))
        {
            host.Clock.Advance(TimeSpan.FromMinutes(1));
            await FinishAsync(host, app);
            Assert.Equal(1, host.Rows.Number("SELECT count(*) FROM \"Authenticators\" WHERE \"KeyId\" IS NOT NULL"));
            host.Clock.Advance(TimeSpan.FromMinutes(1));
            await FinishAsync(host, app);
        }

        var lacking = Assert.Throws<StartupException>(() => CoreHost.Start(database));
        Assert.Contains("TwoFactor:EncryptionKeys lacks a key", lacking.Message, StringComparison.Ordinal);
    }

    private static async Task FinishAsync(CoreHost host, AuthenticatorApp app)
    {
        var browser = CoreHost.NewBrowser();
        var token = Assert.IsType<SignInOutcome.SecondStepNeeded>(await host.TrySignInAsync(browser)).Token;
        Assert.IsType<SecondStepOutcome.SignedIn>(await StepAsync(host, browser, token, app.CodeAt(host.Clock.GetUtcNow())));
    }

    private static Task<SecondStepOutcome> StepAsync(CoreHost host, CallingBrowser browser, string token, string code) =>
        host.Get<SecondStep>().SignInAsync(browser, token, new SecondStepInput { Code = code });

    private static async Task<(CallingBrowser Browser, BrowserTrust Trust)> TrustAsync(CoreHost host, AuthenticatorApp app)
    {
        host.Clock.Advance(TimeSpan.FromSeconds(30));
        var browser = CoreHost.NewBrowser();
        var token = Assert.IsType<SignInOutcome.SecondStepNeeded>(await host.TrySignInAsync(browser)).Token;
        var input = new SecondStepInput { Code = app.CodeAt(host.Clock.GetUtcNow()), TrustBrowser = true };
        var session = Assert.IsType<SecondStepOutcome.SignedIn>(await host.Get<SecondStep>().SignInAsync(browser, token, input)).Session;
        return (browser, session.Trust!);
    }
}
