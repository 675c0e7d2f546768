using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Accounts.Core.Storage.Sqlite;

/// <summary>SQLite: one file, one writer.</summary>
internal sealed class SqliteEngine(DatabaseFile file, LogWatch? log = null) : DatabaseEngine
{
    /// <summary>With less room, the next writes would fail.</summary>
    private const long LeastBytes = 1 << 20;

    private static readonly ConnectionPragmas Pragmas = new();

    private int _mark;

    public override string RowLock => "";

    public override string SharedRowLock => "";

    public override string ByteOrder => "";

    public override WriterLimits Writers { get; } = new(Total: 1, Ordinary: 1);

    public override bool IsFull => file.FreeBytes() < LeastBytes;

    public override void Configure(DbContextOptionsBuilder options) => options.UseSqlite(file.ConnectionString).AddInterceptors(Pragmas);

    public override async Task CommitAsync(AccountsDbContext db, IDbContextTransaction transaction)
    {
        await base.CommitAsync(db, transaction);
        log?.Look();
    }

    public override DatabaseProblem Explain(Exception failure) => failure switch
    {
        SqliteException { SqliteErrorCode: SQLitePCL.raw.SQLITE_FULL } => DatabaseProblem.DiskFull,
        SqliteException { SqliteExtendedErrorCode: SQLitePCL.raw.SQLITE_READONLY_DBMOVED } => DatabaseProblem.Replaced,
        SqliteException { SqliteErrorCode: SQLitePCL.raw.SQLITE_READONLY } => DatabaseProblem.ReadOnly,
        SqliteException { SqliteErrorCode: SQLitePCL.raw.SQLITE_NOTADB or SQLitePCL.raw.SQLITE_CORRUPT } => DatabaseProblem.Damaged,
        _ => File.Exists(file.Path) ? DatabaseProblem.NoAnswer : DatabaseProblem.Replaced,
    };

    /// <remarks>
    /// It writes the file's user version, which nothing else uses: https://sqlite.org/pragma.html#pragma_user_version.
    /// </remarks>
    public override async Task<DatabaseProblem?> ProveAsync(AccountsDbContext db, bool needsRoom)
    {
        _mark = RandomNumberGenerator.GetInt32(int.MaxValue);
        await db.Database.ExecuteSqlRawAsync(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {_mark}"));
        return null;
    }

    /// <remarks>
    /// Open connections go on with a file that isn't at its path any more, and new ones find what is there. Beside an old log, even another file
    /// seems to have the mark.
    /// </remarks>
    public override Task<DatabaseProblem?> FindLossAsync() => Task.FromResult(FindLoss());

    public override Task<DatabaseFacts> MeasureAsync(AccountsDbContext db, CancellationToken cancellationToken)
    {
        var logBytes = file.LogBytes();
        return Task.FromResult(new DatabaseFacts($"SQLite {db.Database.GetDbConnection().ServerVersion}", file.Path, file.Bytes())
        {
            FreeBytes = file.FreeBytes(),
            LargeLogBytes = logBytes > LogWatch.Limit ? logBytes : null,
            IsReadableByOthers = file.IsReadableByOthers(),
        });
    }

    private DatabaseProblem? FindLoss()
    {
        if (file.HasMoved())
            return DatabaseProblem.Replaced;
        try
        {
            using var connection = file.Connect(SqliteOpenMode.ReadWrite);
            connection.Open();
            var found = connection.ReadTexts("PRAGMA user_version").Single();
            return string.Equals(found, _mark.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal) ? null : DatabaseProblem.Replaced;
        }
        catch (SqliteException failure)
        {
            return Explain(failure);
        }
    }

    protected override DatabaseFailure FindOwn(DbException failure) => failure switch
    {
        SqliteException { SqliteErrorCode: SQLitePCL.raw.SQLITE_CONSTRAINT } => DatabaseFailure.Constraint,
        // A transaction read an old snapshot and can't write any more: https://sqlite.org/rescode.html#busy_snapshot
        SqliteException { SqliteExtendedErrorCode: SQLitePCL.raw.SQLITE_BUSY_SNAPSHOT } => DatabaseFailure.Conflict,
        _ => DatabaseFailure.Unavailable,
    };
}
