using System.Diagnostics;
using Accounts.Stage;
using Npgsql;

namespace Accounts.Tests.Fixtures;

/// <summary>A PostgreSQL server with one database on a disk of 16 MB, which a test fills up. Its write-ahead log is on the usual disk.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly PostgreSqlServer _server;
    private readonly PostgreSqlDatabase _database;

    private SmallDisk(PostgreSqlServer server, PostgreSqlDatabase database) => (_server, _database) = (server, database);

    public string ConnectionString => _database.ConnectionString;

    /// <summary>Starts the server. Only root can mount a disk: otherwise the test is skipped.</summary>
    public static async Task<SmallDisk> StartAsync()
    {
        PostgreSql.Require();
        using var mount = Process.Start("unshare", ["--mount", "true"]);
        await mount.WaitForExitAsync();
        if (mount.ExitCode != 0 || !Environment.IsPrivilegedProcess)
            Assert.Skip("A small disk can't be mounted here. Run the tests as root.");
        var server = await PostgreSql.StartOwnServerAsync(disk: "16m");
        await server.ExecuteAsync($"CREATE TABLESPACE small LOCATION '{server.Disk}'");
        const string name = "small";
        await server.ExecuteAsync($"CREATE DATABASE {name} TABLESPACE small");
        return new SmallDisk(server, new PostgreSqlDatabase(server, name));
    }

    /// <summary>Fills the disk with a table in another schema, as if another database were there.</summary>
    public void FillUp()
    {
        using var rows = DatabaseRows.OfPostgreSql(ConnectionString);
        rows.Execute("CREATE SCHEMA other");
        rows.Execute("CREATE TABLE other.filler AS SELECT repeat(md5(i::text), 40) AS text FROM generate_series(1, 1000) AS i");
        var full = Assert.Throws<PostgresException>(() =>
        {
            for (var i = 0; i < 1_000; i++)
                rows.Execute("INSERT INTO other.filler SELECT text FROM other.filler LIMIT 100");
        });
        Assert.Equal(PostgresErrorCodes.DiskFull, full.SqlState);
    }

    public void MakeRoom()
    {
        using var rows = DatabaseRows.OfPostgreSql(ConnectionString);
        rows.Execute("DROP SCHEMA other CASCADE");
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        await _server.DisposeAsync();
    }
}
