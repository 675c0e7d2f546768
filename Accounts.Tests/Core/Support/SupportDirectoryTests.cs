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

namespace Accounts.Tests.Core.Support;

/// <summary>Support finds accounts, and every look-up is recorded.</summary>
public sealed class SupportDirectoryTests
{
    private const string Sam = "sam@example.test";

    [EachEngineFact]
    public async Task Each_kind_of_key_finds_the_account()
    {
        await using var host = CoreHost.Start();
        var ada = await host.RegisterAsync();
        await host.RegisterAsync("grace@example.test", "Grace Hopper");
        var live = await host.SignInAsync(browser: CoreHost.NewBrowser(address: "198.51.100.20"));
        var over = await host.SignInAsync(browser: CoreHost.NewBrowser(address: "2001:db8::7"));
        await host.Sessions.SignOutAsync(over.Caller);
        var code = (await host.Get<SupportCodes>().FindOrMakeAsync(live.Caller))!.Text;
        var sam = await SignInStaffAsync(host);

        foreach (var (typed, key) in new[]
        {
            (code, SupportKey.Code),
            ($"  {code.Replace("-", "", StringComparison.Ordinal).ToLowerInvariant()} ", SupportKey.Code),
            ("ada@example.test", SupportKey.Email),
            ("ADA@Example.TEST", SupportKey.Email),
            (live.Id.ToString(), SupportKey.Session),
            (over.Id.ToString().ToUpperInvariant(), SupportKey.Session),
            ("198.51.100.20", SupportKey.Address),
            ("::ffff:198.51.100.20", SupportKey.Address),
            ("2001:DB8:0::7", SupportKey.Address),
            ("ada", SupportKey.Name),
            ("ADA LOVE", SupportKey.Name),
            ("lovelace", SupportKey.Name),
        })
        {
            Assert.Equal((typed, new FindAccountOutcome.Found(ada, key)), (typed, await Directory(host).FindAsync(sam.Caller, typed)));
        }
    }

    [EachEngineFact]
    public async Task Names_are_found_in_every_script_and_whatever_the_accents()
    {
        await using var host = CoreHost.Start();
        var sam = await SignInStaffAsync(host);
        foreach (var (name, typed) in new[]
        {
            ("Jürgen Müller", "muller"), ("Zoe Ångström", "ångs"), ("Андрей Рублёв", "рублев"), ("王小明", "王小"),
            ("Margaret", "margaret"), ("Mary Ann Getz", "mary ann"), ("100% Real_Name", "100%"),
        })
        {
            var user = await host.RegisterAsync($"{Guid.NewGuid():N}@example.test", name);
            Assert.Equal((typed, new FindAccountOutcome.Found(user, SupportKey.Name)), (typed, await Directory(host).FindAsync(sam.Caller, typed)));
        }

        // A character for any others, and a part of a word, find nobody.
        foreach (var typed in new[] { "%", "M_ller", "uller" })
            Assert.Equal([SupportKey.Name], Assert.IsType<FindAccountOutcome.None>(await Directory(host).FindAsync(sam.Caller, typed)).Tried);
    }

    [EachEngineFact]
    public async Task A_new_name_is_found_and_the_old_one_is_not()
    {
        await using var host = CoreHost.Start();
        var door = host.Get<ProofDoor>();
        foreach (var name in new[] { "Ada Byron", "Ada Lovelace" })
        {
            var proof = await door.OpenAsync(new ExternalUser("ada", name, null));
            Assert.NotNull(await door.SignInAsync(CoreHost.NewBrowser(), proof, SignInMethods.Provider, remember: true));
        }

        var sam = await SignInStaffAsync(host);
        Assert.IsType<FindAccountOutcome.Found>(await Directory(host).FindAsync(sam.Caller, "Lovelace"));
        Assert.IsType<FindAccountOutcome.None>(await Directory(host).FindAsync(sam.Caller, "Byron"));
    }

    // Guard: NameKey.FillOld in AccountsStart.
    [EachEngineFact]
    public async Task Accounts_of_older_versions_are_found_by_name_after_a_start()
    {
        using var database = new TestDatabase();
        UserId ada;
        await using (var host = CoreHost.Start(database))
        {
            ada = await host.RegisterAsync();
            host.Rows.Execute("UPDATE \"Users\" SET \"NameKey\" = NULL, \"LastNameKey\" = NULL");
            var sam = await SignInStaffAsync(host);
            Assert.IsType<FindAccountOutcome.None>(await Directory(host).FindAsync(sam.Caller, "lovelace"));
        }

        await using var again = CoreHost.Start(database);
        var found = await Directory(again).FindAsync((await again.SignInAsync(Sam)).Caller, "lovelace");
        Assert.Equal(new FindAccountOutcome.Found(ada, SupportKey.Name), found);
    }

    [EachEngineFact]
    public async Task An_expired_code_finds_nothing()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var ada = await host.SignInAsync();
        var code = (await host.Get<SupportCodes>().FindOrMakeAsync(ada.Caller))!;
        var sam = await SignInStaffAsync(host);
        host.Clock.Advance(code.ExpiresAt - TestClock.Start - TimeSpan.FromMicroseconds(1));
        Assert.IsType<FindAccountOutcome.Found>(await Directory(host).FindAsync(sam.Caller, code.Text));

        host.Clock.Advance(TimeSpan.FromMicroseconds(1));
        var none = Assert.IsType<FindAccountOutcome.None>(await Directory(host).FindAsync(sam.Caller, code.Text));
        Assert.Equal(SupportKey.Code, none.Tried[0]);
    }

    [EachEngineFact]
    public async Task A_shortened_address_finds_as_pages_show_it()
    {
        await using var host = CoreHost.Start();
        var ada = await host.RegisterAsync();
        await PastSession.AddAsync(host.Database, new PastSession(ada, TestClock.Start.AddDays(-90)) { Address = "198.51.100.0" });
        var sam = await SignInStaffAsync(host);
        Assert.IsType<FindAccountOutcome.None>(await Directory(host).FindAsync(sam.Caller, "198.51.100.20"));
        Assert.Equal(new FindAccountOutcome.Found(ada, SupportKey.Address), await Directory(host).FindAsync(sam.Caller, "198.51.100.x"));
    }

    [EachEngineFact]
    public async Task Several_accounts_are_listed_by_name_up_to_a_limit()
    {
        await using var host = CoreHost.Start();
        var sam = await SignInStaffAsync(host);
        for (var i = 0; i < SupportDirectory.Most; i++)
            await host.RegisterAsync($"ada{i}@example.test", $"Ada Number{i:00}");
        await host.SignInAsync("ada3@example.test");

        var all = Assert.IsType<FindAccountOutcome.Several>(await Directory(host).FindAsync(sam.Caller, "ada"));
        Assert.Equal((SupportKey.Name, false, SupportDirectory.Most), (all.By, all.More, all.Accounts.Count));
        var names = all.Accounts.Select(one => one.Name).ToList();
        Assert.Equal(names.Order(StringComparer.Ordinal), names, StringComparer.Ordinal);
        Assert.Equal(["ada3@example.test"], all.Accounts.Where(one => one.Sessions == 1).Select(one => one.Email), StringComparer.Ordinal);

        await host.RegisterAsync("ada@example.test", "Ada Lovelace");
        var most = Assert.IsType<FindAccountOutcome.Several>(await Directory(host).FindAsync(sam.Caller, "ada"));
        Assert.Equal((true, SupportDirectory.Most), (most.More, most.Accounts.Count));
    }

    [EachEngineTheory]
    [InlineData("", InputProblem.Missing)]
    [InlineData(" \t ", InputProblem.Missing)]
    [InlineData("x*255", InputProblem.TooLong)]
    public async Task A_text_without_sense_is_refused(string typed, InputProblem problem)
    {
        await using var host = CoreHost.Start();
        var sam = await SignInStaffAsync(host);
        var text = typed is "x*255" ? new string('x', SupportDirectory.TypedLimit + 1) : typed;
        Assert.Equal(problem, Assert.IsType<FindAccountOutcome.Invalid>(await Directory(host).FindAsync(sam.Caller, text)).Error.Problem);
        Assert.IsType<FindAccountOutcome.None>(await Directory(host).FindAsync(sam.Caller, new string('x', SupportDirectory.TypedLimit)));
    }

    // Guard: RecordAsync in FindAsync, before anything is shown.
    [EachEngineFact]
    public async Task A_look_up_is_recorded_in_both_logs_once_in_ten_minutes()
    {
        await using var host = CoreHost.Start();
        var account = await host.RegisterAsync();
        var ada = await host.SignInAsync();
        var sam = await SignInStaffAsync(host, "198.51.100.9");
        Assert.IsType<FindAccountOutcome.Found>(await Directory(host).FindAsync(sam.Caller, CoreHost.Email));
        Assert.IsType<OpenAccountOutcome.Opened>(await Directory(host).OpenAsync(sam.Caller, account));
        Assert.NotNull(await Directory(host).ListSessionsAsync(sam.Caller, account));

        var seen = Assert.Single(await EventsAsync(host, ada.Caller, AuditAction.LookedUp));
        Assert.Equal((AuditActor.SomebodyElse, "Sam Keller", CallerKind.Administration), (seen.Actor, seen.ActorName, seen.Kind));
        // The owner learns nothing of the device or the address of staff.
        Assert.Equal((null, null, null), (seen.From, seen.Address, seen.To));
        var own = Assert.Single(await EventsAsync(host, sam.Caller, AuditAction.LookedUp));
        Assert.Equal((AuditActor.You, "Ada Lovelace", true, "198.51.100.9"), (own.Actor, own.OnName, own.IsOnOther, own.Address));

        host.Clock.Advance(SupportDirectory.LookUpCounts - TimeSpan.FromMicroseconds(1));
        await Directory(host).OpenAsync(sam.Caller, account);
        Assert.Single(await EventsAsync(host, ada.Caller, AuditAction.LookedUp));
        host.Clock.Advance(TimeSpan.FromMicroseconds(1));
        await Directory(host).ListSessionsAsync(sam.Caller, account);
        Assert.Equal(2, (await EventsAsync(host, ada.Caller, AuditAction.LookedUp)).Count);
        // Another session of the same member of staff counts for itself.
        await Directory(host).OpenAsync((await host.SignInAsync(Sam)).Caller, account);
        Assert.Equal(3, (await EventsAsync(host, ada.Caller, AuditAction.LookedUp)).Count);
        Assert.Equal(3, (await EventsAsync(host, sam.Caller, AuditAction.LookedUp)).Count);
    }

    [EachEngineFact]
    public async Task A_search_without_one_result_is_recorded_without_what_was_typed()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        await host.RegisterAsync("byron@example.test", "Ada Byron");
        var sam = await SignInStaffAsync(host);
        await Directory(host).FindAsync(sam.Caller, "ada");
        await Directory(host).FindAsync(sam.Caller, "Charles Babbage");
        await Directory(host).OpenAsync(sam.Caller, new UserId(Guid.CreateVersion7(TestClock.Start)));

        Assert.Equal([0, 0, 2], (await EventsAsync(host, sam.Caller, AuditAction.Searched)).Select(one => one.Count).Order());
        Assert.Equal(0, host.Rows.Number("SELECT COUNT(*) FROM \"AuditEvents\" WHERE \"Action\" = 'support.looked_up'"));
        Assert.DoesNotContain("babbage", host.Rows.Everything(), StringComparison.OrdinalIgnoreCase);
        // Control: what the rows hold is found.
        Assert.Contains("byron", host.Rows.Everything(), StringComparison.OrdinalIgnoreCase);
    }

    [EachEngineFact]
    public async Task Only_staff_look_accounts_up()
    {
        await using var host = CoreHost.Start();
        var account = await host.RegisterAsync();
        var ada = await host.SignInAsync();
        var view = new Caller(CallerKind.SupportView, account, account, ada.Id, Scopes.All, "");
        foreach (var (caller, refusal) in new[] { (ada.Caller, CallerRefusal.RoleMissing), (view, CallerRefusal.ReadOnly) })
        {
            var before = host.Rows.Everything();
            await RefusedAsync(() => Directory(host).FindAsync(caller, CoreHost.Email));
            await RefusedAsync(() => Directory(host).OpenAsync(caller, account));
            await RefusedAsync(() => Directory(host).ListSessionsAsync(caller, account));
            await RefusedAsync(() => Directory(host).EndAllSessionsAsync(caller, account, Misused));
            Assert.Equal(before, host.Rows.Everything(), StringComparer.Ordinal);

            async Task RefusedAsync(Func<Task> act) => Assert.Equal(refusal, (await Assert.ThrowsAsync<CallerRefusedException>(act)).Refusal);
        }
    }

    [EachEngineFact]
    public async Task A_member_of_staff_whose_session_has_ended_learns_nothing()
    {
        await using var host = CoreHost.Start();
        var account = await host.RegisterAsync();
        var sam = await SignInStaffAsync(host);
        await host.Sessions.SignOutAsync(sam.Caller);
        Assert.IsType<FindAccountOutcome.CallerEnded>(await Directory(host).FindAsync(sam.Caller, CoreHost.Email));
        Assert.IsType<OpenAccountOutcome.CallerEnded>(await Directory(host).OpenAsync(sam.Caller, account));
        Assert.Null(await Directory(host).ListSessionsAsync(sam.Caller, account));
        Assert.IsType<EndAccountOutcome.CallerEnded>(await Directory(host).EndAllSessionsAsync(sam.Caller, account, Misused));
    }

    [EachEngineFact]
    public async Task An_account_shows_what_answers_a_call()
    {
        await using var host = CoreHost.Start(settings: [("Features:Plans:Free:0", "AuditLog"), ("Features:DefaultPlan", "Free")]);
        var account = await host.RegisterAsync();
        var phone = await host.SignInAsync();
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        var laptop = await host.SignInAsync();
        var tablet = await host.SignInAsync();
        await host.Sessions.TerminateAsync(laptop.ProvedAt(host.Clock.GetUtcNow()), tablet.Id);
        await PastSession.AddAsync(host.Database, new PastSession(account, TestClock.Start.AddDays(-9)) { Reason = EndReason.Expired });
        var code = (await host.Get<SupportCodes>().FindOrMakeAsync(phone.Caller))!;
        var sam = await SignInStaffAsync(host);

        var shown = await OpenAsync(host, sam, account, code.Text);
        Assert.Equal(("Ada Lovelace", CoreHost.Email, TestClock.Start, "Free"), (shown.Name, shown.Email, shown.Since, shown.Plan));
        Assert.Equal((SupportActs.All, code, phone.Id), (shown.Acts, shown.Code, shown.Named));
        Assert.Empty(shown.Roles);
        Assert.Equal([laptop.Id, phone.Id], shown.Sessions.Select(session => session.Id));
        Assert.Equal([tablet.Id], shown.Endings.Take(1).Select(ending => ending.Session.Id));
        Assert.Equal([EndedBy.Owner, EndedBy.Clock], shown.Endings.Select(ending => ending.By));
        Assert.Equal("Chrome", shown.Endings[0].From!.Browser);
        // Not by a code of somebody else's, nor by one that is over.
        Assert.Null((await OpenAsync(host, sam, sam.Caller.Subject, code.Text)).Code);
        Assert.Equal(laptop.Id, (await OpenAsync(host, sam, account, laptop.Id.ToString())).Named);
    }

    [EachEngineFact]
    public async Task The_last_five_endings_are_shown_the_latest_first()
    {
        await using var host = CoreHost.Start();
        var account = await host.RegisterAsync();
        List<PastSession> past = [.. Enumerable.Range(1, 7).Select(day => new PastSession(account, TestClock.Start.AddDays(-day)))];
        await PastSession.AddAsync(host.Database, past);
        // It has expired, though nothing has swept it.
        var expired = await host.SignInAsync(remember: false);
        host.Clock.Advance(TimeSpan.FromDays(20));
        var shown = await OpenAsync(host, await SignInStaffAsync(host), account);
        Assert.Equal([expired.Id, .. past.Take(4).Select(one => one.Id)], shown.Endings.Select(ending => ending.Session.Id));
        Assert.NotNull(shown.Endings[0].Expiry);
        Assert.Empty(shown.Sessions);
    }

    [EachEngineFact]
    public async Task Staff_with_the_same_role_are_found_but_not_acted_on()
    {
        await using var host = CoreHost.Start();
        var sam = await SignInStaffAsync(host);
        var tom = await SignInStaffAsync(host, email: "tom@example.test");
        var root = await SignInStaffAsync(host, email: "root@example.test", role: Roles.Administrator);
        Assert.Equal(SupportActs.SameOrHigherRole, (await OpenAsync(host, sam, tom.Caller.Subject)).Acts);
        Assert.Equal(SupportActs.SameOrHigherRole, (await OpenAsync(host, sam, root.Caller.Subject)).Acts);
        Assert.Equal(SupportActs.OwnAccount, (await OpenAsync(host, sam, sam.Caller.Subject)).Acts);
        var shown = await OpenAsync(host, root, sam.Caller.Subject);
        Assert.Equal(SupportActs.All, shown.Acts);
        Assert.Equal([Roles.Support], shown.Roles, StringComparer.Ordinal);

        foreach (var other in new[] { tom, root, sam })
        {
            Assert.IsType<EndAccountOutcome.NotAllowed>(await Directory(host).EndAllSessionsAsync(sam.Caller, other.Caller.Subject, Misused));
            Assert.NotNull(await host.RequestAsync(other));
        }

        Assert.IsType<EndAccountOutcome.Ended>(await Directory(host).EndAllSessionsAsync(root.Caller, sam.Caller.Subject, Misused));
        Assert.Null(await host.RequestAsync(sam));
    }

    [EachEngineFact]
    public async Task Ending_an_account_ends_every_session_and_view_and_is_recorded()
    {
        await using var host = CoreHost.Start();
        var account = await host.RegisterAsync();
        var (phone, laptop) = (await host.SignInAsync(), await host.SignInAsync());
        var (sam, tom) = (await SignInStaffAsync(host), await SignInStaffAsync(host, email: "tom@example.test"));
        var view = Assert.IsType<BeginViewOutcome.Began>(
            await host.Get<SupportViews>().BeginAsync(tom.Caller, account, new ReasonInput { Reason = "Ticket 4711" })).Session;
        List<SessionChange> heard = [];
        using var feed = host.Feed.Subscribe(heard.Add);

        var input = new ReasonInput { Reason = "  Ada's laptop was stolen " };
        // The view ends too, and isn't one of the owner's sessions.
        Assert.Equal(new EndAccountOutcome.Ended(2), await Directory(host).EndAllSessionsAsync(sam.Caller, account, input));

        Assert.Null(await host.RequestAsync(phone));
        Assert.Null(await host.RequestAsync(laptop));
        Assert.Null(await host.Authenticator.AuthenticateAsync(view.Id, view.Key.Reveal()));
        Assert.NotNull(await host.RequestAsync(sam));
        Assert.NotNull(await host.RequestAsync(tom));
        Assert.Equal(3, heard.OfType<SessionChange.Ended>().Count(one => one.Reason == EndReason.EndedBySupport));
        var ending = (await OpenAsync(host, sam, account)).Endings[0];
        Assert.Equal((EndedBy.Staff, "Sam Keller", null), (ending.By, ending.StaffName, ending.From));

        var seen = Assert.Single(await EventsAsync(host, phone.Caller, AuditAction.SessionsEndedBySupport));
        Assert.Equal((AuditActor.SomebodyElse, "Sam Keller", "Ada's laptop was stolen", 2), (seen.Actor, seen.ActorName, seen.Reason, seen.Count));
        Assert.Equal((null, null), (seen.From, seen.Address));
        var own = Assert.Single(await EventsAsync(host, sam.Caller, AuditAction.SessionsEndedBySupport));
        Assert.Equal((AuditActor.You, "Ada Lovelace", "Ada's laptop was stolen", 2), (own.Actor, own.OnName, own.Reason, own.Count));
        // The account stays.
        Assert.IsType<SignInOutcome.SignedIn>(await host.TrySignInAsync(CoreHost.NewBrowser()));
    }

    [EachEngineFact]
    public async Task Ending_an_account_needs_a_fresh_proof_and_a_reason()
    {
        await using var host = CoreHost.Start();
        var account = await host.RegisterAsync();
        var ada = await host.SignInAsync();
        var sam = await SignInStaffAsync(host);
        foreach (var (reason, problem) in new[]
        {
            ("", InputProblem.Missing), ("ugh", InputProblem.TooShort), (new string('x', 201), InputProblem.TooLong),
            ("two\nlines", InputProblem.LineBreaks),
        })
        {
            var outcome = await Directory(host).EndAllSessionsAsync(sam.Caller, account, new ReasonInput { Reason = reason });
            var error = Assert.Single(Assert.IsType<EndAccountOutcome.Invalid>(outcome).Errors);
            Assert.Equal((nameof(ReasonInput.Reason), problem), (error.Field, error.Problem));
        }

        host.Clock.Advance(TimeSpan.FromMinutes(10) + TimeSpan.FromSeconds(1));
        Assert.True(Directory(host).NeedsProof(sam.Caller));
        Assert.IsType<EndAccountOutcome.ProofNeeded>(await Directory(host).EndAllSessionsAsync(sam.Caller, account, Misused));
        Assert.NotNull(await host.RequestAsync(ada));
        var nobody = new UserId(Guid.CreateVersion7(TestClock.Start));
        var proved = sam.ProvedAt(host.Clock.GetUtcNow());
        Assert.IsType<EndAccountOutcome.NotFound>(await Directory(host).EndAllSessionsAsync(proved, nobody, Misused));
        Assert.Equal(new EndAccountOutcome.Ended(1), await Directory(host).EndAllSessionsAsync(proved, account, Misused));
    }

    // Guard: RenewStamp and LockUserAsync in EndAllSessionsAsync.
    [EachEngineFact]
    public async Task A_sign_in_in_progress_does_not_survive_the_ending_of_its_account()
    {
        await using var host = CoreHost.Start();
        var account = await host.RegisterAsync();
        await host.SignInAsync();
        var sam = await SignInStaffAsync(host);

        var commit = host.Gate.StopCommit();
        var ending = Directory(host).EndAllSessionsAsync(sam.Caller, account, Misused);
        await commit.Arrived;
        // The password has been verified. Starting the session waits for the lock that the ending holds.
        var signIn = host.TrySignInAsync(CoreHost.NewBrowser());
        await host.BlockedAsync();
        Assert.False(signIn.IsCompleted);
        commit.Release();

        Assert.Equal(new EndAccountOutcome.Ended(1), await ending);
        Assert.IsType<SignInOutcome.WrongCredentials>(await signIn);
        Assert.IsType<SignInOutcome.SignedIn>(await host.TrySignInAsync(CoreHost.NewBrowser()));
    }

    private static ReasonInput Misused => new() { Reason = "Somebody misuses it" };

    private static SupportDirectory Directory(CoreHost host) => host.Get<SupportDirectory>();

    private static async Task<SignedInBrowser> SignInStaffAsync(
        CoreHost host, string address = "203.0.113.7", string email = Sam, string role = Roles.Support)
    {
        await host.RegisterAsync(email, email is Sam ? "Sam Keller" : "Tom Keller");
        await host.Get<RoleGrants>().GrantAsync(email, role);
        return await host.SignInAsync(email, CoreHost.NewBrowser(address: address));
    }

    private static async Task<SupportAccount> OpenAsync(CoreHost host, SignedInBrowser staff, UserId account, string? typed = null) =>
        Assert.IsType<OpenAccountOutcome.Opened>(await Directory(host).OpenAsync(staff.Caller, account, typed)).Account;

    private static async Task<IReadOnlyList<AuditEvent>> EventsAsync(CoreHost host, Caller caller, string action) =>
        (await host.EventsAsync(caller, new AuditQuery { Action = action }))!;
}
