using Accounts.Core.Audit;
using Accounts.Core.Mail;
using Accounts.Core.SignIn;
using Accounts.Core.Users;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.SignIn;

/// <summary>With email, an account is made by whoever opens the link, and a visitor doesn't learn who has one.</summary>
public sealed class RegisterByEmailTests
{
    private const string Grace = "grace@example.test";

    [EachEngineFact]
    public async Task The_opener_of_the_link_chooses_the_password_and_is_signed_in()
    {
        var box = new Mailbox();
        await using var host = CoreHost.Start(box.AddTo);
        var mail = await AskAsync(host, box, Grace, MailKind.RegistrationLink);
        // A stranger could write anything in the name.
        Assert.Equal((Grace, null, host.Clock.GetUtcNow() + TimeSpan.FromDays(1)), (mail.To, mail.Name, mail.ExpiresAt));
        Assert.Equal(0, host.Rows.Number("SELECT count(*) FROM \"Users\""));

        var registration = host.Get<Registration>();
        var (opens, chosen) = (CoreHost.NewBrowser(), new ConfirmRegistrationInput { Password = CoreHost.Password });
        var pending = Assert.IsType<PendingRegistration>(await registration.FindAsync(opens, mail.Token));
        Assert.Equal(("Grace Hopper", Grace, false), (pending.Name, pending.Email, pending.IsSameBrowser));
        var weak = await registration.ConfirmAsync(opens, mail.Token, new ConfirmRegistrationInput { Password = "Grace Hopper" });
        Assert.Equal(InputProblem.PersonalPassword, Assert.Single(Assert.IsType<ConfirmRegistrationOutcome.Invalid>(weak).Errors).Problem);

        var session = Assert.IsType<ConfirmRegistrationOutcome.SignedIn>(await registration.ConfirmAsync(opens, mail.Token, chosen)).Session;
        Assert.NotNull(await host.Authenticator.FindLiveAsync(session.Id));
        Assert.Equal(1, host.Rows.Number("SELECT count(*) FROM \"Users\" WHERE \"EmailConfirmed\" = @yes", ("@yes", true)));
        Assert.Single(host.Rows.Audit(AuditAction.Registered));
        Assert.IsType<SignInOutcome.SignedIn>(await host.TrySignInAsync(CoreHost.NewBrowser(), Grace));
        Assert.IsType<ConfirmRegistrationOutcome.Expired>(await registration.ConfirmAsync(opens, mail.Token, chosen));
    }

    [EachEngineFact]
    public async Task An_address_with_an_account_gets_the_same_answer_and_its_owner_an_email_without_a_link()
    {
        var box = new Mailbox();
        await using var host = CoreHost.Start(box.AddTo);
        await host.RegisterAsync();
        var mail = await AskAsync(host, box, "ADA@example.test", MailKind.AddressTaken);
        Assert.Equal((CoreHost.Email, null, null), (mail.To, mail.Token, mail.ExpiresAt));
        Assert.Equal(1, host.Rows.Number("SELECT count(*) FROM \"Users\""));
    }

    // Guards: UseRowAsync in the transaction that makes the account, and the unique email.
    [EachEngineFact]
    public async Task Of_twenty_uses_at_once_one_makes_the_account()
    {
        var box = new Mailbox();
        await using var host = CoreHost.Start(box.AddTo, ("PasswordHashing:WaitingPerHash", "100"));
        var first = await AskAsync(host, box, Grace, MailKind.RegistrationLink);
        var second = await AskAsync(host, box, Grace, MailKind.RegistrationLink);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => host.Get<Registration>().ConfirmAsync(
            CoreHost.NewBrowser(), (i % 2 == 0 ? first : second).Token, new ConfirmRegistrationInput { Password = $"{CoreHost.Password} {i}" }))));
        Assert.Single(outcomes.OfType<ConfirmRegistrationOutcome.SignedIn>());
        Assert.Equal(19, outcomes.OfType<ConfirmRegistrationOutcome.Expired>().Count());
        Assert.Equal(1, host.Rows.Number("SELECT count(*) FROM \"Users\""));
    }

    [EachEngineFact]
    public async Task A_link_expires_and_bad_input_sends_nothing()
    {
        var box = new Mailbox();
        await using var host = CoreHost.Start(box.AddTo);
        var mail = await AskAsync(host, box, Grace, MailKind.RegistrationLink);
        host.Clock.Advance(TimeSpan.FromDays(1));
        var chosen = new ConfirmRegistrationInput { Password = CoreHost.Password };
        Assert.IsType<ConfirmRegistrationOutcome.Expired>(await host.Get<Registration>().ConfirmAsync(CoreHost.NewBrowser(), mail.Token, chosen));
        Assert.Equal(0, host.Rows.Number("SELECT count(*) FROM \"Users\""));

        var input = new RegisterByEmailInput { Name = "", Email = "nobody" };
        var invalid = Assert.IsType<EmailRequestOutcome.Invalid>(await host.Get<Registration>().AskAsync(CoreHost.NewBrowser(), input, null));
        Assert.Equal(["Email", "Name"], invalid.Errors.Select(error => error.Field).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal(0, host.Rows.Number("SELECT count(*) FROM \"Outbox\" WHERE \"FinishedAt\" IS NULL"));
    }

    private static async Task<OutgoingMail> AskAsync(CoreHost host, Mailbox box, string email, MailKind kind)
    {
        var input = new RegisterByEmailInput { Name = "Grace Hopper", Email = email };
        Assert.IsType<EmailRequestOutcome.Asked>(await host.Get<Registration>().AskAsync(CoreHost.NewBrowser(), input, null));
        return await box.NextAsync(host, kind);
    }
}
