using Accounts.Core.Geolocation;
using Accounts.Core.Sessions;
using Accounts.Core.Settings;
using Accounts.Core.Storage;
using Accounts.Core.TwoFactor;
using Accounts.Core.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Accounts.Core;

/// <summary>Opens the geolocation file and the database once: when the host starts, or earlier if the application asks.</summary>
internal sealed partial class AccountsStart(IServiceProvider services) : IHostedLifecycleService
{
    private readonly Lock _lock = new();
    private bool _isOpen;

    /// <inheritdoc cref="AccountsCore.OpenAccounts"/>
    public void Open()
    {
        lock (_lock)
        {
            if (_isOpen)
                return;
            RequireValid(services);
            services.GetRequiredService<PlaceUpkeep>().Open();
            services.GetRequiredService<IDatabaseStart>().Open();
            RenewEmailKeys();
            CheckAuthenticatorKeys();
            WarnOfClock();
            services.GetRequiredService<PasswordHashing>();
            services.GetRequiredService<StartTime>();
            _isOpen = true;
        }
    }

    private void RenewEmailKeys()
    {
        using var db = services.GetRequiredService<IDbContextFactory<AccountsDbContext>>().CreateDbContext();
        db.MayWrite = true;
        using var transaction = db.Database.BeginTransaction();
        EmailKey.RenewOld(db);
        NameKey.FillOld(db);
        db.Database.ExecuteSql($"""INSERT INTO "Installation" ("Id", "Epoch") VALUES ({InstallationRow.OnlyId}, 0) ON CONFLICT DO NOTHING""");
        transaction.Commit();
    }

    private void CheckAuthenticatorKeys()
    {
        using var db = services.GetRequiredService<IDbContextFactory<AccountsDbContext>>().CreateDbContext();
        services.GetRequiredService<AuthenticatorKeys>().Check(db, services.GetRequiredService<ILogger<AuthenticatorKeys>>());
    }

    /// <summary>Warns of sessions from a time that hasn't come yet, which last longer than they should.</summary>
    private void WarnOfClock()
    {
        using var db = services.GetRequiredService<IDbContextFactory<AccountsDbContext>>().CreateDbContext();
        var newest = SessionClock.Newest(db).FirstOrDefault();
        if (SessionClock.FindLag(newest, services.GetRequiredService<TimeProvider>().GetUtcNow()) is { } lag)
            Log.ClockIsBehind(services.GetRequiredService<ILogger<AccountsStart>>(), lag);
    }

    /// <summary>Checks all options of the application that are checked at a start, and whether .NET can normalize texts.</summary>
    /// <exception cref="StartupException">
    /// At least one setting is invalid. The message lists each with its rule and its value. Or .NET doesn't normalize texts.
    /// </exception>
    public static void RequireValid(IServiceProvider services)
    {
        if (!TypedText.IsNormalizing)
            throw new StartupException("Passwords and emails can't be normalized, because .NET runs in its globalization-invariant mode. "
                + "Install ICU (libicu), and set DOTNET_SYSTEM_GLOBALIZATION_INVARIANT to false.");

        try
        {
            services.GetRequiredService<IStartupValidator>().Validate();
        }
        catch (OptionsValidationException wrong)
        {
            throw Refuse(wrong.Failures, wrong);
        }
        catch (AggregateException wrong)
        {
            throw Refuse(wrong.InnerExceptions.OfType<OptionsValidationException>().SelectMany(one => one.Failures), wrong);
        }
    }

    /// <summary>Before any other service of the host starts.</summary>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        Open();
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static StartupException Refuse(IEnumerable<string> wrong, Exception cause) =>
        new("Some settings are invalid. Correct them in appsettings.json, the environment or the command line:"
            + string.Concat(wrong.Select(line => Environment.NewLine + "  " + line)), cause);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The clock of this server is {Ahead} behind the newest session in the database. Check the clock: "
            + "sessions that started later than now last that much longer")]
        public static partial void ClockIsBehind(ILogger logger, TimeSpan ahead);
    }
}
