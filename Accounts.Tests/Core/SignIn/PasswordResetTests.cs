using Accounts.Core.Audit;
using Accounts.Core.Callers;
using Accounts.Core.Mail;
using Accounts.Core.Passkeys;
using Accounts.Core.Providers;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Accounts.Core.TwoFactor;
using Accounts.Core.Users;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.SignIn;

/// <summary>A link by email lets choose a new password, once, and ends everything else.</summary>
public sealed class PasswordResetTests
{
    private const string New = "another passphrase here";

    // Guards: EndAccountAsync in ResetAsync, UseLinkAsync.
    [EachEngineFact]
    public async Task A_reset_changes_the_password_and_ends_every_session_and_all_trust()
    {
        var box = new Mailbox();
        await using var host = CoreHost.Start(box.AddTo);
        await host.RegisterAsync();
        var (app, _, caller) = await AuthenticatorApp.TurnOnAsync(host, (await host.SignInAsync()).Caller);
        var trusted = CoreHost.NewBrowser();
        var step = Assert.IsType<SignInOutcome.SecondStepNeeded>(await host.TrySignInAsync(trusted));
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.IsType<SecondStepOutcome.SignedIn>(await host.Get<SecondStep>().SignInAsync(
            trusted, step.Token, new SecondStepInput { Code = app.CodeAt(host.Clock.GetUtcNow()), TrustBrowser = true }));
        // A sign-in that is half way.
        var other = CoreHost.NewBrowser();
        var half = Assert.IsType<SignInOutcome.SecondStepNeeded>(await host.TrySignInAsync(other));
        Assert.Equal(1, host.Rows.Number("SELECT count(*) FROM \"TrustedBrowsers\""));

        var mail = await AskAsync(host, box);
        Assert.Equal(host.Clock.GetUtcNow() + TimeSpan.FromMinutes(30), mail.ExpiresAt);
        var reset = host.Get<PasswordReset>();
        Assert.Equal(CoreHost.Email, (await reset.FindAsync(CoreHost.NewBrowser(), mail.Token))!.Email);
        Assert.Equal(2, Assert.IsType<PasswordResetOutcome.Done>(await ResetAsync(host, mail)).EndedSessions);

        Assert.Equal(0, host.Rows.Number("SELECT count(*) FROM \"Sessions\" WHERE \"EndedAt\" IS NULL"));
        Assert.Equal(2, host.Rows.Number("SELECT count(*) FROM \"Sessions\" WHERE \"EndReason\" = 17"));
        Assert.Equal(0, host.Rows.Number("SELECT count(*) FROM \"TrustedBrowsers\""));
        Assert.Null(await host.Authenticator.FindLiveAsync(caller.OwnSession));
        host.Clock.Advance(TimeSpan.FromSeconds(30));
        var code = new SecondStepInput { Code = app.CodeAt(host.Clock.GetUtcNow()) };
        Assert.IsType<SecondStepOutcome.Expired>(await host.Get<SecondStep>().SignInAsync(other, half.Token, code));
        Assert.IsType<SignInOutcome.WrongCredentials>(await host.TrySignInAsync(CoreHost.NewBrowser()));
        // The second factor is still asked for.
        Assert.IsType<SignInOutcome.SecondStepNeeded>(await host.TrySignInAsync(CoreHost.NewBrowser(), password: New));
        var told = Assert.Single(host.Rows.Audit(AuditAction.PasswordReset));
        Assert.Equal(2L, told["Count"]);
        Assert.Equal("Chrome 154 on Windows 10 or 11", (await box.NextAsync(host, MailKind.PasswordReset)).Device);
    }

    [EachEngineFact]
    public async Task A_link_works_once_in_time_and_for_what_it_was_sent()
    {
        var box = new Mailbox();
        await using var host = CoreHost.Start(
            box.AddTo, ("SignIn:AttemptsPerAccount", "1000"), ("Outbox:LinksPerHour", "1000"), ("PasswordHashing:WaitingPerHash", "100"));
        await host.RegisterAsync();

        var late = await AskAsync(host, box);
        host.Clock.Advance(TimeSpan.FromMinutes(30));
        Assert.IsType<PasswordResetOutcome.Expired>(await ResetAsync(host, late));

        // A sign-in link resets nothing, and a reset link signs nobody in.
        var (signIn, mail) = (await SignInLinkTests.AskAsync(host, box), await AskAsync(host, box));
        Assert.IsType<PasswordResetOutcome.Expired>(await ResetAsync(host, signIn));
        Assert.IsType<SignInLinkOutcome.Expired>(
            await host.Get<SignInLinks>().SignInAsync(CoreHost.NewBrowser(), mail.Token, new SignInLinkInput()));

        // A weak password leaves the link as it was.
        foreach (var (weak, problem) in new[]
        {
            ("", InputProblem.Missing), ("short", InputProblem.TooShort), ("passwordpassword", InputProblem.CommonPassword),
            ("Ada Lovelace", InputProblem.PersonalPassword),
        })
        {
            var invalid = Assert.IsType<PasswordResetOutcome.Invalid>(await ResetAsync(host, mail, weak));
            Assert.Equal(problem, Assert.Single(invalid.Errors).Problem);
        }

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => ResetAsync(host, mail, $"{New} {i}"))));
        Assert.Single(outcomes.OfType<PasswordResetOutcome.Done>());
        Assert.Equal(19, outcomes.OfType<PasswordResetOutcome.Expired>().Count());
        // The other kinds of links went with the password.
        Assert.IsType<SignInLinkOutcome.Expired>(
            await host.Get<SignInLinks>().SignInAsync(CoreHost.NewBrowser(), signIn.Token, new SignInLinkInput()));
    }

    [EachEngineFact]
    public async Task A_reset_satisfies_a_required_new_password_and_opens_no_disabled_account()
    {
        var box = new Mailbox();
        await using var host = CoreHost.Start(box.AddTo);
        await host.RegisterAsync();
        host.Rows.Execute("UPDATE \"Users\" SET \"NewPasswordRequired\" = TRUE");
        Assert.IsType<SignInOutcome.NewPasswordRequired>(await host.TrySignInAsync(CoreHost.NewBrowser()));
        var first = await AskAsync(host, box);
        var same = Assert.IsType<PasswordResetOutcome.Invalid>(await ResetAsync(host, first, CoreHost.Password));
        Assert.Equal(InputProblem.SamePassword, Assert.Single(same.Errors).Problem);
        Assert.IsType<PasswordResetOutcome.Done>(await ResetAsync(host, first));
        Assert.IsType<SignInOutcome.SignedIn>(await host.TrySignInAsync(CoreHost.NewBrowser(), password: New));

        // Disabled after the link was sent.
        var mail = await AskAsync(host, box);
        host.Rows.Execute("UPDATE \"Users\" SET \"DisabledAt\" = 1");
        Assert.IsType<PasswordResetOutcome.Expired>(await ResetAsync(host, mail, "correct horse battery stapler"));
        host.Rows.Execute("UPDATE \"Users\" SET \"DisabledAt\" = NULL");
        Assert.IsType<PasswordResetOutcome.Done>(await ResetAsync(host, mail, "correct horse battery stapler"));
    }

    // Guards: EmailConfirmed in PurposeFor and in ResetAsync.
    [EachEngineFact]
    public async Task Whoever_has_the_address_of_an_account_that_somebody_else_made_chooses_a_password_first()
    {
        var box = new Mailbox();
        await using var host = CoreHost.Start(box.AddTo);
        await host.RegisterAsync();
        host.Rows.Execute("UPDATE \"Users\" SET \"EmailConfirmed\" = FALSE");
        var maker = await host.SignInAsync();
        await host.Database.WriteAsync(WritePriority.Ordinary, db =>
        {
            var answer = new ProviderAnswer("https://provider.example.test", "maker");
            db.LinkedAccounts.Add(LinkedAccounts.New(maker.Caller.Subject, "google", answer, host.Clock.GetUtcNow(), used: false));
            db.UserPasskeys.Add(PasskeyRows.New(
                maker.Caller.Subject, new PasskeyCredential([1], [2], default, 0, [], false, false), "Phone", host.Clock.GetUtcNow()));
            return Task.FromResult(true);
        });
        Assert.IsType<EmailRequestOutcome.Asked>(
            await host.Get<SignInLinks>().AskAsync(CoreHost.NewBrowser(), new EmailRequestInput { Email = CoreHost.Email }, null));
        var mail = await box.NextAsync(host, MailKind.ResetLink);
        Assert.Equal(1, Assert.IsType<PasswordResetOutcome.Done>(await ResetAsync(host, mail)).EndedSessions);
        Assert.Null(await host.Authenticator.FindLiveAsync(maker.Id));
        Assert.Equal(0, host.Rows.Number("SELECT count(*) FROM \"UserPasskeys\""));
        Assert.Equal(0, host.Rows.Number("SELECT count(*) FROM \"LinkedAccounts\""));
        // From now on, links sign in.
        await SignInLinkTests.AskAsync(host, box);
    }

    private static async Task<OutgoingMail> AskAsync(CoreHost host, Mailbox box)
    {
        Assert.IsType<EmailRequestOutcome.Asked>(
            await host.Get<PasswordReset>().AskAsync(CoreHost.NewBrowser(), new EmailRequestInput { Email = CoreHost.Email }));
        return await box.NextAsync(host, MailKind.ResetLink);
    }

    private static Task<PasswordResetOutcome> ResetAsync(CoreHost host, OutgoingMail mail, string password = New) =>
        host.Get<PasswordReset>().ResetAsync(CoreHost.NewBrowser(), mail.Token, new ResetPasswordInput { NewPassword = password });
}
