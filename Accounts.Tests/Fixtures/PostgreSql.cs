using System.Collections.Concurrent;
using Accounts.Stage;
using Npgsql;

namespace Accounts.Tests.Fixtures;

/// <summary>The PostgreSQL server that all tests of this process share. Each test has a database of its own there.</summary>
/// <remarks>
/// The server starts with the first test that needs it. It ends with the process, however that ends. A test of an outage starts a server of its own.
/// </remarks>
internal static class PostgreSql
{
    private static readonly Lazy<Task<PostgreSqlServer>> Shared = new(() => StartOwnServerAsync());
    private static readonly ConcurrentDictionary<string, Lazy<Task<string>>> Templates = new(StringComparer.Ordinal);

    /// <summary>Skips the test if PostgreSQL isn't installed, or fails it if every engine is required.</summary>
    public static void Require() => Programs();

    /// <summary>Returns the shared server. Don't stop it.</summary>
    public static async Task<PostgreSqlServer> ServerAsync()
    {
        // A missing server skips each test, so it must not become the shared result.
        Require();
        return await Shared.Value;
    }

    /// <summary>Starts a server for one test.</summary>
    /// <param name="disk">The size of a small disk; empty for none. See <see cref="SmallDisk"/>.</param>
    public static Task<PostgreSqlServer> StartOwnServerAsync(string disk = "") => PostgreSqlServer.StartAsync(Programs(), disk);

    /// <summary>Creates an empty database.</summary>
    public static async Task<PostgreSqlDatabase> CreateEmptyDatabaseAsync() => await (await ServerAsync()).CreateDatabaseAsync();

    /// <summary>Creates a database that has been migrated, as a copy of a template.</summary>
    /// <inheritdoc cref="GetTemplateAsync"/>
    public static async Task<PostgreSqlDatabase> CreateDatabaseAsync(Func<string, Task> migrate, string name = "template") =>
        await (await ServerAsync()).CreateDatabaseAsync(await GetTemplateAsync(migrate, name));

    /// <summary>Returns the name of a database to copy. The first call creates and migrates it.</summary>
    /// <param name="migrate">Fills the database with this connection string. Only the first call for a name runs it.</param>
    /// <param name="name">Which template.</param>
    public static async Task<string> GetTemplateAsync(Func<string, Task> migrate, string name = "template")
    {
        var server = await ServerAsync();
        return await Templates.GetOrAdd(name, _ => new Lazy<Task<string>>(() => PrepareAsync(server, migrate))).Value;
    }

    private static async Task<string> PrepareAsync(PostgreSqlServer server, Func<string, Task> migrate)
    {
        var template = await server.CreateDatabaseAsync();
        await migrate(template.ConnectionString);
        // PostgreSQL copies a database only while nothing is connected to it.
        await server.ExecuteAsync($"ALTER DATABASE \"{template.Name}\" ALLOW_CONNECTIONS false");
        await server.ExecuteAsync($"SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = '{template.Name}'");
        using var connection = new NpgsqlConnection(template.ConnectionString);
        NpgsqlConnection.ClearPool(connection);
        return template.Name;
    }

    private static string Programs()
    {
        var programs = PostgreSqlServer.FindPrograms();
        if (programs is null)
            Engine.Missing("PostgreSQL isn't installed.", "Install the package postgresql, or put its programs on the path.");
        return programs;
    }
}
