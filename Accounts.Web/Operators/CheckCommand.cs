using System.CommandLine;
using System.Globalization;
using Accounts.Core.Geolocation;
using Accounts.Core.Storage;

namespace Accounts.Web.Operators;

/// <summary>Says whether a start would succeed, and what it would find.</summary>
internal static class CheckCommand
{
    public static Command Describe(Installation installation)
    {
        var command = new ExplainedCommand("check", "Checks the settings, the geolocation file and the database, and changes nothing.", """
            The program may be running meanwhile. If there is a problem, the exit code is 1. Settings may follow.

            Example:
              accounts check
            """);
        command.SetAction((_, cancellationToken) => CheckAsync(installation, cancellationToken));
        return command;
    }

    private static async Task<int> CheckAsync(Installation installation, CancellationToken cancellationToken)
    {
        await using var app = installation.Build();
        var time = app.Services.GetRequiredService<TimeProvider>();
        var check = await app.Services.CheckAccountsAsync(cancellationToken);
        if (check.Places is { } places)
            Console.WriteLine(
                $"Places: {places.Path ?? "the bundled database"}, {Date(places)}{(places.IsOld(time.GetUtcNow()) ? ", which is old" : "")}");
        if (check.Database is { } database)
            Print(database);
        if (check.Accounts is { } accounts)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Accounts: {accounts}"));
        if (check.LiveSessions is { } sessions)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Live sessions: {sessions}"));

        foreach (var problem in check.Problems)
            await Console.Error.WriteLineAsync(problem);
        if (check.Problems.Count > 0)
            return 1;
        Console.WriteLine("No problems found.");
        return 0;
    }

    private static void Print(DatabaseState database)
    {
        Console.WriteLine($"Database: {database.Name}");
        Console.WriteLine($"Engine: {database.Engine}");
        Console.WriteLine($"In use: {(database.InUse ? "yes, a process runs on it" : "no")}");
        Console.WriteLine($"Version of the tables: {(database.Applied is [.., var last] ? last : "none, the first start creates them")}");
        var pending = database.Pending is [] ? "none" : $"{string.Join(", ", database.Pending)}. The next start applies them";
        Console.WriteLine($"Pending migrations: {pending}");
        if (database.FreeBytes is { } free)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Free disk space: {free / 1_000_000_000.0:0.0} GB"));
    }

    private static string Date(PlaceSource places) =>
        places.Date is { } date ? string.Create(CultureInfo.InvariantCulture, $"{places.Type} of {date:yyyy-MM-dd}") : places.Type;
}
