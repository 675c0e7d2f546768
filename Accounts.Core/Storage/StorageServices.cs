using Accounts.Core.Settings;
using Accounts.Core.Storage.PostgreSql;
using Accounts.Core.Storage.Sqlite;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Accounts.Core.Storage;

/// <summary>Registers the database and what is kept in it.</summary>
internal static class StorageServices
{
    public static void AddStorage(this IServiceCollection services, StorageOptions options, string contentRoot)
    {
        if (options.Provider == StorageProvider.PostgreSql)
            services.AddPostgreSql(options);
        else
            services.AddSqlite(options, contentRoot);
        // The base class of the context reads this: Version3 is the schema with passkeys.
        services.Configure<IdentityOptions>(identity => identity.Stores.SchemaVersion = IdentitySchemaVersions.Version3);
        services.AddDbContextFactory<AccountsDbContext>((sp, builder) =>
        {
            sp.GetRequiredService<DatabaseEngine>().Configure(builder);
            builder.AddInterceptors(sp.GetServices<IInterceptor>());
            // Migrations are written by hand, and a test compares them with the model.
            builder.ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.PendingModelChangesWarning));
        });
        services.AddSingleton<AccountsDatabase>();
        services.AddMade<DatabaseProbe>();
        services.AddSingleton<DataProtectionKeys>();
        // By default the discriminator is the content root's path. A fixed one keeps the keys valid when the program moves to another folder.
        services.Configure<DataProtectionOptions>(o => o.ApplicationDiscriminator = "Accounts");
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(sp =>
            new ConfigureOptions<KeyManagementOptions>(o => o.XmlRepository = sp.GetRequiredService<DataProtectionKeys>()));
    }

    private static void AddSqlite(this IServiceCollection services, StorageOptions options, string contentRoot)
    {
        services.AddSingleton(new DatabaseFile(options, contentRoot));
        services.AddSingleton<DatabaseEngine, SqliteEngine>();
        services.AddSingleton<IDatabaseStart, SqliteStart>();
    }

    private static void AddPostgreSql(this IServiceCollection services, StorageOptions options)
    {
        // Later than now: the settings reader first reports everything that is wrong.
        services.AddSingleton(_ => PostgreSqlAddress.Parse(options.ConnectionString));
        services.AddSingleton<DatabaseEngine, PostgreSqlEngine>();
        services.AddSingleton<ProcessLock>();
        services.AddSingleton<IDatabaseStart, PostgreSqlStart>();
    }
}
