using System.Reflection;
using Accounts.Core.Administration;
using Accounts.Core.Geolocation;
using Accounts.Core.Sessions;
using Accounts.Core.Settings;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using FluentValidation;
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
        services.AddMade<DemoAccounts>();
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
        services.AddMade<DatabaseProbe>();
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
        services.AddSingleton(features);
        services.AddSingleton<IValidator<RegisterInput>, RegisterInputValidator>();
        services.AddMade<FeatureGate>();
        services.AddMade<UserService>();
    }

    private static void AddSessions(this IServiceCollection services, SessionOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<IValidator<RenameSessionInput>, RenameSessionInputValidator>();
        services.AddSingleton<SessionRegistry>();
        services.AddMade<SessionFeed>();
        services.AddSingleton<CommandRunner>();
        services.AddSingleton<KeyRotation>();
        services.AddMade<SessionAuthenticator>();
        services.AddMade<SessionActivity>();
        services.AddMade<SessionDepartures>();
        services.AddMade<SessionService>();
        services.AddMade<HistoryReader>();
        services.AddMade<AuditLog>();
        services.AddSingleton<SupportCodes>(sp => new(
            sp.GetRequiredService<AccountsDatabase>(), sp.GetRequiredService<CommandRunner>(), sp.GetRequiredService<TimeProvider>(), SupportCode.NewCode));
        services.AddSingleton<SessionStarter>();
        services.AddSingleton<SessionUpkeep>();
        services.AddHostedService(sp => sp.GetRequiredService<SessionUpkeep>());
    }

    private static void AddSignIn(this IServiceCollection services, SignIn.SignInOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<IValidator<SignInInput>, SignInInputValidator>();
        services.AddSingleton<IValidator<ChangePasswordInput>, ChangePasswordInputValidator>();
        services.AddSingleton<SignInThrottle>();
        services.AddSingleton<PasswordVerifier>();
        services.AddMade<SignInQueue>();
        services.AddMade<PasswordSignIn>();
        services.AddMade<Registration>();
        services.AddMade<Reauthentication>();
        services.AddMade<PasswordChange>();
        services.AddMade<ProofDoor>();
    }

    /// <summary>Registers a public class whose constructor is internal, because it takes internal classes.</summary>
    private static void AddMade<T>(this IServiceCollection services)
        where T : class
    {
        var constructor = typeof(T).GetConstructors(BindingFlags.NonPublic | BindingFlags.Instance).Single();
        var parameters = constructor.GetParameters();
        services.AddSingleton(sp => (T)constructor.Invoke([.. parameters.Select(parameter => sp.GetRequiredService(parameter.ParameterType))]));
    }
}
