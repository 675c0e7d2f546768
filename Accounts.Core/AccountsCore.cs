using Accounts.Core.Administration;
using Accounts.Core.AuditReading;
using Accounts.Core.Geolocation;
using Accounts.Core.History;
using Accounts.Core.Live;
using Accounts.Core.Manager;
using Accounts.Core.Sessions;
using Accounts.Core.Settings;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Accounts.Core.Support;
using Accounts.Core.Users;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

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
        services.AddLive(settings.Read("Sessions", new SessionOptionsValidator()));
        services.AddSignIn(settings.Read("SignIn", new SignInOptionsValidator()));
        services.AddManager();
        services.AddHistory();
        services.AddAuditReading();
        services.AddSupportCodes();
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
        services.GetRequiredService<IDatabaseStart>().Open();
        services.GetRequiredService<PasswordHashing>();
    }
}
