using Accounts.Core.Administration;
using Accounts.Core.Audit;
using Accounts.Core.AuditReading;
using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Sessions;
using Accounts.Core.SignIn;
using Accounts.Core.Support;
using Accounts.Core.Users;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.Administration;

/// <summary>What administrators do with an account: in force at once, recorded in both logs, and never on themselves.</summary>
public sealed class AccountAdministrationTests
{
    private const string Root = "root@example.test";

    private static readonly (string Key, string Value)[] Plans =
    [
        ("Features:Plans:Free:0", "AuditLog"), ("Features:Plans:Pro:0", "AuditLog"), ("Features:Plans:Pro:1", "RemoteLogout"),
        ("Features:DefaultPlan", "Free"),
    ];

    private static ReasonInput Ticket => new() { Reason = "  Ticket 4711 " };

    /// <summary>Every act on an account, by name.</summary>
    private static readonly Dictionary<string, Func<CoreHost, Caller, UserId, ReasonInput, Task<AdministrationOutcome>>> Acts =
        new(StringComparer.Ordinal)
        {
            ["Delete"] = (host, by, account, input) => Of(host).DeleteAsync(by, account, input),
            ["Disable"] = (host, by, account, input) => Of(host).DisableAsync(by, account, input),
            ["Enable"] = (host, by, account, input) => Of(host).EnableAsync(by, account, input),
            ["EndSession"] = (host, by, account, input) => Of(host).EndSessionAsync(by, account, SessionId.New(TestClock.Start), input),
            ["EndSessions"] = (host, by, account, input) => Of(host).EndSessionsAsync(by, account, input),
            ["Restore"] = (host, by, account, input) => Of(host).RestoreAsync(by, account, input),
            ["RequireNewPassword"] = (host, by, account, input) => Of(host).RequireNewPasswordAsync(by, account, input),
            ["ResetTwoFactor"] = (host, by, account, input) => Of(host).ResetTwoFactorAsync(by, account, input),
            ["WithdrawTwoFactorReset"] = (host, by, account, input) => Of(host).WithdrawTwoFactorResetAsync(by, account, input),
            ["SetPlan"] = (host, by, account, input) => Of(host).SetPlanAsync(by, account, "Pro", input),
            ["SetRole"] = (host, by, account, input) => Of(host).SetRoleAsync(by, account, Roles.Support, input),
        };

    public static TheoryData<string> Names => [.. Acts.Keys];

    [Fact]
    public void Every_act_is_tested_here() => Assert.Equal(
        Acts.Keys.Order(StringComparer.Ordinal),
        typeof(AccountAdministration).GetMethods().Where(method => method.Name.EndsWith("Async", StringComparison.Ordinal))
            .Select(method => method.Name[..^"Async".Length]).Order(StringComparer.Ordinal),
        StringComparer.Ordinal);

    [EachEngineTheory]
    [MemberData(nameof(Names))]
    public async Task Only_administrators_act_and_only_with_a_fresh_proof_and_a_reason(string name)
    {
        await using var host = CoreHost.Start(null, Plans);
        var ada = await host.RegisterAsync();
        await host.SignInAsync();
        var root = await SignInStaffAsync(host, Root, Roles.Administrator);
        var sam = await SignInStaffAsync(host, "sam@example.test", Roles.Support);
        var grace = await SignInStaffAsync(host, "grace@example.test", null);
        var before = host.Rows.Everything();

        foreach (var other in new[] { sam, grace })
        {
            var refused = await Assert.ThrowsAsync<CallerRefusedException>(() => Acts[name](host, other.Caller, ada, Ticket));
            Assert.Equal(CallerRefusal.RoleMissing, refused.Refusal);
        }

        var error = Assert.Single(Assert.IsType<AdministrationOutcome.Invalid>(
            await Acts[name](host, root.Caller, ada, new ReasonInput { Reason = "ugh" })).Errors);
        Assert.Equal((nameof(ReasonInput.Reason), InputProblem.TooShort), (error.Field, error.Problem));
        Assert.IsType<AdministrationOutcome.OwnAccount>(await Acts[name](host, root.Caller, root.Caller.Subject, Ticket));
        Assert.IsType<AdministrationOutcome.NotFound>(await Acts[name](host, root.Caller, new UserId(Guid.NewGuid()), Ticket));
        host.Clock.Advance(TimeSpan.FromMinutes(10) + TimeSpan.FromSeconds(1));
        Assert.True(Of(host).NeedsProof(root.Caller));
        Assert.IsType<AdministrationOutcome.ProofNeeded>(await Acts[name](host, root.Caller, ada, Ticket));
        await host.Sessions.SignOutAsync(root.Caller);
        var gone = host.Rows.Everything();
        Assert.IsType<AdministrationOutcome.CallerEnded>(await Acts[name](host, root.ProvedAt(host.Clock.GetUtcNow()), ada, Ticket));
        Assert.Equal(gone, host.Rows.Everything());
        Assert.NotEqual(before, gone, StringComparer.Ordinal);
    }

    // Guards: IsOpen in SessionStarter and in PasswordSignIn, RenewStamp in EndAccountAsync.
    [EachEngineFact]
    public async Task Disabling_an_account_ends_everything_and_nobody_signs_in_until_it_is_enabled()
    {
        await using var host = CoreHost.Start();
        var ada = await host.RegisterAsync();
        var (phone, laptop) = (await host.SignInAsync(), await host.SignInAsync());
        var sam = await SignInStaffAsync(host, "sam@example.test", Roles.Support);
        var view = Assert.IsType<BeginViewOutcome.Began>(
            await host.Get<SupportViews>().BeginAsync(sam.Caller, ada, new ReasonInput { Reason = "Ticket 4711" })).Session;
        var root = await SignInStaffAsync(host, Root, Roles.Administrator);
        var door = await host.Get<ProofDoor>().OpenAsync(ada);

        Assert.Equal(new AdministrationOutcome.Done(2), await Of(host).DisableAsync(root.Caller, ada, Ticket));
        Assert.Null(await host.RequestAsync(phone));
        Assert.Null(await host.RequestAsync(laptop));
        Assert.Null(await host.Authenticator.AuthenticateAsync(view.Id, view.Key.Reveal()));
        Assert.IsType<SignInOutcome.AccountDisabled>(await host.TrySignInAsync(CoreHost.NewBrowser()));
        Assert.IsType<SignInOutcome.WrongCredentials>(await host.TrySignInAsync(CoreHost.NewBrowser(), password: "another-Passphrase-2"));
        Assert.Null(await host.Get<ProofDoor>().SignInAsync(CoreHost.NewBrowser(), door!, SignInMethods.Passkey, remember: true));
        var late = await host.Get<ProofDoor>().OpenAsync(ada);
        Assert.Null(late is null ? null
            : await host.Get<ProofDoor>().SignInAsync(CoreHost.NewBrowser(), late, SignInMethods.Passkey, remember: true));
        Assert.Equal(EndReason.AccountDisabled, (await host.HistoryAsync(phone.Caller))[0].Ending!.Reason);
        Assert.IsType<AdministrationOutcome.NothingToDo>(await Of(host).DisableAsync(root.Caller, ada, Ticket));

        Assert.Equal(new AdministrationOutcome.Done(0), await Of(host).EnableAsync(root.Caller, ada, Ticket));
        Assert.IsType<AdministrationOutcome.NothingToDo>(await Of(host).EnableAsync(root.Caller, ada, Ticket));
        Assert.IsType<SignInOutcome.SignedIn>(await host.TrySignInAsync(CoreHost.NewBrowser()));
        Assert.Null(await host.RequestAsync(phone));
        foreach (var action in new[] { AuditAction.Disabled, AuditAction.Enabled })
        {
            var told = Assert.Single((await host.EventsAsync(phone.Caller, new AuditQuery { Action = action }))!);
            Assert.Equal((AuditActor.SomebodyElse, "Root Admin", "Ticket 4711", null), (told.Actor, told.ActorName, told.Reason, told.Address));
            var kept = Assert.Single((await host.EventsAsync(root.Caller, new AuditQuery { Action = action }))!);
            Assert.Equal((AuditActor.You, "Ada Lovelace", "Ticket 4711", true), (kept.Actor, kept.OnName, kept.Reason, kept.IsOnOther));
        }
    }

    [EachEngineFact]
    public async Task One_session_ends_and_the_others_stay()
    {
        await using var host = CoreHost.Start();
        var ada = await host.RegisterAsync();
        var (phone, laptop) = (await host.SignInAsync(browser: CoreHost.NewBrowser(userAgent: Visitor.Phone)), await host.SignInAsync());
        var root = await SignInStaffAsync(host, Root, Roles.Administrator);
        Assert.IsType<AdministrationOutcome.NotFound>(await Of(host).EndSessionAsync(root.Caller, ada, root.Id, Ticket));
        Assert.Equal(new AdministrationOutcome.Done(1), await Of(host).EndSessionAsync(root.Caller, ada, phone.Id, Ticket));
        Assert.IsType<AdministrationOutcome.NothingToDo>(await Of(host).EndSessionAsync(root.Caller, ada, phone.Id, Ticket));
        Assert.Null(await host.RequestAsync(phone));
        Assert.NotNull(await host.RequestAsync(laptop));
        var told = Assert.Single((await host.EventsAsync(laptop.Caller, new AuditQuery { Action = AuditAction.SessionEndedByAdministrator }))!);
        Assert.Equal((phone.Id, "Safari 19 on iOS 19.1", "Root Admin"), (told.To!.Id, told.To.Device, told.ActorName));

        Assert.Equal(new AdministrationOutcome.Done(1), await Of(host).EndSessionsAsync(root.Caller, ada, Ticket));
        Assert.Null(await host.RequestAsync(laptop));
        Assert.IsType<SignInOutcome.SignedIn>(await host.TrySignInAsync(CoreHost.NewBrowser()));
    }

    [EachEngineFact]
    public async Task The_next_sign_in_chooses_the_password_that_is_required()
    {
        const string Chosen = "another passphrase for tests";
        await using var host = CoreHost.Start();
        var ada = await host.RegisterAsync();
        var phone = await host.SignInAsync();
        var root = await SignInStaffAsync(host, Root, Roles.Administrator);
        Assert.Equal(new AdministrationOutcome.Done(1), await Of(host).RequireNewPasswordAsync(root.Caller, ada, Ticket));
        Assert.IsType<AdministrationOutcome.NothingToDo>(await Of(host).RequireNewPasswordAsync(root.Caller, ada, Ticket));
        Assert.Null(await host.RequestAsync(phone));

        // Only whoever knows the password learns of it.
        Assert.IsType<SignInOutcome.WrongCredentials>(await SignInAsync("not the password", Chosen));
        Assert.IsType<SignInOutcome.NewPasswordRequired>(await SignInAsync(CoreHost.Password, null));
        foreach (var (weak, problem) in new[]
        {
            ("short", InputProblem.TooShort), (CoreHost.Password, InputProblem.SamePassword), ("ada lovelace ada", InputProblem.PersonalPassword),
        })
        {
            var error = Assert.Single(Assert.IsType<SignInOutcome.Invalid>(await SignInAsync(CoreHost.Password, weak)).Errors);
            Assert.Equal((nameof(SignInInput.NewPassword), problem), (error.Field, error.Problem));
        }

        Assert.IsType<SignInOutcome.SignedIn>(await SignInAsync(CoreHost.Password, Chosen));
        Assert.IsType<SignInOutcome.WrongCredentials>(await SignInAsync(CoreHost.Password, null));
        var back = Assert.IsType<SignInOutcome.SignedIn>(await SignInAsync(Chosen, null)).Session;
        Assert.NotNull(await host.Authenticator.AuthenticateAsync(back.Id, back.Key.Reveal()));
        Assert.Single((await host.EventsAsync(phone.Caller, new AuditQuery { Action = AuditAction.PasswordChanged }))!);

        // A new password that nobody asked for is ignored.
        Assert.IsType<SignInOutcome.SignedIn>(await SignInAsync(Chosen, "a third passphrase for tests"));
        Assert.IsType<SignInOutcome.SignedIn>(await SignInAsync(Chosen, null));

        Task<SignInOutcome> SignInAsync(string password, string? chosen) => host.SignIn.SignInAsync(
            CoreHost.NewBrowser(), new SignInInput { Email = CoreHost.Email, Password = password, NewPassword = chosen });
    }

    [EachEngineFact]
    public async Task Of_many_sign_ins_that_choose_a_password_at_once_one_wins()
    {
        await using var host = CoreHost.Start();
        var ada = await host.RegisterAsync();
        var root = await SignInStaffAsync(host, Root, Roles.Administrator);
        await Of(host).RequireNewPasswordAsync(root.Caller, ada, Ticket);
        var attempts = await Task.WhenAll(Enumerable.Range(0, 5).Select(number => host.SignIn.SignInAsync(
            CoreHost.NewBrowser(),
            new SignInInput { Email = CoreHost.Email, Password = CoreHost.Password, NewPassword = $"passphrase number {number} for tests" })));
        Assert.Single(attempts.OfType<SignInOutcome.SignedIn>());
        Assert.Equal(1, host.Rows.Number("SELECT COUNT(*) FROM \"Sessions\" WHERE \"UserId\" = @ada", ("@ada", ada.Value)));
    }

    [EachEngineFact]
    public async Task An_account_of_an_applications_own_user_has_no_password_to_renew()
    {
        await using var host = CoreHost.Start();
        var door = host.Get<ProofDoor>();
        var proof = await door.OpenAsync(new ExternalUser("crm|42", "Grace", null));
        await door.SignInAsync(CoreHost.NewBrowser(), proof, SignInMethods.Provider, remember: true);
        var account = new UserId(host.Rows.Guid("SELECT \"Id\" FROM \"Users\" WHERE \"ExternalId\" = 'crm|42'"));
        var root = await SignInStaffAsync(host, Root, Roles.Administrator);
        Assert.IsType<AdministrationOutcome.NoPassword>(await Of(host).RequireNewPasswordAsync(root.Caller, account, Ticket));
    }

    [EachEngineFact]
    public async Task A_role_is_in_force_at_once_and_ends_what_it_forbids()
    {
        await using var host = CoreHost.Start();
        var ada = await host.RegisterAsync();
        await host.RegisterAsync("grace@example.test", "Grace Hopper");
        var grace = await host.SignInAsync("grace@example.test");
        var root = await SignInStaffAsync(host, Root, Roles.Administrator);
        var sam = grace.Caller.Subject;
        Assert.NotNull(await host.RequestAsync(grace));

        Assert.Equal(new AdministrationOutcome.Done(0), await Of(host).SetRoleAsync(root.Caller, sam, Roles.Support, Ticket));
        Assert.IsType<AdministrationOutcome.NothingToDo>(await Of(host).SetRoleAsync(root.Caller, sam, Roles.Support, Ticket));
        Assert.True((await host.RequestAsync(grace))!.Principal.IsInRole(Roles.Support));
        var view = Assert.IsType<BeginViewOutcome.Began>(
            await host.Get<SupportViews>().BeginAsync(grace.Caller, ada, new ReasonInput { Reason = "Ticket 4711" })).Session;
        Assert.NotNull(await host.Authenticator.AuthenticateAsync(view.Id, view.Key.Reveal()));

        Assert.Equal(new AdministrationOutcome.Done(0), await Of(host).SetRoleAsync(root.Caller, sam, null, Ticket));
        Assert.Null(await host.Authenticator.AuthenticateAsync(view.Id, view.Key.Reveal()));
        Assert.False((await host.RequestAsync(grace))!.Principal.IsInRole(Roles.Support));
        await Of(host).SetRoleAsync(root.Caller, sam, Roles.Support, Ticket);
        await Of(host).SetRoleAsync(root.Caller, sam, Roles.Administrator, Ticket);
        var principal = (await host.RequestAsync(grace))!.Principal;
        Assert.Equal((true, false), (principal.IsInRole(Roles.Administrator), principal.IsInRole(Roles.Support)));
        var told = (await host.EventsAsync(grace.Caller, new AuditQuery { Action = AuditAction.AdministratorGranted }))![0];
        Assert.Equal((AuditActor.SomebodyElse, "Root Admin", "Ticket 4711"), (told.Actor, told.ActorName, told.Reason));

        var error = Assert.Single(Assert.IsType<AdministrationOutcome.Invalid>(
            await Of(host).SetRoleAsync(root.Caller, sam, "Emperor", Ticket)).Errors);
        Assert.Equal(InputProblem.NotListed, error.Problem);
    }

    [EachEngineFact]
    public async Task A_plan_is_in_force_with_the_next_call()
    {
        await using var host = CoreHost.Start(null, Plans);
        var ada = await host.RegisterAsync();
        var phone = await host.SignInAsync();
        var root = await SignInStaffAsync(host, Root, Roles.Administrator);
        Assert.NotNull(await host.Get<FeatureGate>().FindMissingAsync(phone.Caller, Feature.RemoteLogout));
        Assert.Equal(new AdministrationOutcome.Done(0), await Of(host).SetPlanAsync(root.Caller, ada, "Pro", Ticket));
        Assert.IsType<AdministrationOutcome.NothingToDo>(await Of(host).SetPlanAsync(root.Caller, ada, "Pro", Ticket));
        Assert.Null(await host.Get<FeatureGate>().FindMissingAsync(phone.Caller, Feature.RemoteLogout));
        Assert.Equal("Pro", Assert.Single((await host.EventsAsync(phone.Caller, new AuditQuery { Action = AuditAction.PlanChanged }))!).Value);
        Assert.Equal(new AdministrationOutcome.Done(0), await Of(host).SetPlanAsync(root.Caller, ada, null, Ticket));
        Assert.NotNull(await host.Get<FeatureGate>().FindMissingAsync(phone.Caller, Feature.RemoteLogout));
        Assert.IsType<AdministrationOutcome.Invalid>(await Of(host).SetPlanAsync(root.Caller, ada, "Gold", Ticket));
    }

    // On PostgreSQL, the order of locks in CommandRunner keeps this from being a deadlock, which would only cost a retry.
    [EachEngineFact]
    public async Task Of_two_administrators_who_disable_each_other_at_once_one_stays()
    {
        await using var host = CoreHost.Start();
        var root = await SignInStaffAsync(host, Root, Roles.Administrator);
        var tom = await SignInStaffAsync(host, "tom@example.test", Roles.Administrator);
        var outcomes = await Task.WhenAll(
            AttemptAsync(() => Of(host).DisableAsync(root.Caller, tom.Caller.Subject, Ticket)),
            AttemptAsync(() => Of(host).DisableAsync(tom.Caller, root.Caller.Subject, Ticket)));
        Assert.Single(outcomes.OfType<AdministrationOutcome.Done>());
        Assert.Single(outcomes.OfType<AdministrationOutcome.CallerEnded>());
        Assert.Equal(1, host.Rows.Number("SELECT COUNT(*) FROM \"Users\" WHERE \"DisabledAt\" IS NOT NULL"));

        static Task<AdministrationOutcome> AttemptAsync(Func<Task<AdministrationOutcome>> act) => Task.Run(act);
    }

    // Guard: the condition on DisabledAt in IsLastAdministratorAsync.
    [EachEngineFact]
    public async Task A_disabled_administrator_does_not_count_as_one_that_is_left()
    {
        await using var host = CoreHost.Start();
        var root = await SignInStaffAsync(host, Root, Roles.Administrator);
        var tom = await SignInStaffAsync(host, "tom@example.test", Roles.Administrator);
        await Of(host).DisableAsync(root.Caller, tom.Caller.Subject, Ticket);
        Assert.Equal(RevokeOutcome.LastAdministrator, await host.Get<RoleGrants>().RevokeAsync(Root, Roles.Administrator));
        await Of(host).EnableAsync(root.Caller, tom.Caller.Subject, Ticket);
        Assert.Equal(RevokeOutcome.Revoked, await host.Get<RoleGrants>().RevokeAsync(Root, Roles.Administrator));
    }

    internal static async Task<SignedInBrowser> SignInStaffAsync(CoreHost host, string email, string? role)
    {
        await host.RegisterAsync(email, email is Root ? "Root Admin" : "Sam Keller");
        if (role is not null)
            await host.Get<RoleGrants>().GrantAsync(email, role);
        return await host.SignInAsync(email);
    }

    private static AccountAdministration Of(CoreHost host) => host.Get<AccountAdministration>();
}
