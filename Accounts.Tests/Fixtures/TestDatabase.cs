using Accounts.Core;
using Accounts.Core.Settings;
using Accounts.Core.Storage;
using Accounts.Core.Storage.PostgreSql;
using Accounts.Core.Storage.Sqlite;
using Accounts.Stage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Accounts.Tests.Fixtures;

/// <summary>A new database on the test's engine. It outlives the hosts that open it, so a test can start a second one on it.</summary>
public sealed class TestDatabase : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly PostgreSqlDatabase? _database;

    public TestDatabase()
    {
        // It waits on another thread: a test's own may be the one that the work comes back to.
        if (TestEngine.Current == StorageProvider.PostgreSql)
            _database = Task.Run(() => PostgreSql.CreateDatabaseAsync(MigrateAsync)).GetAwaiter().GetResult();
    }

    /// <summary>The folder of the SQLite file. On PostgreSQL it's empty.</summary>
    public string Folder => _folder.Path;

    /// <summary>The settings of a host that opens it.</summary>
    internal IReadOnlyList<(string Key, string Value)> Settings =>
        _database is null ? [("Storage:Path", _folder.File("accounts.db")), OneFactorForStaff] : Of(_database.ConnectionString);

    /// <summary>Most tests of staff aren't about two-factor. Those that are set it to true.</summary>
    internal static (string Key, string Value) OneFactorForStaff => ("TwoFactor:RequiredForStaff", "false");

    /// <summary>The settings of a host that opens a PostgreSQL database.</summary>
    internal static (string Key, string Value)[] Of(string connectionString) =>
        [("Storage:Provider", nameof(StorageProvider.PostgreSql)), ("Storage:ConnectionString", connectionString), OneFactorForStaff];

    /// <summary>Reads the database without our code. A host must have opened it before.</summary>
    public DatabaseRows Rows() =>
        _database is null ? new DatabaseRows(_folder.File("accounts.db")) : DatabaseRows.OfPostgreSql(_database.ConnectionString);

    public void Dispose()
    {
        if (_database is null)
        {
            using var pooled = new SqliteConnection(
                new DatabaseFile(new StorageOptions { Path = "accounts.db" }, new ContentRoot(_folder.Path)).ConnectionString);
            SqliteConnection.ClearPool(pooled);
        }
        else
        {
            using var pooled = new NpgsqlConnection(PostgreSqlAddress.Parse(_database.ConnectionString).ConnectionString);
            NpgsqlConnection.ClearPool(pooled);
            _database.Dispose();
        }

        _folder.Dispose();
    }

    private static async Task MigrateAsync(string connectionString)
    {
        var collection = new ServiceCollection();
        collection.AddLogging();
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(Of(connectionString).Select(s => KeyValuePair.Create(s.Key, (string?)s.Value)));
        collection.AddAccountsCore(configuration.Build());
        await using var provider = collection.BuildServiceProvider();
        provider.OpenAccounts();
    }
}
