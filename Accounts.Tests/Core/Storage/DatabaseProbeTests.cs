using System.Diagnostics.Metrics;
using Accounts.Core.Storage;
using Accounts.Core.Storage.Sqlite;
using Accounts.Tests.Fixtures;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Accounts.Tests.Core.Storage;

/// <summary>A server says that it is ready only if its database saves what it's given, and otherwise why not.</summary>
public sealed class DatabaseProbeTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Database => _folder.File("accounts.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_full_disk_is_reported_before_and_after_a_write_fails()
    {
        using var disk = TinyDisk.Mount();
        using var journal = new Journal();
        await using var host = CoreHost.Start(disk.Folder, services => services.AddSingleton<ILoggerProvider>(journal));
        await host.RegisterAsync();
        Assert.Null(await FindAsync(host));

        disk.FillUp();
        Assert.Equal(DatabaseProblem.DiskFull, await FindAsync(host));
        await Assert.ThrowsAsync<DatabaseUnavailableException>(async () =>
        {
            // The log may have room for some.
            for (var number = 0; number < 1_000; number++)
                await host.RegisterAsync($"user{number}@example.test");
        });
        Assert.Equal(DatabaseProblem.DiskFull, await FindAsync(host));
        host.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(DatabaseProblem.DiskFull, await FindAsync(host));
        Assert.Equal(["Error: Writes to the database fail: SQLite Error 13: 'database or disk is full'."], journal.Of("AccountsDatabase"));

        disk.MakeRoom();
        Assert.Null(await FindAsync(host));
        await host.RegisterAsync("grace@example.test");
        Assert.Equal("Information: Writes to the database succeed again", journal.Of("AccountsDatabase")[^1]);
        Assert.Equal(2, journal.Of("AccountsDatabase").Count);
    }

    // Guard: the catch in SqliteStart.IsKept.
    [Fact]
    public async Task A_disk_that_became_read_only_by_itself_is_reported()
    {
        using var disk = TinyDisk.MountWithFaults();
        using var journal = new Journal();
        await using var host = CoreHost.Start(disk.Folder, services => services.AddSingleton<ILoggerProvider>(journal));
        await host.RegisterAsync();
        Assert.Null(await FindAsync(host));
        disk.MakeReadOnly();
        Assert.Equal(DatabaseProblem.NoAnswer, await FindAsync(host));
        Assert.Equal(["Error: Writes to the database fail: SQLite Error 10: 'disk I/O error'."], journal.Of("AccountsDatabase"));
    }

    // Guard: the number of rows in PostgreSqlEngine.ProveAsync.
    [Fact]
    public async Task A_proof_that_finds_no_row_to_write_is_none()
    {
        PostgreSql.Require();
        await using var database = await PostgreSql.CreateEmptyDatabaseAsync();
        await using var host = CoreHost.StartPostgreSql(database.ConnectionString);
        Assert.Null(await FindAsync(host));
        host.Rows.Execute("DELETE FROM \"__EFMigrationsHistory\"");
        Assert.Equal(DatabaseProblem.Damaged, await FindAsync(host));
    }

    // Guards: HasMoved and the new connection in SqliteEngine.FindLoss, and the mode of DatabaseFile.ConnectionString.
    [Theory]
    [InlineData("deleted")]
    [InlineData("moved")]
    [InlineData("an older copy")]
    [InlineData("another database")]
    [InlineData("log deleted")]
    public async Task A_file_that_is_gone_or_another_is_reported(string fault)
    {
        var copy = _folder.File("copy.db");
        await using (var host = CoreHost.Start(_folder))
            await host.RegisterAsync();
        if (fault is "an older copy")
            File.Copy(Database, copy);
        if (fault is "another database")
            await MakeAsync(copy);

        await using (var host = CoreHost.Start(_folder))
        {
            Assert.Null(await FindAsync(host));
            await host.RegisterAsync("grace@example.test");
            Assert.Null(await FindAsync(host));

            switch (fault)
            {
                case "deleted":
                    File.Delete(Database);
                    break;
                case "moved":
                    File.Move(Database, copy);
                    break;
                case "log deleted":
                    File.Delete(Database + "-wal");
                    break;
                default:
                    File.Move(copy, Database, overwrite: true);
                    break;
            }

            var problem = await FindAsync(host);
            // Without its log, SQLite may not even open the file.
            Assert.True(problem is DatabaseProblem.Replaced || (fault is "log deleted" && problem is not null), $"{problem}");
            // It doesn't come back empty.
            if (fault is "deleted" or "moved")
                Assert.False(File.Exists(Database));
        }
    }

    // Guard: IsKept in DatabaseProbe.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_lost_lock_is_reported(bool taken)
    {
        await using var host = CoreHost.Start(_folder);
        Assert.Null(await FindAsync(host));

        File.Delete(Database + ".lock");
        using var another = taken ? new FileStream(Database + ".lock", FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None) : null;
        Assert.Equal(DatabaseProblem.NotKept, await FindAsync(host));
    }

    [EachEngineFact]
    public async Task A_database_that_became_read_only_is_reported()
    {
        await using var host = CoreHost.Start();
        Assert.Null(await FindAsync(host));
        if (TestEngine.Current == StorageProvider.PostgreSql)
        {
            host.Rows.Execute("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$");
            NpgsqlConnection.ClearAllPools();
        }
        else
        {
            // The setting belongs to the connection, and the next write gets the same one.
            await host.Get<AccountsDatabase>().WriteAsync(WritePriority.Ordinary, db => db.Database.ExecuteSqlRawAsync("PRAGMA query_only = 1"));
        }

        Assert.Equal(DatabaseProblem.ReadOnly, await FindAsync(host));
    }

    // Guards: the cases of SqliteEngine.Explain. SQLite's codes: https://sqlite.org/rescode.html.
    [Theory]
    [InlineData(13, 13, DatabaseProblem.DiskFull)]
    [InlineData(8, 8, DatabaseProblem.ReadOnly)]
    [InlineData(8, 1032, DatabaseProblem.Replaced)]
    [InlineData(11, 11, DatabaseProblem.Damaged)]
    [InlineData(11, 267, DatabaseProblem.Damaged)]
    [InlineData(26, 26, DatabaseProblem.Damaged)]
    [InlineData(5, 5, DatabaseProblem.NoAnswer)]
    public async Task What_SQLite_reports_is_explained(int code, int extendedCode, DatabaseProblem problem)
    {
        await using var host = CoreHost.Start(_folder);
        Assert.Equal(problem, host.Get<DatabaseEngine>().Explain(new SqliteException("", code, extendedCode)));
    }

    // Another program reads an old state, so SQLite can't begin its log anew.
    [Fact]
    public async Task A_log_that_grows_without_an_end_is_told_and_shrinks_afterwards()
    {
        using var journal = new Journal();
        await using var host = CoreHost.Start(_folder, services => services.AddSingleton<ILoggerProvider>(journal));
        using var meters = new Meters(host.Get<IMeterFactory>());
        await host.RegisterAsync();
        await using (var reader = new SqliteConnection($"Data Source={Database};Mode=ReadOnly;Pooling=False"))
        {
            await reader.OpenAsync();
            await using var transaction = await reader.BeginTransactionAsync();
            await using var command = reader.CreateCommand();
            command.CommandText = "SELECT COUNT(*) FROM \"Users\"";
            Assert.Equal(1L, await command.ExecuteScalarAsync());

            await WriteAsync(host, megabytes: 70);
            Assert.Contains("grows as long as another program reads the database", Assert.Single(journal.Of("LogWatch")), StringComparison.Ordinal);
            Assert.True(meters.Read("accounts.storage.log_size") > LogWatch.Limit);
            Assert.Equal(meters.Read("accounts.storage.log_size"), await LargeLogAsync());
        }

        await WriteAsync(host, megabytes: 6);
        Assert.EndsWith("is small again", journal.Of("LogWatch")[^1], StringComparison.Ordinal);
        Assert.Equal(2, journal.Of("LogWatch").Count);
        Assert.Null(await LargeLogAsync());

        async Task<long?> LargeLogAsync() => (await host.Get<AccountsDatabase>().ReadAsync(
            db => host.Get<DatabaseEngine>().MeasureAsync(db, TestContext.Current.CancellationToken))).LargeLogBytes;
    }

    private static async Task WriteAsync(CoreHost host, int megabytes)
    {
        for (var number = 0; number < megabytes; number++)
        {
            await host.Get<AccountsDatabase>().WriteAsync(WritePriority.Ordinary, async db =>
            {
                db.DataProtectionKeys.Add(new DataProtectionKeyRow { FriendlyName = "large", Xml = new string('x', 1 << 20) });
                return await db.SaveChangesAsync();
            });
        }
    }

    private static async Task<DatabaseProblem?> FindAsync(CoreHost host) =>
        await host.Get<DatabaseProbe>().FindProblemAsync(TestContext.Current.CancellationToken);

    private static async Task MakeAsync(string path)
    {
        await using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "CREATE TABLE other (id INTEGER)";
        await command.ExecuteNonQueryAsync();
    }
}
