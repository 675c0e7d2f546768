using Accounts.Core.Users;

namespace Accounts.Web.Users;

/// <summary>The words for what a plan does not include.</summary>
internal static class PlanText
{
    /// <summary>Why a feature is not there: "Remote logout is part of the plans Plus and Enterprise. Your plan: Free."</summary>
    public static string Why(MissingFeature missing) => $"{Name(missing.Feature)} is part of {Plans(missing.PlansWithIt)}. Your plan: {missing.Plan}.";

    private static string Name(Feature feature) => feature switch
    {
        Feature.RemoteLogout => "Remote logout",
        Feature.AuditLog => "The audit log",
        _ => feature.ToString(),
    };

    private static string Plans(IReadOnlyList<string> names) => names.Count switch
    {
        0 => "no plan here",
        1 => $"the plan {names[0]}",
        _ => $"the plans {string.Join(", ", names.SkipLast(1))} and {names[^1]}",
    };
}
