using System.Diagnostics;
using System.Globalization;
using Accounts.Core;
using Accounts.Core.Settings;
using Accounts.Core.Storage;
using Accounts.Crowds;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

const string usage = """
    Usage: dotnet run -c Release --project tools/Crowds -- (sqlite <file> | postgresql <connection string>) <sessions> [users]

      Fills an empty database with sessions of many users, live and ended, with their audit events, and analyses it. By default there is one user
      for ten sessions. The file may be new; its folder and the PostgreSQL database must exist.
    """;

if (args is not [var engine and ("sqlite" or "postgresql"), var place, var first, .. { Length: <= 1 } rest]
    || !TryCount(first, out var sessions)
    || !TryCount(rest.Length == 0 ? Math.Max(1, sessions / 10).ToString(CultureInfo.InvariantCulture) : rest[0], out var users))
{
    await Console.Error.WriteLineAsync(usage);
    return 2;
}

var settings = new ConfigurationBuilder()
    .AddInMemoryCollection(
    [
        KeyValuePair.Create("Storage:Provider", (string?)(engine is "sqlite" ? nameof(StorageProvider.Sqlite) : nameof(StorageProvider.PostgreSql))),
        KeyValuePair.Create(engine is "sqlite" ? "Storage:Path" : "Storage:ConnectionString", (string?)place),
    ])
    .Build();
await using var services = new ServiceCollection().AddLogging().AddAccountsCore(settings).Services.BuildServiceProvider();
try
{
    services.OpenAccounts();
    var begun = Stopwatch.GetTimestamp();
    var crowd = ActivatorUtilities.CreateInstance<Crowd>(services);
    // A day ago: what falls due in a day is waiting.
    var at = TimeProvider.System.GetUtcNow().AddDays(-1);
    await crowd.FillAsync(sessions, users, at, written => Console.Write($"\r{written:N0} sessions"));
    await crowd.AnalyzeAsync();
    Console.WriteLine($"\rAbout {sessions:N0} sessions of {users:N0} users, in {Stopwatch.GetElapsedTime(begun).TotalSeconds:N0} s.");
    Console.WriteLine($"The first user is {Crowd.Email(1)}. Everybody's password is \"{Crowd.Password}\".");
    return 0;
}
catch (StartupException failure)
{
    await Console.Error.WriteLineAsync(failure.Message);
    return 1;
}

static bool TryCount(string text, out int count) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count > 0;
