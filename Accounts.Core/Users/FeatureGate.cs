using Accounts.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Users;

/// <summary>A feature that somebody's plan does not include.</summary>
/// <param name="Feature">The feature.</param>
/// <param name="Plan">The plan that they have.</param>
/// <param name="PlansWithIt">The plans that include it, the smallest first; none, if none does.</param>
public sealed record MissingFeature(Feature Feature, string Plan, IReadOnlyList<string> PlansWithIt);

/// <summary>Says what a person's plan includes. A page asks it to say why something is not there, and the command behind it asks again.</summary>
public sealed class FeatureGate
{
    private readonly AccountsDatabase _database;
    private readonly FeatureOptions _options;

    internal FeatureGate(AccountsDatabase database, FeatureOptions options)
    {
        _database = database;
        _options = options;
    }

    /// <summary>Null if the caller's plan includes the feature; otherwise what they lack. A change of the plan holds from the next question on.</summary>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    public async Task<MissingFeature?> FindMissingAsync(Caller caller, Feature feature)
    {
        // Where every plan has it, nobody's plan matters.
        if (_options.Plans.Values.All(Includes))
            return null;

        var own = await _database.ReadAsync(db => db.Users.Where(u => u.Id == caller.UserId.Value).Select(u => u.Plan).SingleOrDefaultAsync());
        // A plan that is not there any more is the default one, written as the settings write it.
        var plan = _options.Plans.Keys.FirstOrDefault(name => string.Equals(name, own, StringComparison.OrdinalIgnoreCase)) ?? _options.DefaultPlan;
        return Includes(_options.Plans[plan])
            ? null
            : new MissingFeature(feature, plan, [.. _options.Plans.Where(p => Includes(p.Value)).OrderBy(p => p.Value.Length).Select(p => p.Key)]);

        bool Includes(string[] features) => features.Contains(feature.ToString(), StringComparer.OrdinalIgnoreCase);
    }
}
