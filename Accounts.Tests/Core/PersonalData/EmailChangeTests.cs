using Accounts.Core.Audit;
using Accounts.Core.Callers;
using Accounts.Core.Mail;
using Accounts.Core.PersonalData;
using Accounts.Core.SignIn;
using Accounts.Core.Users;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.PersonalData;

/// <summary>An account's email changes when the new one is confirmed in a session, and the old one can undo it.</summary>
public sealed class EmailChangeTests
{
    private const string New = "ada@new.example.test";
    private const string Password = "another passphrase here";

    [EachEngineFact]
    public async Task A_session_of_the_account_confirms_the_new_address_and_the_old_one_can_undo_it()
    {
        var box = new Mailbox();
        await using var host = CoreHost.Start(box.AddTo);
        await host.RegisterAsync();
        await host.RegisterAsync("grace@example.test");
        var (ada, grace) = (await host.SignInAsync(), await host.SignInAsync("grace@example.test"));
        var changes = host.Get<EmailChange>();
        var mail = await AskAsync(host, box, ada.Caller);
        Assert.Equal(New, mail.To);
        // Until then, nothing changes.
        Assert.Equal(CoreHost.Email, (await host.Users.FindProfileAsync(ada.Caller))!.Email);
        // Whoever has the address, but no session of the account, gets nothing: it may have been mistyped.
        Assert.Null(await changes.FindAsync(grace.Caller, mail.Token));
        Assert.IsType<ChangeEmailOutcome.Expired>(await changes.ConfirmAsync(grace.Caller, mail.Token));

        Assert.Equal(New, await changes.FindAsync(ada.Caller, mail.Token));
        Assert.Equal(New, Assert.IsType<ChangeEmailOutcome.Changed>(await changes.ConfirmAsync(ada.Caller, mail.Token)).Email);
        Assert.IsType<ChangeEmailOutcome.Expired>(await changes.ConfirmAsync(ada.Caller, mail.Token));
        Assert.Equal(New, (await host.Users.FindProfileAsync(ada.Caller))!.Email);
        Assert.IsType<SignInOutcome.WrongCredentials>(await host.TrySignInAsync(CoreHost.NewBrowser()));
        var thief = Assert.IsType<SignInOutcome.SignedIn>(await host.TrySignInAsync(CoreHost.NewBrowser(), New)).Session;
        Assert.Single(host.Rows.Audit(AuditAction.EmailChanged));

        var undo = await box.NextAsync(host, MailKind.EmailChanged);
        Assert.Equal((CoreHost.Email, "a•••@n•••.test", host.Clock.GetUtcNow() + TimeSpan.FromDays(7)), (undo.To, undo.OtherEmail, undo.ExpiresAt));
        // The thief changes the password and adds an authenticator. The link still works.
        Assert.IsType<ChangePasswordOutcome.Changed>(await host.PasswordChange.ChangeAsync(
            ada.Caller, new ChangePasswordInput { CurrentPassword = CoreHost.Password, NewPassword = "the thief's own passphrase" }));
        await AuthenticatorApp.TurnOnAsync(host, (await host.SignInAsync(New, password: "the thief's own passphrase")).Caller);
        host.Clock.Advance(TimeSpan.FromDays(6));
        var found = Assert.IsType<UndoableEmailChange>(await changes.FindUndoAsync(CoreHost.NewBrowser(), undo.Token));
        Assert.Equal((CoreHost.Email, "a•••@n•••.test"), (found.OldEmail, found.NewEmail));
        var input = new ResetPasswordInput { NewPassword = Password };
        var same = await changes.UndoAsync(CoreHost.NewBrowser(), undo.Token, new ResetPasswordInput { NewPassword = "the thief's own passphrase" });
        Assert.Equal(InputProblem.SamePassword, Assert.Single(Assert.IsType<PasswordResetOutcome.Invalid>(same).Errors).Problem);
        Assert.IsType<PasswordResetOutcome.Done>(await changes.UndoAsync(CoreHost.NewBrowser(), undo.Token, input));
        Assert.Single(host.Rows.Audit(AuditAction.TwoFactorTurnedOff));

        Assert.Null(await host.Authenticator.FindLiveAsync(thief.Id));
        Assert.Equal(0, host.Rows.Number(
            "SELECT count(*) FROM \"Sessions\" WHERE \"EndedAt\" IS NULL AND \"UserId\" = @user", ("@user", ada.Caller.Subject.Value)));
        Assert.IsType<SignInOutcome.SignedIn>(await host.TrySignInAsync(CoreHost.NewBrowser(), password: Password));
        Assert.IsType<SignInOutcome.WrongCredentials>(await host.TrySignInAsync(CoreHost.NewBrowser(), New, Password));
        Assert.Single(host.Rows.Audit(AuditAction.EmailRestored));
        Assert.Equal(CoreHost.Email, (await box.NextAsync(host, MailKind.EmailRestored)).To);
        Assert.IsType<PasswordResetOutcome.Expired>(await changes.UndoAsync(CoreHost.NewBrowser(), undo.Token, input));
    }

    [EachEngineFact]
    public async Task What_the_owner_had_before_stays_when_the_change_is_undone()
    {
        var box = new Mailbox();
        await using var host = CoreHost.Start(box.AddTo);
        await host.RegisterAsync();
        var (_, _, caller) = await AuthenticatorApp.TurnOnAsync(host, (await host.SignInAsync()).Caller);
        host.Clock.Advance(TimeSpan.FromDays(8));
        caller = caller with { AuthenticatedAt = host.Clock.GetUtcNow(), ProofMethods = SignInMethods.Password | SignInMethods.OneTimeCode };
        var mail = await AskAsync(host, box, caller);
        Assert.IsType<ChangeEmailOutcome.Changed>(await host.Get<EmailChange>().ConfirmAsync(caller, mail.Token));
        var undo = await box.NextAsync(host, MailKind.EmailChanged);
        host.Clock.Advance(TimeSpan.FromDays(1));
        var input = new ResetPasswordInput { NewPassword = Password };
        Assert.IsType<PasswordResetOutcome.Done>(await host.Get<EmailChange>().UndoAsync(CoreHost.NewBrowser(), undo.Token, input));
        Assert.IsType<SignInOutcome.SecondStepNeeded>(await host.TrySignInAsync(CoreHost.NewBrowser(), password: Password));
    }

    // Guard: only later links are deleted in UndoAsync.
    [EachEngineFact]
    public async Task A_thief_who_changes_it_twice_does_not_take_the_owners_link_away()
    {
        var box = new Mailbox();
        await using var host = CoreHost.Start(box.AddTo);
        await host.RegisterAsync();
        var ada = await host.SignInAsync();
        List<OutgoingMail> undo = [];
        foreach (var email in new[] { "thief@one.example.test", "thief@two.example.test" })
        {
            var mail = await AskAsync(host, box, ada.Caller, email);
            Assert.IsType<ChangeEmailOutcome.Changed>(await host.Get<EmailChange>().ConfirmAsync(ada.Caller, mail.Token));
            undo.Add(await box.NextAsync(host, MailKind.EmailChanged));
            host.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        var changes = host.Get<EmailChange>();
        var thief = new ResetPasswordInput { NewPassword = "the thief's own passphrase" };
        Assert.IsType<PasswordResetOutcome.Done>(await changes.UndoAsync(CoreHost.NewBrowser(), undo[1].Token, thief));
        Assert.IsType<PasswordResetOutcome.Done>(
            await changes.UndoAsync(CoreHost.NewBrowser(), undo[0].Token, new ResetPasswordInput { NewPassword = Password }));
        Assert.IsType<SignInOutcome.SignedIn>(await host.TrySignInAsync(CoreHost.NewBrowser(), password: Password));
        // The owner's undoes all later changes.
        Assert.Equal(0, host.Rows.Number("SELECT count(*) FROM \"EmailLinks\""));
    }

    // Guard: Unlimited in MailKinds.
    [EachEngineFact]
    public async Task A_thief_cannot_crowd_the_link_out_with_other_notices()
    {
        var box = new Mailbox();
        await using var host = CoreHost.Start(box.AddTo, ("Outbox:NoticesPerHour", "1"));
        await host.RegisterAsync();
        var ada = await host.SignInAsync();
        for (var i = 0; i < 3; i++)
            await host.SignInAsync();
        await host.Get<MailDelivery>().RunAsync();
        Assert.Single(box.Sent);
        var mail = await AskAsync(host, box, ada.Caller);
        Assert.IsType<ChangeEmailOutcome.Changed>(await host.Get<EmailChange>().ConfirmAsync(ada.Caller, mail.Token));
        await box.NextAsync(host, MailKind.EmailChanged);
    }

    // Guards: SessionId in ConfirmAsync, and the stamp of the request.
    [EachEngineFact]
    public async Task A_link_ends_with_the_session_that_asked_for_it()
    {
        var box = new Mailbox();
        await using var host = CoreHost.Start(box.AddTo);
        await host.RegisterAsync();
        var (owner, thief) = (await host.SignInAsync(), await host.SignInAsync());
        var changes = host.Get<EmailChange>();
        var mail = await AskAsync(host, box, thief.Caller);
        await host.Sessions.TerminateAsync(owner.Caller, thief.Id);
        Assert.IsType<ChangeEmailOutcome.Expired>(await changes.ConfirmAsync(owner.Caller, mail.Token));

        // One that waits for the mail server while everything else ends.
        box.Down = "No server";
        Assert.IsType<ChangeEmailOutcome.Asked>(await changes.AskAsync(owner.Caller, new ChangeEmailInput { NewEmail = New }));
        await host.Get<MailDelivery>().RunAsync();
        await host.PasswordChange.ChangeAsync(
            owner.Caller, new ChangePasswordInput { CurrentPassword = CoreHost.Password, NewPassword = Password });
        box.Down = null;
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        mail = await box.NextAsync(host, MailKind.EmailChangeLink);
        Assert.IsType<ChangeEmailOutcome.Expired>(await changes.ConfirmAsync(owner.Caller, mail.Token));
    }

    [EachEngineFact]
    public async Task A_change_needs_a_fresh_proof_and_a_free_address()
    {
        var box = new Mailbox();
        await using var host = CoreHost.Start(box.AddTo);
        await host.RegisterAsync();
        await host.RegisterAsync("grace@example.test");
        var ada = await host.SignInAsync();
        var changes = host.Get<EmailChange>();
        var stale = ada.Caller with { AuthenticatedAt = host.Clock.GetUtcNow() - TimeSpan.FromHours(1) };
        Assert.True(await changes.NeedsProofAsync(stale));
        Assert.False(await changes.NeedsProofAsync(ada.Caller));
        Assert.IsType<ChangeEmailOutcome.ProofNeeded>(await changes.AskAsync(stale, new ChangeEmailInput { NewEmail = New }));
        foreach (var (email, problem) in new[]
        {
            ("", InputProblem.Missing), ("nobody", InputProblem.NotAnEmail), (CoreHost.Email, InputProblem.SameEmail),
            ("(1)ada@example.test", InputProblem.NotAnEmail),
        })
        {
            var invalid = Assert.IsType<ChangeEmailOutcome.Invalid>(await changes.AskAsync(ada.Caller, new ChangeEmailInput { NewEmail = email }));
            Assert.Equal(problem, Assert.Single(invalid.Errors).Problem);
        }

        // The answer is the same. Only the address's owner learns of it.
        Assert.IsType<ChangeEmailOutcome.Asked>(await changes.AskAsync(ada.Caller, new ChangeEmailInput { NewEmail = "Grace@example.test" }));
        Assert.Equal("grace@example.test", (await box.NextAsync(host, MailKind.AddressTaken)).To);

        // Somebody takes it before the link is confirmed.
        var mail = await AskAsync(host, box, ada.Caller);
        await host.RegisterAsync(New);
        Assert.IsType<ChangeEmailOutcome.Expired>(await changes.ConfirmAsync(ada.Caller, mail.Token));
        Assert.Equal(CoreHost.Email, (await host.Users.FindProfileAsync(ada.Caller))!.Email);
    }

    [EachEngineFact]
    public async Task Another_spelling_of_the_own_address_is_no_other_account()
    {
        var box = new Mailbox();
        await using var host = CoreHost.Start(box.AddTo);
        await host.RegisterAsync();
        var ada = await host.SignInAsync();
        var mail = await AskAsync(host, box, ada.Caller, "Ada@example.test");
        Assert.IsType<ChangeEmailOutcome.Changed>(await host.Get<EmailChange>().ConfirmAsync(ada.Caller, mail.Token));
        Assert.Equal("Ada@example.test", (await host.Users.FindProfileAsync(ada.Caller))!.Email);
    }

    [EachEngineFact]
    public async Task A_new_name_is_in_force_at_once_and_support_finds_it()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var ada = await host.SignInAsync();
        var names = host.Get<NameChange>();
        var invalid = Assert.IsType<ChangeNameOutcome.Invalid>(await names.ChangeAsync(ada.Caller, new ChangeNameInput { Name = "  " }));
        Assert.Equal(InputProblem.Missing, Assert.Single(invalid.Errors).Problem);
        Assert.IsType<ChangeNameOutcome.Changed>(await names.ChangeAsync(ada.Caller, new ChangeNameInput { Name = "  Ada   King " }));
        Assert.Equal("Ada King", (await host.Users.FindProfileAsync(ada.Caller))!.Name);
        Assert.Equal("ADA KING", host.Rows.Text("SELECT \"NameKey\" FROM \"Users\""), ignoreCase: true);
        Assert.Single(host.Rows.Audit(AuditAction.NameChanged));
        // The same again is no event.
        await names.ChangeAsync(ada.Caller, new ChangeNameInput { Name = "Ada King" });
        Assert.Single(host.Rows.Audit(AuditAction.NameChanged));
    }

    private static async Task<OutgoingMail> AskAsync(CoreHost host, Mailbox box, Caller caller, string email = New)
    {
        Assert.IsType<ChangeEmailOutcome.Asked>(await host.Get<EmailChange>().AskAsync(caller, new ChangeEmailInput { NewEmail = email }));
        return await box.NextAsync(host, MailKind.EmailChangeLink);
    }
}
