using System.Text.RegularExpressions;
using Accounts.Core.Administration;
using Accounts.Core.PersonalData;
using Accounts.Core.Audit;
using Accounts.Core.AuditReading;
using Accounts.Core.Callers;
using Accounts.Core.History;
using Accounts.Core.Live;
using Accounts.Core.Mail;
using Accounts.Core.Manager;
using Accounts.Core.Passkeys;
using Accounts.Core.Providers;
using Accounts.Core.Sessions;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Accounts.Core.Support;
using Accounts.Core.TwoFactor;
using Accounts.Core.Users;
using Accounts.Crowds;
using Accounts.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Tests.Core.Storage;

/// <summary>No statement reads or sorts a whole table that grows, according to the database's own plan for it.</summary>
public sealed class IndexTests(CrowdedCores cores, ITestOutputHelper output) : IClassFixture<CrowdedCores>
{
    private static readonly Dictionary<string, (string[] Indexes, Func<CrowdedCore, Task> RunAsync)> Operations = new(StringComparer.Ordinal)
    {
        ["check a session"] = (["PK_Sessions", "PK_Users"], async core => await core.Host.Authenticator.FindLiveAsync(core.NextSignedIn().Others[0])),
        ["list sessions"] = (["IX_Sessions_Live"], core => ForSomeAsync(core, async caller =>
        {
            Assert.NotEmpty(await core.Host.Sessions.ListAsync(caller));
            await core.Host.Sessions.CountAsync(caller);
        })),
        ["find sessions"] = ([], async core =>
        {
            var (caller, others) = core.NextSignedIn();
            Assert.Equal(others.Count, (await core.Host.Sessions.FindAsync(caller, [.. others])).Count);
        }),
        ["end one session"] = (["PK_Sessions"], async core =>
        {
            var (caller, others) = core.NextSignedIn();
            Assert.Equal(TerminateOutcome.Terminated, await core.Host.Sessions.TerminateAsync(caller, others[0]));
            Assert.Equal(TerminateOutcome.AlreadyEnded, await core.Host.Sessions.TerminateAsync(caller, others[0]));
        }),
        ["end a session of the user with the most"] = (["PK_Sessions"], async core =>
        {
            var (caller, others) = core.SignedIn(1);
            Assert.Equal(TerminateOutcome.Terminated, await core.Host.Sessions.TerminateAsync(caller, others[0]));
        }),
        ["end chosen sessions"] = (["PK_Sessions"], async core =>
        {
            var (caller, others) = core.NextSignedIn();
            Assert.IsType<TerminateManyOutcome.Ended>(await core.Host.Sessions.TerminateManyAsync(caller, others));
        }),
        ["end as many sessions as possible"] = ([], async core =>
        {
            var (caller, others) = core.NextSignedIn();
            var unknown = Enumerable.Repeat(TestClock.Start, SessionService.TerminateManyLimit - others.Count).Select(SessionId.New);
            Assert.IsType<TerminateManyOutcome.Ended>(await core.Host.Sessions.TerminateManyAsync(caller, [.. others, .. unknown]));
        }),
        ["sign out everywhere"] = (["PK_Users"], async core =>
            Assert.IsType<EndSessionsOutcome.Ended>(await core.Host.Sessions.SignOutEverywhereAsync(core.NextSignedIn().Caller))),
        ["remote logout"] = (["PK_Users"], async core =>
            Assert.IsType<EndSessionsOutcome.Ended>(await core.Host.Sessions.RemoteLogoutAsync(core.NextSignedIn().Caller))),
        ["sign out"] = (["PK_Sessions"], core => core.Host.Sessions.SignOutAsync(core.NextSignedIn().Caller)),
        ["rename"] = (["PK_Sessions"], async core =>
        {
            var (caller, others) = core.NextSignedIn();
            Assert.IsType<RenameOutcome.Renamed>(await core.Host.Sessions.RenameAsync(caller, others[0], new RenameSessionInput { Name = "Phone" }));
        }),
        ["answer"] = (["PK_Sessions"], async core =>
        {
            var (caller, others) = core.NextSignedIn();
            await core.Host.Sessions.RecognizeAsync(caller, others[0]);
            Assert.Equal(TerminateOutcome.Terminated, await core.Host.Sessions.DenyAsync(caller, others[0]));
        }),
        ["sweep"] = (["IX_Sessions_Expiry", "PK_Sessions"], core => core.Host.Upkeep.SweepAsync()),
        ["retention"] = (
            [
                "IX_Sessions_WholeAddress", "IX_AuditDetails_WholeAddress", "IX_Sessions_Ended", "IX_SupportCodes_Expiry",
                "IX_RefusedAttempts_At", "IX_RefusedAttempts_WholeAddress", "IX_PasskeyCeremonies_Expiry",
                "IX_ProviderRequests_Expiry", "IX_LogoutTokens_Expiry",
                "IX_EmailLinks_Expiry", "IX_Outbox_Finished",
            ],
            core => core.Host.Get<Retention>().RunAsync()),
        ["sign in with a link"] = (
            ["IX_Outbox_Due", "IX_Outbox_Recipient", "IX_EmailLinks_Token", "IX_EmailLinks_User", "PK_EmailLinks", "EmailIndex"],
            async core =>
            {
                foreach (var email in new[] { core.NextEmail(), "Nobody@example.test" })
                {
                    var asked = await core.Host.Get<SignInLinks>().AskAsync(CoreHost.NewBrowser(), new EmailRequestInput { Email = email }, null);
                    Assert.IsType<EmailRequestOutcome.Asked>(asked);
                }

                var mail = await core.Box.NextAsync(core.Host, MailKind.SignInLink);
                var outcome = await core.Host.Get<SignInLinks>().SignInAsync(CoreHost.NewBrowser(), mail.Token, new SignInLinkInput());
                Assert.IsType<SignInLinkOutcome.SignedIn>(outcome);
            }),
        ["confirm with a code by email"] = (["IX_EmailLinks_User"], async core =>
        {
            var (caller, _) = core.NextSignedIn();
            Assert.IsType<SendCodeOutcome.Sent>(await core.Host.Reauthentication.SendCodeAsync(caller));
            var mail = await core.Box.NextAsync(core.Host, MailKind.ProofCode);
            var proof = await core.Host.Reauthentication.ReauthenticateAsync(caller, new ReauthenticationInput { EmailCode = mail.Token! });
            Assert.IsType<ReauthenticationOutcome.Proved>(proof);
        }),
        ["sign in"] = (["EmailIndex", "PK_Users"], async core =>
        {
            var (browser, email) = (CoreHost.NewBrowser(), core.NextEmail());
            for (var i = 0; i < 2; i++)
                Assert.IsType<SignInOutcome.SignedIn>(await core.Host.TrySignInAsync(browser, email, Crowd.Password));
        }),
        ["sign in with too many sessions"] = (["EmailIndex", "PK_Users"], async core =>
        {
            var outcome = await core.Host.TrySignInAsync(CoreHost.NewBrowser(), Crowd.Email(1), Crowd.Password);
            Assert.NotNull(await core.Host.Authenticator.FindLiveAsync(Assert.IsType<SignInOutcome.SignedIn>(outcome).Session.Id));
        }),
        ["sign in without an account"] = (["EmailIndex"], async core =>
            Assert.IsType<SignInOutcome.WrongCredentials>(await core.Host.TrySignInAsync(CoreHost.NewBrowser(), "Nobody@example.test"))),
        ["register"] = (["EmailIndex"], core => core.Host.RegisterAsync($"{Guid.NewGuid():N}@example.test")),
        ["sign in a user of the application"] = (["IX_Users_ExternalId"], async core =>
        {
            var (door, user) = (core.Host.Get<ProofDoor>(), new ExternalUser($"{Guid.NewGuid():N}", "Grace Hopper", null));
            for (var i = 0; i < 2; i++)
                Assert.NotNull(await door.SignInAsync(CoreHost.NewBrowser(), await door.OpenAsync(user), SignInMethods.Provider, remember: true));
        }),
        ["record refused attempts"] = (["PK_Users", "PK_Sessions"], async core =>
        {
            await core.Host.TrySignInAsync(CoreHost.NewBrowser(), core.NextEmail(), "not this passphrase");
            await core.Host.Reauthentication.ReauthenticateAsync(core.NextSignedIn().Caller, "not this passphrase");
            await core.Host.Get<RefusedAttempts>().FlushAsync();
        }),
        ["read refused attempts"] = (["IX_RefusedAttempts_User", "IX_Sessions_History"], core => ForSomeAsync(core, async caller =>
        {
            // The crowd's own attempts may all be from before the last visit.
            await core.Host.TrySignInAsync(CoreHost.NewBrowser(), await EmailOfAsync(core, caller), "not this passphrase");
            await core.Host.Get<RefusedAttempts>().FlushAsync();
            Assert.NotEmpty(await core.Host.Get<RefusedAttemptReader>().ListAsync(caller));
            Assert.NotEqual(0, (await core.Host.Get<RefusedAttemptReader>().FindSinceLastVisitAsync(caller)).Count);
        })),
        ["confirm the password"] = (["PK_Users", "PK_Sessions"], async core =>
        {
            var (caller, _) = core.NextSignedIn();
            var proved = Assert.IsType<ReauthenticationOutcome.Proved>(await core.Host.Reauthentication.ReauthenticateAsync(caller, Crowd.Password));
            Assert.NotNull(await core.Host.Authenticator.AuthenticateAsync(caller.OwnSession, proved.Session.Key.Reveal()));
        }),
        ["add, use and remove a passkey"] = (
            ["PK_PasskeyCeremonies", "PK_Users"],
            async core =>
            {
                var (caller, _) = core.NextSignedIn();
                var passkeys = core.Host.Get<PasskeyService>();
                var began = Assert.IsType<BeginPasskeyOutcome.Began>(await passkeys.BeginAsync(caller, new PasskeyChallenge("{}", "")));
                using var adding = Assert.IsType<OpenPasskeyOutcome.Opened>(await passkeys.OpenAsync(caller, began.Id)).Attempt;
                var credential = new PasskeyCredential(Guid.NewGuid().ToByteArray(), [1], default, 0, [], true, true);
                Assert.IsType<AddPasskeyOutcome.Added>(await passkeys.AddAsync(caller, adding, credential));
                var (signIn, browser) = (core.Host.Get<PasskeySignIn>(), CoreHost.NewBrowser());
                began = Assert.IsType<BeginPasskeyOutcome.Began>(await signIn.BeginAsync(browser, new PasskeyChallenge("{}", "")));
                using var attempt = Assert.IsType<OpenPasskeyOutcome.Opened>(await signIn.OpenAsync(browser, began.Id, caller.Subject)).Attempt;
                var outcome = await signIn.SignInAsync(browser, attempt, credential, remember: true);
                var session = Assert.IsType<PasskeySignInOutcome.SignedIn>(outcome).Session;
                // The account had as many sessions as it may have, so its oldest one was ended.
                caller = (await core.Host.Authenticator.AuthenticateAsync(session.Id, session.Key.Reveal()))!.ToCaller();
                var id = Assert.Single(await passkeys.ListAsync(caller)).Id;
                await passkeys.RenameAsync(caller, id, new RenamePasskeyInput { Name = "Key" });
                Assert.Equal(RemovePasskeyOutcome.Removed, await passkeys.RemoveAsync(caller, id));
            }),
        ["register, link, sign in and log out through a provider"] = (
            [
                "PK_ProviderRequests", "IX_LinkedAccounts_Subject", "IX_LinkedAccounts_User", "IX_ProviderSessions_Subject",
                "IX_ProviderSessions_Sid", "IX_LogoutTokens_Sid", "PK_LogoutTokens", "IX_PendingSignIns_Provider", "IX_PendingSignIns_Sid",
            ],
            async core =>
            {
                const string Google = "google";
                var (signIn, accounts, logout) = (
                    core.Host.Get<ProviderSignIn>(), core.Host.Get<ProviderAccounts>(), core.Host.Get<ProviderLogout>());
                var answer = new ProviderAnswer(Crowd.Issuer, Guid.NewGuid().ToString()) 
                {
                    Sid = Guid.NewGuid().ToString(), AuthenticatedAt = core.Host.Clock.GetUtcNow(),
                };
                var (caller, _) = core.NextSignedIn();
                var browser = CoreHost.NewBrowser();
                var began = Assert.IsType<BeginProviderOutcome.Began>(await accounts.BeginAsync(caller, browser, Google));
                var link = await signIn.OpenAsync(browser, Google, began.Token);
                var linked = Assert.IsType<LinkOutcome.Linked>(await accounts.LinkAsync(caller, link!, answer)).Account;
                began = Assert.IsType<BeginProviderOutcome.Began>(await signIn.BeginAsync(browser, Google, null));
                var request = await signIn.OpenAsync(browser, Google, began.Token);
                var session = Assert.IsType<ProviderSignInOutcome.SignedIn>(await signIn.SignInAsync(browser, request!, answer)).Session;
                caller = (await core.Host.Authenticator.AuthenticateAsync(session.Id, session.Key.Reveal()))!.ToCaller();
                Assert.Contains(await accounts.ListAsync(caller), one => one.Id == linked.Id);
                Assert.Equal(UnlinkOutcome.Unlinked, await accounts.UnlinkAsync(caller, linked.Id));
                foreach (var (subject, sid) in new[] { (null, answer.Sid), (answer.Subject, "another"), (answer.Subject, null) })
                {
                    var token = new LogoutToken(answer.Issuer, Guid.NewGuid().ToString(), subject, sid, core.Host.Clock.GetUtcNow());
                    Assert.IsType<ProviderLogoutOutcome.Ended>(await logout.EndAsync("203.0.113.9", token));
                }
            }),
        ["sign in with a code"] = (["IX_PendingSignIns_User", "IX_TrustedBrowsers_User", "PK_Users"], async core =>
        {
            var email = core.NextEmail();
            var owner = await core.Host.SignInAsync(email, password: Crowd.Password);
            var (app, _, _) = await AuthenticatorApp.TurnOnAsync(core.Host, owner.Caller);
            var browser = CoreHost.NewBrowser();
            var first = await core.Host.TrySignInAsync(browser, email, Crowd.Password);
            var token = Assert.IsType<SignInOutcome.SecondStepNeeded>(first).Token;
            var input = new SecondStepInput { Code = app.CodeAt(core.Host.Clock.GetUtcNow()), TrustBrowser = true };
            var second = await core.Host.Get<SecondStep>().SignInAsync(browser, token, input);
            var trust = Assert.IsType<SecondStepOutcome.SignedIn>(second).Session.Trust!;
            browser = browser with { TrustTokens = [trust.Token] };
            Assert.IsType<SignInOutcome.SignedIn>(await core.Host.TrySignInAsync(browser, email, Crowd.Password));
        }),
        ["two-factor's upkeep"] = (
            ["IX_PendingSignIns_Expiry", "IX_TrustedBrowsers_Expiry", "IX_Users_TwoFactorReset"],
            core => core.Host.Get<TwoFactorUpkeep>().RunAsync()),
        ["change the password"] = (["PK_Users", "PK_Sessions"], async core =>
        {
            var input = new ChangePasswordInput
            {
                CurrentPassword = Crowd.Password, NewPassword = "another passphrase of one", EndOtherSessions = true,
            };
            Assert.IsType<ChangePasswordOutcome.Changed>(await core.Host.PasswordChange.ChangeAsync(core.NextSignedIn().Caller, input));
        }),
        ["record a departure"] = (["PK_Sessions"], async core =>
        {
            var (caller, others) = core.NextSignedIn();
            await core.Host.Sessions.TerminateAsync(caller, others[0]);
            var ended = new SessionChange.Ended(caller.Subject, others[0], EndReason.Terminated);
            await core.Host.Departures.RecordToldAsync(ended, 1);
            await core.Host.Departures.RecordClosedAsync(ended, core.Host.Clock.GetUtcNow());
            await core.Host.Departures.ConfirmLeftAsync(others[0], "");
        }),
        ["support code"] = (["IX_SupportCodes_Session", "PK_SupportCodes"], async core =>
        {
            await core.Host.Get<SupportCodes>().FindOrMakeAsync(core.NextSignedIn().Caller);
            Assert.NotNull(await core.Host.Get<SupportCodes>().FindOrMakeAsync(await core.SignInAsync()));
        }),
        ["find an account for support"] = (
            [
                "PK_SupportCodes", "EmailIndex", "PK_Sessions", "IX_Users_NameKey", "IX_Users_LastNameKey", "IX_Sessions_LastAddress",
                "IX_Sessions_SignInAddress", "IX_Sessions_Live",
            ],
            async core =>
            {
                var (caller, others) = core.NextSignedIn();
                await GrantAsync(core, caller);
                var directory = core.Host.Get<SupportDirectory>();
                foreach (var typed in new[] { "2345-6789", Crowd.Email(1), others[0].ToString(), "203.0.113.7", "Crowd", "nobody" })
                    Assert.IsNotType<FindAccountOutcome.CallerEnded>(await directory.FindAsync(caller, typed));
                foreach (var account in new[] { core.SignedIn(1).Caller.Subject, caller.Subject })
                    Assert.IsType<OpenAccountOutcome.Opened>(await directory.OpenAsync(caller, account, "2345-6789"));
            }),
        ["delete an account"] = (["PK_Users", "PK_Sessions"], async core =>
        {
            var caller = core.NextSignedIn().Caller;
            var input = new DeleteAccountInput { Email = await EmailOfAsync(core, caller) };
            Assert.IsType<DeleteAccountOutcome.Requested>(await core.Host.Get<AccountDeletion>().RequestAsync(caller, input));
        }),
        ["erase an account"] = (
            [
                "IX_Users_DeletionDue", "IX_AuditEvents_User", "IX_AuditEvents_On", "IX_AuditEvents_Actor", "IX_Sessions_History",
                "IX_RefusedAttempts_User",
            ],
            async core =>
            {
                core.Host.Rows.Execute(
                    "UPDATE \"Users\" SET \"DeletionDueAt\" = 1 WHERE \"Id\" = @id", ("@id", core.NextSignedIn().Caller.Subject.Value));
                await core.Host.Get<AccountErasure>().RunAsync(TestContext.Current.CancellationToken);
                Assert.Equal(0, core.Host.Rows.Number("SELECT count(*) FROM \"Users\" WHERE \"DeletionDueAt\" = 1"));
            }),
        ["download an account"] = (
            ["IX_Sessions_History", "IX_RefusedAttempts_User", "IX_AuditEvents_User"],
            core => ForSomeAsync(core, caller => ReadAllAsync(core.Host.Get<AccountData>().ExportAsync(caller)))),
        ["end an account for support"] = (["PK_Users"], async core =>
        {
            var (caller, _) = core.NextSignedIn();
            await GrantAsync(core, caller);
            var input = new ReasonInput { Reason = "Somebody misuses it" };
            Assert.IsType<EndAccountOutcome.Ended>(
                await core.Host.Get<SupportDirectory>().EndAllSessionsAsync(caller, core.NextSignedIn().Caller.Subject, input));
        }),
        ["administer an account"] = (["PK_Users", "IX_Sessions_Live"], async core =>
        {
            var (caller, account) = (core.NextSignedIn().Caller, core.NextSignedIn().Caller.Subject);
            await core.Host.Get<RoleGrants>().GrantAsync((await core.Host.Users.FindProfileAsync(caller))!.Email!, Roles.Administrator);
            var (administration, input) = (core.Host.Get<AccountAdministration>(), new ReasonInput { Reason = "Ticket 4711" });
            Assert.IsType<AdministrationOutcome.Done>(await administration.RequireNewPasswordAsync(caller, account, input));
            Assert.IsType<AdministrationOutcome.Done>(await administration.DisableAsync(caller, account, input));
            Assert.IsType<AdministrationOutcome.Done>(await administration.EnableAsync(caller, account, input));
            Assert.IsType<AdministrationOutcome.Done>(await administration.SetRoleAsync(caller, account, Roles.Support, input));
        }),
        ["read the profile"] = (["PK_Users"], async core => Assert.NotNull(await core.Host.Users.FindProfileAsync(core.NextSignedIn().Caller))),
        ["history"] = (["IX_Sessions_History"], core => ForSomeAsync(core, async caller =>
        {
            foreach (var query in HistoryQueries(core))
                await core.Host.History.PageAsync(caller, query);
            Assert.NotEmpty((await core.Host.History.PageAsync(caller, new HistoryQuery())).Entries);
        })),
        ["history of one session"] = (["PK_Sessions"], core => ForSomeAsync(core, async caller =>
            Assert.NotNull(await core.Host.History.FindDetailsAsync(caller, caller.OwnSession)))),
        ["history export"] = (["IX_Sessions_History"], core => ForSomeAsync(core, async caller =>
        {
            foreach (var query in HistoryQueries(core).Where(query => query.Sort == HistorySort.SignedIn))
                await ReadAllAsync(core.Host.History.ExportAsync(caller, query));
        })),
        ["audit log"] = (["IX_AuditEvents_User", "PK_AuditDetails"], core => ForSomeAsync(core, async caller =>
        {
            foreach (var query in AuditQueries(core))
                await core.Host.AuditLog.PageAsync(caller, query);
            Assert.NotEmpty((await core.Host.AuditLog.PageAsync(caller, new AuditQuery()))!.Events);
        })),
        ["audit log export"] = (["IX_AuditEvents_User", "PK_AuditDetails"], core => ForSomeAsync(core, async caller =>
        {
            foreach (var query in AuditQueries(core))
                await ReadAllAsync((await core.Host.AuditLog.ExportAsync(caller, query))!);
        })),
    };

    /// <summary>What PostgreSQL calls an index by name, SQLite may have made itself.</summary>
    private static readonly Dictionary<string, string> OnSqlite = new(StringComparer.Ordinal)
    {
        // On SQLite, the list of users has an index in the same order.
        ["EmailIndex"] = "IX_Users_Email",
        ["PK_Sessions"] = "sqlite_autoindex_Sessions_1",
        ["PK_Users"] = "sqlite_autoindex_Users_1",
        ["PK_SupportCodes"] = "sqlite_autoindex_SupportCodes_1",
        ["PK_AuditDetails"] = "sqlite_autoindex_AuditDetails_1",
        ["PK_EmailLinks"] = "sqlite_autoindex_EmailLinks_1",
        ["PK_ProviderRequests"] = "sqlite_autoindex_ProviderRequests_1",
        ["PK_LogoutTokens"] = "sqlite_autoindex_LogoutTokens_1",
        ["PK_PasskeyCeremonies"] = "sqlite_autoindex_PasskeyCeremonies_1",
    };

    // The crowd's emails are a day old. PostgreSQL knows it, and may find the few new ones by their time.
    private static readonly Dictionary<string, string> ByTime = new(StringComparer.Ordinal) { ["IX_Outbox_Recipient"] = "IX_Outbox_Finished" };

    public static TheoryData<string> Names => [.. Operations.Keys];

    // The product doesn't analyse SQLite's file. PostgreSQL counts rows by itself.
    [EachEngineTheory]
    [MemberData(nameof(Names))]
    public async Task An_operation_reads_only_what_it_needs(string name) =>
        await CheckAsync(name, analyzed: TestEngine.Current == StorageProvider.PostgreSql);

    [Theory]
    [MemberData(nameof(Names))]
    public async Task So_it_does_in_a_file_that_somebody_analysed(string name)
    {
        TestEngine.Use(StorageProvider.Sqlite);
        await CheckAsync(name, analyzed: true);
    }

    /// <summary>Otherwise each part reads all the parts before it again.</summary>
    [EachEngineTheory]
    [InlineData("history export", "StartedAt")]
    [InlineData("audit log export", "At")]
    public async Task A_part_of_an_export_begins_where_the_one_before_ended(string name, string column)
    {
        var core = await cores.StartAsync(analyzed: TestEngine.Current == StorageProvider.PostgreSql);
        var plans = await core.Plans.OfAsync(() => Operations[name].RunAsync(core));
        var later = plans.Where(plan => plan.Statement.Contains("@last", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(later);
        // A range of the index in its own order. The condition isn't checked on each row that the index finds, and isn't two searches.
        Assert.All(later, plan =>
        {
            Assert.Contains(plan.Steps, step => Regex.IsMatch(step.Split(" filter ")[0], $"\\b{column}\"? ?[<>]", RegexOptions.None, Patience.Limit));
            Assert.DoesNotContain(plan.Steps, step => step.Contains("BitmapOr", StringComparison.Ordinal) || step is "MULTI-INDEX OR");
        });
    }

    // Guard: SessionStarter.AnyAsync. The account's rows are the last ones in the table.
    [EachEngineFact]
    public async Task A_sign_in_to_a_new_account_with_many_sessions_reads_no_others()
    {
        await using var core = await CrowdedCore.StartAsync(analyzed: false, sessions: 10_000);
        await core.Host.RegisterAsync();
        await core.Host.CopyAsync(await core.Host.SignInAsync(), 300);
        await core.AnalyzeAsync();

        var plans = await core.Plans.OfAsync(() => core.Host.SignInAsync());

        Report(plans);
        Assert.Empty(plans.SelectMany(plan => plan.Problems));
    }

    // The live sessions are counted, so that one reads them all: from an index that has no others.
    [EachEngineFact]
    public async Task The_System_page_reads_live_sessions_and_the_endings_of_a_day_by_their_indexes()
    {
        var core = await cores.StartAsync(analyzed: TestEngine.Current == StorageProvider.PostgreSql);
        var (caller, others) = core.NextSignedIn();
        await core.Host.Get<RoleGrants>().GrantAsync(await EmailOfAsync(core, caller), Roles.Administrator);
        await core.Host.Sessions.TerminateAsync(caller, others[0]);

        var plans = await core.Plans.OfAsync(async () => Assert.NotEmpty((await core.Host.Get<SystemReader>().ReadAsync(caller))!.Endings));

        Report(plans);
        var endings = Assert.Single(plans, plan => plan.Statement.Contains("FILTER (WHERE", StringComparison.Ordinal));
        Assert.Empty(endings.Problems);
        Assert.True(endings.Uses("IX_Sessions_Ended"));
        Assert.Contains(plans, plan => plan.Uses("IX_Sessions_Expiry"));
        Assert.DoesNotContain(plans, plan => plan.Steps.Any(step => step.Contains("Seq Scan Sessions", StringComparison.Ordinal)));
    }

    [EachEngineFact]
    public async Task A_statement_that_reads_a_whole_table_is_found()
    {
        var core = await cores.StartAsync(analyzed: true);
        var now = core.Host.Clock.GetUtcNow();
        foreach (var query in new Func<AccountsDbContext, Task>[]
        {
            db => db.Sessions.CountAsync(s => s.PagesVisited == 3),
            db => db.Sessions.OrderBy(s => s.StartedAt).Take(5).ToListAsync(),
            db => db.AuditEvents.OrderBy(e => e.Id).Take(5).ToListAsync(),
            db => db.Sessions.Where(s => s.EndedAt <= now).OrderBy(s => s.StartedAt).Take(5).ToListAsync(),
            db => db.Users.AnyAsync(u => u.Email == "nobody@example.test"),
            db => db.AuditDetails.AnyAsync(d => d.SessionName == "none"),
        })
        {
            var plan = Assert.Single(await core.Plans.OfAsync(() => core.Host.Database.ReadAsync(async db =>
            {
                await query(db);
                return true;
            })));
            output.WriteLine($"{plan}");
            Assert.NotEmpty(plan.Problems);
        }
    }

    private async Task CheckAsync(string name, bool analyzed)
    {
        var core = await cores.StartAsync(analyzed);
        var (indexes, runAsync) = Operations[name];
        var plans = await core.Plans.OfAsync(() => runAsync(core));
        Report(plans);
        Assert.NotEmpty(plans);
        Assert.Empty(plans.Where(plan => plan.Problems.Count > 0).Select(plan => $"{string.Join('\n', plan.Problems)}\n{plan}"));
        foreach (var index in indexes)
        {
            var used = core.Host.Rows.IsPostgreSql ? index : OnSqlite.GetValueOrDefault(index, index);
            var asGood = core.Host.Rows.IsPostgreSql ? ByTime.GetValueOrDefault(index) : null;
            Assert.True(plans.Any(plan => plan.Uses(used) || (asGood is not null && plan.Uses(asGood))), $"No statement uses {used}.");
        }
    }

    private void Report(IReadOnlyList<QueryPlan> plans)
    {
        foreach (var plan in plans.DistinctBy(plan => (plan.Statement, string.Join('\n', plan.Steps))))
            output.WriteLine($"{plan}");
    }

    private static async Task GrantAsync(CrowdedCore core, Caller caller) =>
        await core.Host.Get<RoleGrants>().GrantAsync(await EmailOfAsync(core, caller), Roles.Support);

    private static async Task<string> EmailOfAsync(CrowdedCore core, Caller caller) => (await core.Host.Users.FindProfileAsync(caller))!.Email!;

    /// <summary>Runs an operation for the user with the most sessions, and for one with a few.</summary>
    private static async Task ForSomeAsync(CrowdedCore core, Func<Caller, Task> runAsync)
    {
        await runAsync(core.SignedIn(1).Caller);
        await runAsync(core.NextSignedIn().Caller);
    }

    private static async Task ReadAllAsync<T>(IAsyncEnumerable<IReadOnlyList<T>> parts)
    {
        await foreach (var part in parts)
            Assert.NotNull(part);
    }

    /// <summary>Every filter and every order that the page offers.</summary>
    private static List<HistoryQuery> HistoryQueries(CrowdedCore core)
    {
        var now = core.Host.Clock.GetUtcNow();
        HistoryQuery[] filters =
        [
            new(),
            new() { Live = true },
            new() { Live = false },
            new() { From = now.AddDays(-30) },
            new() { To = now.AddDays(-30) },
            new() { From = now.AddDays(-60), To = now.AddDays(-30), Live = false },
            new() { Text = "windows", Country = "DE", Device = "chrome", Place = "203" },
            .. Enum.GetValues<EndReason>().Select(reason => new HistoryQuery { Reason = reason }),
        ];
        // An order doesn't change the statement, except for an export's direction.
        return
        [
            .. filters.SelectMany(filter => new[] { filter, filter with { Descending = false } }),
            .. Enum.GetValues<HistorySort>().Select(sort => new HistoryQuery { Sort = sort }),
        ];
    }

    private static AuditQuery[] AuditQueries(CrowdedCore core)
    {
        var now = core.Host.Clock.GetUtcNow();
        return
        [
            new(),
            new() { Action = AuditAction.SignedIn },
            new() { Action = AuditAction.SessionDenied },
            new() { From = now.AddDays(-30) },
            new() { To = now.AddDays(-30) },
            new() { From = now.AddDays(-60), To = now.AddDays(-30), Action = AuditAction.SignedOut },
            new() { Text = "windows" },
        ];
    }
}
