using System.Data.Common;
using Accounts.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Accounts.Crowds;

/// <summary>Inserts rows many times as fast as Entity Framework does. The table, its columns and their conversions come from the model.</summary>
internal sealed class BulkRows<T>
    where T : class
{
    private readonly AccountsDbContext _db;
    private readonly IProperty[] _columns;
    private readonly Func<T, object?>[] _values;
    private readonly string _table;
    private readonly string _names;

    /// <param name="db">The context. It has begun a transaction.</param>
    public BulkRows(AccountsDbContext db)
    {
        var type = db.Model.FindEntityType(typeof(T))!;
        _db = db;
        _columns = [.. type.GetProperties()];
        _values = Array.ConvertAll(_columns, Reader);
        _table = $"\"{type.GetTableName()}\"";
        _names = string.Join(", ", _columns.Select(column => $"\"{column.GetColumnName()}\""));
    }

    /// <summary>Inserts rows.</summary>
    public Task InsertAsync(IEnumerable<T> rows) => InsertAsync(rows.Select(row => (row, (object?)null)));

    /// <summary>Inserts rows whose keys they don't know yet, because Entity Framework would set them.</summary>
    public async Task InsertAsync(IEnumerable<(T Row, object? Key)> rows)
    {
        if (_db.Database.GetDbConnection() is NpgsqlConnection connection)
            await CopyAsync(connection, rows);
        else
            await RunEachAsync(rows);
    }

    private async Task CopyAsync(NpgsqlConnection connection, IEnumerable<(T Row, object? Key)> rows)
    {
        var types = Array.ConvertAll(_columns, column => column.GetRelationalTypeMapping().StoreTypeNameBase);
        await using var copy = await connection.BeginBinaryImportAsync($"COPY {_table} ({_names}) FROM STDIN (FORMAT BINARY)");
        copy.Timeout = TimeSpan.Zero;
        foreach (var (row, key) in rows)
        {
            await copy.StartRowAsync();
            for (var i = 0; i < _columns.Length; i++)
            {
                if (Value(row, key, i) is { } value)
                    await copy.WriteAsync(value, types[i]);
                else
                    await copy.WriteNullAsync();
            }
        }

        await copy.CompleteAsync();
    }

    private async Task RunEachAsync(IEnumerable<(T Row, object? Key)> rows)
    {
        await using var command = _db.Database.GetDbConnection().CreateCommand();
        command.Transaction = _db.Database.CurrentTransaction!.GetDbTransaction();
        command.CommandText = $"INSERT INTO {_table} ({_names}) VALUES ({string.Join(", ", _columns.Select((_, place) => $"@p{place}"))})";
        var places = new DbParameter[_columns.Length];
        for (var i = 0; i < places.Length; i++)
        {
            places[i] = command.CreateParameter();
            places[i].ParameterName = $"@p{i}";
            command.Parameters.Add(places[i]);
        }

        foreach (var (row, key) in rows)
        {
            for (var i = 0; i < places.Length; i++)
                places[i].Value = Value(row, key, i) ?? DBNull.Value;
            await command.ExecuteNonQueryAsync();
        }
    }

    private object? Value(T row, object? key, int column) => key is not null && _columns[column].IsPrimaryKey() ? key : _values[column](row);

    private static Func<T, object?> Reader(IProperty column)
    {
        var getter = column.GetGetter();
        return column.GetRelationalTypeMapping().Converter is { } converter
            ? row => converter.ConvertToProvider(getter.GetClrValue(row))
            : row => getter.GetClrValue(row);
    }
}
