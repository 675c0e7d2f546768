using System.Diagnostics.Metrics;
using Accounts.Core.Storage;
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
        await using var host = CoreHost.Start(disk.Folder);
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

        // The last failure counts for a while, because a small write may find a place.
        disk.MakeRoom();
        Assert.Equal(DatabaseProblem.DiskFull, await FindAsync(host));
        host.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Null(await FindAsync(host));
        await host.RegisterAsync("grace@example.test");
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
            Assert.True(meters.Read("accounts.storage.log_size") > 64 << 10);
        }

        await WriteAsync(host, megabytes: 6);
        Assert.EndsWith("is small again", journal.Of("LogWatch")[^1], StringComparison.Ordinal);
        Assert.Equal(2, journal.Of("LogWatch").Count);
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
