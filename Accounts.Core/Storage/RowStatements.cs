using System.Data;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Accounts.Core.Storage;

/// <summary>Runs one statement for each of many rows, faster than one by one.</summary>
internal static class RowStatements
{
    /// <summary>Runs a statement once for each row, in order, inside the transaction of the context.</summary>
    /// <param name="db">The context. It has begun a transaction.</param>
    /// <param name="text">The statement, with named parameters: <c>@id</c>.</param>
    /// <param name="parameters">The parameters' names and types, in the order of each row's values.</param>
    /// <param name="rows">The values of each row; null for NULL.</param>
    /// <returns>For each row the first value that its statement returned; null if it returned none.</returns>
    public static Task<List<object?>> ExecuteEachAsync(
        this AccountsDbContext db, string text, (string Name, DbType Type)[] parameters, IReadOnlyList<object?[]> rows)
    {
        var connection = db.Database.GetDbConnection();
        var transaction = db.Database.CurrentTransaction!.GetDbTransaction();
        return rows.Count == 0 ? Task.FromResult<List<object?>>([])
            : connection.CanCreateBatch ? RunBatchAsync(connection, transaction, text, parameters, rows)
            : RunEachAsync(connection, transaction, text, parameters, rows);
    }

    // A server answers all statements in one round trip.
    private static async Task<List<object?>> RunBatchAsync(
        DbConnection connection, DbTransaction transaction, string text, (string Name, DbType Type)[] parameters, IReadOnlyList<object?[]> rows)
    {
        await using var batch = connection.CreateBatch();
        batch.Transaction = transaction;
        foreach (var row in rows)
        {
            var command = batch.CreateBatchCommand();
            command.CommandText = text;
            for (var i = 0; i < parameters.Length; i++)
                Set(Add(command.Parameters, command.CreateParameter(), parameters[i]), row[i]);
            batch.BatchCommands.Add(command);
        }

        List<object?> returned = [];
        await using var reader = await batch.ExecuteReaderAsync();
        do
            returned.Add(await reader.ReadAsync() ? reader.GetValue(0) : null);
        while (await reader.NextResultAsync());
        return returned;
    }

    // In the same process, a prepared statement costs least.
    private static async Task<List<object?>> RunEachAsync(
        DbConnection connection, DbTransaction transaction, string text, (string Name, DbType Type)[] parameters, IReadOnlyList<object?[]> rows)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = text;
        var places = Array.ConvertAll(parameters, parameter => Add(command.Parameters, command.CreateParameter(), parameter));
        List<object?> returned = [];
        foreach (var row in rows)
        {
            for (var i = 0; i < places.Length; i++)
                Set(places[i], row[i]);
            returned.Add(await command.ExecuteScalarAsync());
        }

        return returned;
    }

    private static DbParameter Add(DbParameterCollection all, DbParameter parameter, (string Name, DbType Type) shape)
    {
        (parameter.ParameterName, parameter.DbType) = shape;
        all.Add(parameter);
        return parameter;
    }

    private static void Set(DbParameter parameter, object? value) => parameter.Value = value ?? DBNull.Value;
}
