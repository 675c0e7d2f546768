namespace Accounts.Core.Storage;

/// <summary>What a database is, as it says without being changed.</summary>
/// <param name="Engine">The engine and its version: "SQLite 3.50.4".</param>
/// <param name="Name">The SQLite file, or the PostgreSQL database and its server: "accounts on db.example.com:5432".</param>
/// <param name="Applied">The ids of the migrations that were applied, the oldest first. Empty if the first start is still to come.</param>
/// <param name="Pending">The ids of this version's migrations that the next start applies.</param>
/// <param name="InUse">Whether a process runs on it.</param>
/// <param name="FreeBytes">The room on the file's disk; null on PostgreSQL, and if it isn't known.</param>
public sealed record DatabaseState(
    string Engine, string Name, IReadOnlyList<string> Applied, IReadOnlyList<string> Pending, bool InUse, long? FreeBytes)
{
    /// <summary>Compares the applied migrations with this version's.</summary>
    internal static DatabaseState Of(
        string engine, string name, IEnumerable<string> applied, IEnumerable<string> known, bool inUse, long? freeBytes = null)
    {
        List<string> ordered = [.. applied.Order(StringComparer.Ordinal)];
        return new DatabaseState(engine, name, ordered, [.. known.Except(ordered, StringComparer.Ordinal)], inUse, freeBytes);
    }
}
