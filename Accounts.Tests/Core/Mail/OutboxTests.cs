using Accounts.Core.Audit;
using Accounts.Core.Mail;
using Accounts.Core.PersonalData;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Accounts.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Accounts.Tests.Core.Mail;

/// <summary>Emails commit with what they tell of, are sent behind, and survive a mail server that fails.</summary>
public sealed class OutboxTests
{
    private const string Firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

    [EachEngineFact]
    public async Task A_new_browser_is_told_of_by_email_and_a_known_one_is_not()
    {
        var box = new Mailbox();
        await using var host = CoreHost.Start(box.AddTo);
        await host.RegisterAsync();
        var first = await host.SignInAsync();
        await host.Get<MailDelivery>().RunAsync();
        // The first browser of an account is no news to its owner.
        Assert.Empty(box.Sent);

        host.Clock.Advance(TimeSpan.FromMinutes(1));
        await host.SignInAsync(browser: CoreHost.NewBrowser(userAgent: Firefox, address: "127.0.0.1"));
        var mail = await box.NextAsync(host, MailKind.NewSignIn);
        Assert.Equal((CoreHost.Email, "Ada Lovelace", "Firefox 140 on Linux", true, host.Clock.GetUtcNow()),
            (mail.To, mail.Name, mail.Device, mail.Place!.IsLocal, mail.At));
        Assert.Null(mail.Token);

        await host.SignInAsync(browser: first.Browser with { Address = "198.51.100.4" });
        await host.Get<MailDelivery>().RunAsync();
        Assert.Single(box.Sent);
    }

    [EachEngineFact]
    public async Task Each_change_of_how_the_account_is_protected_is_told_of()
    {
        var box = new Mailbox();
        await using var host = CoreHost.Start(box.AddTo);
        await host.RegisterAsync();
        var ada = await host.SignInAsync();

        var changed = Assert.IsType<ChangePasswordOutcome.Changed>(await host.PasswordChange.ChangeAsync(
            ada.Caller, new ChangePasswordInput { CurrentPassword = CoreHost.Password, NewPassword = "another passphrase here" }));
        Assert.Equal("Chrome 154 on Windows 10 or 11", (await box.NextAsync(host, MailKind.PasswordChanged)).Device);
        Assert.NotNull(changed);

        await using var other = CoreHost.Start(box.AddTo);
        await other.RegisterAsync();
        var grace = await other.SignInAsync();
        await AuthenticatorApp.TurnOnAsync(other, grace.Caller);
        await box.NextAsync(other, MailKind.TwoFactorTurnedOn);
    }

    [EachEngineFact]
    public async Task An_application_without_email_writes_nothing_to_the_outbox()
    {
        foreach (var box in new[] { new Mailbox { IsConfigured = false }, new Mailbox() })
        {
            await using var host = CoreHost.Start(box.AddTo);
            await host.RegisterAsync();
            await host.SignInAsync();
            await host.SignInAsync();
            Assert.Equal(box.IsConfigured ? 1 : 0, host.Rows.Number("SELECT count(*) FROM \"Outbox\""));
            if (!box.IsConfigured)
            {
                await Assert.ThrowsAsync<InvalidOperationException>(() => host.Get<SignInLinks>().AskAsync(
                    CoreHost.NewBrowser(), new EmailRequestInput { Email = CoreHost.Email }, null));
            }
        }
    }

    // Guards: the outcomes in FinishAsync, and the wait in ReleaseAsync.
    [EachEngineFact]
    public async Task An_email_waits_for_a_mail_server_that_is_down_and_is_sent_once()
    {
        var box = new Mailbox { Down = "No server" };
        await using var host = CoreHost.Start(box.AddTo);
        await host.RegisterAsync();
        await host.SignInAsync();
        await host.SignInAsync();
        var delivery = host.Get<MailDelivery>();
        await delivery.RunAsync();
        Assert.Equal("No server", host.Get<MailHealth>().Problem!.Why);
        Assert.Empty(box.Sent);

        // It isn't asked again at once, and then it is.
        box.Down = null;
        await delivery.RunAsync();
        Assert.Empty(box.Sent);
        host.Clock.Advance(TimeSpan.FromSeconds(10));
        await delivery.RunAsync();
        Assert.Single(box.Sent);
        Assert.Null(host.Get<MailHealth>().Problem);

        host.Clock.Advance(TimeSpan.FromHours(1));
        await delivery.RunAsync();
        Assert.Equal((1, 1), (box.Sent.Count, box.Attempts));
    }

    [EachEngineFact]
    public async Task What_is_put_off_is_tried_again_later_and_what_is_refused_is_not()
    {
        var box = new Mailbox { Answer = _ => new MailResult(MailOutcome.Postponed, "451 later") };
        await using var host = CoreHost.Start(box.AddTo);
        await host.RegisterAsync();
        await host.SignInAsync();
        await host.SignInAsync();
        var delivery = host.Get<MailDelivery>();
        await delivery.RunAsync();
        await delivery.RunAsync();
        Assert.Equal(1, box.Attempts);
        host.Clock.Advance(TimeSpan.FromSeconds(10));
        await delivery.RunAsync();
        Assert.Equal(2, box.Attempts);
        Assert.Equal("451 later", host.Rows.Text("SELECT \"Detail\" FROM \"Outbox\""));
        // The wait doubles.
        host.Clock.Advance(TimeSpan.FromSeconds(10));
        await delivery.RunAsync();
        Assert.Equal(2, box.Attempts);

        box.Answer = _ => new MailResult(MailOutcome.Refused, "550 no such mailbox");
        host.Clock.Advance(TimeSpan.FromSeconds(10));
        await delivery.RunAsync();
        host.Clock.Advance(TimeSpan.FromHours(2));
        await delivery.RunAsync();
        Assert.Equal(3, box.Attempts);
        Assert.Equal((long)MailEnd.Refused, host.Rows.Number("SELECT \"End\" FROM \"Outbox\""));
        Assert.Equal("550 no such mailbox", host.Rows.Text("SELECT \"Detail\" FROM \"Outbox\""));
    }

    [EachEngineFact]
    public async Task A_notice_that_is_put_off_for_a_day_is_given_up()
    {
        var box = new Mailbox { Answer = _ => new MailResult(MailOutcome.Postponed) };
        await using var host = CoreHost.Start(box.AddTo, ("Outbox:GiveUpAfter", "01:00:00"));
        await host.RegisterAsync();
        await host.SignInAsync();
        await host.SignInAsync();
        var delivery = host.Get<MailDelivery>();
        for (var round = 0; round < 20; round++)
        {
            await delivery.RunAsync();
            host.Clock.Advance(TimeSpan.FromMinutes(10));
        }

        Assert.InRange(box.Attempts, 5, 10);
        Assert.Equal((long)MailEnd.TooLate, host.Rows.Number("SELECT \"End\" FROM \"Outbox\""));
    }

    // Guard: the catch of every exception in SendBatchAsync.
    [EachEngineFact]
    public async Task An_email_that_breaks_its_sender_does_not_hold_up_the_others()
    {
        var box = new Mailbox();
        await using var host = CoreHost.Start(box.AddTo);
        foreach (var email in new[] { "first@example.test", "second@example.test" })
        {
            await host.RegisterAsync(email);
            await host.SignInAsync(email);
            await host.SignInAsync(email);
        }

        box.Answer = mail => mail.To.StartsWith("first", StringComparison.Ordinal)
            ? throw new FormatException("It can't be written.")
            : new MailResult(MailOutcome.Sent);
        await host.Get<MailDelivery>().RunAsync();
        Assert.Equal("second@example.test", Assert.Single(box.Sent).To);
        Assert.Equal(1, box.Connections);
        Assert.Equal(1, host.Rows.Number("SELECT count(*) FROM \"Outbox\" WHERE \"FinishedAt\" IS NULL AND \"Postponed\" = 1"));
    }

    // Guard: hasBroken in SendBatchAsync.
    [EachEngineFact]
    public async Task An_email_at_which_the_connection_breaks_does_not_hold_up_the_others()
    {
        var box = new Mailbox();
        await using var host = CoreHost.Start(box.AddTo);
        foreach (var email in new[] { "first@example.test", "second@example.test" })
        {
            await host.RegisterAsync(email);
            await host.SignInAsync(email);
            await host.SignInAsync(email);
        }

        box.Answer = mail => mail.To.StartsWith("first", StringComparison.Ordinal)
            ? throw new MailUnavailableException("The connection broke.")
            : new MailResult(MailOutcome.Sent);
        await host.Get<MailDelivery>().RunAsync();
        Assert.Equal("second@example.test", Assert.Single(box.Sent).To);
        Assert.Equal(2, box.Connections);
        Assert.Null(host.Get<MailHealth>().Problem);
    }

    // Guard: the conditional update in ClaimAsync.
    [EachEngineFact]
    public async Task Two_processes_send_an_email_once()
    {
        var box = new Mailbox();
        await using var host = CoreHost.Start(box.AddTo);
        await host.RegisterAsync();
        await host.SignInAsync();
        for (var i = 0; i < 5; i++)
            await host.SignInAsync();
        // What a process has besides the database is in the object.
        var processes = Enumerable.Range(0, 8).Select(_ => ActivatorUtilities.CreateInstance<MailDelivery>(host.Get<IServiceProvider>())).ToList();
        await Task.WhenAll(processes.Select(process => Task.Run(() => process.RunAsync())));
        Assert.Equal(5, box.Sent.Select(mail => mail.Id).Distinct().Count());
        Assert.Equal(5, box.Sent.Count);
    }

    // Guard: Lease.
    [EachEngineFact]
    public async Task What_a_process_left_behind_is_sent_after_a_while_with_the_same_id()
    {
        var box = new Mailbox();
        await using var host = CoreHost.Start(box.AddTo);
        await host.RegisterAsync();
        await host.SignInAsync();
        await host.SignInAsync();
        var due = host.Clock.GetUtcNow() + MailDelivery.Lease;
        // As a process leaves it that dies while it sends.
        await host.Database.WriteAsync(WritePriority.Ordinary, db => db.Outbox.ExecuteUpdateAsync(set => set.SetProperty(o => o.DueAt, due)));
        var id = host.Rows.Guid("SELECT \"Id\" FROM \"Outbox\"");
        await host.Get<MailDelivery>().RunAsync();
        Assert.Empty(box.Sent);
        host.Clock.Advance(MailDelivery.Lease);
        await host.Get<MailDelivery>().RunAsync();
        Assert.Equal(id, Assert.Single(box.Sent).Id);
    }

    [EachEngineFact]
    public async Task A_recipient_gets_so_many_links_and_so_many_notices_in_an_hour()
    {
        var box = new Mailbox();
        await using var host = CoreHost.Start(
            box.AddTo, ("Outbox:LinksPerHour", "2"), ("Outbox:NoticesPerHour", "3"), ("SignIn:AttemptsPerAccount", "1000"));
        await host.RegisterAsync();
        await host.RegisterAsync("grace@example.test");
        await host.SignInAsync();
        for (var i = 0; i < 5; i++)
        {
            await host.SignInAsync();
            await AskAsync(host, CoreHost.Email.ToUpperInvariant());
            await host.Get<MailDelivery>().RunAsync();
        }

        Assert.Equal((2, 3), Count(box));
        Assert.Equal(5, host.Rows.Number("SELECT count(*) FROM \"Outbox\" WHERE \"End\" = 4"));
        // Somebody else still gets theirs, and the same recipient an hour later.
        await AskAsync(host, "grace@example.test");
        await host.Get<MailDelivery>().RunAsync();
        Assert.Equal((3, 3), Count(box));
        host.Clock.Advance(TimeSpan.FromHours(1));
        await AskAsync(host, CoreHost.Email);
        await host.Get<MailDelivery>().RunAsync();
        Assert.Equal((4, 3), Count(box));

        static (int Links, int Notices) Count(Mailbox box) =>
            (box.Sent.Count(mail => mail.Kind is MailKind.SignInLink), box.Sent.Count(mail => mail.Kind is MailKind.NewSignIn));
    }

    // Guard: AddNotices runs in the transaction of the command.
    [EachEngineFact]
    public async Task What_did_not_happen_is_not_told_of()
    {
        var box = new Mailbox();
        await using var host = CoreHost.Start(box.AddTo);
        await host.RegisterAsync();
        await host.SignInAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => host.Commands.RunAsync<bool>(WritePriority.Ordinary, async work =>
        {
            var user = await work.Db.Users.SingleAsync();
            work.Db.AuditEvents.Add(new AuditEventRow(host.Clock.GetUtcNow(), AuditAction.PasswordChanged, user.Id));
            await work.Db.SaveChangesAsync();
            throw new InvalidOperationException("It went wrong.");
        }));
        await host.Get<MailDelivery>().RunAsync();
        Assert.Empty(box.Sent);
        Assert.Equal(0, host.Rows.Number("SELECT count(*) FROM \"Outbox\""));
    }

    [EachEngineFact]
    public async Task The_outbox_holds_no_secret_and_no_address_and_is_emptied()
    {
        var box = new Mailbox();
        await using var host = CoreHost.Start(box.AddTo);
        await host.RegisterAsync();
        await host.SignInAsync();
        await host.SignInAsync();
        await AskAsync(host, CoreHost.Email);
        await host.Get<MailDelivery>().RunAsync();
        var token = box.Sent.Single(mail => mail.Kind is MailKind.SignInLink).Token!;
        Assert.DoesNotContain(token, host.Rows.Everything(), StringComparison.Ordinal);
        var outbox = host.Rows.Query("SELECT * FROM \"Outbox\"").SelectMany(row => row.Values).Select(value => $"{value}").ToList();
        Assert.Contains(outbox, value => value.Length > 0);
        Assert.DoesNotContain(outbox, value => value.Contains("example", StringComparison.OrdinalIgnoreCase));

        host.Clock.Advance(TimeSpan.FromDays(8));
        await host.Get<Retention>().RunAsync();
        Assert.Equal(0, host.Rows.Number("SELECT count(*) FROM \"Outbox\""));
        Assert.Equal(0, host.Rows.Number("SELECT count(*) FROM \"EmailLinks\""));
    }

    private static async Task AskAsync(CoreHost host, string email) => Assert.IsType<EmailRequestOutcome.Asked>(
        await host.Get<SignInLinks>().AskAsync(CoreHost.NewBrowser(), new EmailRequestInput { Email = email }, null));
}
