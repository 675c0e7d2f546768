using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Storage.Sqlite;

/// <content>Looks at the file without opening it for this process.</content>
internal sealed partial class SqliteStart
{
    /// <inheritdoc/>
    public DatabaseState Look()
    {
        RequirePlace();
        List<string> applied = [];
        var inUse = IsLocked();
        using var connection = file.Connect(SqliteOpenMode.ReadWrite);
        if (File.Exists(file.Path))
        {
            try
            {
                applied = RequireOurs(connection);
                if (!inUse)
                    TryWriting(connection);
            }
            catch (SqliteException failure)
            {
                throw Explain(failure);
            }
        }

        using var db = contexts.CreateDbContext();
        return DatabaseState.Of($"SQLite {connection.ServerVersion}", file.Path, applied, db.Database.GetMigrations(), inUse, file.FreeBytes());
    }

    /// <inheritdoc/>
    public bool TryKeep()
    {
        if (IsLocked())
            return false;
        _lock = TakeLock();
        return true;
    }

    /// <summary>Takes SQLite's lock for a write, and gives it back unused. A program that holds it makes this fail.</summary>
    private static void TryWriting(SqliteConnection connection)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        transaction.Rollback();
    }

    private bool IsLocked()
    {
        // A lock file that doesn't exist yet would be made, perhaps by a user whose files the program can't open.
        if (!File.Exists(file.LockPath))
            return false;
        try
        {
            using var free = OpenLock(FileMode.Open);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
