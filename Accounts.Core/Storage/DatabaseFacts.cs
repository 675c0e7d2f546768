namespace Accounts.Core.Storage;

/// <summary>What the database in use is like now.</summary>
/// <param name="Engine">The engine and its version: "SQLite 3.50.4".</param>
/// <param name="Name">The SQLite file, or the PostgreSQL database and its server: "accounts on db.example.com:5432".</param>
/// <param name="Bytes">Its size. On SQLite, that of the file without its write-ahead log.</param>
public sealed record DatabaseFacts(string Engine, string Name, long Bytes)
{
    /// <summary>Whether a server has the database. Then Accounts can't see its disk.</summary>
    public bool IsOnServer { get; init; }

    /// <summary>The room on the file's disk; null on a server, and if it isn't known.</summary>
    public long? FreeBytes { get; init; }

    /// <summary>The size of SQLite's write-ahead log, if another program keeps it from shrinking; otherwise null.</summary>
    public long? LargeLogBytes { get; init; }

    /// <summary>Whether other users of the computer can perhaps read SQLite's files.</summary>
    public bool IsReadableByOthers { get; init; }

    /// <summary>The ids of the applied migrations, the oldest first.</summary>
    public IReadOnlyList<string> Applied { get; init; } = [];

    /// <summary>
    /// The ids of this version's migrations that were not applied. A start applies them all, so somebody has replaced the database since then.
    /// </summary>
    public IReadOnlyList<string> Pending { get; init; } = [];

    /// <summary>Whether the disk will soon be full: there is less room than a gigabyte, or than a copy of the database would take.</summary>
    public bool IsShortOfRoom => FreeBytes < Math.Max(1L << 30, Bytes);
}
