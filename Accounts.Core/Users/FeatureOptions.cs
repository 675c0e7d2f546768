using FluentValidation;
using FluentValidation.Results;

namespace Accounts.Core.Users;

/// <summary>What a plan can include.</summary>
public enum Feature
{
    /// <summary>Ending every session at once, the current one included.</summary>
    RemoteLogout,

    /// <summary>Reading the audit log. Its events are written for everybody.</summary>
    AuditLog,
}

/// <summary>Which plans there are and what each includes. Section <c>Features</c>.</summary>
public sealed class FeatureOptions
{
    internal const int PlanLimit = 40;

    /// <summary>The features of each plan by its name. Empty: there are no plans, and everybody has everything.</summary>
    public IReadOnlyDictionary<string, string[]> Plans { get; set; } = new Dictionary<string, string[]>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The plan of accounts that have no other; one of <see cref="Plans"/>, or empty where there are none.</summary>
    public string DefaultPlan { get; set; } = "";
}

internal sealed class FeatureOptionsValidator : AbstractValidator<FeatureOptions>
{
    private static readonly string[] Known = Enum.GetNames<Feature>();

    public FeatureOptionsValidator()
    {
        RuleFor(o => o.DefaultPlan).Must((o, plan) => o.Plans.ContainsKey(plan)).When(o => o.Plans.Count > 0).WithMessage("must be one of the plans.");
        RuleFor(o => o.DefaultPlan).Empty().When(o => o.Plans.Count == 0).WithMessage("must be empty where there are no plans.");
        RuleFor(o => o.Plans).Custom((plans, context) =>
        {
            foreach (var name in plans.Keys.Where(name => name.Length > FeatureOptions.PlanLimit))
                context.AddFailure(new ValidationFailure($"Plans:{name}", $"must have a name of at most {FeatureOptions.PlanLimit} characters.", name));
            foreach (var (name, feature) in plans.SelectMany(plan => plan.Value.Select(feature => (plan.Key, feature))))
            {
                if (!Known.Contains(feature, StringComparer.OrdinalIgnoreCase))
                    context.AddFailure(new ValidationFailure($"Plans:{name}", $"must hold only {string.Join(", ", Known)}.", feature));
            }
        });
    }
}
