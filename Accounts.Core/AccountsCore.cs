using System.Diagnostics.Metrics;
using Accounts.Core.Administration;
using Accounts.Core.Geolocation;
using Accounts.Core.Sessions;
using Accounts.Core.Settings;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Accounts.Core;

/// <summary>Entry point of the core: registers its services and opens its files at startup.</summary>
public static class AccountsCore
{
    /// <summary>Registers all services of the core.</summary>
    /// <param name="services">The application's services. A <see cref="TimeProvider"/> registered before this call is used.</param>
    /// <param name="settings">
    /// Reads the sections Storage, Geolocation, Features, PasswordHashing, Sessions, SignIn and Retention. The caller reads its own sections and
    /// then calls <see cref="SettingsReader.ThrowIfWrong"/>.
    /// </param>
    /// <param name="contentRoot">The folder that a relative <c>Storage:Path</c> or <c>Geolocation:Path</c> starts from.</param>
    public static IServiceCollection AddAccountsCore(this IServiceCollection services, SettingsReader settings, string contentRoot)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddStorage(settings.Read("Storage", new StorageOptionsValidator()), contentRoot);
        services.AddGeolocation(settings.Read("Geolocation", new GeolocationOptionsValidator()), contentRoot);
        services.AddUsers(
            settings.Read("Features", new FeatureOptionsValidator()), settings.Read("PasswordHashing", new PasswordHashingOptionsValidator()));
        services.AddSessions(settings.Read("Sessions", new SessionOptionsValidator()));
        services.AddSignIn(settings.Read("SignIn", new SignInOptionsValidator()));
        services.AddAdministration(settings.Read("Retention", new RetentionOptionsValidator()));
        return services;
    }

    /// <summary>
    /// Opens the geolocation file and the database, and starts the threads that hash passwords. Call this before you use any other service.
    /// </summary>
    /// <exception cref="StartupException">A file can't be used. The message says why and what to do.</exception>
    public static void OpenAccounts(this IServiceProvider services)
    {
        services.GetRequiredService<PlaceUpkeep>().Open();
        services.GetRequiredService<DatabaseStart>().Open();
        services.GetRequiredService<PasswordHashing>();
    }

    private static void AddGeolocation(this IServiceCollection services, GeolocationOptions options, string contentRoot)
    {
        services.AddSingleton<PlaceFinder>();
        services.AddSingleton<PlaceUpkeep>(sp => new(
            sp.GetRequiredService<PlaceFinder>(), options, contentRoot, sp.GetRequiredService<TimeProvider>(), sp.GetRequiredService<ILogger<PlaceUpkeep>>()));
        services.AddHostedService(sp => sp.GetRequiredService<PlaceUpkeep>());
    }

    private static void AddAdministration(this IServiceCollection services, RetentionOptions retention)
    {
        services.AddSingleton(retention);
        services.AddSingleton<Retention>();
        services.AddHostedService(sp => sp.GetRequiredService<Retention>());
        services.AddSingleton<DemoAccounts>(sp => new(
            sp.GetRequiredService<AccountsDatabase>(),
            sp.GetRequiredService<IPasswordHasher<User>>(),
            sp.GetRequiredService<ILookupNormalizer>(),
            sp.GetRequiredService<TimeProvider>()));
    }

    private static void AddStorage(this IServiceCollection services, StorageOptions options, string contentRoot)
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
        services.AddSingleton<DatabaseProbe>(sp => new(sp.GetRequiredService<AccountsDatabase>()));
        services.AddSingleton<DataProtectionKeys>();
        // By default the discriminator is the content root's path. A fixed one keeps the keys valid when the program moves to another folder.
        services.Configure<DataProtectionOptions>(o => o.ApplicationDiscriminator = "Accounts");
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(sp =>
            new ConfigureOptions<KeyManagementOptions>(o => o.XmlRepository = sp.GetRequiredService<DataProtectionKeys>()));
    }

    private static void AddUsers(this IServiceCollection services, FeatureOptions features, PasswordHashingOptions hashing)
    {
        services.AddMetrics();
        services.AddSingleton(hashing);
        services.TryAddSingleton<IPasswordHasher<User>, PasswordHasher<User>>();
        services.AddSingleton<PasswordHashing>();
        services.AddSingleton<ILookupNormalizer, UpperInvariantLookupNormalizer>();
        services.AddSingleton<FeatureGate>(sp => new(sp.GetRequiredService<AccountsDatabase>(), features));
        services.AddSingleton<UserService>(sp => new(
            sp.GetRequiredService<AccountsDatabase>(),
            sp.GetRequiredService<PasswordHashing>(),
            sp.GetRequiredService<ILookupNormalizer>(),
            new RegisterInputValidator(),
            sp.GetRequiredService<TimeProvider>()));
    }

    private static void AddSessions(this IServiceCollection services, SessionOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<SessionRegistry>(sp => new(
            sp.GetRequiredService<AccountsDatabase>(), sp.GetRequiredService<SessionFeed>(), sp.GetRequiredService<TimeProvider>()));
        services.AddSingleton<SessionFeed>(sp => new(
            sp.GetRequiredService<PlaceFinder>(), sp.GetRequiredService<TimeProvider>(), sp.GetRequiredService<ILogger<SessionFeed>>()));
        services.AddSingleton<SessionActivity>(sp => new(
            sp.GetRequiredService<AccountsDatabase>(), sp.GetRequiredService<SessionFeed>(), options, sp.GetRequiredService<TimeProvider>()));
        services.AddSingleton<SessionDepartures>(sp => new(
            sp.GetRequiredService<AccountsDatabase>(), sp.GetRequiredService<SessionFeed>(), sp.GetRequiredService<TimeProvider>(), options));
        services.AddSingleton<SessionService>(sp => new(
            sp.GetRequiredService<AccountsDatabase>(),
            sp.GetRequiredService<SessionRegistry>(),
            sp.GetRequiredService<SessionFeed>(),
            sp.GetRequiredService<PlaceFinder>(),
            sp.GetRequiredService<FeatureGate>(),
            new RenameSessionInputValidator(),
            options,
            sp.GetRequiredService<TimeProvider>(),
            sp.GetRequiredService<ILogger<SessionService>>()));
        services.AddSingleton<HistoryReader>(sp => new(
            sp.GetRequiredService<AccountsDatabase>(), sp.GetRequiredService<SessionRegistry>(), sp.GetRequiredService<PlaceFinder>(), options, sp.GetRequiredService<TimeProvider>()));
        services.AddSingleton<AuditLog>(sp => new(sp.GetRequiredService<AccountsDatabase>(), sp.GetRequiredService<PlaceFinder>(), sp.GetRequiredService<FeatureGate>(), sp.GetRequiredService<SessionRegistry>()));
        services.AddSingleton<SupportCodes>(sp => new(sp.GetRequiredService<AccountsDatabase>(), sp.GetRequiredService<TimeProvider>(), SupportCode.NewCode));
        services.AddSingleton<SessionStarter>();
        services.AddSingleton<KeyRotation>();
        services.AddSingleton<SessionUpkeep>();
        services.AddHostedService(sp => sp.GetRequiredService<SessionUpkeep>());
    }

    private static void AddSignIn(this IServiceCollection services, SignIn.SignInOptions options)
    {
        services.AddSingleton(_ => new SignInThrottle(options));
        services.AddSingleton<SignInQueue>(sp => new(
            sp.GetRequiredService<PasswordHashingOptions>(),
            sp.GetRequiredService<IMeterFactory>(),
            sp.GetRequiredService<TimeProvider>(),
            sp.GetRequiredService<ILogger<SignInQueue>>()));
        services.AddSingleton<PasswordSignIn>(sp => new(
            sp.GetRequiredService<AccountsDatabase>(),
            sp.GetRequiredService<SessionStarter>(),
            sp.GetRequiredService<SignInThrottle>(),
            sp.GetRequiredService<PasswordHashing>(),
            sp.GetRequiredService<ILookupNormalizer>(),
            new SignInInputValidator(),
            sp.GetRequiredService<ILogger<PasswordSignIn>>()));
        services.AddSingleton<Registration>(sp => new(
            sp.GetRequiredService<UserService>(),
            sp.GetRequiredService<PasswordSignIn>(),
            sp.GetRequiredService<SessionStarter>(),
            sp.GetRequiredService<PasswordHashing>(),
            sp.GetRequiredService<SignInThrottle>()));
        services.AddSingleton<Reauthentication>(sp => new(
            sp.GetRequiredService<AccountsDatabase>(),
            sp.GetRequiredService<KeyRotation>(),
            sp.GetRequiredService<SessionFeed>(),
            sp.GetRequiredService<SignInThrottle>(),
            sp.GetRequiredService<PasswordHashing>(),
            sp.GetRequiredService<TimeProvider>(),
            sp.GetRequiredService<ILogger<Reauthentication>>()));
        services.AddSingleton<PasswordChange>(sp => new(
            sp.GetRequiredService<AccountsDatabase>(),
            sp.GetRequiredService<SessionService>(),
            sp.GetRequiredService<KeyRotation>(),
            sp.GetRequiredService<SignInThrottle>(),
            sp.GetRequiredService<PasswordHashing>(),
            new ChangePasswordInputValidator(),
            sp.GetRequiredService<TimeProvider>()));
    }
}
