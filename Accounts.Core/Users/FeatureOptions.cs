using FluentValidation;
using FluentValidation.Results;

namespace Accounts.Core.Users;

/// <summary>The features that a plan can include.</summary>
public enum Feature
{
    /// <summary>Ending every session at once, the current one included.</summary>
    RemoteLogout,

    /// <summary>Reading the audit log. The server writes events for every user, whatever the plan.</summary>
    AuditLog,
}

/// <summary>The plans and their features. Section <c>Features</c>.</summary>
public sealed class FeatureOptions
{
    internal const int PlanLimit = 40;

    /// <summary>Each plan's features, by the plan's name. If empty, the default, every feature is enabled for everyone.</summary>
    public IReadOnlyDictionary<string, string[]> Plans { get; set; } = new Dictionary<string, string[]>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The plan of accounts without a plan of their own. One of <see cref="Plans"/>; empty if there are no plans.</summary>
    public string DefaultPlan { get; set; } = "";
}

internal sealed class FeatureOptionsValidator : AbstractValidator<FeatureOptions>
{
    private static readonly string[] Known = Enum.GetNames<Feature>();

    public FeatureOptionsValidator()
    {
        RuleFor(o => o.DefaultPlan).Must((o, plan) => o.Plans.ContainsKey(plan)).When(o => o.Plans.Count > 0)
            .WithMessage("must be one of the plans in Features:Plans.");
        RuleFor(o => o.DefaultPlan).Empty().When(o => o.Plans.Count == 0).WithMessage("must be empty if Features:Plans has no plans.");
        RuleFor(o => o.Plans).Custom((plans, context) =>
        {
            foreach (var name in plans.Keys.Where(name => name.Length > FeatureOptions.PlanLimit))
                context.AddFailure(
                    new ValidationFailure($"Plans:{name}", $"must have a name of at most {FeatureOptions.PlanLimit} characters.", name));
            foreach (var (name, feature) in plans.SelectMany(plan => plan.Value.Select(feature => (plan.Key, feature))))
            {
                if (!Known.Contains(feature, StringComparer.OrdinalIgnoreCase))
                    context.AddFailure(new ValidationFailure($"Plans:{name}", $"must contain only {string.Join(", ", Known)}.", feature));
            }
        });
    }
}
