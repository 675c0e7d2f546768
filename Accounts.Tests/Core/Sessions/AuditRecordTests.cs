using System.Reflection;
using Accounts.Core.Administration;
using Accounts.Core.Audit;
using Accounts.Core.AuditReading;
using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Mail;
using Accounts.Core.Manager;
using Accounts.Core.Passkeys;
using Accounts.Core.PersonalData;
using Accounts.Core.Providers;
using Accounts.Core.Sessions;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Accounts.Core.Support;
using Accounts.Core.TwoFactor;
using Accounts.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;

namespace Accounts.Tests.Core.Sessions;

/// <summary>Every action writes one event: who, to whom, from which session, which device and where.</summary>
public sealed class AuditRecordTests
{
    private const string Chrome = "Chrome 154 on Windows 10 or 11";
    private const string Safari = "Safari 19 on iOS 19.1";

    /// <summary>Each action, done by a laptop named "Laptop" to a phone, and what its event must say.</summary>
    private static readonly Dictionary<string, (Func<Stage, Task> Act, Func<Stage, Told> Tells)> Acts = new(StringComparer.Ordinal)
    {
        [AuditAction.Registered] = (s => s.Host.RegisterAsync("new@example.test"), _ => new(AuditActor.You, null, null, null, null, null)),
        [AuditAction.SignedIn] = (s => s.SignInAsync(), s => s.Told(s.Newest, null, s.Newest, null, null)),
        [AuditAction.SignedOut] =
            (s => s.Host.Sessions.SignOutAsync(s.Laptop.Caller), s => s.Told(s.Laptop.Id, "Laptop", s.Laptop.Id, "Laptop", null)),
        [AuditAction.PasswordChanged] = (s => s.ChangePasswordAsync(), s => s.Told(s.Laptop.Id, "Laptop", null, null, 1)),
        [AuditAction.PasswordReset] = (s => s.ResetPasswordAsync(), _ => new(AuditActor.You, null, null, null, null, 2)),
        [AuditAction.EmailChanged] = (s => s.ChangeEmailAsync(), s => s.Told(s.Laptop.Id, "Laptop", null, null, null)),
        [AuditAction.EmailRestored] = (s => s.RestoreEmailAsync(), _ => new(AuditActor.You, null, null, null, null, 2)),
        [AuditAction.NameChanged] = (
            s => s.Host.Get<NameChange>().ChangeAsync(s.Laptop.Caller, new ChangeNameInput { Name = "Ada King" }),
            s => s.Told(s.Laptop.Id, "Laptop", null, null, null)),
        [AuditAction.PasskeyAdded] = (s => s.AddPasskeyAsync(), s => s.Told(s.Laptop.Id, "Laptop", null, null, null)),
        [AuditAction.PasskeyRenamed] = (s => s.RenamePasskeyAsync(), s => s.Told(s.Laptop.Id, "Laptop", null, null, null)),
        [AuditAction.PasskeyRemoved] = (s => s.RemovePasskeyAsync(), s => s.Told(s.Laptop.Id, "Laptop", null, null, 0)),
        [AuditAction.ProviderLinked] = (s => s.LinkAsync(), s => s.Told(s.Laptop.Id, "Laptop", null, null, null)),
        [AuditAction.ProviderUnlinked] = (s => s.UnlinkAsync(), s => s.Told(s.Laptop.Id, "Laptop", null, null, 0)),
        [AuditAction.SessionsEndedByProvider] =
            (s => s.LogOutAtProviderAsync(), _ => new(AuditActor.Provider, null, null, null, null, 1)),
        [AuditAction.SessionTerminated] =
            (s => s.Host.Sessions.TerminateAsync(s.Laptop.Caller, s.Phone.Id), s => s.Told(s.Laptop.Id, "Laptop", s.Phone.Id, null, null)),
        [AuditAction.SessionsTerminated] = (
            s => s.Host.Sessions.TerminateManyAsync(s.Laptop.Caller, [s.Phone.Id], TestContext.Current.CancellationToken),
            s => s.Told(s.Laptop.Id, "Laptop", null, null, 1)),
        [AuditAction.SessionRecognized] = (
            s => s.Host.Sessions.RecognizeAsync(s.Laptop.Caller, s.Phone.Id, TestContext.Current.CancellationToken),
            s => s.Told(s.Laptop.Id, "Laptop", s.Phone.Id, null, null)),
        [AuditAction.SessionDenied] = (
            s => s.Host.Sessions.DenyAsync(s.Laptop.Caller, s.Phone.Id, TestContext.Current.CancellationToken),
            s => s.Told(s.Laptop.Id, "Laptop", s.Phone.Id, null, null)),
        [AuditAction.SessionRenamed] = (s => s.Host.Sessions.RenameAsync(s.Laptop.Caller, s.Phone.Id, new RenameSessionInput { Name = "Mobile" }),
            s => s.Told(s.Laptop.Id, "Laptop", s.Phone.Id, "Mobile", null)),
        [AuditAction.SessionReplaced] = (s => s.SignInAsync(s.Laptop.Browser), s => s.Told(s.Newest, "Laptop", s.Laptop.Id, "Laptop", null)),
        [AuditAction.SessionExpired] = (s => s.ExpireAsync(), s => new(AuditActor.Clock, null, null, s.Phone.Id, null, null)),
        [AuditAction.SessionEndedByLimit] = (s => s.CrowdOutAsync(), s => s.Told(s.Newest, null, s.Phone.Id, null, null)),
        [AuditAction.SessionReauthenticated] = (s => s.Host.Reauthentication.ReauthenticateAsync(s.Laptop.Caller, CoreHost.Password),
            s => s.Told(s.Laptop.Id, "Laptop", s.Laptop.Id, "Laptop", null)),
        [AuditAction.SessionsRevoked] = (s => s.RevokeSessionsAsync(), _ => OfOperator with { Count = 1 }),
        [AuditAction.SupportGranted] = (s => s.GrantAsync(Roles.Support), _ => OfOperator),
        [AuditAction.SupportRevoked] = (s => s.RevokeAsync(Roles.Support), _ => OfOperator),
        [AuditAction.AdministratorGranted] = (s => s.GrantAsync(Roles.Administrator), _ => OfOperator),
        [AuditAction.AdministratorRevoked] = (s => s.RevokeAsync(Roles.Administrator), _ => OfOperator),
        [AuditAction.ViewBegan] = (s => s.ViewAsync(), _ => OfStaff),
        [AuditAction.ViewEnded] = (s => s.ViewAsync(), _ => OfStaff),
        [AuditAction.LookedUp] = (s => s.LookUpAsync(CoreHost.Email), _ => OfStaff),
        [AuditAction.Searched] = (s => s.LookUpAsync("nobody@example.test"), s => new(AuditActor.You, s.Newest, null, null, null, 0)),
        [AuditAction.SessionsEndedBySupport] = (s => s.EndAccountAsync(), _ => OfStaff with { Count = 2 }),
        [AuditAction.SessionEndedByAdministrator] = (
            s => s.AdministerAsync((root, account, input) => s.Administration.EndSessionAsync(root, account, s.Phone.Id, input)),
            s => OfStaff with { To = s.Phone.Id }),
        [AuditAction.SessionsEndedByAdministrator] = (
            s => s.AdministerAsync((root, account, input) => s.Administration.EndSessionsAsync(root, account, input)),
            _ => OfStaff with { Count = 2 }),
        [AuditAction.EverybodyEnded] = (s => s.EndEverybodyAsync(), s => new(AuditActor.You, s.Newest, null, null, null, 2)),
        [AuditAction.Disabled] = (
            s => s.AdministerAsync((root, account, input) => s.Administration.DisableAsync(root, account, input)), _ => OfStaff with { Count = 2 }),
        [AuditAction.Enabled] = (
            s => s.AdministerAsync(async (root, account, input) =>
            {
                await s.Administration.DisableAsync(root, account, input);
                return await s.Administration.EnableAsync(root, account, input);
            }),
            _ => OfStaff),
        [AuditAction.NewPasswordRequired] = (
            s => s.AdministerAsync((root, account, input) => s.Administration.RequireNewPasswordAsync(root, account, input)),
            _ => OfStaff with { Count = 2 }),
        [AuditAction.PlanChanged] = (
            s => s.AdministerAsync((root, account, input) => s.Administration.SetPlanAsync(root, account, "Pro", input)), _ => OfStaff),
        [AuditAction.TwoFactorTurnedOn] = (s => s.TurnOnAsync(), s => s.Told(s.Laptop.Id, "Laptop", null, null, 0)),
        [AuditAction.TwoFactorTurnedOff] = (
            s => s.ChangeTwoFactorAsync((settings, by) => settings.TurnOffAsync(by, new ChangeTwoFactorInput { EndOtherSessions = true })),
            s => s.Told(s.Laptop.Id, "Laptop", null, null, 1)),
        [AuditAction.RecoveryCodesReplaced] = (
            s => s.ChangeTwoFactorAsync((settings, by) => settings.ReplaceRecoveryCodesAsync(by)),
            s => s.Told(s.Laptop.Id, "Laptop", null, null, null)),
        [AuditAction.BrowserTrusted] = (s => s.TrustAsync(), s => s.Told(s.Newest, null, s.Newest, null, null)),
        [AuditAction.BrowsersForgotten] = (
            async s => await s.Host.Get<TwoFactorSettings>().ForgetBrowsersAsync(await s.TrustAsync()),
            s => s.Told(s.Laptop.Id, "Laptop", null, null, 1)),
        [AuditAction.TwoFactorResetRequested] = (s => s.ResetTwoFactorAsync(), _ => OfStaff),
        [AuditAction.TwoFactorResetWithdrawn] = (
            async s => await s.Host.Get<TwoFactorSettings>().ObjectToResetAsync(await s.ResetTwoFactorAsync()),
            s => s.Told(s.Laptop.Id, "Laptop", null, null, null)),
        [AuditAction.TwoFactorReset] = (
            async s =>
            {
                await s.ResetTwoFactorAsync();
                s.Host.Clock.Advance(TimeSpan.FromDays(1));
                await s.Host.Get<TwoFactorUpkeep>().RunAsync();
            },
            _ => new(AuditActor.Clock, null, null, null, null, null)),
        [AuditAction.DeletionRequested] = (s => s.DeleteAsync(), s => s.Told(s.Laptop.Id, "Laptop", null, null, 2)),
        [AuditAction.DeletionWithdrawn] = (s => s.KeepAsync(), s => s.Told(s.Newest, null, s.Newest, null, null)),
        [AuditAction.Deleted] = (s => s.EraseAsync(), _ => new(AuditActor.Clock, null, null, null, null, null)),
        [AuditAction.SignedOutEverywhere] =
            (s => s.Host.Sessions.SignOutEverywhereAsync(s.Laptop.Caller), s => s.Told(s.Laptop.Id, "Laptop", null, null, 1)),
        [AuditAction.SessionsInvalidated] =
            (s => s.Host.Sessions.RemoteLogoutAsync(s.Laptop.Caller), s => s.Told(s.Laptop.Id, "Laptop", null, null, 2)),
    };

    private static Told OfOperator => new(AuditActor.Operator, null, null, null, null, null);

    private static Told OfStaff => new(AuditActor.SomebodyElse, null, null, null, null, null);

    public static TheoryData<string> Actions => [.. Acts.Keys];

    [Fact]
    public void Every_action_is_listed_and_tested_here()
    {
        var constants = typeof(AuditAction).GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral)
            .Select(field => (string)field.GetRawConstantValue()!).ToHashSet(StringComparer.Ordinal);
        Assert.True(constants.Count >= 10);
        Assert.True(constants.SetEquals(AuditAction.All));
        Assert.True(constants.SetEquals(Acts.Keys));
    }

    [EachEngineTheory]
    [MemberData(nameof(Actions))]
    public async Task An_action_writes_one_complete_event(string action)
    {
        var box = new Mailbox();
        await using var host = CoreHost.Start(
            services =>
            {
                box.AddTo(services);
                services.AddSingleton(new SignInProviders([new SignInProvider("google", "Google", "https://id.example.test")]));
            },
            ("Features:Plans:Pro:0", "AuditLog"), ("Features:Plans:Pro:1", "RemoteLogout"), ("Features:DefaultPlan", "Pro"));
        var stage = await Stage.OpenAsync(host, box);
        var before = host.Rows.Audit(action).Select(row => row["Id"]).ToHashSet();
        await Acts[action].Act(stage);

        // An act of staff on an account is in their own log as well.
        var written = Assert.Single(host.Rows.Audit(action),
            row => !before.Contains(row["Id"]) && (row["OnUserId"] is null || Equals(row["OnUserId"], row["UserId"])));
        var caller = stage.Laptop.Caller with { Subject = new UserId(Guid.Parse((string)written["UserId"]!)) };
        var one = ((await host.EventsAsync(caller, new AuditQuery { Action = action }))!).MaxBy(one => one.At)!;
        Assert.Equal(Acts[action].Tells(stage), new Told(one.Actor, one.From?.Id, one.From?.Name, one.To?.Id, one.To?.Name, one.Count));
        var hasDevice = one.Actor is AuditActor.You;
        Assert.Equal(hasDevice ? Chrome : null, one.From?.Device);
        Assert.Equal(hasDevice ? "203.0.113.7" : null, one.Address);
        Assert.Equal(one.Address is null, one.Place is null);
        Assert.Equal(one.To is null ? null : one.To.Id == stage.Phone.Id ? Safari : Chrome, one.To?.Device);
    }

    [EachEngineFact]
    public async Task An_event_says_through_what_why_and_how_its_actor_was_verified()
    {
        await using var host = CoreHost.Start();
        var staff = await host.RegisterAsync("sam@example.test", "Sam Keller");
        var stage = await Stage.OpenAsync(host);
        var signIn = Assert.Single((await host.EventsAsync(stage.Phone.Caller, new AuditQuery { Action = AuditAction.SignedIn }))!,
            one => one.To!.Id == stage.Phone.Id);
        Assert.Equal((CallerKind.Browser, SignInMethods.Password, null), (signIn.Kind, signIn.Methods, signIn.Reason));

        var (owner, desk) = (stage.Laptop.Caller, await host.SignInAsync("sam@example.test"));
        var asked = new Caller(CallerKind.Administration, owner.Subject, staff, desk.Id, Scopes.All, owner.Address)
        {
            KeyMark = desk.Caller.KeyMark, AuthenticatedAt = host.Clock.GetUtcNow(),
            Reason = "The owner lost the phone. " + new string('x', AuditEventRow.ReasonLimit),
        };
        Assert.Equal(TerminateOutcome.Terminated, await host.Sessions.TerminateAsync(asked, stage.Phone.Id));
        await host.Sessions.SignOutAsync(desk.Caller);
        Assert.Equal(TerminateOutcome.CallerEnded, await host.Sessions.TerminateAsync(asked, stage.Laptop.Id));

        var told = Assert.Single((await host.EventsAsync(owner, new AuditQuery { Action = AuditAction.SessionTerminated }))!);
        Assert.Equal((CallerKind.Administration, AuditActor.SomebodyElse, null), (told.Kind, told.Actor, told.Methods));
        Assert.Equal(AuditEventRow.ReasonLimit, told.Reason!.Length);
        Assert.StartsWith("The owner lost the phone.", told.Reason, StringComparison.Ordinal);
        await stage.ExpireAsync();
        Assert.All((await host.EventsAsync(owner, new AuditQuery { Action = AuditAction.SessionExpired }))!,
            one => Assert.Equal(CallerKind.Clock, one.Kind));
    }

    [EachEngineFact]
    public async Task An_expiry_is_recorded_once_by_the_sweeper_or_the_next_sign_in()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (swept, found) = (await host.SignInAsync(remember: false), await host.SignInAsync(remember: false));
        host.Clock.Advance(TimeSpan.FromDays(2));
        await host.SignInAsync(browser: found.Browser);
        Assert.Equal(found.Id.Value, Guid.Parse((string)Assert.Single(host.Rows.Audit("session.expired"))["SessionId"]!));
        await host.Upkeep.SweepAsync();
        await host.Upkeep.SweepAsync();

        var expired = (await host.EventsAsync(swept.Caller, new AuditQuery { Action = "session.expired" }))!;
        Assert.Equal(2, expired.Count);
        Assert.Equal([swept.Id, found.Id], expired.Select(one => one.To!.Id!.Value).OrderBy(id => id != swept.Id));
        // The event has the time of the expiry, not the time of its discovery.
        Assert.All(expired, one => Assert.Equal(TestClock.Start.AddHours(24), one.At));
        Assert.Empty(host.Rows.Audit("session.replaced"));
    }

    [EachEngineFact]
    public async Task Subscribers_hear_of_an_action_that_ends_nothing()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        List<SessionChange> heard = [];
        using var subscription = host.Feed.Subscribe(heard.Add);

        await host.Sessions.SignOutEverywhereAsync(owner.Caller);
        await host.PasswordChange.ChangeAsync(owner.Caller,
            new ChangePasswordInput { CurrentPassword = "not the password", NewPassword = "another passphrase for tests" });
        Assert.Single(heard);
        await host.PasswordChange.ChangeAsync(owner.Caller,
            new ChangePasswordInput { CurrentPassword = CoreHost.Password, NewPassword = "another passphrase for tests" });

        var recorded = new SessionChange.Recorded(owner.Caller.Subject, owner.Id);
        Assert.Equal([recorded, recorded], heard);
    }

    internal sealed record Told(AuditActor Actor, SessionId? From, string? FromName, SessionId? To, string? ToName, int? Count);

    internal sealed record Stage(CoreHost Host, Mailbox Box, SignedInBrowser Laptop, SignedInBrowser Phone)
    {
        public SessionId Newest { get; private set; }

        public static async Task<Stage> OpenAsync(CoreHost host, Mailbox? box = null)
        {
            await host.RegisterAsync();
            var laptop = await host.SignInAsync();
            // The phone is in question, because the laptop came first.
            host.Clock.Advance(TimeSpan.FromSeconds(1));
            var phone = await host.SignInAsync(browser: CoreHost.NewBrowser(address: "198.51.100.9", userAgent: Visitor.Phone), remember: false);
            var stage = new Stage(host, box ?? new Mailbox(), laptop, phone);
            await host.Sessions.RenameAsync(stage.Laptop.Caller, stage.Laptop.Id, new RenameSessionInput { Name = "Laptop" });
            host.Clock.Advance(TimeSpan.FromMinutes(1));
            return stage;
        }

        public Told Told(SessionId from, string? fromName, SessionId? to, string? toName, int? count) =>
            new(AuditActor.You, from, fromName, to, toName, count);

        public async Task SignInAsync(CallingBrowser? browser = null) => Newest = (await Host.SignInAsync(browser: browser)).Id;

        public Task ChangePasswordAsync() =>
            Host.PasswordChange.ChangeAsync(Laptop.Caller, new ChangePasswordInput
            {
                CurrentPassword = CoreHost.Password, NewPassword = "another passphrase for tests", EndOtherSessions = true,
            });

        public async Task ResetPasswordAsync()
        {
            var reset = Host.Get<PasswordReset>();
            await reset.AskAsync(CoreHost.NewBrowser(), new EmailRequestInput { Email = CoreHost.Email });
            var mail = await Box.NextAsync(Host, MailKind.ResetLink);
            var input = new ResetPasswordInput { NewPassword = "another passphrase for tests" };
            Assert.IsType<PasswordResetOutcome.Done>(await reset.ResetAsync(CoreHost.NewBrowser(), mail.Token, input));
        }

        public async Task ChangeEmailAsync()
        {
            var changes = Host.Get<EmailChange>();
            await changes.AskAsync(Laptop.Caller, new ChangeEmailInput { NewEmail = "ada@new.example.test" });
            var mail = await Box.NextAsync(Host, MailKind.EmailChangeLink);
            Assert.IsType<ChangeEmailOutcome.Changed>(await changes.ConfirmAsync(Laptop.Caller, mail.Token));
        }

        public async Task RestoreEmailAsync()
        {
            await ChangeEmailAsync();
            var mail = await Box.NextAsync(Host, MailKind.EmailChanged);
            var input = new ResetPasswordInput { NewPassword = "another passphrase for tests" };
            Assert.IsType<PasswordResetOutcome.Done>(await Host.Get<EmailChange>().UndoAsync(CoreHost.NewBrowser(), mail.Token, input));
        }

        public async Task<Passkey> AddPasskeyAsync()
        {
            var passkeys = Host.Get<PasskeyService>();
            var began = Assert.IsType<BeginPasskeyOutcome.Began>(await passkeys.BeginAsync(Laptop.Caller, new PasskeyChallenge("{}", "state")));
            using var attempt = Assert.IsType<OpenPasskeyOutcome.Opened>(await passkeys.OpenAsync(Laptop.Caller, began.Id)).Attempt;
            var credential = new PasskeyCredential([1], [2], default, 0, [], false, false);
            return Assert.IsType<AddPasskeyOutcome.Added>(await passkeys.AddAsync(Laptop.Caller, attempt, credential)).Passkey;
        }

        public async Task RenamePasskeyAsync() => await Host.Get<PasskeyService>().RenameAsync(
            Laptop.Caller, (await AddPasskeyAsync()).Id, new RenamePasskeyInput { Name = "Key" });

        public async Task RemovePasskeyAsync() => await Host.Get<PasskeyService>().RemoveAsync(Laptop.Caller, (await AddPasskeyAsync()).Id);

        public async Task<LinkedAccountId> LinkAsync()
        {
            var (accounts, browser) = (Host.Get<ProviderAccounts>(), Laptop.Browser);
            var began = Assert.IsType<BeginProviderOutcome.Began>(await accounts.BeginAsync(Laptop.Caller, browser, "google"));
            var request = await Host.Get<ProviderSignIn>().OpenAsync(browser, "google", began.Token);
            return Assert.IsType<LinkOutcome.Linked>(
                await accounts.LinkAsync(Laptop.Caller, request!, new ProviderAnswer("https://id.example.test", "g-1"))).Account.Id;
        }

        public async Task UnlinkAsync() => await Host.Get<ProviderAccounts>().UnlinkAsync(Laptop.Caller, await LinkAsync());

        public async Task LogOutAtProviderAsync()
        {
            await Host.Database.WriteAsync(WritePriority.Ordinary, db =>
            {
                db.ProviderSessions.Add(new ProviderSessionRow { SessionId = Phone.Id.Value, Issuer = "https://id.example.test", Subject = "g-1" });
                return Task.FromResult(true);
            });
            var token = new LogoutToken("https://id.example.test", "t-1", "g-1", null, Host.Clock.GetUtcNow());
            await Host.Get<ProviderLogout>().EndAsync("198.51.100.9", token);
        }

        /// <summary>Signs in a third browser at a limit of two. The laptop was used last.</summary>
        public async Task CrowdOutAsync()
        {
            Host.Get<SessionOptions>().MaximumPerUser = 2;
            Host.Activity.Record((await Host.RequestAsync(Laptop))!, Laptop.Caller.Address);
            await Host.Activity.FlushAsync();
            await SignInAsync();
        }

        /// <summary>Ends the session of a user whom the application keeps itself.</summary>
        public async Task RevokeSessionsAsync()
        {
            var door = Host.Get<ProofDoor>();
            var proof = await door.OpenAsync(new ExternalUser("crm|42", "Grace", null), TestContext.Current.CancellationToken);
            await door.SignInAsync(CoreHost.NewBrowser(), proof, SignInMethods.Provider, remember: true, TestContext.Current.CancellationToken);
            Assert.Equal(1, await Host.Get<ExternalUsers>().EndSessionsAsync("crm|42", TestContext.Current.CancellationToken));
        }

        public Task GrantAsync(string role) => Host.Get<RoleGrants>().GrantAsync(CoreHost.Email, role);

        public async Task LookUpAsync(string typed)
        {
            var sam = await SignInStaffAsync();
            Newest = sam.Id;
            await Host.Get<SupportDirectory>().FindAsync(sam.Caller, typed);
        }

        public async Task EndAccountAsync()
        {
            var input = new ReasonInput { Reason = "Somebody misuses it" };
            var sam = await SignInStaffAsync();
            Assert.IsType<EndAccountOutcome.Ended>(await Host.Get<SupportDirectory>().EndAllSessionsAsync(sam.Caller, Laptop.Caller.Subject, input));
        }

        public AccountAdministration Administration => Host.Get<AccountAdministration>();

        /// <summary>Acts on the account as an administrator.</summary>
        public async Task AdministerAsync(Func<Caller, UserId, ReasonInput, Task<AdministrationOutcome>> act)
        {
            var root = await SignInStaffAsync(Roles.Administrator);
            var outcome = await act(root.Caller, Laptop.Caller.Subject, new ReasonInput { Reason = "Ticket 4711" });
            Assert.IsType<AdministrationOutcome.Done>(outcome);
        }

        public Task DeleteAsync() =>
            Host.Get<AccountDeletion>().RequestAsync(Laptop.Caller, new DeleteAccountInput { Email = CoreHost.Email });

        public async Task KeepAsync()
        {
            await DeleteAsync();
            var input = new SignInInput { Email = CoreHost.Email, Password = CoreHost.Password, KeepAccount = true };
            Newest = Assert.IsType<SignInOutcome.SignedIn>(await Host.SignIn.SignInAsync(CoreHost.NewBrowser(), input)).Session.Id;
        }

        public async Task EraseAsync()
        {
            await DeleteAsync();
            Host.Clock.Advance(TimeSpan.FromDays(14));
            await Host.Get<Retention>().RunAsync(TestContext.Current.CancellationToken);
        }

        public async Task EndEverybodyAsync()
        {
            var root = await SignInStaffAsync(Roles.Administrator);
            Newest = root.Id;
            var input = new EndEverybodyInput { Reason = "Ticket 4711", Confirmation = EndEverybodyInput.Word };
            Assert.IsType<EndEverybodyOutcome.Began>(await Host.Get<MassEndings>().BeginAsync(root.Caller, input));
        }

        /// <summary>Views the account, and ends the view.</summary>
        public async Task ViewAsync()
        {
            var (sam, views) = (await SignInStaffAsync(), Host.Get<SupportViews>());
            var outcome = await views.BeginAsync(sam.Caller, Laptop.Caller.Subject, new ReasonInput { Reason = "Ticket 4711" });
            var view = Assert.IsType<BeginViewOutcome.Began>(outcome).Session;
            Assert.Equal(EndViewOutcome.Ended, await views.EndAsync(sam.Caller, view.Id));
        }

        private async Task<SignedInBrowser> SignInStaffAsync(string role = Roles.Support)
        {
            await Host.RegisterAsync("sam@example.test", "Sam Keller");
            await Host.Get<RoleGrants>().GrantAsync("sam@example.test", role);
            return await Host.SignInAsync("sam@example.test");
        }

        public async Task RevokeAsync(string role)
        {
            // Nobody can take the role from the last administrator.
            await SignInStaffAsync(role);
            await GrantAsync(role);
            await Host.Get<RoleGrants>().RevokeAsync(CoreHost.Email, role);
        }

        /// <summary>Turns two-factor on from the laptop.</summary>
        /// <returns>The laptop's caller, proved by both factors.</returns>
        public async Task<Caller> TurnOnAsync() => (await TurnOnWithAppAsync()).Caller;

        public async Task ChangeTwoFactorAsync(Func<TwoFactorSettings, Caller, Task<TwoFactorOutcome>> change) =>
            await change(Host.Get<TwoFactorSettings>(), await TurnOnAsync());

        /// <summary>Turns two-factor on, and signs in to a browser that the account trusts then.</summary>
        public async Task<Caller> TrustAsync()
        {
            var (app, caller) = await TurnOnWithAppAsync();
            var browser = CoreHost.NewBrowser();
            var token = Assert.IsType<SignInOutcome.SecondStepNeeded>(await Host.TrySignInAsync(browser)).Token;
            var input = new SecondStepInput { Code = app.CodeAt(Host.Clock.GetUtcNow()), TrustBrowser = true };
            Newest = Assert.IsType<SecondStepOutcome.SignedIn>(await Host.Get<SecondStep>().SignInAsync(browser, token, input)).Session.Id;
            return caller;
        }

        /// <summary>Turns two-factor on, and asks for its reset as an administrator.</summary>
        public async Task<Caller> ResetTwoFactorAsync()
        {
            var caller = await TurnOnAsync();
            await AdministerAsync((root, account, input) => Administration.ResetTwoFactorAsync(root, account, input));
            return caller;
        }

        private async Task<(AuthenticatorApp App, Caller Caller)> TurnOnWithAppAsync()
        {
            var (app, _, caller) = await AuthenticatorApp.TurnOnAsync(Host, Laptop.Caller);
            return (app, caller with { ProofMethods = SignInMethods.Password | SignInMethods.OneTimeCode });
        }

        public Task ExpireAsync()
        {
            Host.Clock.Advance(TimeSpan.FromHours(25));
            return Host.Upkeep.SweepAsync();
        }
    }
}
