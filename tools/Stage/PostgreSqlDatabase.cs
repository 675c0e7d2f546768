using Npgsql;

namespace Accounts.Stage;

/// <summary>One database on a <see cref="PostgreSqlServer"/>. Disposing it disconnects its clients and drops it.</summary>
/// <remarks>If the server isn't running by then, the database stays: the server deletes it with its own folder.</remarks>
internal sealed class PostgreSqlDatabase(PostgreSqlServer server, string name) : IAsyncDisposable, IDisposable
{
    public string Name => name;

    public string ConnectionString { get; } = server.ConnectionString(name);

    public async ValueTask DisposeAsync()
    {
        ClearPool();
        try
        {
            await server.ExecuteAsync(Drop);
        }
        catch (NpgsqlException gone) when (gone is not PostgresException)
        {
            // The server is stopped.
        }
    }

    public void Dispose()
    {
        ClearPool();
        try
        {
            server.Execute(Drop);
        }
        catch (NpgsqlException gone) when (gone is not PostgresException)
        {
            // The server is stopped.
        }
    }

    private string Drop => $"DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)";

    private void ClearPool()
    {
        using var connection = new NpgsqlConnection(ConnectionString);
        NpgsqlConnection.ClearPool(connection);
    }
}
