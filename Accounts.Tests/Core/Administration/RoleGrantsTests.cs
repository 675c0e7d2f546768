using Accounts.Core.Administration;
using Accounts.Core.Audit;
using Accounts.Core.AuditReading;
using Accounts.Core.Callers;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.Administration;

/// <summary>Roles are granted and revoked once, in the open sessions too, and the audit log says so.</summary>
public sealed class RoleGrantsTests
{
    // Guard: ReportProfileAsync in RoleGrants.
    [EachEngineFact]
    public async Task A_role_is_in_force_at_once_in_open_sessions_and_gone_at_once()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var browser = await host.SignInAsync();
        var live = (await host.RequestAsync(browser))!;
        var roles = host.Get<RoleGrants>();
        var cancellationToken = TestContext.Current.CancellationToken;

        Assert.Equal(RevokeOutcome.HasNot, await roles.RevokeAsync(CoreHost.Email, Roles.Support, cancellationToken));
        Assert.Equal(GrantOutcome.Granted, await roles.GrantAsync("ADA@Example.test", Roles.Support, cancellationToken));
        Assert.Equal(GrantOutcome.AlreadyHas, await roles.GrantAsync(CoreHost.Email, Roles.Support, cancellationToken));
        Assert.Equal((true, false), (live.Principal.IsInRole(Roles.Support), live.Principal.IsInRole(Roles.Administrator)));
        host.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(RevokeOutcome.Revoked, await roles.RevokeAsync(CoreHost.Email, Roles.Support, cancellationToken));
        Assert.False(live.Principal.IsInRole(Roles.Support));

        var told = (await host.EventsAsync(browser.Caller, new AuditQuery()))!.Where(one => one.Actor is AuditActor.Operator).ToList();
        Assert.Equal([AuditAction.SupportRevoked, AuditAction.SupportGranted], told.Select(one => one.Action), StringComparer.Ordinal);
        Assert.All(told, one => Assert.Equal((CallerKind.Administration, null, null), (one.Kind, one.From, one.Address)));
    }

    [EachEngineFact]
    public async Task An_unknown_account_or_role_is_refused_and_nothing_changes()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var roles = host.Get<RoleGrants>();
        var cancellationToken = TestContext.Current.CancellationToken;
        var before = host.Rows.Everything();
        Assert.Equal(GrantOutcome.UnknownAccount, await roles.GrantAsync("grace@example.test", Roles.Support, cancellationToken));
        Assert.Equal(RevokeOutcome.UnknownAccount, await roles.RevokeAsync("grace@example.test", Roles.Support, cancellationToken));
        var refused = await Assert.ThrowsAsync<ArgumentException>(() => roles.GrantAsync(CoreHost.Email, "Admin", cancellationToken));
        Assert.Contains("Use Support or Administrator.", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, host.Rows.Everything());
    }

    // Guards: LockUserAsync in RoleGrants, and ON CONFLICT, by which two first grants of a role make one row of it.
    [EachEngineFact]
    public async Task Of_many_grants_at_once_each_account_gets_its_role_once()
    {
        await using var host = CoreHost.Start();
        string[] emails = [.. Enumerable.Range(1, 6).Select(number => $"user{number}@example.test")];
        foreach (var email in emails)
            await host.RegisterAsync(email);
        var roles = host.Get<RoleGrants>();
        var outcomes = await Task.WhenAll(emails.Concat(emails).Select(email => roles.GrantAsync(email, Roles.Administrator)));
        Assert.Equal(emails.Length, outcomes.Count(outcome => outcome is GrantOutcome.Granted));
        Assert.Equal(emails.Length, outcomes.Count(outcome => outcome is GrantOutcome.AlreadyHas));
        Assert.Equal(1, host.Rows.Number("SELECT count(*) FROM \"Roles\""));
        Assert.Equal(emails.Length, host.Rows.Audit(AuditAction.AdministratorGranted).Count);
    }
}
