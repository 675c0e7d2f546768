using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Accounts.Core.Storage.Sqlite;

/// <summary>
/// Configures every new SQLite connection so that a confirmed commit survives a power failure, that the write-ahead log shrinks again after a long
/// reader, and that deleted data doesn't stay in the file's free space.
/// </summary>
/// <remarks>
/// WAL is a property of the file and is set once at startup. These settings belong to the connection. See
/// https://sqlite.org/pragma.html#pragma_synchronous, https://sqlite.org/pragma.html#pragma_journal_size_limit and
/// https://sqlite.org/pragma.html#pragma_secure_delete.
/// </remarks>
internal sealed class ConnectionPragmas : DbConnectionInterceptor
{
    private static readonly string Pragmas = string.Create(
        CultureInfo.InvariantCulture, $"PRAGMA synchronous = FULL; PRAGMA journal_size_limit = {LogWatch.Limit}; PRAGMA secure_delete = ON;");

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Apply(connection);

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData,
        CancellationToken cancellationToken = default)
    {
        Apply(connection);
        return Task.CompletedTask;
    }

    private static void Apply(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Pragmas;
        command.ExecuteNonQuery();
    }
}
