using Accounts.Core.Callers;
using Accounts.Core.SignIn;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Crowds;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Accounts.Tests.Fixtures;

/// <summary>The core over a database with the sessions of many users, a day after the last of them. The tests of a class share it.</summary>
internal sealed class CrowdedCore : IAsyncDisposable
{
    /// <summary>The environment variable with the number of sessions.</summary>
    public const string Variable = "ACCOUNTS_TEST_SESSIONS";

    /// <summary>Enough for a second page of an export, and few enough to write in seconds.</summary>
    private const int Standard = 40_000;

    private static readonly (string Key, string Value)[] Settings =
    [
        // Few enough for the user with the most sessions to exceed it.
        ("Sessions:MaximumPerUser", "10"),
        // Plans differ, so that each question about a feature asks for the user's plan.
        ("Features:DefaultPlan", "All"), ("Features:Plans:All:0", "AuditLog"), ("Features:Plans:All:1", "RemoteLogout"), ("Features:Plans:Free", ""),
    ];

    private readonly TestDatabase _database;
    private readonly Crowd _crowd;
    private int _place = 1;

    private CrowdedCore(TestDatabase database, CoreHost host, Mailbox box, Crowd crowd, QueryPlans plans)
    {
        Box = box;
        _database = database;
        _crowd = crowd;
        Host = host;
        Plans = plans;
    }

    public CoreHost Host { get; }

    /// <summary>What the core sends by email.</summary>
    public Mailbox Box { get; }

    public QueryPlans Plans { get; }

    /// <summary>Fills a new database on the test's engine.</summary>
    /// <param name="analyzed">Whether the database has counted its rows.</param>
    public static Task<CrowdedCore> StartAsync(bool analyzed) =>
        StartAsync(analyzed, int.TryParse(Environment.GetEnvironmentVariable(Variable), out var given) ? given : Standard);

    /// <inheritdoc cref="StartAsync(bool)"/>
    public static async Task<CrowdedCore> StartAsync(bool analyzed, int sessions)
    {
        var database = new TestDatabase();
        var plans = new QueryPlans();
        // PostgreSQL reads a table this small as a whole rather than some of its pages one by one. If those cost less than by default, it plans as it
        // does by default for a million sessions.
        var cheaper = database.Settings.Where(setting => setting.Key is "Storage:ConnectionString" && sessions == Standard)
            .Select(setting => (setting.Key, $"{setting.Value};Options=-c random_page_cost=1.1"));
        var box = new Mailbox();
        var host = CoreHost.Start(
            database,
            services =>
            {
                box.AddTo(services);
                services.AddSingleton(new ContextInterceptor(plans));
                services.AddSingleton(new SignInProviders([new SignInProvider("google", "Google", Crowd.Issuer)]));
            },
            [.. Settings, .. cheaper]);
        var crowd = ActivatorUtilities.CreateInstance<Crowd>(host.Get<IServiceProvider>());
        await crowd.FillAsync(sessions, sessions / 10, TestClock.Start.AddDays(-1));
        if (analyzed)
            await crowd.AnalyzeAsync();
        // The tests add some.
        plans.Most = 2 * host.Rows.Number("""SELECT max(n) FROM (SELECT count(*) AS n FROM "AuditEvents" GROUP BY "UserId") AS per_user""");
        return new CrowdedCore(database, host, box, crowd, plans);
    }

    /// <summary>Lets the database count its rows again.</summary>
    public Task AnalyzeAsync() => _crowd.AnalyzeAsync();

    /// <summary>A signed-in caller and their other live sessions. The first user has the most.</summary>
    public (Caller Caller, IReadOnlyList<SessionId> Others) SignedIn(int place) => SignedIn(LiveSessions(place));

    /// <summary>Signs in a user whom no other test has got, in a new browser.</summary>
    public async Task<Caller> SignInAsync() => (await Host.SignInAsync(NextEmail(), password: Crowd.Password)).Caller;

    /// <summary>A signed-in caller with at least two other live sessions, whom no other test has got.</summary>
    public (Caller Caller, IReadOnlyList<SessionId> Others) NextSignedIn()
    {
        while (true)
        {
            if (LiveSessions(++_place) is { Count: >= 3 } rows)
                return SignedIn(rows);
        }
    }

    /// <summary>The email of a user whom no other test has got.</summary>
    public string NextEmail() => Crowd.Email(++_place);

    private (Caller Caller, IReadOnlyList<SessionId> Others) SignedIn(IReadOnlyList<IReadOnlyDictionary<string, object?>> rows)
    {
        var user = new UserId(Guid.Parse((string)rows[0]["UserId"]!));
        List<SessionId> ids = [.. rows.Select(row => new SessionId(Guid.Parse((string)row["Id"]!)))];
        var mark = SessionKey.Mark((byte[])rows[0]["KeyHash"]!);
        return (Caller.InBrowser(user, ids[0], mark, "203.0.113.7", Host.Clock.GetUtcNow()), ids[1..]);
    }

    private IReadOnlyList<IReadOnlyDictionary<string, object?>> LiveSessions(int place) => Host.Rows.Query(
        """
        SELECT s."Id", s."UserId", s."KeyHash" FROM "Sessions" AS s JOIN "Users" AS u ON u."Id" = s."UserId"
        WHERE u."NormalizedEmail" = @email AND s."EndedAt" IS NULL AND s."ExpiresAt" > @now ORDER BY s."Id"
        """,
        ("@email", Crowd.Email(place).ToUpperInvariant()),
        ("@now", Microseconds.FromTime(Host.Clock.GetUtcNow())));

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        _database.Dispose();
    }
}

/// <summary>The databases of a class: one per engine, which the first test fills.</summary>
public sealed class CrowdedCores : IAsyncDisposable
{
    private readonly Dictionary<(StorageProvider, bool), CrowdedCore> _cores = [];

    /// <inheritdoc cref="CrowdedCore.StartAsync"/>
    internal async Task<CrowdedCore> StartAsync(bool analyzed)
    {
        var key = (TestEngine.Current, analyzed);
        if (!_cores.TryGetValue(key, out var core))
            _cores[key] = core = await CrowdedCore.StartAsync(analyzed);
        return core;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var core in _cores.Values)
            await core.DisposeAsync();
    }
}
