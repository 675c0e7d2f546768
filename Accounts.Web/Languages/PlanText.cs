using Accounts.Core.Users;

namespace Accounts.Web.Languages;

/// <summary>Explains which features a plan lacks.</summary>
internal static class PlanText
{
    /// <summary>Why a feature isn't available: "Remote logout is part of the plans Plus and Enterprise. Your plan: Free."</summary>
    public static string Why(MissingFeature missing) => (missing.Feature, missing.PlansWithIt) switch
    {
        (Feature.RemoteLogout, []) => Texts.FormatPlan_RemoteLogoutNowhere(missing.Plan),
        (Feature.RemoteLogout, var plans) => Texts.FormatPlan_RemoteLogoutIn(Plans(plans), missing.Plan),
        (_, []) => Texts.FormatPlan_AuditLogNowhere(missing.Plan),
        (_, var plans) => Texts.FormatPlan_AuditLogIn(Plans(plans), missing.Plan),
    };

    private static string Plans(IReadOnlyList<string> plans) =>
        plans is [var only] ? Texts.FormatPlan_One(only) : Texts.FormatPlan_Several(Sentence.List(plans));
}
