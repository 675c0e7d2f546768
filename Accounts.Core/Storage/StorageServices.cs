using Accounts.Core.Settings;
using Accounts.Core.Storage.PostgreSql;
using Accounts.Core.Storage.Sqlite;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Accounts.Core.Storage;

/// <summary>Registers the database and what is kept in it.</summary>
internal static class StorageServices
{
    private static readonly WriteGuard Guard = new();

    public static void AddStorage(this IServiceCollection services, StorageOptions options, string contentRoot)
    {
        if (options.Provider == StorageProvider.PostgreSql)
            services.AddPostgreSql(options, contentRoot);
        else
            services.AddSqlite(options, contentRoot);
        // The base class of the context reads this: Version3 is the schema with passkeys.
        services.Configure<IdentityOptions>(identity => identity.Stores.SchemaVersion = IdentitySchemaVersions.Version3);
        services.AddDbContextFactory<AccountsDbContext>((sp, builder) =>
        {
            builder.UseEngine(sp.GetRequiredService<DatabaseEngine>());
            builder.AddInterceptors(sp.GetServices<IInterceptor>());
        });
        services.AddSingleton<AccountsDatabase>();
        services.AddMade<DatabaseProbe>();
        services.AddSingleton<DataProtectionKeys>();
        // By default the discriminator is the content root's path. A fixed one keeps the keys valid when the program moves to another folder.
        services.Configure<DataProtectionOptions>(o => o.ApplicationDiscriminator = "Accounts");
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(sp =>
            new ConfigureOptions<KeyManagementOptions>(o => o.XmlRepository = sp.GetRequiredService<DataProtectionKeys>()));
    }

    /// <summary>Makes a context use an engine.</summary>
    public static void UseEngine(this DbContextOptionsBuilder builder, DatabaseEngine engine)
    {
        engine.Configure(builder);
        builder.AddInterceptors(Guard);
        // Migrations are written by hand, and a test compares them with the model.
        builder.ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.PendingModelChangesWarning));
    }

    private static void AddSqlite(this IServiceCollection services, StorageOptions options, string contentRoot)
    {
        services.AddSingleton(new DatabaseFile(options, contentRoot));
        services.AddSingleton<DatabaseEngine, SqliteEngine>();
        services.AddSingleton<IDatabaseStart, SqliteStart>();
    }

    private static void AddPostgreSql(this IServiceCollection services, StorageOptions options, string contentRoot)
    {
        // Later than now: the settings reader first reports everything that is wrong.
        services.AddSingleton(_ => PostgreSqlAddress.Parse(options.ConnectionString));
        services.AddSingleton<DatabaseEngine, PostgreSqlEngine>();
        services.AddSingleton<ProcessLock>();
        services.AddSingleton<IDatabaseStart, PostgreSqlStart>();
        services.AddSingleton(sp => ActivatorUtilities.CreateInstance<DatabaseCopy>(sp, options, contentRoot));
    }
}
