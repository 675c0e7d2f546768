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

    /// <summary>Entity Framework's table of applied migrations.</summary>
    public const string Table = "__EFMigrationsHistory";

    /// <summary>Says why a newer version's migrations keep this one from using the database; null if none does.</summary>
    /// <param name="applied">The ids of all migrations that were applied to the database.</param>
    /// <param name="known">The ids of this version's migrations.</param>
    public static string? FindProblem(IEnumerable<string> applied, IEnumerable<string> known)
    {
        var blocking = applied.Except(known, StringComparer.Ordinal).Where(id => !id.EndsWith(Expand, StringComparison.Ordinal)).ToList();
        return blocking.Count == 0
            ? null
            : $"a newer version of this program wrote it (it has {string.Join(", ", blocking)}). Start that version, or restore an older backup.";
    }
}
