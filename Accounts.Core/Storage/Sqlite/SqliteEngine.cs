using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Storage.Sqlite;

/// <summary>SQLite: one file, one writer.</summary>
internal sealed class SqliteEngine(DatabaseFile file) : DatabaseEngine
{
    private static readonly ConnectionPragmas Pragmas = new();

    public override string RowLock => "";

    public override WriterLimits Writers { get; } = new(Total: 1, Ordinary: 1);

    public override void Configure(DbContextOptionsBuilder options) => options.UseSqlite(file.ConnectionString).AddInterceptors(Pragmas);

    protected override DatabaseFailure FindOwn(DbException failure) => failure switch
    {
        SqliteException { SqliteErrorCode: SQLitePCL.raw.SQLITE_CONSTRAINT } => DatabaseFailure.Constraint,
        // A transaction read an old snapshot and can't write any more: https://sqlite.org/rescode.html#busy_snapshot
        SqliteException { SqliteExtendedErrorCode: SQLitePCL.raw.SQLITE_BUSY_SNAPSHOT } => DatabaseFailure.Conflict,
        _ => DatabaseFailure.Unavailable,
    };
}
