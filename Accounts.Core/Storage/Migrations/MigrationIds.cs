namespace Accounts.Core.Storage.Migrations;

/// <summary>
/// The ids of migrations. From the eleventh on, an id ends with what the migration does to an earlier version that runs beside it or after it:
/// <c>_Expand</c> only adds what that version ignores, <c>_Contract</c> takes away or changes what it needs.
/// </summary>
/// <remarks>
/// The database keeps the ids of applied migrations. So a version can tell, from an id that it doesn't know, whether it may use the database.
/// </remarks>
internal static class MigrationIds
{
    public const string Expand = "_Expand";

    public const string Contract = "_Contract";

    /// <summary>The migrations of a newer version that keep this one from using the database.</summary>
    /// <param name="applied">The ids of all migrations that were applied to the database.</param>
    /// <param name="known">The ids of this version's migrations.</param>
    public static IReadOnlyList<string> FindBlocking(IEnumerable<string> applied, IEnumerable<string> known) =>
        [.. applied.Except(known, StringComparer.Ordinal).Where(id => !id.EndsWith(Expand, StringComparison.Ordinal))];
}
