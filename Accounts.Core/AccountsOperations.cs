using Accounts.Core;
using Accounts.Core.Administration;
using Accounts.Core.Geolocation;
using Accounts.Core.Live;
using Accounts.Core.Settings;
using Accounts.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>What an operator may do beside the program that runs.</summary>
public static class AccountsOperations
{
    /// <summary>
    /// Opens the database for one command, perhaps beside a process that runs on it. Call this instead of <see cref="AccountsCore.OpenAccounts"/>.
    /// It creates no database and applies no migration.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="alone">
    /// Whether the command needs the database for itself. The process that serves the sessions has them in its memory, and it doesn't learn what
    /// another process changes. So do alone what must be in force at once, such as taking a role away.
    /// </param>
    /// <exception cref="StartupException">The database can't be used, or not now. The message says why and what to do.</exception>
    public static void OpenAccountsForCommand(this IServiceProvider services, bool alone = false)
    {
        AccountsStart.RequireValid(services);
        var start = services.GetRequiredService<IDatabaseStart>();
        var database = start.Look();
        if (database.Applied.Count == 0)
            throw Refuse("there is nothing in it yet. Start the program once, and then run this command.");
        if (database.Pending.Count > 0)
            throw Refuse("an earlier version of this program wrote it. Start this version once, and then run this command.");
        if (alone && !start.TryKeep())
            throw Refuse("a process runs on it and wouldn't learn of the change. Stop the program first. Nothing has changed.");

        services.GetRequiredService<RoleGrants>().IsBesideAnother = !alone;

        StartupException Refuse(string why) => new($"The database {database.Name} cannot be used: {why}");
    }

    /// <summary>
    /// Checks the settings, the geolocation file and the database, and changes nothing. Call this instead of
    /// <see cref="AccountsCore.OpenAccounts"/>. It works while a process runs on the database.
    /// </summary>
    public static async Task<AccountsCheck> CheckAccountsAsync(this IServiceProvider services, CancellationToken cancellationToken = default)
    {
        List<string> problems = [];
        if (!Try(problems, () => AccountsStart.RequireValid(services)))
            return new AccountsCheck(null, null, null, null, problems);

        var places = Try(problems, services.GetRequiredService<PlaceUpkeep>().Open) ? services.GetRequiredService<PlaceFinder>().Source : null;
        DatabaseState? database = null;
        Try(problems, () => database = services.GetRequiredService<IDatabaseStart>().Look());
        if (database is not { Applied.Count: > 0 })
            return new AccountsCheck(places, database, null, null, problems);

        try
        {
            var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
            var (accounts, live) = await services.GetRequiredService<AccountsDatabase>().ReadAsync(async db => (
                await db.Users.LongCountAsync(cancellationToken),
                await SessionCounts.Live(db, now).LongCountAsync(cancellationToken)));
            return new AccountsCheck(places, database, accounts, live, problems);
        }
        catch (DatabaseUnavailableException failure)
        {
            problems.Add($"The database {database.Name} doesn't answer: {failure.GetBaseException().Message}");
            return new AccountsCheck(places, database, null, null, problems);
        }
    }

    /// <summary>Whether a step succeeded. If not, adds what to do to the problems.</summary>
    private static bool Try(List<string> problems, Action step)
    {
        try
        {
            step();
            return true;
        }
        catch (StartupException refused)
        {
            problems.Add(refused.Message);
            return false;
        }
    }
}
