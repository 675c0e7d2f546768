using Accounts.Core.Administration;
using Accounts.Core.Audit;
using Accounts.Core.Callers;
using Accounts.Core.Mail;
using Accounts.Core.SignIn;
using Accounts.Core.TwoFactor;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.SignIn;

/// <summary>A link by email signs in the browser that confirms it, once, and nobody else.</summary>
public sealed class SignInLinkTests
{
    private const string Firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

    // Guards: IsOf, the hash in UseLinkAsync, SignInMethods.Email.
    [EachEngineFact]
    public async Task A_link_signs_in_the_browser_that_confirms_it_and_not_the_one_that_asked()
    {
        var box = new Mailbox();
        await using var host = CoreHost.Start(box.AddTo);
        await host.RegisterAsync();
        var (asks, opens) = (CoreHost.NewBrowser(userAgent: Firefox, address: "127.0.0.1"), CoreHost.NewBrowser());
        var mail = await AskAsync(host, box, asks, "  ADA@example.test ", "/settings/security");
        Assert.Equal((CoreHost.Email, host.Clock.GetUtcNow() + TimeSpan.FromMinutes(15)), (mail.To, mail.ExpiresAt));

        var links = host.Get<SignInLinks>();
        var seen = Assert.IsType<PendingLink>(await links.FindAsync(opens, mail.Token));
        Assert.Equal((CoreHost.Email, "Firefox 140 on Linux", true, false, "/settings/security"),
            (seen.Email, seen.Device, seen.Place.IsLocal, seen.IsSameBrowser, seen.ReturnTo));
        Assert.True((await links.FindAsync(asks, mail.Token))!.IsSameBrowser);
        // Looking at it, as often as a program that reads emails likes, starts nothing.
        Assert.Equal(0, host.Rows.Number("SELECT count(*) FROM \"Sessions\""));

        var session = Assert.IsType<SignInLinkOutcome.SignedIn>(await links.SignInAsync(opens, mail.Token, new SignInLinkInput())).Session;
        Assert.NotNull(await host.Authenticator.FindLiveAsync(session.Id));
        Assert.Equal((long)SignInMethods.Email, host.Rows.Number("SELECT \"Method\" FROM \"Sessions\""));
        Assert.Equal(1, host.Rows.Number("SELECT count(*) FROM \"Sessions\""));
        Assert.Single(host.Rows.Audit(AuditAction.SignedIn));
        Assert.Equal(1, host.Rows.Number("SELECT count(*) FROM \"Users\" WHERE \"EmailConfirmed\" = @yes", ("@yes", true)));
        // Used up.
        foreach (var browser in new[] { opens, asks })
        {
            Assert.Null(await links.FindAsync(browser, mail.Token));
            Assert.IsType<SignInLinkOutcome.Expired>(await links.SignInAsync(browser, mail.Token, new SignInLinkInput()));
        }
    }

    // Guard: ExecuteDeleteAsync in UseLinkAsync decides.
    [EachEngineFact]
    public async Task Of_twenty_uses_at_once_one_signs_in()
    {
        var box = new Mailbox();
        await using var host = CoreHost.Start(box.AddTo);
        await host.RegisterAsync();
        var mail = await AskAsync(host, box);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() =>
            host.Get<SignInLinks>().SignInAsync(CoreHost.NewBrowser(), mail.Token, new SignInLinkInput()))));
        Assert.Single(outcomes.OfType<SignInLinkOutcome.SignedIn>());
        Assert.Equal(19, outcomes.OfType<SignInLinkOutcome.Expired>().Count());
        Assert.Equal(1, host.Rows.Number("SELECT count(*) FROM \"Sessions\""));
    }

    [EachEngineFact]
    public async Task A_link_expires_and_ends_with_everything_that_voids_a_sign_in()
    {
        var box = new Mailbox();
        await using var host = CoreHost.Start(box.AddTo, ("SignIn:AttemptsPerAccount", "1000"), ("Outbox:LinksPerHour", "1000"));
        await host.RegisterAsync();
        var ada = await host.SignInAsync();
        var links = host.Get<SignInLinks>();

        var late = await AskAsync(host, box);
        host.Clock.Advance(TimeSpan.FromMinutes(15));
        Assert.IsType<SignInLinkOutcome.Expired>(await TryAsync(late));

        // Everything ended after the link was sent.
        ada = await host.SignInAsync();
        var before = await AskAsync(host, box);
        Assert.NotNull(await links.FindAsync(CoreHost.NewBrowser(), before.Token));
        await host.Sessions.RemoteLogoutAsync(ada.Caller);
        Assert.Null(await links.FindAsync(CoreHost.NewBrowser(), before.Token));
        Assert.IsType<SignInLinkOutcome.Expired>(await TryAsync(before));

        // Another password.
        ada = await host.SignInAsync();
        before = await AskAsync(host, box);
        await host.PasswordChange.ChangeAsync(
            ada.Caller, new ChangePasswordInput { CurrentPassword = CoreHost.Password, NewPassword = "another passphrase here" });
        Assert.IsType<SignInLinkOutcome.Expired>(await TryAsync(before));

        // One link voids the others for the same account.
        var (first, second) = (await AskAsync(host, box), await AskAsync(host, box));
        Assert.IsType<SignInLinkOutcome.SignedIn>(await TryAsync(second));
        Assert.IsType<SignInLinkOutcome.Expired>(await TryAsync(first));

        foreach (var text in new[] { null, "", "?", late.Token![..42], late.Token + "A" })
            Assert.IsType<SignInLinkOutcome.Expired>(await links.SignInAsync(CoreHost.NewBrowser(), text, new SignInLinkInput()));

        Task<SignInLinkOutcome> TryAsync(OutgoingMail mail) => links.SignInAsync(CoreHost.NewBrowser(), mail.Token, new SignInLinkInput());
    }

    // Guard: OffersSecondStep, and UseLinkAsync before the second factor.
    [EachEngineFact]
    public async Task Two_factor_is_still_asked_for_and_the_link_is_used_up()
    {
        var box = new Mailbox();
        await using var host = CoreHost.Start(box.AddTo);
        await host.RegisterAsync();
        var (app, _, _) = await AuthenticatorApp.TurnOnAsync(host, (await host.SignInAsync()).Caller);
        var mail = await AskAsync(host, box);
        var (links, browser) = (host.Get<SignInLinks>(), CoreHost.NewBrowser());
        var step = Assert.IsType<SignInLinkOutcome.SecondStepNeeded>(await links.SignInAsync(browser, mail.Token, new SignInLinkInput()));
        Assert.Equal(1, host.Rows.Number("SELECT count(*) FROM \"Sessions\""));
        Assert.IsType<SignInLinkOutcome.Expired>(await links.SignInAsync(browser, mail.Token, new SignInLinkInput()));

        var input = new SecondStepInput { Code = app.CodeAt(host.Clock.GetUtcNow()) };
        var session = Assert.IsType<SecondStepOutcome.SignedIn>(await host.Get<SecondStep>().SignInAsync(browser, step.Token, input)).Session;
        Assert.Equal(
            (long)(SignInMethods.Email | SignInMethods.OneTimeCode),
            host.Rows.Number("SELECT \"Method\" FROM \"Sessions\" WHERE \"Id\" = @id", ("@id", session.Id.Value)));
    }

    // Guard: the account is looked up in IssueAsync, not in AskAsync.
    [EachEngineFact]
    public async Task An_unknown_address_writes_the_same_rows_and_gets_no_email()
    {
        var box = new Mailbox();
        await using var host = CoreHost.Start(box.AddTo);
        await host.RegisterAsync();
        var links = host.Get<SignInLinks>();
        List<string> shapes = [];
        foreach (var email in new[] { "nobody@example.test", CoreHost.Email })
        {
            Assert.IsType<EmailRequestOutcome.Asked>(
                await links.AskAsync(CoreHost.NewBrowser(), new EmailRequestInput { Email = email }, null));
            var link = Assert.Single(host.Rows.Query("SELECT * FROM \"EmailLinks\""));
            var row = Assert.Single(host.Rows.Query("SELECT * FROM \"Outbox\" WHERE \"FinishedAt\" IS NULL"));
            shapes.Add(string.Join(' ', link.Concat(row).Select(one => $"{one.Key}={one.Value is not null}")));
            await host.Get<MailDelivery>().RunAsync();
            // What was typed is gone either way.
            Assert.Empty(host.Rows.Query("SELECT * FROM \"EmailLinks\" WHERE \"Email\" IS NOT NULL"));
        }

        Assert.Equal(shapes[0], shapes[1]);
        Assert.Equal(CoreHost.Email, Assert.Single(box.Sent).To);
    }

    [EachEngineFact]
    public async Task An_account_that_is_closed_gets_no_link_and_one_that_needs_a_password_gets_one_for_that()
    {
        var box = new Mailbox();
        await using var host = CoreHost.Start(box.AddTo);
        var user = await host.RegisterAsync();
        foreach (var (state, kind) in new (string, MailKind?)[]
        {
            ("\"DisabledAt\" = 1", null), ("\"NewPasswordRequired\" = TRUE", MailKind.ResetLink), ("\"DeletionDueAt\" = 1", null),
            ("\"DeletionDueAt\" = 4000000000000000", null), ("\"DeletionDueAt\" = 4000000000000000, \"DeletedByOwner\" = TRUE", MailKind.SignInLink),
            ("\"DisabledAt\" = NULL", MailKind.SignInLink),
        })
        {
            host.Rows.Execute(
                "UPDATE \"Users\" SET \"DisabledAt\" = NULL, \"NewPasswordRequired\" = FALSE, \"DeletionDueAt\" = NULL, \"DeletedByOwner\" = FALSE");
            host.Rows.Execute($"UPDATE \"Users\" SET {state}");
            var before = box.Sent.Count;
            Assert.IsType<EmailRequestOutcome.Asked>(
                await host.Get<SignInLinks>().AskAsync(CoreHost.NewBrowser(), new EmailRequestInput { Email = CoreHost.Email }, null));
            await host.Get<MailDelivery>().RunAsync();
            Assert.Equal(kind, box.Sent.Skip(before).Select(mail => (MailKind?)mail.Kind).SingleOrDefault());
        }

        Assert.NotEqual(default, user);
    }

    [EachEngineFact]
    public async Task The_owner_keeps_a_deleted_account_only_if_the_form_says_so()
    {
        var box = new Mailbox();
        await using var host = CoreHost.Start(box.AddTo);
        await host.RegisterAsync();
        host.Rows.Execute("UPDATE \"Users\" SET \"DeletionDueAt\" = 4000000000000000, \"DeletedByOwner\" = TRUE");
        var links = host.Get<SignInLinks>();
        var mail = await AskAsync(host, box);
        Assert.NotNull((await links.FindAsync(CoreHost.NewBrowser(), mail.Token))!.DeletionDueAt);
        Assert.IsType<SignInLinkOutcome.Expired>(await links.SignInAsync(CoreHost.NewBrowser(), mail.Token, new SignInLinkInput()));
        // A refused form leaves the link as it was.
        Assert.IsType<SignInLinkOutcome.SignedIn>(
            await links.SignInAsync(CoreHost.NewBrowser(), mail.Token, new SignInLinkInput { KeepAccount = true }));
        Assert.Empty(host.Rows.Query("SELECT * FROM \"Users\" WHERE \"DeletionDueAt\" IS NOT NULL"));
    }

    [EachEngineFact]
    public async Task Requests_are_limited_alike_for_known_and_unknown_addresses()
    {
        var box = new Mailbox();
        await using var host = CoreHost.Start(box.AddTo, ("SignIn:AttemptsPerAccount", "3"), ("SignIn:AttemptsPerAddress", "10"));
        await host.RegisterAsync();
        foreach (var email in new[] { CoreHost.Email, "nobody@example.test" })
        {
            for (var i = 0; i < 3; i++)
                Assert.IsType<EmailRequestOutcome.Asked>(await TryAsync(email, $"198.51.100.{i}"));
            Assert.Equal(TimeSpan.FromMinutes(5), Assert.IsType<EmailRequestOutcome.Throttled>(await TryAsync(email, "198.51.100.9")).Wait);
        }

        // By address, whatever the email.
        for (var i = 0; i < 10; i++)
            Assert.IsType<EmailRequestOutcome.Asked>(await TryAsync($"user{i}@example.test", "192.0.2.1"));
        Assert.IsType<EmailRequestOutcome.Throttled>(await TryAsync("user10@example.test", "192.0.2.1"));
        // Asking for links uses up no sign-in, and the other way round.
        Assert.IsType<SignInOutcome.SignedIn>(await host.TrySignInAsync(CoreHost.NewBrowser(address: "198.51.100.77")));

        Task<EmailRequestOutcome> TryAsync(string email, string address) =>
            host.Get<SignInLinks>().AskAsync(CoreHost.NewBrowser(address: address), new EmailRequestInput { Email = email }, null);
    }

    internal static async Task<OutgoingMail> AskAsync(
        CoreHost host, Mailbox box, CallingBrowser? browser = null, string email = CoreHost.Email, string? returnTo = null)
    {
        Assert.IsType<EmailRequestOutcome.Asked>(
            await host.Get<SignInLinks>().AskAsync(browser ?? CoreHost.NewBrowser(), new EmailRequestInput { Email = email }, returnTo));
        return await box.NextAsync(host, MailKind.SignInLink);
    }
}
