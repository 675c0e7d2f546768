using Accounts.Core;
using Accounts.Core.AuditReading;
using Accounts.Core.Callers;
using Accounts.Core.Devices;
using Accounts.Core.History;
using Accounts.Core.Live;
using Accounts.Core.Manager;
using Accounts.Core.Sessions;
using Accounts.Core.Settings;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Accounts.Core.Storage.PostgreSql;
using Accounts.Core.Storage.Sqlite;
using Accounts.Core.Users;
using Microsoft.AspNetCore.Identity;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Accounts.Tests.Fixtures;

/// <summary>The core as an application hosts it, with its own database file. The test controls the clock and the database gate.</summary>
internal sealed class CoreHost : IAsyncDisposable
{
    public const string Email = "ada@example.test";
    public const string Password = "a passphrase for tests";
    public const string Chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/154.0.0.0 Safari/537.36";

    private readonly TestDatabase? _own;
    private readonly ServiceProvider _services;

    private CoreHost(TestDatabase? own, ServiceProvider services, TestClock clock, DatabaseGate gate)
    {
        _own = own;
        _services = services;
        Clock = clock;
        Gate = gate;
        Rows = services.GetRequiredService<DatabaseEngine>() is SqliteEngine
            ? new DatabaseRows(services.GetRequiredService<DatabaseFile>().Path)
            : DatabaseRows.OfPostgreSql(services.GetRequiredService<PostgreSqlAddress>().ConnectionString);
    }

    public TestClock Clock { get; }

    public DatabaseGate Gate { get; }

    /// <summary>Opens a second, raw connection to the same file.</summary>
    public DatabaseRows Rows { get; }

    public UserService Users => Get<UserService>();

    public PasswordSignIn SignIn => Get<PasswordSignIn>();

    public Reauthentication Reauthentication => Get<Reauthentication>();

    public PasswordChange PasswordChange => Get<PasswordChange>();

    public SessionService Sessions => Get<SessionService>();

    public HistoryReader History => Get<HistoryReader>();

    public AuditLog AuditLog => Get<AuditLog>();

    public SessionStarter Starter => Get<SessionStarter>();

    public SessionRegistry Registry => Get<SessionRegistry>();

    public SessionAuthenticator Authenticator => Get<SessionAuthenticator>();

    public CommandRunner Commands => Get<CommandRunner>();

    public SessionActivity Activity => Get<SessionActivity>();

    public SessionFeed Feed => Get<SessionFeed>();

    public SessionDepartures Departures => Get<SessionDepartures>();

    public SessionUpkeep Upkeep => Get<SessionUpkeep>();

    public AccountsDatabase Database => Get<AccountsDatabase>();

    /// <summary>Starts the core over a new database on the test's engine, which is deleted with the host.</summary>
    /// <param name="services">What the application registers besides the core.</param>
    /// <param name="settings">Settings that differ from the defaults.</param>
    public static CoreHost Start(Action<IServiceCollection>? services = null, params (string Key, string Value)[] settings)
    {
        var own = new TestDatabase();
        try
        {
            return Open(own, own.Folder, services, [.. own.Settings, .. settings]);
        }
        catch
        {
            own.Dispose();
            throw;
        }
    }

    /// <summary>Starts the core over a database that the test keeps.</summary>
    /// <inheritdoc cref="Start(Action{IServiceCollection}, ValueTuple{string, string}[])"/>
    public static CoreHost Start(TestDatabase database, Action<IServiceCollection>? services = null, params (string Key, string Value)[] settings) =>
        Open(null, database.Folder, services, [.. database.Settings, .. settings]);

    /// <summary>Starts the core over the SQLite file <c>accounts.db</c> in a folder, which is the content root too.</summary>
    /// <inheritdoc cref="Start(Action{IServiceCollection}, ValueTuple{string, string}[])"/>
    public static CoreHost Start(TempFolder folder, Action<IServiceCollection>? services = null, params (string Key, string Value)[] settings) =>
        Open(null, folder.Path, services, [("Storage:Path", "accounts.db"), TestDatabase.OneFactorForStaff, .. settings]);

    /// <summary>Starts the core over a PostgreSQL database that the test made.</summary>
    public static CoreHost StartPostgreSql(string connectionString, Action<IServiceCollection>? services = null) =>
        Open(null, "", services, TestDatabase.Of(connectionString));

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    /// <summary>Returns a browser as a request presents it: a new one each time, unless the test names it.</summary>
    public static CallingBrowser NewBrowser(BrowserId? id = null, string address = "203.0.113.7", string userAgent = Chrome) =>
        new(address, new DeviceSignals(userAgent), id ?? BrowserId.New());

    /// <summary>Makes an account whose owner has its address.</summary>
    public async Task<UserId> RegisterAsync(string email = Email, string name = "Ada Lovelace", string password = Password)
    {
        var outcome = await Users.RegisterAsync(NewBrowser(), new RegisterInput { Email = email, Name = name, Password = password });
        var user = Assert.IsType<RegisterOutcome.Registered>(outcome).UserId;
        await Database.WriteAsync(WritePriority.Ordinary, db =>
            db.Users.Where(u => u.Id == user.Value).ExecuteUpdateAsync(set => set.SetProperty(u => u.EmailConfirmed, true)));
        return user;
    }

    public Task<SignInOutcome> TrySignInAsync(CallingBrowser browser, string email = Email, string password = Password, bool remember = true) =>
        SignIn.SignInAsync(browser, new SignInInput { Email = email, Password = password, Remember = remember });

    /// <summary>Signs in, in a new browser unless one is given.</summary>
    public async Task<SignedInBrowser> SignInAsync(string email = Email, CallingBrowser? browser = null, bool remember = true,
        string password = Password)
    {
        browser ??= NewBrowser();
        var session = Assert.IsType<SignInOutcome.SignedIn>(await TrySignInAsync(browser, email, password, remember)).Session;
        var owner = Rows.Guid("SELECT \"UserId\" FROM \"Sessions\" WHERE \"Id\" = @id", ("@id", session.Id.Value));
        var caller = Caller.InBrowser(new UserId(owner), session.Id, session.Key.Mark(), browser.Address, Clock.GetUtcNow()) with
        {
            ProofMethods = SignInMethods.Password, SessionMethods = SignInMethods.Password,
        };
        return new SignedInBrowser(browser, caller, session);
    }

    /// <summary>Lists all of a user's sessions, live and ended, newest first.</summary>
    public async Task<IReadOnlyList<Session>> HistoryAsync(Caller caller) =>
        [.. (await History.AllAsync(caller, new HistoryQuery())).Select(entry => entry.Session)];

    /// <summary>Returns all events of the audit log, even for a caller whose session has ended. Null if the plan lacks the log.</summary>
    public async Task<IReadOnlyList<AuditEvent>?> EventsAsync(Caller caller, AuditQuery query)
    {
        List<AuditEvent> events = [];
        for (var number = 1; ; number++)
        {
            if (await AuditLog.PageAsync(caller, query with { Page = number }) is not { } page)
                return null;
            events.AddRange(page.Events);
            if (number >= page.Pages)
                return events;
        }
    }

    /// <summary>Returns the session that a request from that browser finds, or null if the core refuses it.</summary>
    public ValueTask<LiveSession?> RequestAsync(SignedInBrowser browser) => Authenticator.AuthenticateAsync(browser.Id, browser.Key);

    /// <summary>Copies a session, each copy in a browser of its own. No audit event tells of it.</summary>
    public Task<List<SessionId>> CopyAsync(SignedInBrowser browser, int count) => Database.WriteAsync(WritePriority.Ordinary, async db =>
    {
        var original = db.Entry(await db.Sessions.AsNoTracking().SingleAsync(session => session.Id == browser.Id.Value));
        List<SessionId> ids = [];
        for (var i = 0; i < count; i++)
        {
            ids.Add(SessionId.New(TestClock.Start));
            var copy = original.CurrentValues.Clone();
            (copy[nameof(SessionRow.Id)], copy[nameof(SessionRow.BrowserHash)]) = (ids[i].Value, BrowserId.New().Hash());
            db.Add(copy.ToObject());
        }

        return ids;
    });

    /// <summary>Keeps every writer's place in the write queue, until the returned object is disposed.</summary>
    public async Task<IAsyncDisposable> OccupyWritersAsync()
    {
        var places = Get<DatabaseEngine>().Writers.Total;
        using var inside = new CountdownEvent(places);
        var leave = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var writers = Enumerable.Range(0, places).Select(_ => Database.WriteAsync(WritePriority.Ending, async _ =>
        {
            inside.Signal();
            await leave.Task;
            return true;
        })).ToList();
        await Task.Run(() => Assert.True(inside.Wait(Patience.Limit)));
        return new Occupied(leave, writers);
    }

    /// <summary>Waits until the database makes a statement of this host wait for a lock. On SQLite, the write queue waits instead.</summary>
    public Task BlockedAsync() => Rows.IsPostgreSql
        ? Patience.UntilAsync(() => Task.FromResult(Rows.Number(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' "
                + "AND backend_type = 'client backend'") > 0))
        : Task.CompletedTask;

    /// <summary>Closes the connections that wait for the next operation.</summary>
    public void ClearPool() => Close(_services);

    public async ValueTask DisposeAsync()
    {
        Rows.Dispose();
        ClearPool();
        await _services.DisposeAsync();
        _own?.Dispose();
    }

    private static CoreHost Open(TestDatabase? own, string contentRoot, Action<IServiceCollection>? services, (string Key, string Value)[] settings)
    {
        var clock = new TestClock();
        var gate = new DatabaseGate();
        // Of two values for one setting, the later one counts.
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in settings)
            values[key] = value;
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(values);

        var collection = new ServiceCollection();
        collection.AddLogging();
        collection.AddSingleton<TimeProvider>(clock);
        collection.AddSingleton(new ContextInterceptor(gate));
        // The product's own hashing cost would take most of a test run.
        collection.Configure<PasswordHasherOptions>(hasher => hasher.IterationCount = 1_000);
        services?.Invoke(collection);
        collection.AddSingleton(new ContentRoot(contentRoot));
        collection.AddAccountsCore(configuration.Build());

        var provider = collection.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
        try
        {
            provider.OpenAccounts();
            return new CoreHost(own, provider, clock, gate);
        }
        catch (Exception failure)
        {
            // With invalid settings there is no database to close.
            if (failure.InnerException is not (OptionsValidationException or AggregateException))
                Close(provider);
            provider.Dispose();
            throw;
        }
    }

    private sealed class Occupied(TaskCompletionSource leave, IEnumerable<Task> writers) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            leave.TrySetResult();
            await Task.WhenAll(writers);
        }
    }

    private static void Close(ServiceProvider services)
    {
        if (services.GetRequiredService<DatabaseEngine>() is SqliteEngine)
        {
            using var pooled = new SqliteConnection(services.GetRequiredService<DatabaseFile>().ConnectionString);
            SqliteConnection.ClearPool(pooled);
        }
        else
        {
            using var pooled = new NpgsqlConnection(services.GetRequiredService<PostgreSqlAddress>().ConnectionString);
            NpgsqlConnection.ClearPool(pooled);
        }
    }
}

/// <summary>A browser with a session.</summary>
internal sealed record SignedInBrowser(CallingBrowser Browser, Caller Caller, StartedSession Session)
{
    public SessionId Id => Session.Id;

    public string Key => Session.Key.Reveal();

    /// <summary>Returns the caller, with a password proof from the given time.</summary>
    public Caller ProvedAt(DateTimeOffset moment) => Caller with { AuthenticatedAt = moment };
}
