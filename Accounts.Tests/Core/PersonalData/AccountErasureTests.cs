using System.Text;
using Accounts.Core.Administration;
using Accounts.Core.Audit;
using Accounts.Core.AuditReading;
using Accounts.Core.Callers;
using Accounts.Core.Manager;
using Accounts.Core.PersonalData;
using Accounts.Core.Sessions;
using Accounts.Core.SignIn;
using Accounts.Core.Support;
using Accounts.Core.Users;
using Accounts.Tests.Core.Administration;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.PersonalData;

/// <summary>Once an account is deleted, nothing in the whole database tells about its owner. What happened stays.</summary>
public sealed class AccountErasureTests
{
    private const string Mail = "hedwig.unmistakable@example.test";
    private const string Agent = "UnmistakableBrowser/7.0 (Hedwig's own machine)";

    /// <summary>What tells about the person: their name, email, addresses, device, session name and support code.</summary>
    private static readonly string[] Personal = ["Hedwig", "Kiesler", "unmistakable", "198.51.100.", "Sapphire phone"];

    // Guards, each by leaving it out: every step of AccountErasure.EraseAsync.
    [EachEngineFact]
    public async Task Nothing_in_the_database_tells_about_the_person()
    {
        using var database = new TestDatabase();
        UserId hedwig;
        await using (var host = CoreHost.Start(database))
        {
            var root = await AccountAdministrationTests.SignInStaffAsync(host, "root@example.test", Roles.Administrator);
            hedwig = await FillAsync(host, root);
            var before = host.Rows.Everything();
            Assert.All(Personal, mark => Assert.Contains(mark, before, StringComparison.OrdinalIgnoreCase));
            var kept = Events(host, hedwig);
            Assert.True(kept.Count > 10);

            await DeleteAsync(host, root, hedwig);
            // Not yet: it can still be taken back.
            host.Clock.Advance(TimeSpan.FromDays(14) - TimeSpan.FromMinutes(1));
            await RunAsync(host);
            Assert.All(Personal, mark => Assert.Contains(mark, host.Rows.Everything(), StringComparison.OrdinalIgnoreCase));

            host.Clock.Advance(TimeSpan.FromMinutes(1));
            await RunAsync(host);
            var after = host.Rows.Everything();
            Assert.All(Personal, mark => Assert.DoesNotContain(mark, after, StringComparison.OrdinalIgnoreCase));
            // The log keeps what happened, under an id that belongs to nobody any more.
            // Hedwig's own view of Ada's account ended, too.
            List<string> all = [.. kept, AuditAction.ViewEnded, AuditAction.DeletionRequested, AuditAction.Deleted];
            Assert.Equal(all.Order(StringComparer.Ordinal), Events(host, hedwig), StringComparer.Ordinal);
            Assert.Equal(0, host.Rows.Number("SELECT COUNT(*) FROM \"Users\" WHERE \"Id\" = @id", ("@id", hedwig.Value)));
            // Others' data is as it was.
            Assert.Contains("Ada Lovelace", after, StringComparison.Ordinal);
            Assert.Contains("203.0.113.7", after, StringComparison.Ordinal);
            await RunAsync(host);
            Assert.Equal(after, host.Rows.Everything());
        }

        // Nor in what SQLite left free inside its file. Guard: secure_delete. A server's vacuum does that: docs/operations.md.
        var files = Directory.GetFiles(database.Folder, "accounts.db*");
        Assert.Equal(TestEngine.Current is Accounts.Core.Storage.StorageProvider.Sqlite, files.Length > 0);
        if (files.Length > 0)
        {
            var bytes = string.Concat(files.Select(file => Encoding.Latin1.GetString(File.ReadAllBytes(file))));
            Assert.All(Personal, mark => Assert.DoesNotContain(mark, bytes, StringComparison.OrdinalIgnoreCase));
            Assert.Contains("Ada Lovelace", bytes, StringComparison.Ordinal);
        }
    }

    [EachEngineFact]
    public async Task Logs_of_others_show_the_same_pseudonym_in_each_event()
    {
        await using var host = CoreHost.Start();
        var ada = await host.RegisterAsync();
        var owner = await host.SignInAsync();
        var root = await AccountAdministrationTests.SignInStaffAsync(host, "root@example.test", Roles.Administrator);
        var hedwig = await FillAsync(host, root);
        await DeleteAsync(host, root, hedwig);
        host.Clock.Advance(TimeSpan.FromDays(14));
        await RunAsync(host);

        // Hedwig was support: Ada's log still says that somebody viewed her account, and so does her history.
        var told = (await host.EventsAsync(owner.Caller, new AuditQuery { Action = AuditAction.ViewBegan }))!;
        var view = Assert.Single(told);
        Assert.Equal((AuditActor.SomebodyElse, null), (view.Actor, view.ActorName));
        Assert.Matches("^[0-9a-f]{8}$", view.ActorPseudonym);
        var viewed = Assert.Single(await host.HistoryAsync(owner.Caller), session => session.View is not null);
        Assert.Null(viewed.View!.By);
        Assert.Equal("Ticket 12", viewed.View.Reason);

        // Root's log still says what root did with Hedwig's account.
        var did = (await host.EventsAsync(root.Caller, new AuditQuery()))!.Where(one => one.IsOnOther && one.OnName is null).ToList();
        Assert.True(did.Count >= 2);
        Assert.Equal([view.ActorPseudonym], did.Select(one => one.OnPseudonym).Distinct(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.All(did, one => Assert.Null(one.To?.Device));
        // Somebody else's pseudonym differs, and whoever has a name has none.
        Assert.IsType<AdministrationOutcome.Done>(await host.Get<AccountAdministration>().EndSessionsAsync(
            root.ProvedAt(host.Clock.GetUtcNow()), ada, new ReasonInput { Reason = "Ticket 5" }));
        var named = (await host.EventsAsync(root.Caller, new AuditQuery { Action = AuditAction.SessionsEndedByAdministrator }))!;
        Assert.Contains(named, one => one is { OnName: "Ada Lovelace", OnPseudonym: null });
    }

    // Guard: the account goes last.
    [EachEngineFact]
    public async Task An_erasure_that_was_interrupted_goes_on_in_the_next_round()
    {
        await using var host = CoreHost.Start();
        var ada = await host.RegisterAsync();
        var owner = await host.SignInAsync();
        await PastSession.AddAsync(host.Database, Enumerable.Range(1, 450).Select(i => new PastSession(ada, TestClock.Start.AddHours(-2 * i))));
        for (var i = 0; i < 120; i++)
            await host.Sessions.RenameAsync(owner.Caller, owner.Id, new RenameSessionInput { Name = $"Sapphire phone {i}" });
        await host.Get<AccountDeletion>().RequestAsync(owner.Caller, new DeleteAccountInput { Email = CoreHost.Email });
        host.Clock.Advance(TimeSpan.FromDays(14));

        // The server stops after the first batch of sessions.
        using var stopping = new CancellationTokenSource();
        var held = host.Gate.StopCommand("DELETE FROM \"Sessions\"");
        var round = host.Get<Retention>().RunAsync(stopping.Token);
        await held.Arrived;
        await stopping.CancelAsync();
        held.Release();
        await round;
        Assert.Equal(1, host.Rows.Number("SELECT COUNT(*) FROM \"Users\""));
        Assert.InRange(host.Rows.Number("SELECT COUNT(*) FROM \"Sessions\""), 1, 400);

        await RunAsync(host);
        Assert.Equal((0L, 0L), (host.Rows.Number("SELECT COUNT(*) FROM \"Users\""), host.Rows.Number("SELECT COUNT(*) FROM \"Sessions\"")));
        Assert.DoesNotContain("Sapphire", host.Rows.Everything(), StringComparison.Ordinal);
        Assert.Single(host.Rows.Audit(AuditAction.Deleted));
    }

    // Guard: IsGone in BeginAsync.
    [EachEngineFact]
    public async Task An_account_that_was_kept_at_the_last_moment_stays()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        await host.Get<AccountDeletion>().RequestAsync(owner.Caller, new DeleteAccountInput { Email = CoreHost.Email });
        host.Clock.Advance(TimeSpan.FromDays(14));
        var found = host.Gate.StopResult("\"DeletionDueAt\" <=");
        var round = RunAsync(host);
        await found.Arrived;
        host.Rows.Execute("UPDATE \"Users\" SET \"DeletionDueAt\" = NULL");
        var kept = await host.SignInAsync();
        found.Release();
        await round;
        Assert.NotNull(await host.RequestAsync(kept));
        Assert.Equal(1, host.Rows.Number("SELECT COUNT(*) FROM \"Users\""));
    }

    // Guard: EndAccountAsync before the first step.
    [EachEngineFact]
    public async Task A_view_that_is_open_ends_before_the_erasure()
    {
        await using var host = CoreHost.Start();
        var ada = await host.RegisterAsync();
        var owner = await host.SignInAsync();
        await host.Get<AccountDeletion>().RequestAsync(owner.Caller, new DeleteAccountInput { Email = CoreHost.Email });
        var sam = await AccountAdministrationTests.SignInStaffAsync(host, "sam@example.test", Roles.Support);
        host.Clock.Advance(TimeSpan.FromDays(14) - TimeSpan.FromMinutes(1));
        var view = Assert.IsType<BeginViewOutcome.Began>(await host.Get<SupportViews>().BeginAsync(
            sam.ProvedAt(host.Clock.GetUtcNow()), ada, new ReasonInput { Reason = "Ticket 4711" })).Session;
        Assert.NotNull(await host.Authenticator.AuthenticateAsync(view.Id, view.Key.Reveal()));
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        await RunAsync(host);
        Assert.Null(await host.Authenticator.AuthenticateAsync(view.Id, view.Key.Reveal()));
        Assert.NotNull(await host.RequestAsync(sam));
    }

    /// <summary>An account with every kind of data that the product keeps about a person, who was a member of staff as well.</summary>
    private static async Task<UserId> FillAsync(CoreHost host, SignedInBrowser root)
    {
        var hedwig = await host.RegisterAsync(Mail, "Hedwig Kiesler");
        await host.Get<RoleGrants>().GrantAsync(Mail, Roles.Support);
        var phone = await host.SignInAsync(Mail, CoreHost.NewBrowser(address: "198.51.100.7", userAgent: Agent));
        var laptop = await host.SignInAsync(Mail, CoreHost.NewBrowser(address: "198.51.100.8", userAgent: Agent));
        await host.Sessions.RenameAsync(phone.Caller, phone.Id, new RenameSessionInput { Name = "Sapphire phone" });
        await host.Get<SupportCodes>().FindOrMakeAsync(phone.Caller);
        await host.Sessions.TerminateManyAsync(laptop.Caller, [phone.Id]);
        await host.TrySignInAsync(CoreHost.NewBrowser(address: "198.51.100.9", userAgent: Agent), Mail, "not this passphrase");
        await host.Reauthentication.ReauthenticateAsync(laptop.Caller, "not this one");
        await host.Get<RefusedAttempts>().FlushAsync();

        // Hedwig views Ada's account, and root views Hedwig's, which Hedwig ends.
        if (await host.TrySignInAsync(CoreHost.NewBrowser()) is not SignInOutcome.SignedIn)
            await host.RegisterAsync();
        var ada = new UserId(host.Rows.Guid("SELECT \"Id\" FROM \"Users\" WHERE \"Email\" = @email", ("@email", CoreHost.Email)));
        var views = host.Get<SupportViews>();
        Assert.IsType<BeginViewOutcome.Began>(await views.BeginAsync(laptop.Caller, ada, new ReasonInput { Reason = "Ticket 12" }));
        await host.Get<SupportDirectory>().OpenAsync(laptop.Caller, ada);
        var looked = Assert.IsType<BeginViewOutcome.Began>(await views.BeginAsync(root.Caller, hedwig, new ReasonInput { Reason = "Ticket 13" }));
        await views.EndAsync(laptop.Caller, looked.Session.Id);
        // Root ends one of Hedwig's sessions by name.
        var tablet = await host.SignInAsync(Mail, CoreHost.NewBrowser(address: "198.51.100.10", userAgent: Agent));
        await host.Sessions.RenameAsync(tablet.Caller, tablet.Id, new RenameSessionInput { Name = "Sapphire phone 2" });
        var ended = await host.Get<AccountAdministration>().EndSessionAsync(root.Caller, hedwig, tablet.Id, new ReasonInput { Reason = "Ticket 14" });
        Assert.Equal(new AdministrationOutcome.Done(1), ended);
        return hedwig;
    }

    private static Task DeleteAsync(CoreHost host, SignedInBrowser root, UserId account) => host.Get<AccountAdministration>().DeleteAsync(
        root.ProvedAt(host.Clock.GetUtcNow()), account, new ReasonInput { Reason = "Ticket 4711" });

    private static List<string> Events(CoreHost host, UserId user) =>
    [
        .. host.Rows.Query("SELECT \"Action\" FROM \"AuditEvents\" WHERE \"UserId\" = @user", ("@user", user.Value))
            .Select(row => (string)row["Action"]!).Order(StringComparer.Ordinal),
    ];

    private static Task RunAsync(CoreHost host) => host.Get<Retention>().RunAsync(TestContext.Current.CancellationToken);
}
