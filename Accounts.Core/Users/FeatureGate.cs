using Accounts.Core.Callers;
using Accounts.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Users;

/// <summary>A feature that the user's plan doesn't include.</summary>
/// <param name="Feature">The feature.</param>
/// <param name="Plan">The user's plan.</param>
/// <param name="PlansWithIt">The plans that include the feature, the smallest first; empty if none does.</param>
public sealed record MissingFeature(Feature Feature, string Plan, IReadOnlyList<string> PlansWithIt);

/// <summary>Says what a user's plan includes. A page asks, to explain why something is missing; the command behind it asks again.</summary>
public sealed class FeatureGate
{
    private readonly AccountsDatabase _database;
    private readonly FeatureOptions _options;

    internal FeatureGate(AccountsDatabase database, FeatureOptions options)
    {
        _database = database;
        _options = options;
    }

    /// <summary>Null if the caller's plan includes the feature; otherwise what is missing. A changed plan takes effect with the next call.</summary>
    /// <exception cref="CallerRefusedException">The caller lacks the scope.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public Task<MissingFeature?> FindMissingAsync(Caller caller, Feature feature, CancellationToken cancellationToken = default)
    {
        Need.ReadAccount.Check(caller);
        return FindMissingAsync(caller.Subject, feature, cancellationToken);
    }

    internal async Task<MissingFeature?> FindMissingAsync(UserId user, Feature feature, CancellationToken cancellationToken = default)
    {
        // If every plan includes the feature, the user's plan doesn't matter.
        if (_options.Plans.Values.All(Includes))
            return null;

        var own = await _database.ReadAsync(
            db => db.Users.Where(u => u.Id == user.Value).Select(u => u.Plan).SingleOrDefaultAsync(cancellationToken));
        var plan = PlanOf(own);
        return Includes(_options.Plans[plan])
            ? null
            : new MissingFeature(feature, plan, [.. _options.Plans.Where(p => Includes(p.Value)).OrderBy(p => p.Value.Length).Select(p => p.Key)]);

        bool Includes(string[] features) => features.Contains(feature.ToString(), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The names of the plans as the settings have them, the smallest first; empty if there are none.</summary>
    public IReadOnlyList<string> Plans =>
        [.. _options.Plans.OrderBy(plan => plan.Value.Length).ThenBy(plan => plan.Key, StringComparer.Ordinal).Select(plan => plan.Key)];

    /// <summary>Whether a plan is that of accounts without a plan of their own.</summary>
    internal bool IsDefault(string plan) => string.Equals(plan, _options.DefaultPlan, StringComparison.OrdinalIgnoreCase);

    /// <summary>The plan that is in force for an account, written as in the settings; "" if there are no plans.</summary>
    /// <param name="own">The account's own plan. An unknown one counts as the default one.</param>
    internal string PlanOf(string? own) =>
        _options.Plans.Keys.FirstOrDefault(name => string.Equals(name, own, StringComparison.OrdinalIgnoreCase)) ?? _options.DefaultPlan;
}
