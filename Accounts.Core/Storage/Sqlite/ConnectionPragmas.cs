using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Accounts.Core.Storage.Sqlite;

/// <summary>Configures every new SQLite connection so that a confirmed commit survives a power failure.</summary>
/// <remarks>
/// WAL is a property of the file and is set once at startup. This setting belongs to the connection. See
/// https://sqlite.org/pragma.html#pragma_synchronous.
/// </remarks>
internal sealed class ConnectionPragmas : DbConnectionInterceptor
{
    private const string Pragmas = "PRAGMA synchronous = FULL;";

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
