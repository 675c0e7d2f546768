using System.Net.Sockets;
using System.Security.Authentication;
using Accounts.Core.Settings;
using Accounts.Core.Storage.Migrations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Accounts.Core.Storage.PostgreSql;

/// <summary>Opens the PostgreSQL database on startup: keeps it for one process, checks it and applies migrations.</summary>
/// <remarks>Each migration is a transaction, so a start that was killed leaves no half of one.</remarks>
internal sealed partial class PostgreSqlStart(
    PostgreSqlAddress address, IDbContextFactory<AccountsDbContext> contexts, ProcessLock processLock,
    ILogger<PostgreSqlStart> logger) : IDatabaseStart
{
    /// <summary>The oldest version that the PostgreSQL project still maintains: https://www.postgresql.org/support/versioning/</summary>
    private const int OldestVersion = 15;

    private const string Correct = "or correct Storage:ConnectionString.";

    private const string ReadOnly = $"it is read-only, for example on a standby. Connect to the primary server, {Correct}";

    /// <inheritdoc/>
    public void Open() => Explained(() =>
    {
        if (!processLock.TryTake())
            throw Refuse("another process is using it. Stop that process, or choose another database with Storage:ConnectionString.");
        using var db = contexts.CreateDbContext();
        using (var connection = new NpgsqlConnection(address.ConnectionString))
        {
            connection.Open();
            Check(connection, db);
        }

        // Otherwise Entity Framework reads the table before it creates it, and logs the failure as an error.
        db.GetService<IHistoryRepository>().CreateIfNotExists();
        db.Database.Migrate();
        Log.Opened(logger, address.Name);
        return true;
    });

    /// <inheritdoc/>
    public DatabaseState Look() => Explained(() =>
    {
        using var db = contexts.CreateDbContext();
        using var connection = new NpgsqlConnection(address.ConnectionString);
        connection.Open();
        var applied = Check(connection, db);
        // A standby has it on, too.
        if (connection.ReadTexts("SHOW transaction_read_only").Single() is "on")
            throw Refuse(ReadOnly);
        var engine = $"PostgreSQL {connection.PostgreSqlVersion}";
        return DatabaseState.Of(engine, address.Name, applied, db.Database.GetMigrations(), processLock.IsTaken());
    });

    /// <inheritdoc/>
    public bool IsKept => processLock.IsHeld;

    /// <inheritdoc/>
    public bool TryKeep() => Explained(processLock.TryTake);

    /// <summary>Refuses a database that isn't ours or can't keep what it confirms. Returns the migrations that were applied to it.</summary>
    private List<string> Check(NpgsqlConnection connection, AccountsDbContext db)
    {
        RequireDurable(connection);
        var applied = RequireOurs(connection, [.. db.Database.GetMigrations()]);
        RequireRights(connection, db.Model.GetEntityTypes().Select(type => type.GetTableName()));
        return applied;
    }

    private T Explained<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (NpgsqlException failure)
        {
            throw Refuse(Explain(failure), failure);
        }
        catch (InvalidOperationException wrapped) when (wrapped.InnerException is NpgsqlException failure)
        {
            throw Refuse(Explain(failure), failure);
        }
    }

    private string Explain(NpgsqlException failure) => failure is PostgresException answer ? ExplainAnswer(answer) : ExplainSilence(failure);

    private string ExplainAnswer(PostgresException answer) => answer.SqlState switch
    {
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification =>
            $"the server refuses the user ({answer.MessageText}). Let the server accept it, {Correct}",
        PostgresErrorCodes.InvalidCatalogName => $"the server has no such database. Create it, {Correct}",
        PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.InvalidSchemaName =>
            ExplainRights(answer.MessageText),
        PostgresErrorCodes.CannotConnectNow => "the server is starting or stopping. Start this program again when it is up.",
        PostgresErrorCodes.TooManyConnections =>
            $"the server has no connection left ({answer.MessageText}). Raise its limit, or close other programs.",
        PostgresErrorCodes.ReadOnlySqlTransaction => ReadOnly,
        PostgresErrorCodes.DiskFull => $"the server's disk is full ({answer.MessageText}). Make room, and start this program again.",
        _ => $"PostgreSQL says: {answer.MessageText} ({answer.SqlState})",
    };

    private static string ExplainSilence(NpgsqlException failure) => failure.InnerException switch
    {
        SocketException socket => $"no server answers there ({socket.Message}). Start PostgreSQL, {Correct}",
        TimeoutException => $"no server answers there in time. Start PostgreSQL, {Correct}",
        AuthenticationException tls => $"the encrypted connection failed ({tls.Message}). Check the server's certificate, {Correct}",
        _ => $"the connection failed ({failure.Message}). Check the server, {Correct}",
    };

    private void RequireDurable(NpgsqlConnection connection)
    {
        if (connection.PostgreSqlVersion.Major < OldestVersion)
            throw Refuse($"the server is PostgreSQL {connection.PostgreSqlVersion.Major}. Update it to {OldestVersion} or later.");
        if (connection.ReadTexts("SHOW server_encoding").Single() is not "UTF8" and var encoding)
            throw Refuse($"its encoding is {encoding}. Create it with ENCODING 'UTF8'.");
        // A confirmed ending must survive a power cut: https://www.postgresql.org/docs/current/wal-async-commit.html
        foreach (var setting in new[] { "synchronous_commit", "fsync", "full_page_writes" })
        {
            if (connection.ReadTexts($"SHOW {setting}").Single() is "off")
                throw Refuse($"the server's setting {setting} is off, so a power cut could bring ended sessions back. Switch it on.");
        }
    }

    private List<string> RequireOurs(NpgsqlConnection connection, IReadOnlyList<string> ourMigrations)
    {
        var tables = connection.ReadTexts("SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()");
        if (tables.Count == 0)
            return [];
        if (!tables.Contains(MigrationIds.Table, StringComparer.Ordinal))
            throw Refuse($"it holds another program's tables. Use a database of its own, {Correct}");
        var applied = connection.ReadTexts($"SELECT \"MigrationId\" FROM \"{MigrationIds.Table}\"");
        // A start that was killed before the first migration leaves an empty history.
        if (applied.Count > 0 ? !applied.Contains(ourMigrations[0], StringComparer.Ordinal) : tables.Count > 1)
            throw Refuse($"it holds another program's tables. Use a database of its own, {Correct}");
        if (MigrationIds.FindProblem(applied, ourMigrations) is { } problem)
            throw Refuse(problem);
        return applied;
    }

    /// <summary>Refuses tables of another user, such as the superuser who restored them. Otherwise only the first request would tell.</summary>
    private void RequireRights(NpgsqlConnection connection, IEnumerable<string?> ourTables)
    {
        var closed = connection.ReadTexts("""
            SELECT tablename::text FROM pg_tables, format('%I.%I', schemaname, tablename) AS name
            WHERE schemaname = current_schema() AND NOT (has_table_privilege(name, 'SELECT') AND has_table_privilege(name, 'INSERT'))
            ORDER BY tablename
            """);
        if (closed.Intersect(ourTables, StringComparer.Ordinal).FirstOrDefault() is { } table)
            throw Refuse(ExplainRights($"permission denied for table {table}"));
    }

    private string ExplainRights(string detail) =>
        $"the user {address.User} lacks a right ({detail}). Make it the owner of the database and its tables, {Correct}";

    private StartupException Refuse(string why, Exception? inner = null) => new($"The database {address.Name} cannot be used: {why}", inner);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Opened the database {Database}")]
        public static partial void Opened(ILogger logger, string database);
    }
}
