using System.Data.Common;
using System.Text.Json;
using Accounts.Core.Callers;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Accounts.Tests.Fixtures;

/// <summary>Reads a database without our code: what is committed there, as the engine itself returns it.</summary>
/// <remarks>PostgreSQL's values become those that SQLite returns for the same row: ids in capital letters, every number a long.</remarks>
public sealed class DatabaseRows : IDisposable
{
    // Sign-ins that run at once in a test read through one connection.
    private readonly Lock _gate = new();
    private readonly DbConnection _connection;

    /// <summary>Opens a SQLite file.</summary>
    public DatabaseRows(string path)
        : this(new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString()))
    {
    }

    private DatabaseRows(DbConnection connection)
    {
        _connection = connection;
        _connection.Open();
    }

    public bool IsPostgreSql => _connection is NpgsqlConnection;

    /// <summary>Opens a PostgreSQL database.</summary>
    public static DatabaseRows OfPostgreSql(string connectionString) =>
        new(new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ToString()));

    /// <summary>Returns all rows, as values by column name.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, object?>> Query(string sql, params (string Name, object? Value)[] parameters)
    {
        using var turn = _gate.EnterScope();
        using var command = Command(sql, parameters);
        using var reader = command.ExecuteReader();
        var rows = new List<IReadOnlyDictionary<string, object?>>();
        while (reader.Read())
        {
            rows.Add(Enumerable.Range(0, reader.FieldCount).ToDictionary(reader.GetName, i => Plain(reader.GetValue(i)), StringComparer.Ordinal));
        }

        return rows;
    }

    public long Number(string sql, params (string Name, object? Value)[] parameters) => (long)Value(sql, parameters)!;

    public string Text(string sql, params (string Name, object? Value)[] parameters) => (string)Value(sql, parameters)!;

    public Guid Guid(string sql, params (string Name, object? Value)[] parameters) => System.Guid.Parse(Text(sql, parameters));

    public int Execute(string sql, params (string Name, object? Value)[] parameters)
    {
        using var turn = _gate.EnterScope();
        using var command = Command(sql, parameters);
        return command.ExecuteNonQuery();
    }

    /// <summary>Runs a statement on SQLite without waiting for a lock, and returns SQLite's result code.</summary>
    public int Try(string sql) => SQLitePCL.raw.sqlite3_exec(((SqliteConnection)_connection).Handle, sql);

    /// <summary>Returns one session's row.</summary>
    public IReadOnlyDictionary<string, object?> Session(SessionId id) =>
        Assert.Single(Query("SELECT * FROM \"Sessions\" WHERE \"Id\" = @id", ("@id", id.Value)));

    /// <summary>Returns the audit events with this name and their details, oldest first.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, object?>> Audit(string action) => Query(
        """SELECT * FROM "AuditEvents" LEFT JOIN "AuditDetails" ON "EventId" = "Id" WHERE "Action" = @action ORDER BY "At" """, ("@action", action));

    /// <summary>Every row of every table, as one text: two of them are equal if nothing changed in between.</summary>
    public string Everything() => string.Join('\n', Tables()
        .SelectMany(table => Query($"SELECT * FROM \"{table}\"").Select(row => $"{table}: {string.Join(", ", row.Select(Show))}"))
        .Order(StringComparer.Ordinal));

    public void Dispose() => _connection.Dispose();

    private static string Show(KeyValuePair<string, object?> cell) =>
        $"{cell.Key}={(cell.Value is byte[] bytes ? Convert.ToHexString(bytes) : cell.Value)}";

    private static object? Plain(object value) => value switch
    {
        DBNull => null,
        Guid id => Capital(id),
        Guid[] ids => JsonSerializer.Serialize(ids.Select(Capital)),
        bool set => set ? 1L : 0L,
        int number => (long)number,
        decimal number => (long)number,
        short number => (long)number,
        _ => value,
    };

    private static string Capital(Guid id) => id.ToString().ToUpperInvariant();

    private IEnumerable<string> Tables() => Query(_connection is SqliteConnection
            ? "SELECT name FROM sqlite_master WHERE type = 'table'"
            : "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = current_schema()")
        .Select(table => (string)table["name"]!);

    private object? Value(string sql, (string Name, object? Value)[] parameters)
    {
        using var turn = _gate.EnterScope();
        using var command = Command(sql, parameters);
        return Plain(command.ExecuteScalar() ?? DBNull.Value);
    }

    private DbCommand Command(string sql, (string Name, object? Value)[] parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value ?? DBNull.Value);
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
