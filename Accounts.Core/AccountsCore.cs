using Accounts.Core;
using Accounts.Core.Administration;
using Accounts.Core.AuditReading;
using Accounts.Core.Geolocation;
using Accounts.Core.History;
using Accounts.Core.Live;
using Accounts.Core.Mail;
using Accounts.Core.Manager;
using Accounts.Core.Passkeys;
using Accounts.Core.PersonalData;
using Accounts.Core.Providers;
using Accounts.Core.Sessions;
using Accounts.Core.Settings;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Accounts.Core.Storage.PostgreSql;
using Accounts.Core.Support;
using Accounts.Core.TwoFactor;
using Accounts.Core.Users;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>The door to the core: registers its services and opens its files.</summary>
public static class AccountsCore
{
    private static readonly OptionsSection<AccountsOptions>[] Sections =
    [
        OptionsSection<AccountsOptions>.Of("Storage", o => o.Storage, new StorageOptionsValidator()),
        OptionsSection<AccountsOptions>.Of("Geolocation", o => o.Geolocation, new GeolocationOptionsValidator()),
        OptionsSection<AccountsOptions>.Of("Features", o => o.Features, new FeatureOptionsValidator()),
        OptionsSection<AccountsOptions>.Of("PasswordHashing", o => o.PasswordHashing, new PasswordHashingOptionsValidator()),
        OptionsSection<AccountsOptions>.Of("Sessions", o => o.Sessions, new SessionOptionsValidator()),
        OptionsSection<AccountsOptions>.Of("SupportViews", o => o.SupportViews, new SupportViewOptionsValidator()),
        OptionsSection<AccountsOptions>.Of("SignIn", o => o.SignIn, new SignInOptionsValidator()),
        OptionsSection<AccountsOptions>.Of("TwoFactor", o => o.TwoFactor, new TwoFactorOptionsValidator()),
        OptionsSection<AccountsOptions>.Of("Passkeys", o => o.Passkeys, new PasskeyOptionsValidator()),
        OptionsSection<AccountsOptions>.Of("Outbox", o => o.Outbox, new OutboxOptionsValidator()),
        OptionsSection<AccountsOptions>.Of("Retention", o => o.Retention, new RetentionOptionsValidator()),
    ];

    /// <summary>Adds the core, with options from the configuration.</summary>
    /// <param name="services">The application's services. A <see cref="TimeProvider"/> registered before this call is used.</param>
    /// <param name="configuration">
    /// Has the sections Storage, Geolocation, Features, PasswordHashing, Sessions, SupportViews, SignIn, TwoFactor, Passkeys, Outbox and Retention.
    /// It may be a section itself. A key that the core doesn't know is an error.
    /// </param>
    public static AccountsBuilder AddAccountsCore(this IServiceCollection services, IConfiguration configuration) =>
        services.AddAccountsCore(configuration, null);

    /// <summary>Adds the core, with options from code.</summary>
    /// <param name="services">The application's services. A <see cref="TimeProvider"/> registered before this call is used.</param>
    /// <param name="configure">Sets options; null for the defaults.</param>
    public static AccountsBuilder AddAccountsCore(this IServiceCollection services, Action<AccountsOptions>? configure = null) =>
        services.AddAccountsCore(null, configure);

    /// <summary>
    /// Opens the geolocation file and the database, applies migrations, and starts the threads that hash passwords. The host does it when it
    /// starts. Call this before, if you need a service earlier, or to learn in one exception what is wrong.
    /// </summary>
    /// <exception cref="StartupException">A setting is invalid, or a file can't be used. The message says why and what to do.</exception>
    public static void OpenAccounts(this IServiceProvider services) => services.GetRequiredService<AccountsStart>().Open();

    /// <summary>
    /// Copies the SQLite file at <c>Storage:Path</c> into the empty PostgreSQL database at <c>Storage:ConnectionString</c>: accounts, sessions,
    /// history, audit log and keys. Nobody is signed out by it. Call this instead of <see cref="OpenAccounts"/>, while no process uses either.
    /// </summary>
    /// <param name="services">The application's services, with <c>Storage:Provider</c> set to <see cref="StorageProvider.PostgreSql"/>.</param>
    /// <param name="progress">Hears of each table when its rows have been copied.</param>
    /// <param name="cancellationToken">Cancels the copy. Then nothing is copied.</param>
    /// <returns>All tables, with their rows.</returns>
    /// <exception cref="StartupException">Nothing was copied. The message says why and what to do.</exception>
    public static Task<IReadOnlyList<CopiedTable>> CopyToPostgreSqlAsync(
        this IServiceProvider services, IProgress<CopiedTable>? progress = null, CancellationToken cancellationToken = default)
    {
        AccountsStart.RequireValid(services);
        if (services.GetRequiredService<StorageOptions>().Provider != StorageProvider.PostgreSql)
        {
            throw new StartupException(
                "Set Storage:Provider to PostgreSql and Storage:ConnectionString to the new database. Storage:Path names the file to copy.");
        }

        return services.GetRequiredService<DatabaseCopy>().RunAsync(progress, cancellationToken);
    }

    private static AccountsBuilder AddAccountsCore(this IServiceCollection services, IConfiguration? configuration,
        Action<AccountsOptions>? configure)
    {
        if (services.Any(service => service.ServiceType == typeof(AccountsStart)))
            throw new InvalidOperationException(
                "Accounts is already added. Add it once, and change options with services.Configure<AccountsOptions>.");

        services.AddStrictOptions(configuration, Sections);
        if (configure is not null)
            services.Configure(configure);
        services.AddPart(options => options.Storage);
        services.AddPart(options => options.Geolocation);
        services.AddPart(options => options.Features);
        services.AddPart(options => options.PasswordHashing);
        services.AddPart(options => options.Sessions);
        services.AddPart(options => options.SupportViews);
        services.AddPart(options => options.SignIn);
        services.AddPart(options => options.TwoFactor);
        services.AddPart(options => options.Passkeys);
        services.AddPart(options => options.Outbox);
        services.AddPart(options => options.Retention);

        services.AddSteadyTime();
        services.AddSingleton<StartTime>();
        services.TryAddSingleton(sp => new ContentRoot(sp.GetService<IHostEnvironment>()?.ContentRootPath ?? Environment.CurrentDirectory));
        services.AddSingleton<AccountsStart>();
        services.AddHostedService(sp => sp.GetRequiredService<AccountsStart>());
        services.AddStorage();
        services.AddGeolocation();
        services.AddUsers();
        services.AddMail();
        services.AddLive();
        services.AddTwoFactor();
        services.AddSignIn();
        services.AddPasskeys();
        services.AddProviders();
        services.AddManager();
        services.AddHistory();
        services.AddAuditReading();
        services.AddSupport();
        services.AddAdministration();
        services.AddPersonalData();
        return new AccountsBuilder(services);
    }

    /// <summary>Makes time steady, unless the application has a clock of its own.</summary>
    private static void AddSteadyTime(this IServiceCollection services)
    {
        var given = services.LastOrDefault(service => service.ServiceType == typeof(TimeProvider) && !service.IsKeyedService);
        if (given is null || ReferenceEquals(given.ImplementationInstance, TimeProvider.System))
            services.AddSingleton<TimeProvider>(sp => new SteadyTime(TimeProvider.System, sp.GetRequiredService<ILogger<SteadyTime>>()));
    }

    /// <summary>Gives a room its part of the options.</summary>
    private static void AddPart<T>(this IServiceCollection services, Func<AccountsOptions, T> part)
        where T : class =>
        services.AddSingleton(sp => part(sp.GetRequiredService<IOptions<AccountsOptions>>().Value));
}
