using Accounts.Core;
using Accounts.Core.Callers;
using Accounts.Core.Devices;
using Accounts.Core.Live;
using Accounts.Core.Manager;
using Accounts.Core.Sessions;
using Accounts.Core.Settings;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Accounts.Stage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Accounts.Benchmarks.Endings;

/// <summary>The core as the application builds it, with a new database and no other users: no web server, no background work.</summary>
internal sealed class BareCore : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private int _people;

    /// <param name="folder">The content root.</param>
    /// <param name="database">The settings of its database.</param>
    public BareCore(TemporaryFolder folder, IEnumerable<(string Key, string Value)> database)
    {
        var settings = new ConfigurationBuilder()
            // Don't ask for the password again, however long the benchmark runs.
            .AddInMemoryCollection(database.Append((Key: "Sessions:ReauthenticateAfter", Value: "1.00:00:00"))
                .Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)))
            .Build();
        var services = new ServiceCollection().AddLogging().AddSingleton(new ContentRoot(folder.Path));
        _services = services.AddAccountsCore(settings).Services.BuildServiceProvider();
        _services.OpenAccounts();
        Sessions = _services.GetRequiredService<SessionService>();
        Activity = _services.GetRequiredService<SessionActivity>();
        Database = _services.GetRequiredService<AccountsDatabase>();
    }

    public SessionService Sessions { get; }

    public SessionActivity Activity { get; }

    public AccountsDatabase Database { get; }

    /// <summary>Creates an account with one session, from which commands come.</summary>
    public async Task<Caller> RegisterAsync()
    {
        var browser = new CallingBrowser(Browsers.Address, new DeviceSignals(null), BrowserId.New());
        var input = new RegisterInput { Name = "Ada Lovelace", Email = $"ada{++_people}@example.test", Password = "a passphrase of a benchmark" };
        if (await _services.GetRequiredService<UserService>().RegisterAsync(browser, input) is not RegisterOutcome.Registered { UserId: var person })
            throw new InvalidOperationException("The account could not be created.");

        var session = (await StartAsync(person, 1))[0];
        return Caller.InBrowser(person, new SessionId(session.Id), SessionKey.Mark(session.KeyHash), Browsers.Address, session.StartedAt);
    }

    /// <summary>Starts sessions, each in its own browser, as rows in one transaction. Real sign-ins would only take longer.</summary>
    public async Task<List<SessionRow>> StartAsync(UserId person, int count)
    {
        var now = TimeProvider.System.GetUtcNow();
        var rows = Enumerable.Range(0, count).Select(_ => Browsers.Session(person, now)).ToList();
        await Database.WriteAsync(WritePriority.Ordinary, db =>
        {
            db.Sessions.AddRange(rows);
            return Task.FromResult(true);
        });
        return rows;
    }

    /// <summary>A session as the registry would hold it.</summary>
    public static LiveSession InMemory(SessionRow row) => new(row, new UserProfile(new UserId(row.UserId), null, "", null, [], 0));

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
