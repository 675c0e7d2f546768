using Accounts.Core.Administration;
using Accounts.Core.Audit;
using Accounts.Core.AuditReading;
using Accounts.Core.Callers;
using Accounts.Core.History;
using Accounts.Core.Live;
using Accounts.Core.Manager;
using Accounts.Core.Sessions;
using Accounts.Core.Support;
using Accounts.Core.Users;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.Support;

/// <summary>Staff view an account as its owner sees it: read-only, for a while, and never behind the owner's back.</summary>
public sealed class SupportViewsTests
{
    private const string Sam = "sam@example.test";
    private const string Root = "root@example.test";
    private const string Why = "Ticket 4711, can't see the tablet";

    [EachEngineFact]
    public async Task A_view_shows_the_account_and_tells_its_owner_who_why_and_until_when()
    {
        await using var host = await StartAsync();
        var owner = await host.SignInAsync();
        var staff = await SamAsync(host);
        var before = await host.Sessions.CountAsync(owner.Caller);
        var view = await ViewAsync(host, staff, owner.Caller.Subject);

        var live = (await RequestAsync(host, view))!;
        Assert.Equal((SessionKind.SupportView, owner.Caller.Subject, staff.Caller.Subject), (live.Kind, live.UserId, live.Actor));
        Assert.Equal(
            new LiveView(staff.Id, "Sam Keller", Why, host.Clock.GetUtcNow() + TimeSpan.FromMinutes(30)), live.View);
        Assert.True(live.Principal.IsSupportView());
        Assert.Equal("Ada Lovelace", live.Principal.Identity!.Name);
        Assert.False((await host.RequestAsync(owner))!.Principal.IsSupportView());

        // The owner sees it. It isn't one of their sessions, and says nothing of the device or the address of the member of staff.
        var shown = Assert.Single(await host.Get<SupportViews>().ListAsync(owner.Caller));
        Assert.Equal((view.Id, SessionKind.SupportView), (shown.Id, shown.Kind));
        Assert.Equal(new SupportView("Sam Keller", Why, host.Clock.GetUtcNow() + TimeSpan.FromMinutes(30)), shown.View);
        Assert.Equal(("", "", null), (shown.Address, shown.SignInAddress, shown.Device.Browser));
        Assert.Contains(await host.Sessions.ListAsync(owner.Caller), session => session.Id == view.Id && session.View == shown.View);
        Assert.Equal(before, await host.Sessions.CountAsync(owner.Caller));
        Assert.Equal(before, await host.Sessions.CountAsync(live.ToCaller()));

        // Both logs have it. Neither side learns where the other one is.
        var told = Assert.Single((await host.EventsAsync(owner.Caller, new AuditQuery { Action = AuditAction.ViewBegan }))!);
        Assert.Equal(
            (AuditActor.SomebodyElse, "Sam Keller", Why, CallerKind.SupportView), (told.Actor, told.ActorName, told.Reason, told.Kind));
        Assert.Equal((null, null, null, false), (told.From, told.Address, told.Place, told.IsOnOther));
        var kept = Assert.Single((await host.EventsAsync(staff.Caller, new AuditQuery { Action = AuditAction.ViewBegan }))!);
        Assert.Equal((AuditActor.You, "Ada Lovelace", Why, true), (kept.Actor, kept.OnName, kept.Reason, kept.IsOnOther));
        Assert.Equal("203.0.113.7", kept.Address);
    }

    // Guard: IsOwn in FindOrMakeForEndedAsync.
    [EachEngineFact]
    public async Task An_ended_view_gets_no_support_code()
    {
        await using var host = await StartAsync();
        var owner = await host.SignInAsync();
        var staff = await SamAsync(host);
        var view = await ViewAsync(host, staff, owner.Caller.Subject);
        Assert.Equal(EndViewOutcome.Ended, await host.Get<SupportViews>().EndAsync(owner.Caller, view.Id));
        var other = await host.SignInAsync();
        await host.Sessions.TerminateAsync(owner.Caller, other.Id);
        Assert.Null(await host.Get<SupportCodes>().FindOrMakeForEndedAsync(view.Id, view.Key.Reveal()));
        Assert.NotNull(await host.Get<SupportCodes>().FindOrMakeForEndedAsync(other.Id, other.Key));
    }

    // Guards: the view's branch in SessionActivity, OwnSession in SupportCodes, and IsReadOnly in Need.
    [EachEngineFact]
    public async Task Reading_in_a_view_writes_nothing_in_the_account()
    {
        await using var host = await StartAsync();
        var owner = await host.SignInAsync();
        var staff = await SamAsync(host);
        Assert.NotNull(await host.RequestAsync(staff));
        var view = await ViewAsync(host, staff, owner.Caller.Subject);
        var live = (await RequestAsync(host, view))!;
        var caller = live.ToCaller();
        var before = Without(host, staff);
        host.Clock.Advance(TimeSpan.FromMinutes(2));

        await host.Sessions.ListAsync(caller);
        await host.History.PageAsync(caller, new HistoryQuery());
        await host.History.FindDetailsAsync(caller, owner.Id);
        await host.AuditLog.PageAsync(caller, new AuditQuery());
        await host.Users.FindProfileAsync(caller);
        await host.Get<SupportViews>().ListAsync(caller);
        host.Activity.RecordPage(live, "198.51.100.9", owner.Browser.Signals);
        host.Activity.Record(live, "198.51.100.9");
        await host.Activity.FlushAsync();
        Assert.Equal(before, Without(host, staff));

        // What happens in a view is activity of the session in which it began, but no page of it.
        var parent = Assert.Single(await host.Sessions.ListAsync(staff.Caller));
        Assert.Equal((host.Clock.GetUtcNow(), "198.51.100.9", 0), (parent.LastActivityAt, parent.Address, parent.PagesVisited));
        // Control: the owner's own page is recorded.
        host.Activity.RecordPage((await host.RequestAsync(owner))!, "198.51.100.9");
        await host.Activity.FlushAsync();
        Assert.NotEqual(before, Without(host, staff), StringComparer.Ordinal);
    }

    [EachEngineFact]
    public async Task Only_staff_with_a_fresh_proof_and_a_reason_view_an_account_below_their_own()
    {
        await using var host = await StartAsync();
        var owner = await host.SignInAsync();
        var (staff, root) = (await SamAsync(host), await RootAsync(host));
        var views = host.Get<SupportViews>();
        var ada = owner.Caller.Subject;
        var before = host.Rows.Everything();

        var stale = staff.ProvedAt(host.Clock.GetUtcNow() - TimeSpan.FromMinutes(11));
        Assert.True(views.NeedsProof(stale));
        Assert.IsType<BeginViewOutcome.ProofNeeded>(await views.BeginAsync(stale, ada, Reason(Why)));
        foreach (var (reason, problem) in new[]
        {
            ("", InputProblem.Missing), ("  ", InputProblem.Missing), ("look", InputProblem.TooShort),
            (new string('a', 201), InputProblem.TooLong), ("two\nlines", InputProblem.LineBreaks),
        })
        {
            var invalid = Assert.IsType<BeginViewOutcome.Invalid>(await views.BeginAsync(staff.Caller, ada, Reason(reason)));
            Assert.Equal((nameof(ReasonInput.Reason), problem), invalid.Errors.Select(error => (error.Field, error.Problem)).Single());
        }

        // Nobody views their own account, or that of staff with the same or a higher role.
        Assert.IsType<BeginViewOutcome.NotAllowed>(await views.BeginAsync(staff.Caller, staff.Caller.Subject, Reason(Why)));
        Assert.IsType<BeginViewOutcome.NotAllowed>(await views.BeginAsync(staff.Caller, root.Caller.Subject, Reason(Why)));
        Assert.IsType<BeginViewOutcome.NotAllowed>(await views.BeginAsync(root.Caller, root.Caller.Subject, Reason(Why)));
        Assert.IsType<BeginViewOutcome.NotFound>(await views.BeginAsync(staff.Caller, new UserId(Guid.NewGuid()), Reason(Why)));
        // The owner isn't staff.
        var refused = await Assert.ThrowsAsync<CallerRefusedException>(() => views.BeginAsync(owner.Caller, root.Caller.Subject, Reason(Why)));
        Assert.Equal(CallerRefusal.RoleMissing, refused.Refusal);
        Assert.Equal(before, host.Rows.Everything());

        // Control: an administrator views support, and support views a user.
        Assert.IsType<BeginViewOutcome.Began>(await views.BeginAsync(root.Caller, staff.Caller.Subject, Reason(Why)));
        Assert.IsType<BeginViewOutcome.Began>(await views.BeginAsync(staff.Caller, ada, Reason(Why)));
    }

    [EachEngineFact]
    public async Task A_view_cannot_begin_another_one_and_a_second_one_ends_the_first()
    {
        await using var host = await StartAsync();
        var ada = await host.RegisterAsync("grace@example.test", "Grace Hopper");
        var owner = await host.SignInAsync();
        var staff = await SamAsync(host);
        var view = await ViewAsync(host, staff, owner.Caller.Subject);
        var chained = await Assert.ThrowsAsync<CallerRefusedException>(async () =>
            await host.Get<SupportViews>().BeginAsync((await RequestAsync(host, view))!.ToCaller(), ada, Reason(Why)));
        Assert.Equal(CallerRefusal.ReadOnly, chained.Refusal);

        var second = await ViewAsync(host, staff, ada);
        Assert.Null(await RequestAsync(host, view));
        Assert.NotNull(await RequestAsync(host, second));
        Assert.Equal(EndReason.Replaced, await EndedAsync(host, owner, view));
    }

    [EachEngineFact]
    public async Task Its_owner_ends_a_view_without_a_proof_and_the_member_of_staff_learns_it()
    {
        await using var host = await StartAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        var stranger = await host.RegisterAsync("grace@example.test", "Grace Hopper");
        var staff = await SamAsync(host);
        var view = await ViewAsync(host, staff, owner.Caller.Subject);
        var views = host.Get<SupportViews>();
        var stale = owner.ProvedAt(host.Clock.GetUtcNow() - TimeSpan.FromDays(1));

        // Only views, and only those of the account.
        Assert.Equal(EndViewOutcome.NotFound, await views.EndAsync(stale, other.Id));
        var grace = await host.SignInAsync("grace@example.test");
        Assert.Equal((stranger, EndViewOutcome.NotFound), (grace.Caller.Subject, await views.EndAsync(grace.Caller, view.Id)));
        Assert.NotNull(await RequestAsync(host, view));
        Assert.Null(await views.FindEndedAsync(staff.Caller, view.Id));

        Assert.Equal(EndViewOutcome.Ended, await views.EndAsync(stale, view.Id));
        Assert.Equal(EndViewOutcome.AlreadyEnded, await views.EndAsync(stale, view.Id));
        Assert.Null(await RequestAsync(host, view));
        Assert.Equal(EndReason.Terminated, await EndedAsync(host, owner, view));
        await AssertUntouchedAsync(host, owner, other, staff);

        Assert.Equal(
            new EndedView(owner.Caller.Subject, "Ada Lovelace", host.Clock.GetUtcNow(), EndReason.Terminated, true),
            await views.FindEndedAsync(staff.Caller, view.Id));
        Assert.Null(await views.FindEndedAsync(grace.Caller, view.Id));
        var kept = Assert.Single((await host.EventsAsync(staff.Caller, new AuditQuery { Action = AuditAction.ViewEnded }))!);
        Assert.Equal((AuditActor.SomebodyElse, "Ada Lovelace", "Ada Lovelace", null), (kept.Actor, kept.ActorName, kept.OnName, kept.Address));
        var told = Assert.Single((await host.EventsAsync(owner.Caller, new AuditQuery { Action = AuditAction.ViewEnded }))!);
        Assert.Equal((AuditActor.You, Why), (told.Actor, told.Reason));
    }

    [EachEngineFact]
    public async Task The_member_of_staff_ends_their_view_and_only_theirs()
    {
        await using var host = await StartAsync();
        var owner = await host.SignInAsync();
        var (staff, elsewhere, root) = (await SamAsync(host), await SamAsync(host), await RootAsync(host));
        var view = await ViewAsync(host, staff, owner.Caller.Subject);
        var views = host.Get<SupportViews>();
        // The view belongs to one session of theirs.
        Assert.Equal(EndViewOutcome.NotFound, await views.EndAsync(root.Caller, view.Id));
        Assert.Equal(EndViewOutcome.NotFound, await views.EndAsync(elsewhere.Caller, view.Id));
        Assert.NotNull(await RequestAsync(host, view));

        Assert.Equal(EndViewOutcome.Ended, await views.EndAsync(staff.Caller, view.Id));
        Assert.Null(await RequestAsync(host, view));
        Assert.Equal(EndReason.SignedOut, await EndedAsync(host, owner, view));
        await AssertUntouchedAsync(host, owner, staff);
        var ended = (await views.FindEndedAsync(staff.Caller, view.Id))!;
        Assert.Equal((EndReason.SignedOut, false), (ended.Reason, ended.ByOwner));
    }

    // Guard: EndViewsOfAsync in UnitOfWork, for each way in which a session ends.
    [EachEngineTheory]
    [InlineData("sign-out", EndReason.StaffSessionEnded)]
    [InlineData("terminated", EndReason.StaffSessionEnded)]
    [InlineData("everywhere", EndReason.StaffSessionEnded)]
    [InlineData("remote", EndReason.StaffSessionEnded)]
    [InlineData("replaced", EndReason.StaffSessionEnded)]
    [InlineData("expired", EndReason.Expired)]
    [InlineData("revoked", EndReason.StaffSessionEnded)]
    [InlineData("promoted", EndReason.StaffSessionEnded)]
    [InlineData("time", EndReason.Expired)]
    public async Task A_view_ends_with_what_allowed_it_and_the_owners_sessions_stay(string how, EndReason reason)
    {
        await using var host = CoreHost.Start(null, ("Sessions:IdleTimeoutUnremembered", how is "expired" ? "00:20:00" : "1.00:00:00"));
        await RegisterAsync(host);
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        var staff = await host.SignInAsync(Sam, remember: false);
        var second = await SamAsync(host);
        var view = await ViewAsync(host, staff, owner.Caller.Subject);
        Assert.NotNull(await RequestAsync(host, view));
        var roles = host.Get<RoleGrants>();

        switch (how)
        {
            case "sign-out":
                await host.Sessions.SignOutAsync(staff.Caller);
                break;
            case "terminated":
                Assert.Equal(TerminateOutcome.Terminated, await host.Sessions.TerminateAsync(second.Caller, staff.Id));
                break;
            case "everywhere":
                Assert.IsType<EndSessionsOutcome.Ended>(await host.Sessions.SignOutEverywhereAsync(second.Caller));
                break;
            case "remote":
                Assert.IsType<EndSessionsOutcome.Ended>(await host.Sessions.RemoteLogoutAsync(second.Caller));
                break;
            case "replaced":
                await host.SignInAsync(Sam, staff.Browser);
                break;
            case "expired":
                host.Clock.Advance(TimeSpan.FromMinutes(21));
                Assert.Null(await RequestAsync(host, view));
                await host.Upkeep.SweepAsync();
                break;
            case "revoked":
                Assert.Equal(RevokeOutcome.Revoked, await roles.RevokeAsync(Sam, Roles.Support));
                break;
            case "promoted":
                Assert.Equal(GrantOutcome.Granted, await roles.GrantAsync(CoreHost.Email, Roles.Support));
                break;
            default:
                host.Clock.Advance(TimeSpan.FromMinutes(30));
                Assert.Null(await RequestAsync(host, view));
                await host.Upkeep.SweepAsync();
                break;
        }

        Assert.Null(await RequestAsync(host, view));
        Assert.Equal(reason, await EndedAsync(host, owner, view));
        await AssertUntouchedAsync(host, owner, other);
        Assert.Single((await host.EventsAsync(owner.Caller, new AuditQuery { Action = AuditAction.ViewEnded }))!);
        Assert.Empty((await host.EventsAsync(owner.Caller, new AuditQuery { Action = AuditAction.SessionExpired }))!);
        Assert.Single((await host.EventsAsync(second.Caller, new AuditQuery { Action = AuditAction.ViewEnded }))!);
    }

    // Control of the same: what allows the view stays, and so does the view.
    [EachEngineFact]
    public async Task A_view_outlives_other_sessions_of_the_member_of_staff()
    {
        await using var host = await StartAsync();
        var owner = await host.SignInAsync();
        var (staff, second) = (await SamAsync(host), await SamAsync(host));
        var view = await ViewAsync(host, staff, owner.Caller.Subject);
        await host.Sessions.SignOutAsync(second.Caller);
        Assert.Equal(GrantOutcome.Granted, await host.Get<RoleGrants>().GrantAsync(Sam, Roles.Administrator));
        Assert.Equal(RevokeOutcome.Revoked, await host.Get<RoleGrants>().RevokeAsync(Sam, Roles.Support));
        host.Clock.Advance(TimeSpan.FromMinutes(29));
        await host.Upkeep.SweepAsync();
        Assert.NotNull(await RequestAsync(host, view));
    }

    [EachEngineTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_owners_mass_endings_end_views_too_and_count_only_the_owners_sessions(bool remote)
    {
        await using var host = await StartAsync();
        var (owner, _) = (await host.SignInAsync(), await host.SignInAsync());
        var staff = await SamAsync(host);
        var view = await ViewAsync(host, staff, owner.Caller.Subject);
        var outcome = remote
            ? await host.Sessions.RemoteLogoutAsync(owner.Caller)
            : await host.Sessions.SignOutEverywhereAsync(owner.Caller);
        Assert.Equal(remote ? 2 : 1, Assert.IsType<EndSessionsOutcome.Ended>(outcome).Count);
        Assert.Null(await RequestAsync(host, view));
        await AssertUntouchedAsync(host, staff);
    }

    // Guard: the conditions by kind in SessionStarter.
    [EachEngineFact]
    public async Task A_view_makes_no_browser_known_and_takes_no_place()
    {
        await using var host = CoreHost.Start(null, ("Sessions:MaximumPerUser", "2"));
        await RegisterAsync(host);
        var staff = await SamAsync(host);
        var ada = host.Rows.Guid("SELECT \"Id\" FROM \"Users\" WHERE \"Email\" = @email", ("@email", CoreHost.Email));
        var view = await ViewAsync(host, staff, new UserId(ada));
        Assert.Null(host.Rows.Query("SELECT \"BrowserHash\" FROM \"Sessions\" WHERE \"Id\" = @id", ("@id", view.Id.Value)).Single()["BrowserHash"]);

        var first = await host.SignInAsync();
        host.Clock.Advance(TimeSpan.FromSeconds(1));
        var second = await host.SignInAsync();
        host.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull(await host.RequestAsync(first));
        Assert.NotNull(await RequestAsync(host, view));
        // The account's first sign-in is nothing new, although the member of staff was here before.
        Assert.All(await host.Sessions.FindAsync(second.Caller, [first.Id]), session => Assert.False(session.IsFlagged));
        await host.SignInAsync();
        Assert.Null(await host.RequestAsync(first));
        Assert.NotNull(await RequestAsync(host, view));
    }

    [EachEngineFact]
    public async Task A_view_masks_the_email_if_the_settings_say_so()
    {
        await using var host = CoreHost.Start(null, ("SupportViews:MaskEmail", "true"));
        await RegisterAsync(host);
        var owner = await host.SignInAsync();
        var staff = await SamAsync(host);
        var live = (await RequestAsync(host, await ViewAsync(host, staff, owner.Caller.Subject)))!;
        const string masked = "a•••@e•••.test";
        Assert.Equal(masked, live.Principal.FindFirst(System.Security.Claims.ClaimTypes.Email)!.Value);
        Assert.Equal(masked, (await host.Users.FindProfileAsync(live.ToCaller()))!.Email);
        Assert.Equal(CoreHost.Email, (await host.Users.FindProfileAsync(owner.Caller))!.Email);
    }

    [EachEngineFact]
    public async Task In_a_view_of_staff_the_principal_has_no_role()
    {
        await using var host = await StartAsync();
        var (staff, root) = (await SamAsync(host), await RootAsync(host));
        var view = await ViewAsync(host, root, staff.Caller.Subject);
        var live = (await RequestAsync(host, view))!;
        Assert.False(live.Principal.IsInRole(Roles.Support));
        Assert.True((await host.RequestAsync(staff))!.Principal.IsInRole(Roles.Support));
        // A new profile of its owner keeps it so.
        live.Replace(new UserProfile(live.UserId, null, "Sam King", Sam, [Roles.Support], long.MaxValue));
        Assert.Equal(
            ("Sam King", false, true),
            (live.Principal.Identity!.Name, live.Principal.IsInRole(Roles.Support), live.Principal.IsSupportView()));
    }

    // Guard: LockLiveAsync locks the session in which a view begins.
    [EachEngineFact]
    public async Task A_view_that_begins_while_its_session_ends_does_not_survive_it()
    {
        await using var host = await StartAsync();
        var owner = await host.SignInAsync();
        for (var i = 0; i < 5; i++)
        {
            var staff = await SamAsync(host);
            var beginning = Task.Run(() => host.Get<SupportViews>().BeginAsync(staff.Caller, owner.Caller.Subject, Reason(Why)));
            var ending = Task.Run(() => host.Sessions.SignOutAsync(staff.Caller));
            await Task.WhenAll(beginning, ending);
            if (await beginning is BeginViewOutcome.Began { Session: var view })
                Assert.Null(await RequestAsync(host, view));
            Assert.Empty(await host.Get<SupportViews>().ListAsync(owner.Caller));
        }
    }

    [EachEngineFact]
    public async Task The_last_administrator_keeps_the_role()
    {
        await using var host = await StartAsync();
        var roles = host.Get<RoleGrants>();
        var before = host.Rows.Everything();
        Assert.Equal(RevokeOutcome.LastAdministrator, await roles.RevokeAsync(Root, Roles.Administrator));
        Assert.Equal(before, host.Rows.Everything());

        // Of two administrators who lose the role at the same time, one keeps it.
        Assert.Equal(GrantOutcome.Granted, await roles.GrantAsync(Sam, Roles.Administrator));
        var outcomes = await Task.WhenAll(roles.RevokeAsync(Root, Roles.Administrator), roles.RevokeAsync(Sam, Roles.Administrator));
        Assert.Equal([RevokeOutcome.Revoked, RevokeOutcome.LastAdministrator], outcomes.Order());
    }

    private static async Task<CoreHost> StartAsync()
    {
        var host = CoreHost.Start();
        await RegisterAsync(host);
        return host;
    }

    /// <summary>Ada, a user; Sam, of support; and Root, an administrator.</summary>
    private static async Task RegisterAsync(CoreHost host)
    {
        await host.RegisterAsync();
        await host.RegisterAsync(Sam, "Sam Keller");
        await host.RegisterAsync(Root, "Root Admin");
        Assert.Equal(GrantOutcome.Granted, await host.Get<RoleGrants>().GrantAsync(Sam, Roles.Support));
        Assert.Equal(GrantOutcome.Granted, await host.Get<RoleGrants>().GrantAsync(Root, Roles.Administrator));
    }

    private static Task<SignedInBrowser> SamAsync(CoreHost host) => host.SignInAsync(Sam);

    private static Task<SignedInBrowser> RootAsync(CoreHost host) => host.SignInAsync(Root);

    private static ReasonInput Reason(string reason) => new() { Reason = reason };

    private static async Task<StartedSession> ViewAsync(CoreHost host, SignedInBrowser staff, UserId subject) =>
        Assert.IsType<BeginViewOutcome.Began>(await host.Get<SupportViews>().BeginAsync(staff.Caller, subject, Reason(Why))).Session;

    private static ValueTask<LiveSession?> RequestAsync(CoreHost host, StartedSession view) =>
        host.Authenticator.AuthenticateAsync(view.Id, view.Key.Reveal());

    private static async Task<EndReason?> EndedAsync(CoreHost host, SignedInBrowser owner, StartedSession view) =>
        Assert.Single(await host.HistoryAsync(owner.Caller), session => session.Id == view.Id).Ending?.Reason;

    private static async Task AssertUntouchedAsync(CoreHost host, params SignedInBrowser[] browsers)
    {
        foreach (var browser in browsers)
            Assert.NotNull(await host.RequestAsync(browser));
    }

    /// <summary>Everything in the database, without the row of the session in which the view began.</summary>
    private static string Without(CoreHost host, SignedInBrowser staff) => string.Join('\n', host.Rows.Everything().Split('\n')
        .Where(row => !row.StartsWith($"Sessions: Id={staff.Id},", StringComparison.OrdinalIgnoreCase)));
}
