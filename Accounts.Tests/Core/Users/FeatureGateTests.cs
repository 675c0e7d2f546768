using Accounts.Core.AuditReading;
using Accounts.Core.Manager;
using Accounts.Core.Settings;
using Accounts.Core.Users;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.Users;

/// <summary>The settings tie features to plans. The core refuses features that a plan lacks.</summary>
public sealed class FeatureGateTests
{
    /// <summary>The plans of the reference product, and one without features.</summary>
    private static readonly (string, string)[] Plans =
    [
        ("Features:DefaultPlan", "Free"),
        ("Features:Plans:Free", ""),
        ("Features:Plans:Plus:0", "RemoteLogout"),
        ("Features:Plans:Enterprise:0", "remotelogout"),
        ("Features:Plans:Enterprise:1", "AuditLog"),
    ];

    [EachEngineFact]
    public async Task By_default_every_feature_is_enabled_for_everyone()
    {
        await using var host = CoreHost.Start();
        var owner = await OwnerAsync(host, "a plan that nobody knows");
        foreach (var feature in Enum.GetValues<Feature>())
            Assert.Null(await host.Get<FeatureGate>().FindMissingAsync(owner.Caller, feature));
        Assert.Equal(new EndSessionsOutcome.Ended(1), await host.Sessions.RemoteLogoutAsync(owner.Caller));
    }

    [EachEngineTheory]
    [InlineData(null, "Free", "Free")]
    [InlineData("plus", null, "Plus")]
    [InlineData("Enterprise", null, null)]
    [InlineData("a plan of long ago", "Free", "Free")]
    public async Task The_plan_decides_and_an_unknown_plan_means_the_default_plan(string? plan, string? withoutLogout, string? withoutAudit)
    {
        await using var host = CoreHost.Start(settings: Plans);
        var owner = await OwnerAsync(host, plan);

        var logout = await host.Get<FeatureGate>().FindMissingAsync(owner.Caller, Feature.RemoteLogout);
        var audit = await host.Get<FeatureGate>().FindMissingAsync(owner.Caller, Feature.AuditLog);

        Assert.Equal((withoutLogout, withoutAudit), (logout?.Plan, audit?.Plan));
        Assert.All([logout, audit], missing => Assert.True(missing is null || missing.PlansWithIt.Contains("Enterprise", StringComparer.Ordinal)));
    }

    // Guard: the first lines of SessionService.RemoteLogoutAsync.
    [EachEngineFact]
    public async Task Remote_logout_is_refused_without_the_plan_and_recorded_with_it()
    {
        await using var host = CoreHost.Start(settings: Plans);
        var (owner, other) = (await OwnerAsync(host, null), await host.SignInAsync());

        var refused = Assert.IsType<EndSessionsOutcome.NotInPlan>(await host.Sessions.RemoteLogoutAsync(owner.Caller));

        Assert.Equal((Feature.RemoteLogout, "Free"), (refused.Missing.Feature, refused.Missing.Plan));
        Assert.Equal(["Plus", "Enterprise"], refused.Missing.PlansWithIt);
        Assert.NotNull(await host.RequestAsync(owner));
        Assert.NotNull(await host.RequestAsync(other));
        Assert.Empty(host.Rows.Audit("user.session_invalidated"));
        // Features of every plan aren't affected.
        Assert.Equal(TerminateOutcome.Terminated, await host.Sessions.TerminateAsync(owner.Caller, other.Id));

        // A changed plan applies at once. The audit log feature is separate.
        host.Rows.Execute("UPDATE \"Users\" SET \"Plan\" = 'Plus'");
        Assert.Equal(new EndSessionsOutcome.Ended(1), await host.Sessions.RemoteLogoutAsync(owner.Caller));
        Assert.Single(host.Rows.Audit("user.session_invalidated"));
    }

    // Guard: IsLackingAsync in AuditLog.
    [EachEngineFact]
    public async Task The_audit_log_is_written_for_everyone_but_readable_only_with_the_plan()
    {
        await using var host = CoreHost.Start(settings: Plans);
        var owner = await OwnerAsync(host, null);

        Assert.Null(await host.AuditLog.PageAsync(owner.Caller, new AuditQuery()));
        Assert.Null(await host.AuditLog.ExportAsync(owner.Caller, new AuditQuery()));

        host.Rows.Execute("UPDATE \"Users\" SET \"Plan\" = 'Enterprise'");
        Assert.Contains((await host.EventsAsync(owner.Caller, new AuditQuery()))!, one => one.Action is "user.signed_in");
        Assert.NotNull(await host.AuditLog.ExportAsync(owner.Caller, new AuditQuery()));
    }

    [EachEngineTheory]
    [InlineData("Features:Plans:Free:0=Teleport Features:DefaultPlan=Free",
        "Features:Plans:Free: must contain only RemoteLogout, AuditLog. It is 'Teleport'.")]
    [InlineData("Features:Plans:Free:0=0 Features:DefaultPlan=Free", "Features:Plans:Free: must contain only RemoteLogout, AuditLog. It is '0'.")]
    [InlineData("Features:Plans:Free=AuditLog Features:DefaultPlan=Free",
        "Features:Plans:Free: must be a list (Features:Plans:Free:0, Features:Plans:Free:1 …). It is 'AuditLog'.")]
    [InlineData("Features:Plans:Free:0=AuditLog Features:DefaultPlan=Gold",
        "Features:DefaultPlan: must be one of the plans in Features:Plans. It is 'Gold'.")]
    [InlineData("Features:Plans:Free:0=AuditLog", "Features:DefaultPlan: must be one of the plans in Features:Plans. It is ''.")]
    [InlineData("Features:DefaultPlan=Gold", "Features:DefaultPlan: must be empty if Features:Plans has no plans. It is 'Gold'.")]
    [InlineData("Features:Plans=Free",
        "Features:Plans: must have a list under each name (Features:Plans:Name:0, Features:Plans:Name:1 …). It is 'Free'.")]
    [InlineData("Features:Plan=Free", "Features:Plan: unknown setting. Use one of Plans, DefaultPlan.")]
    public void Invalid_plans_stop_the_start(string settings, string line)
    {
        var given = settings.Split(' ').Select(setting => setting.Split('=')).Select(pair => (pair[0], pair[1])).ToArray();
        var refusal = Assert.Throws<StartupException>(() => CoreHost.Start(settings: given));
        Assert.Contains(line, refusal.Message.Split(Environment.NewLine).Select(text => text.Trim()), StringComparer.Ordinal);
    }

    private static async Task<SignedInBrowser> OwnerAsync(CoreHost host, string? plan)
    {
        await host.RegisterAsync();
        host.Rows.Execute("UPDATE \"Users\" SET \"Plan\" = @plan", ("@plan", plan));
        return await host.SignInAsync();
    }
}
