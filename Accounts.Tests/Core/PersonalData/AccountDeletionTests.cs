using Accounts.Core.Administration;
using Accounts.Core.Audit;
using Accounts.Core.AuditReading;
using Accounts.Core.Callers;
using Accounts.Core.PersonalData;
using Accounts.Core.Sessions;
using Accounts.Core.SignIn;
using Accounts.Core.Support;
using Accounts.Core.Users;
using Accounts.Tests.Core.Administration;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.PersonalData;

/// <summary>People delete their own account, and may change their mind for a while.</summary>
public sealed class AccountDeletionTests
{
    private const string Root = "root@example.test";

    private static ReasonInput Ticket => new() { Reason = "Ticket 4711" };

    private static DeleteAccountInput Typed => new() { Email = " ADA@example.test " };

    // Guards: EndAccountAsync, PasswordSignIn.Closed and VerifiedUser.MayStart.
    [EachEngineFact]
    public async Task Everything_ends_at_once_and_the_owner_keeps_the_account_by_signing_in()
    {
        await using var host = CoreHost.Start();
        var ada = await host.RegisterAsync();
        var (phone, laptop) = (await host.SignInAsync(), await host.SignInAsync());
        var door = await host.Get<ProofDoor>().OpenAsync(ada);
        var due = host.Clock.GetUtcNow() + TimeSpan.FromDays(14);

        Assert.Equal(new DeleteAccountOutcome.Requested(due, 2), await Of(host).RequestAsync(laptop.Caller, Typed));
        Assert.Null(await host.RequestAsync(phone));
        Assert.Null(await host.RequestAsync(laptop));
        Assert.IsType<DeleteAccountOutcome.CallerEnded>(await Of(host).RequestAsync(laptop.Caller, Typed));
        Assert.Null(await host.Get<ProofDoor>().SignInAsync(CoreHost.NewBrowser(), door!, SignInMethods.Passkey, remember: true));

        // Only whoever knows the password learns of it. Asking changes nothing.
        var before = host.Rows.Everything();
        Assert.IsType<SignInOutcome.WrongCredentials>(await host.TrySignInAsync(CoreHost.NewBrowser(), password: "another-Passphrase-2"));
        Assert.IsType<SignInOutcome.WrongCredentials>(await KeepAsync(host, "another-Passphrase-2"));
        Assert.Equal(new SignInOutcome.DeletionPending(due, true), await host.TrySignInAsync(CoreHost.NewBrowser()));
        Assert.Equal(before, host.Rows.Everything());

        var kept = Assert.IsType<SignInOutcome.SignedIn>(await KeepAsync(host));
        Assert.NotNull(await host.Authenticator.FindLiveAsync(kept.Session.Id));
        var again = await host.SignInAsync();
        Assert.Null(await host.RequestAsync(phone));
        Assert.Equal(EndReason.AccountDeleted, (await host.HistoryAsync(again.Caller)).Single(session => session.Id == phone.Id).Ending!.Reason);
        var asked = Assert.Single((await host.EventsAsync(again.Caller, new AuditQuery { Action = AuditAction.DeletionRequested }))!);
        Assert.Equal((AuditActor.You, 2, laptop.Id), (asked.Actor, asked.Count, asked.From!.Id));
        var withdrawn = Assert.Single((await host.EventsAsync(again.Caller, new AuditQuery { Action = AuditAction.DeletionWithdrawn }))!);
        Assert.Equal((AuditActor.You, kept.Session.Id), (withdrawn.Actor, withdrawn.From!.Id));

        // It's an account like any other again.
        host.Clock.Advance(TimeSpan.FromDays(15));
        await RunAsync(host);
        Assert.IsType<SignInOutcome.SignedIn>(await host.TrySignInAsync(CoreHost.NewBrowser()));
    }

    [EachEngineFact]
    public async Task It_needs_a_fresh_proof_and_the_accounts_own_email()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        await host.RegisterAsync("grace@example.test");
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        var before = host.Rows.Everything();

        foreach (var (typed, problem) in new[]
        {
            ("", InputProblem.Missing), ("grace@example.test", InputProblem.OtherEmail), ("ada@example.tes", InputProblem.OtherEmail),
        })
        {
            var outcome = await Of(host).RequestAsync(owner.Caller, new DeleteAccountInput { Email = typed });
            var error = Assert.Single(Assert.IsType<DeleteAccountOutcome.Invalid>(outcome).Errors);
            Assert.Equal((nameof(DeleteAccountInput.Email), problem), (error.Field, error.Problem));
        }

        Assert.False(Of(host).NeedsProof(owner.Caller));
        host.Clock.Advance(TimeSpan.FromMinutes(10) + TimeSpan.FromSeconds(1));
        Assert.True(Of(host).NeedsProof(owner.Caller));
        Assert.IsType<DeleteAccountOutcome.ProofNeeded>(await Of(host).RequestAsync(owner.Caller, Typed));
        Assert.Equal(before, host.Rows.Everything());
        Assert.NotNull(await host.RequestAsync(other));

        // The control: with a fresh proof it works.
        Assert.IsType<DeleteAccountOutcome.Requested>(await Of(host).RequestAsync(owner.ProvedAt(host.Clock.GetUtcNow()), Typed));
        Assert.Null(await host.RequestAsync(other));
    }

    // Guard: IsLastAdministratorAsync, which locks the role.
    [EachEngineFact]
    public async Task Of_two_administrators_who_delete_their_accounts_at_once_one_stays()
    {
        await using var host = CoreHost.Start();
        var (root, rita) = (await SignInRootAsync(host), await SignInRootAsync(host, "rita@example.test"));

        var commit = host.Gate.StopCommit();
        var first = Of(host).RequestAsync(root.Caller, new DeleteAccountInput { Email = Root });
        await commit.Arrived;
        var second = Of(host).RequestAsync(rita.Caller, new DeleteAccountInput { Email = "rita@example.test" });
        await host.BlockedAsync();
        Assert.False(second.IsCompleted);
        commit.Release();

        Assert.IsType<DeleteAccountOutcome.Requested>(await first);
        Assert.IsType<DeleteAccountOutcome.LastAdministrator>(await second);
        Assert.NotNull(await host.RequestAsync(rita));
        Assert.IsType<SignInOutcome.DeletionPending>(await host.TrySignInAsync(CoreHost.NewBrowser(), Root));
    }

    // Guards: User.IsGone in PasswordSignIn, VerifiedUser.MayStart, AccountAdministration.RunAsync and SupportViews.BeginAsync.
    [EachEngineFact]
    public async Task When_the_time_is_over_nobody_brings_the_account_back()
    {
        await using var host = CoreHost.Start();
        var ada = await host.RegisterAsync();
        var owner = await host.SignInAsync();
        await Of(host).RequestAsync(owner.Caller, Typed);
        var root = await SignInRootAsync(host);
        var sam = await AccountAdministrationTests.SignInStaffAsync(host, "sam@example.test", Roles.Support);
        var views = host.Get<SupportViews>();
        host.Clock.Advance(TimeSpan.FromDays(14) - TimeSpan.FromSeconds(1));
        Assert.IsType<SignInOutcome.DeletionPending>(await host.TrySignInAsync(CoreHost.NewBrowser()));
        Assert.IsType<BeginViewOutcome.Began>(await views.BeginAsync(sam.ProvedAt(host.Clock.GetUtcNow()), ada, Ticket));

        host.Clock.Advance(TimeSpan.FromSeconds(1));
        var now = host.Clock.GetUtcNow();
        Assert.IsType<SignInOutcome.WrongCredentials>(await host.TrySignInAsync(CoreHost.NewBrowser()));
        Assert.IsType<SignInOutcome.WrongCredentials>(await KeepAsync(host));
        Assert.IsType<AdministrationOutcome.NotFound>(
            await host.Get<AccountAdministration>().RestoreAsync(root.ProvedAt(now), ada, Ticket));
        Assert.IsType<BeginViewOutcome.NotFound>(await views.BeginAsync(sam.ProvedAt(now), ada, Ticket));
    }

    // Guard: the time is read under the account's lock.
    [EachEngineFact]
    public async Task Whoever_waits_until_the_time_is_over_comes_too_late()
    {
        await using var host = CoreHost.Start();
        var ada = await host.RegisterAsync();
        var owner = await host.SignInAsync();
        await Of(host).RequestAsync(owner.Caller, Typed);
        var root = await SignInRootAsync(host);
        var sam = await AccountAdministrationTests.SignInStaffAsync(host, "sam@example.test", Roles.Support);
        host.Clock.Advance(TimeSpan.FromDays(14) - TimeSpan.FromSeconds(1));
        var now = host.Clock.GetUtcNow();

        var writers = await host.OccupyWritersAsync();
        var restore = host.Get<AccountAdministration>().RestoreAsync(root.ProvedAt(now), ada, Ticket);
        var view = host.Get<SupportViews>().BeginAsync(sam.ProvedAt(now), ada, Ticket);
        host.Clock.Advance(TimeSpan.FromSeconds(1));
        await writers.DisposeAsync();
        Assert.IsType<AdministrationOutcome.NotFound>(await restore);
        Assert.IsType<BeginViewOutcome.NotFound>(await view);
    }

    // Guard: DeletedByOwner in MayStart.
    [EachEngineFact]
    public async Task What_an_administrator_deletes_only_an_administrator_restores()
    {
        await using var host = CoreHost.Start();
        var ada = await host.RegisterAsync();
        var phone = await host.SignInAsync();
        var root = await SignInRootAsync(host);
        var administration = host.Get<AccountAdministration>();
        var due = host.Clock.GetUtcNow() + TimeSpan.FromDays(14);
        Assert.IsType<AdministrationOutcome.NothingToDo>(await administration.RestoreAsync(root.Caller, ada, Ticket));
        Assert.Equal(new AdministrationOutcome.Done(1), await administration.DeleteAsync(root.Caller, ada, Ticket));
        Assert.IsType<AdministrationOutcome.NothingToDo>(await administration.DeleteAsync(root.Caller, ada, Ticket));
        Assert.Null(await host.RequestAsync(phone));
        Assert.Equal(new SignInOutcome.DeletionPending(due, false), await host.TrySignInAsync(CoreHost.NewBrowser()));
        Assert.Equal(new SignInOutcome.DeletionPending(due, false), await KeepAsync(host));

        Assert.Equal(new AdministrationOutcome.Done(0), await administration.RestoreAsync(root.Caller, ada, Ticket));
        Assert.IsType<SignInOutcome.SignedIn>(await host.TrySignInAsync(CoreHost.NewBrowser()));
        foreach (var action in new[] { AuditAction.DeletionRequested, AuditAction.DeletionWithdrawn })
        {
            var told = Assert.Single((await host.EventsAsync(phone.Caller, new AuditQuery { Action = action }))!);
            Assert.Equal((AuditActor.SomebodyElse, "Root Admin", "Ticket 4711"), (told.Actor, told.ActorName, told.Reason));
            var kept = Assert.Single((await host.EventsAsync(root.Caller, new AuditQuery { Action = action }))!);
            Assert.Equal((AuditActor.You, "Ada Lovelace", true), (kept.Actor, kept.OnName, kept.IsOnOther));
        }

        // The owner deletes it, and an administrator as well. Then the owner can't take it back any more; the earlier time counts.
        var again = await host.SignInAsync();
        await Of(host).RequestAsync(again.Caller, Typed);
        host.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(new AdministrationOutcome.Done(0), await administration.DeleteAsync(root.Caller, ada, Ticket));
        Assert.Equal(new SignInOutcome.DeletionPending(due, false), await KeepAsync(host));
    }

    [EachEngineFact]
    public async Task An_account_that_was_disabled_meanwhile_stays_disabled()
    {
        await using var host = CoreHost.Start();
        var ada = await host.RegisterAsync();
        var owner = await host.SignInAsync();
        var root = await SignInRootAsync(host);
        await Of(host).RequestAsync(owner.Caller, Typed);
        await host.Get<AccountAdministration>().DisableAsync(root.Caller, ada, Ticket);
        Assert.IsType<SignInOutcome.AccountDisabled>(await KeepAsync(host));
        await host.Get<AccountAdministration>().EnableAsync(root.Caller, ada, Ticket);
        Assert.IsType<SignInOutcome.SignedIn>(await KeepAsync(host));
    }

    [EachEngineFact]
    public async Task An_application_deletes_the_users_whom_it_keeps()
    {
        await using var host = CoreHost.Start();
        var grace = new ExternalUser("4711", "Grace Hopper", "grace@example.test");
        var door = host.Get<ProofDoor>();
        var browser = CoreHost.NewBrowser();
        var session = await door.SignInAsync(browser, await door.OpenAsync(grace), SignInMethods.Provider, remember: true);
        var user = new UserId(host.Rows.Guid("SELECT \"Id\" FROM \"Users\""));
        var live = (await host.Authenticator.AuthenticateAsync(session!.Id, session.Key.Reveal()))!;
        var caller = await host.Authenticator.FindCallerAsync(live.Principal);
        Assert.IsType<DeleteAccountOutcome.KeptElsewhere>(
            await Of(host).RequestAsync(caller!, new DeleteAccountInput { Email = "grace@example.test" }));
        Assert.NotNull(await host.Authenticator.FindLiveAsync(session.Id));

        Assert.Equal(0, await host.Get<ExternalUsers>().DeleteAsync("unknown"));
        Assert.Equal(1, await host.Get<ExternalUsers>().DeleteAsync("4711"));
        Assert.Null(await host.Authenticator.FindLiveAsync(session.Id));
        Assert.Null(await door.SignInAsync(browser, await door.OpenAsync(grace), SignInMethods.Provider, remember: true));
        await RunAsync(host);
        Assert.Equal(0, host.Rows.Number("SELECT COUNT(*) FROM \"Users\""));
        // The same id is somebody new.
        Assert.NotNull(await door.SignInAsync(browser, await door.OpenAsync(grace), SignInMethods.Provider, remember: true));
        Assert.NotEqual(user, new UserId(host.Rows.Guid("SELECT \"Id\" FROM \"Users\"")));
    }

    private static Task<SignInOutcome> KeepAsync(CoreHost host, string password = CoreHost.Password) => host.SignIn.SignInAsync(
        CoreHost.NewBrowser(), new SignInInput { Email = CoreHost.Email, Password = password, Remember = true, KeepAccount = true });

    private static async Task<SignedInBrowser> SignInRootAsync(CoreHost host, string email = Root)
    {
        await host.RegisterAsync(email, "Root Admin");
        await host.Get<RoleGrants>().GrantAsync(email, Roles.Administrator);
        return await host.SignInAsync(email);
    }

    private static Task RunAsync(CoreHost host) => host.Get<Retention>().RunAsync(TestContext.Current.CancellationToken);

    private static AccountDeletion Of(CoreHost host) => host.Get<AccountDeletion>();
}
