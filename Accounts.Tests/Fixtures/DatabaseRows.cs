using Accounts.Core.Callers;
using Microsoft.Data.Sqlite;

namespace Accounts.Tests.Fixtures;

/// <summary>Reads a database file without our code: what is committed there, as SQLite itself returns it.</summary>
public sealed class DatabaseRows : IDisposable
{
    private readonly SqliteConnection _connection;

    public DatabaseRows(string path)
    {
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        _connection.Open();
    }

    /// <summary>Returns all rows, as values by column name.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, object?>> Query(string sql, params (string Name, object? Value)[] parameters)
    {
        using var command = Command(sql, parameters);
        using var reader = command.ExecuteReader();
        var rows = new List<IReadOnlyDictionary<string, object?>>();
        while (reader.Read())
        {
            rows.Add(Enumerable.Range(0, reader.FieldCount).ToDictionary(
                reader.GetName, i => reader.IsDBNull(i) ? null : reader.GetValue(i), StringComparer.Ordinal));
        }

        return rows;
    }

    public long Number(string sql, params (string Name, object? Value)[] parameters)
    {
        using var command = Command(sql, parameters);
        return (long)command.ExecuteScalar()!;
    }

    public string Text(string sql, params (string Name, object? Value)[] parameters)
    {
        using var command = Command(sql, parameters);
        return (string)command.ExecuteScalar()!;
    }

    public Guid Guid(string sql, params (string Name, object? Value)[] parameters) => System.Guid.Parse(Text(sql, parameters));

    public int Execute(string sql, params (string Name, object? Value)[] parameters)
    {
        using var command = Command(sql, parameters);
        return command.ExecuteNonQuery();
    }

    /// <summary>Runs a statement without waiting for a lock, and returns SQLite's result code.</summary>
    public int Try(string sql) => SQLitePCL.raw.sqlite3_exec(_connection.Handle, sql);

    /// <summary>Returns one session's row.</summary>
    public IReadOnlyDictionary<string, object?> Session(SessionId id) =>
        Assert.Single(Query("SELECT * FROM \"Sessions\" WHERE \"Id\" = @id", ("@id", id.Value)));

    /// <summary>Returns the audit events with this name and their details, oldest first.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, object?>> Audit(string action) => Query(
        """SELECT * FROM "AuditEvents" LEFT JOIN "AuditDetails" ON "EventId" = "Id" WHERE "Action" = @action ORDER BY "At" """, ("@action", action));

    /// <summary>Every row of every table, as one text: two of them are equal if nothing changed in between.</summary>
    public string Everything() => string.Join('\n', Query("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        .Select(table => (string)table["name"]!)
        .SelectMany(table => Query($"SELECT * FROM \"{table}\"").Select(row => $"{table}: {string.Join(", ", row.Select(cell => $"{cell.Key}={(cell.Value is byte[] bytes ? Convert.ToHexString(bytes) : cell.Value)}"))}")));

    public void Dispose() => _connection.Dispose();

    private SqliteCommand Command(string sql, (string Name, object? Value)[] parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        return command;
    }
}
