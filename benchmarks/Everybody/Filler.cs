using System.Globalization;
using Accounts.Core;
using Accounts.Core.Settings;
using Accounts.Core.Storage;
using Accounts.Crowds;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Accounts.Benchmarks.Everybody;

/// <summary>The process that fills a database with a crowd, so that the memory it takes isn't counted.</summary>
internal static class Filler
{
    public const string Verb = "fill";

    private const string Filled = "filled";

    /// <summary>Fills an empty database from another process.</summary>
    /// <param name="database">The settings of the database.</param>
    /// <param name="sessions">How many sessions, live and ended.</param>
    /// <param name="users">How many users they belong to.</param>
    public static async Task FillAsync(IEnumerable<(string Key, string Value)> database, int sessions, int users)
    {
        await using var filler = new ChildProcess(
            [Verb, Text(sessions), Text(users), .. database.Select(setting => $"{setting.Key}={setting.Value}")]);
        if (await filler.ReadAsync() is not Filled)
            throw new InvalidOperationException("The database could not be filled.");

        static string Text(int count) => count.ToString(CultureInfo.InvariantCulture);
    }

    public static async Task<int> RunAsync(int sessions, int users, string[] database)
    {
        var settings = new ConfigurationBuilder()
            .AddInMemoryCollection(database.Select(setting => setting.Split('=', 2)).Select(pair => KeyValuePair.Create(pair[0], (string?)pair[1])))
            .Build();
        await using var services = new ServiceCollection().AddLogging().AddAccountsCore(settings).Services.BuildServiceProvider();
        services.OpenAccounts();
        var crowd = ActivatorUtilities.CreateInstance<Crowd>(services);
        await crowd.FillAsync(sessions, users, TimeProvider.System.GetUtcNow());
        // The product doesn't analyse SQLite's file. PostgreSQL counts rows by itself.
        if (services.GetRequiredService<DatabaseEngine>() is not Core.Storage.Sqlite.SqliteEngine)
            await crowd.AnalyzeAsync();
        Console.WriteLine(Filled);
        return 0;
    }
}
