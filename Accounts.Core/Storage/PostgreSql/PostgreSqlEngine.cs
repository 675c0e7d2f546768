using System.Data.Common;
using Accounts.Core.Storage.Migrations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Accounts.Core.Storage.PostgreSql;

/// <summary>PostgreSQL: a server with many writers, at READ COMMITTED.</summary>
/// <remarks>
/// Commands lock the rows that their decision rests on. All of them take their locks in the same order: accounts first, then sessions by id. So
/// they can't block each other for good. Where they do anyway, the server ends one of them, and it runs again.
/// </remarks>
internal sealed class PostgreSqlEngine(PostgreSqlAddress address) : DatabaseEngine, IDisposable
{
    /// <summary>How long a caller waits while a broken commit is looked up: 10 seconds. A server that crashed is usually back by then.</summary>
    private static readonly TimeSpan LookUpTime = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LookUpPause = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Asks for the transaction with the number $1. Its old connection may still be open on the server's side, with the transaction and its locks:
    /// that one is ended first. https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-PG-SNAPSHOT
    /// </summary>
    private const string LookUp = """
        WITH ended AS (SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_xid = CAST(CAST($1 AS xid8) AS xid))
        SELECT pg_xact_status(CAST($1 AS xid8)) FROM (SELECT count(*) FROM ended) AS first
        """;

    private const string Proof = $"""
        UPDATE "{MigrationIds.Table}" SET "ProductVersion" = "ProductVersion"
        WHERE "MigrationId" = (SELECT min("MigrationId") FROM "{MigrationIds.Table}")
        """;

    /// <summary>
    /// Takes a megabyte of the database's own disk, until the transaction ends. A small write finds a place in a page that is there already.
    /// </summary>
    private const string TakeRoom = """
        SET LOCAL temp_tablespaces = '';
        CREATE TEMP TABLE accounts_room ON COMMIT DROP AS SELECT generate_series(1, 30000);
        """;

    private readonly CancellationTokenSource _disposed = new();

    // It doesn't keep other transactions from referring to the row with a foreign key.
    public override string RowLock => "FOR NO KEY UPDATE";

    public override string SharedRowLock => "FOR SHARE";

    public override string ByteOrder => " COLLATE \"C\"";

    // Writers take less than the pool's connections, so that reads always find one.
    public override WriterLimits Writers { get; } = new(Total: 24, Ordinary: 12);

    public override void Configure(DbContextOptionsBuilder options) => options.UseNpgsql(address.ConnectionString);

    /// <inheritdoc/>
    /// <remarks>
    /// If the connection breaks during the commit, the transaction may be committed or not. The server knows, by the transaction's number.
    /// </remarks>
    public override async Task CommitAsync(AccountsDbContext db, IDbContextTransaction transaction)
    {
        var number = await FindNumberAsync(db, transaction);
        try
        {
            await transaction.CommitAsync();
        }
        catch (Exception failure) when (number is not null && IsBroken(failure))
        {
            var committed = WasCommittedAsync(number);
            if (await Task.WhenAny(committed, Task.Delay(LookUpTime)) != committed)
                throw new CommitUnknownException(failure, committed);
            if (!await committed)
                throw;
        }
    }

    public void Dispose()
    {
        _disposed.Cancel();
        _disposed.Dispose();
    }

    public override DatabaseProblem Explain(Exception failure) => (failure as PostgresException)?.SqlState switch
    {
        PostgresErrorCodes.DiskFull => DatabaseProblem.DiskFull,
        PostgresErrorCodes.ReadOnlySqlTransaction => DatabaseProblem.ReadOnly,
        PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted => DatabaseProblem.Damaged,
        _ => DatabaseProblem.NoAnswer,
    };

    /// <remarks>It writes a row anew as it is: the first migration's, which nothing else writes.</remarks>
    public override async Task<DatabaseProblem?> ProveAsync(AccountsDbContext db, bool needsRoom)
    {
        if (needsRoom)
            await db.Database.ExecuteSqlRawAsync(TakeRoom);
        return await db.Database.ExecuteSqlRawAsync(Proof) == 1 ? null : DatabaseProblem.Damaged;
    }

    public override async Task<DatabaseFacts> MeasureAsync(AccountsDbContext db, CancellationToken cancellationToken)
    {
        var sizes = await db.Database.SqlQuery<long>($"SELECT pg_database_size(current_database())").ToListAsync(cancellationToken);
        // The driver knows the version while a connection is open.
        await db.Database.OpenConnectionAsync(cancellationToken);
        var version = ((NpgsqlConnection)db.Database.GetDbConnection()).PostgreSqlVersion;
        return new DatabaseFacts($"PostgreSQL {version}", address.Name, sizes[0]) { IsOnServer = true };
    }

    protected override DatabaseFailure FindOwn(DbException failure) => failure.SqlState switch
    {
        PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected => DatabaseFailure.Conflict,
        ['2', '3', ..] => DatabaseFailure.Constraint,
        _ => DatabaseFailure.Unavailable,
    };

    /// <summary>The number of the transaction; null if it has written nothing.</summary>
    private static async Task<string?> FindNumberAsync(AccountsDbContext db, IDbContextTransaction transaction)
    {
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.Transaction = transaction.GetDbTransaction();
        command.CommandText = "SELECT pg_current_xact_id_if_assigned()::text";
        return await command.ExecuteScalarAsync() as string;
    }

    /// <summary>Whether the server may have committed although its answer is missing.</summary>
    private static bool IsBroken(Exception failure) => failure switch
    {
        PostgresException answer => answer.SqlState is ['5', '7', 'P', ..] or ['0', '8', ..],
        InvalidOperationException { InnerException: { } inner } => IsBroken(inner),
        DbException or IOException or TimeoutException => true,
        _ => false,
    };

    /// <summary>Asks until the server says whether it has committed the transaction, or this process ends.</summary>
    private async Task<bool> WasCommittedAsync(string number)
    {
        var stopped = _disposed.Token;
        while (!stopped.IsCancellationRequested)
        {
            try
            {
                await using var connection = new NpgsqlConnection(address.SingleConnectionString);
                await connection.OpenAsync(stopped);
                await using var command = new NpgsqlCommand(LookUp, connection);
                command.Parameters.Add(new NpgsqlParameter { Value = number });
                var status = await command.ExecuteScalarAsync(stopped) as string;
                if (status is not "in progress")
                    return status is "committed";
            }
            catch (Exception unanswered) when (unanswered is DbException or IOException or TimeoutException or OperationCanceledException)
            {
                // The server isn't back yet, or the process ends.
            }

            await Task.Delay(LookUpPause, stopped).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return false;
    }
}
