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
using Accounts.Core.Storage.PostgreSql;
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

    /// <summary>
    /// Copies the SQLite file at <c>Storage:Path</c> into the empty PostgreSQL database at <c>Storage:ConnectionString</c>: accounts, sessions,
    /// history, audit log and keys. Nobody is signed out by it. Call this instead of <see cref="OpenAccounts"/>, while no process uses either.
    /// </summary>
    /// <param name="services">The application's services, with <c>Storage:Provider</c> set to <see cref="StorageProvider.PostgreSql"/>.</param>
    /// <param name="progress">Hears of each table when its rows have been copied.</param>
    /// <param name="cancellationToken">Cancels the copy. Then nothing is copied.</param>
    /// <returns>All tables, with their rows.</returns>
    /// <exception cref="StartupException">Nothing was copied. The message says why and what to do.</exception>
    public static Task<IReadOnlyList<CopiedTable>> CopyFromSqliteAsync(
        this IServiceProvider services, IProgress<CopiedTable>? progress = null, CancellationToken cancellationToken = default)
    {
        var copy = services.GetService<DatabaseCopy>() ?? throw new StartupException(
            "Set Storage:Provider to PostgreSql and Storage:ConnectionString to the new database. Storage:Path names the file to copy.");
        return copy.RunAsync(progress, cancellationToken);
    }
}
