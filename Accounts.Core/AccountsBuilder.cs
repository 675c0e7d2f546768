using Accounts.Core;
using Accounts.Core.Storage;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Chooses where Accounts keeps its data. Without a choice, the settings decide: a SQLite file by default.</summary>
public sealed class AccountsBuilder
{
    internal AccountsBuilder(IServiceCollection services) => Services = services;

    /// <summary>The application's services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Keeps the data in a SQLite file.</summary>
    /// <param name="path">
    /// The file, absolute or relative to the content root. Its folder must exist. Null: the path in the settings, or <c>App_Data/accounts.db</c>.
    /// </param>
    public AccountsBuilder UseSqlite(string? path = null) => Use(storage =>
    {
        storage.Provider = StorageProvider.Sqlite;
        storage.Path = path ?? storage.Path;
    });

    /// <summary>Keeps the data in a PostgreSQL database, version 15 or later.</summary>
    /// <param name="connectionString"><c>Host=…;Database=…;Username=…;Password=…</c>. Null: the connection string in the settings.</param>
    public AccountsBuilder UsePostgreSql(string? connectionString = null) => Use(storage =>
    {
        storage.Provider = StorageProvider.PostgreSql;
        storage.ConnectionString = connectionString ?? storage.ConnectionString;
    });

    private AccountsBuilder Use(Action<StorageOptions> configure)
    {
        Services.Configure<AccountsOptions>(options => configure(options.Storage));
        return this;
    }
}
