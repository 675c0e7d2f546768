using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Storage;

/// <summary>What went wrong in the database.</summary>
internal enum DatabaseFailure
{
    /// <summary>Another transaction got in the way, and this one had no effect. It may succeed when it runs again.</summary>
    Conflict,

    /// <summary>A unique index or another constraint refuses the data.</summary>
    Constraint,

    /// <summary>The database did not answer, or can't.</summary>
    Unavailable,
}

/// <summary>Tells the failures of the database apart.</summary>
internal static class DatabaseFailures
{
    /// <summary>The kind of a failure; null if it isn't the database's.</summary>
    public static DatabaseFailure? Find(Exception failure) => failure switch
    {
        DbUpdateConcurrencyException => DatabaseFailure.Conflict,
        DbUpdateException { InnerException: { } inner } => Find(inner) ?? DatabaseFailure.Unavailable,
        SqliteException { SqliteErrorCode: SQLitePCL.raw.SQLITE_CONSTRAINT } => DatabaseFailure.Constraint,
        // A transaction read an old snapshot and can't write any more: https://sqlite.org/rescode.html#busy_snapshot
        SqliteException { SqliteExtendedErrorCode: SQLitePCL.raw.SQLITE_BUSY_SNAPSHOT } => DatabaseFailure.Conflict,
        DbException or DbUpdateException or TimeoutException => DatabaseFailure.Unavailable,
        _ => null,
    };
}

/// <summary>A constraint refused the data of a write; nothing changed. The command that expects it makes it an outcome.</summary>
internal sealed class ConstraintException(Exception inner) : Exception("The database refuses the data: " + inner.Message, inner);
