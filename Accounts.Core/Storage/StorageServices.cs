using Accounts.Core.Settings;
using Accounts.Core.Storage.PostgreSql;
using Accounts.Core.Storage.Sqlite;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Accounts.Core.Storage;

/// <summary>Registers the database and what is kept in it.</summary>
internal static class StorageServices
{
    private static readonly WriteGuard Guard = new();

    public static void AddStorage(this IServiceCollection services)
    {
        services.AddSingleton<DatabaseFile>();
        services.AddSingleton<LogWatch>();
        services.AddSingleton(sp => PostgreSqlAddress.Parse(sp.GetRequiredService<StorageOptions>().ConnectionString));
        services.AddSingleton<ProcessLock>();
        services.AddSingleton<DatabaseCopy>();
        services.AddChosen<DatabaseEngine, SqliteEngine, PostgreSqlEngine>();
        services.AddChosen<IDatabaseStart, SqliteStart, PostgreSqlStart>();
        services.AddSingleton<IDbContextFactory<AccountsDbContext>, AccountsContexts>();
        services.AddSingleton<AccountsDatabase>();
        services.AddMade<DatabaseProbe>();
        services.AddSingleton<DataProtectionKeys>();
        // By default the discriminator is the content root's path. A fixed one keeps the keys valid when the program moves to another folder. Where
        // the application has chosen one, or another place for its keys, its choice stays.
        services.PostConfigure<DataProtectionOptions>(o => o.ApplicationDiscriminator ??= "Accounts");
        services.AddOptions<KeyManagementOptions>()
            .PostConfigure<DataProtectionKeys>((o, keys) => o.XmlRepository ??= keys);
    }

    /// <summary>Makes a context use an engine.</summary>
    public static void UseEngine(this DbContextOptionsBuilder builder, DatabaseEngine engine)
    {
        engine.Configure(builder);
        builder.AddInterceptors(Guard);
        builder.ConfigureWarnings(warnings => warnings
            // Migrations are written by hand, and a test compares them with the model.
            .Ignore(RelationalEventId.PendingModelChangesWarning)
            // An application that logs from Information on doesn't want each of our statements in its log.
            .Log(
                (RelationalEventId.CommandExecuted, LogLevel.Debug),
                (RelationalEventId.AcquiringMigrationLock, LogLevel.Debug),
                (RelationalEventId.ModelSnapshotNotFound, LogLevel.Debug)));
    }

    /// <summary>Registers a service that each engine has its own class for. The options choose when the service is first needed.</summary>
    private static void AddChosen<TService, TSqlite, TPostgreSql>(this IServiceCollection services)
        where TService : class
        where TSqlite : TService
        where TPostgreSql : TService =>
        services.AddSingleton<TService>(sp => sp.GetRequiredService<StorageOptions>().Provider == StorageProvider.PostgreSql
            ? ActivatorUtilities.CreateInstance<TPostgreSql>(sp)
            : ActivatorUtilities.CreateInstance<TSqlite>(sp));
}
