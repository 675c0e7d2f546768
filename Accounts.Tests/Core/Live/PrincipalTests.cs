using System.Security.Claims;
using Accounts.Core.Administration;
using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Sessions;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Accounts.Tests.Fixtures;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Tests.Core.Live;

/// <summary>A change of name, email or role is in force in every session of the user as soon as it is committed.</summary>
public sealed class PrincipalTests
{
    // Guard: Replace in UnitOfWork.ReportProfileAsync.
    [EachEngineFact]
    public async Task A_new_name_and_role_are_in_force_at_once_in_every_session()
    {
        await using var host = CoreHost.Start();
        var user = await host.RegisterAsync();
        await host.RegisterAsync("grace@example.test", "Grace Hopper");
        var (one, two, hers) = (await host.SignInAsync(), await host.SignInAsync(), await host.SignInAsync("grace@example.test"));
        var held = (await host.RequestAsync(one))!;
        var (shown, others) = (held.Principal, (await host.RequestAsync(hers))!);
        List<SessionChange> heard = [];
        using var subscription = host.Feed.Subscribe(heard.Add);

        await PromoteAsync(host, user, "Ada King");

        foreach (var principal in new[] { held.Principal, (await host.RequestAsync(one))!.Principal, (await host.RequestAsync(two))!.Principal })
            Assert.Equal(("Ada King", true), (principal.Identity!.Name, principal.IsInRole(Roles.Support)));
        // What an open page shows is replaced, and keeps the key that it was opened with.
        var refreshed = held.Refresh(shown);
        Assert.Equal(("Ada King", true), (refreshed.Identity!.Name, refreshed.IsInRole(Roles.Support)));
        Assert.Equal((shown.FindSessionId(), shown.FindKeyMark()), (refreshed.FindSessionId(), refreshed.FindKeyMark()));
        Assert.Equal(("Grace Hopper", false), (others.Principal.Identity!.Name, others.Principal.IsInRole(Roles.Support)));
        // A session that memory doesn't know may still have open pages, so both are announced.
        Assert.Equivalent(new[] { new SessionChange.PrincipalReplaced(user, one.Id), new SessionChange.PrincipalReplaced(user, two.Id) }, heard,
            strict: true);
    }

    // Guard: Number in LiveSession.Replace.
    [EachEngineFact]
    public async Task A_late_announcement_does_not_bring_back_what_a_later_change_took_away()
    {
        await using var host = CoreHost.Start();
        var user = await host.RegisterAsync();
        var browser = await host.SignInAsync();
        var live = (await host.RequestAsync(browser))!;
        List<Action> late = [];
        await host.Database.WriteAsync(WritePriority.Ordinary, async db =>
        {
            // The first change, whose announcement comes last.
            var work = new UnitOfWork(db, host.Registry);
            (await db.LockUserAsync(user))!.DisplayName = "Ada King";
            await work.ReportProfileAsync(user);
            late.AddRange(work.Applied);
            return true;
        });
        await host.Commands.RunAsync(WritePriority.Ordinary, async work =>
        {
            (await work.Db.LockUserAsync(user))!.DisplayName = "Ada Byron";
            await work.ReportProfileAsync(user);
            return true;
        });
        Assert.Equal("Ada Byron", live.Principal.Identity!.Name);

        late.ForEach(announce => announce());

        Assert.Equal("Ada Byron", live.Principal.Identity!.Name);
        host.Clock.Advance(TimeSpan.FromMinutes(61));
        host.Registry.Prune();
        var again = (await host.RequestAsync(browser))!;
        late.ForEach(announce => announce());
        Assert.Equal("Ada Byron", again.Principal.Identity!.Name);
    }

    // Guard: the authentication type in SessionClaims.FindSessionId, and IsOf in SessionAuthenticator.FindCallerAsync.
    [EachEngineFact]
    public async Task Another_providers_principal_with_the_same_claims_is_no_caller()
    {
        await using var host = CoreHost.Start();
        var user = await host.RegisterAsync();
        var browser = await host.SignInAsync();
        var own = (await host.RequestAsync(browser))!.Principal;
        Assert.NotNull(await host.Authenticator.FindCallerAsync(own));

        var foreign = new ClaimsPrincipal(new ClaimsIdentity(own.Claims, "OpenIdConnect"));
        Assert.Null(foreign.FindSessionId());
        Assert.Null(await host.Authenticator.FindCallerAsync(foreign));
        var others = own.Claims.Where(claim => claim.Type is not ClaimTypes.NameIdentifier)
            .Append(new Claim(ClaimTypes.NameIdentifier, Guid.NewGuid().ToString()));
        Assert.Null(await host.Authenticator.FindCallerAsync(new ClaimsPrincipal(new ClaimsIdentity(others, own.Identity!.AuthenticationType))));
    }

    // Guard: VoidLoads in UnitOfWork.ReportProfileAsync.
    [EachEngineFact]
    public async Task A_load_that_began_before_the_change_is_repeated()
    {
        await using var host = CoreHost.Start();
        var user = await host.RegisterAsync();
        var browser = await host.SignInAsync();

        // The load has read the old name.
        var load = host.Gate.StopResult("FROM \"Users\"");
        var request = host.RequestAsync(browser).AsTask();
        await load.Arrived;
        await PromoteAsync(host, user, "Ada King");
        load.Release();

        Assert.Equal("Ada King", (await request)!.Principal.Identity!.Name);
        Assert.Equal("Ada King", (await host.RequestAsync(browser))!.Principal.Identity!.Name);
    }

    [EachEngineFact]
    public async Task A_new_name_gives_no_session_a_fresh_proof_or_another_key()
    {
        await using var host = CoreHost.Start();
        var user = await host.RegisterAsync();
        var owner = await host.SignInAsync();
        var old = (await host.RequestAsync(owner))!.Principal;
        var signedInAt = host.Clock.GetUtcNow();
        host.Clock.Advance(TimeSpan.FromHours(1));
        var proved =
            Assert.IsType<ReauthenticationOutcome.Proved>(await host.Reauthentication.ReauthenticateAsync(owner.Caller, CoreHost.Password)).Session;
        var live = (await host.Authenticator.AuthenticateAsync(owner.Id, proved.Key.Reveal()))!;

        await PromoteAsync(host, user, "Ada King");

        Assert.Equal(signedInAt + TimeSpan.FromHours(1), (await host.Authenticator.FindCallerAsync(live.Principal))!.AuthenticatedAt);
        // A page that was opened with the old key has the new name, and not the new key's proof.
        var refreshed = live.Refresh(old);
        Assert.Equal("Ada King", refreshed.Identity!.Name);
        Assert.Equal(default, (await host.Authenticator.FindCallerAsync(refreshed))!.AuthenticatedAt);
    }

    [EachEngineFact]
    public async Task A_failed_commit_changes_no_principal()
    {
        await using var host = CoreHost.Start();
        var user = await host.RegisterAsync();
        var browser = await host.SignInAsync();
        var live = (await host.RequestAsync(browser))!;
        List<SessionChange> heard = [];
        using var subscription = host.Feed.Subscribe(heard.Add);

        host.Gate.FailCommit();
        await Assert.ThrowsAsync<DatabaseUnavailableException>(() => PromoteAsync(host, user, "Ada King"));

        Assert.Equal("Ada Lovelace", live.Principal.Identity!.Name);
        Assert.Empty(heard);
    }

    /// <summary>Renames a user and makes them a member of support, as a command of administration will.</summary>
    internal static Task PromoteAsync(CoreHost host, UserId user, string name) => PromoteAsync(host.Commands, user, name);

    internal static Task PromoteAsync(CommandRunner commands, UserId user, string name) => commands.RunAsync(WritePriority.Ordinary, async work =>
    {
        var account = (await work.Db.LockUserAsync(user))!;
        account.DisplayName = name;
        var role = await work.Db.Roles.SingleOrDefaultAsync(r => r.Name == Roles.Support);
        if (role is null)
        {
            role = new IdentityRole<Guid>(Roles.Support) { Id = Guid.NewGuid(), NormalizedName = Roles.Support.ToUpperInvariant() };
            work.Db.Roles.Add(role);
        }

        work.Db.UserRoles.Add(new IdentityUserRole<Guid> { UserId = user.Value, RoleId = role.Id });
        await work.ReportProfileAsync(user);
        return true;
    });
}
