using Accounts.Core.Settings;
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
    public static void AddStorage(this IServiceCollection services, StorageOptions options, string contentRoot)
    {
        services.AddSingleton(new DatabaseFile(options, contentRoot));
        // The base class of the context reads this: Version3 is the schema with passkeys.
        services.Configure<IdentityOptions>(identity => identity.Stores.SchemaVersion = IdentitySchemaVersions.Version3);
        services.AddDbContextFactory<AccountsDbContext>((sp, builder) => builder
            .UseSqlite(sp.GetRequiredService<DatabaseFile>().ConnectionString)
            .AddInterceptors(new ConnectionPragmas())
            .AddInterceptors(sp.GetServices<IInterceptor>())
            // Migrations are written by hand, and a test compares them with the model.
            .ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.PendingModelChangesWarning)));
        services.AddSingleton<WriteLock>();
        services.AddSingleton<AccountsDatabase>();
        services.AddSingleton<DatabaseStart>();
        services.AddMade<DatabaseProbe>();
        services.AddSingleton<DataProtectionKeys>();
        // By default the discriminator is the content root's path. A fixed one keeps the keys valid when the program moves to another folder.
        services.Configure<DataProtectionOptions>(o => o.ApplicationDiscriminator = "Accounts");
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(sp =>
            new ConfigureOptions<KeyManagementOptions>(o => o.XmlRepository = sp.GetRequiredService<DataProtectionKeys>()));
    }
}
