using System.Diagnostics;
using System.Globalization;
using Accounts.Core;
using Accounts.Core.Administration;
using Accounts.Core.Callers;
using Accounts.Core.Sessions;
using Accounts.Core.Settings;
using Accounts.Core.Storage;
using Accounts.Core.Support;
using Accounts.Crowds;
using Accounts.Stage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Accounts.Benchmarks.Users;

/// <summary>
/// How long each search of Support and each page of the list of users takes, among many users and sessions. All operations take turns, and each
/// figure is also a ratio to reading one user by id.
/// </summary>
internal sealed class UsersBenchmark(IServiceProvider services, Caller root, SessionId session)
{
    private const int Users = 100_000;
    private const int Sessions = 1_000_000;
    private const int WarmUp = 5;

    private static readonly (string, string)[] Plans =
        [("Features:DefaultPlan", "All"), ("Features:Plans:All:0", "AuditLog"), ("Features:Plans:Pro:0", "RemoteLogout")];

    private readonly SupportDirectory _support = services.GetRequiredService<SupportDirectory>();
    private readonly UserDirectory _directory = services.GetRequiredService<UserDirectory>();
    private readonly AccountsDatabase _database = services.GetRequiredService<AccountsDatabase>();
    private int _turn;

    /// <summary>Fills a database on each engine and measures.</summary>
    /// <param name="count">How often each operation runs.</param>
    public static async Task<int> RunAsync(int count)
    {
        await using var engines = await Engines.StartAsync();
        foreach (var engine in engines.Names)
        {
            using var folder = new TemporaryFolder();
            Machine.Print(folder);
            var settings = new ConfigurationBuilder()
                .AddInMemoryCollection((await engines.CreateDatabaseAsync(engine, folder)).Concat(Plans)
                    .Select(setting => KeyValuePair.Create(setting.Item1, (string?)setting.Item2)))
                .Build();
            var collection = new ServiceCollection().AddLogging().AddSingleton(new ContentRoot(folder.Path));
            await using var services = collection.AddAccountsCore(settings).Services.BuildServiceProvider();
            services.OpenAccounts();
            var begun = Stopwatch.GetTimestamp();
            await FillAsync(services);
            Console.WriteLine($"{engine}: filled in {Stopwatch.GetElapsedTime(begun).TotalSeconds:F0} s");
            await (await StartAsync(services)).MeasureAsync(engine, count);
        }

        return 0;
    }

    /// <summary>Adds users with sessions. One of ten has a plan of their own, and one of a hundred is disabled.</summary>
    private static async Task FillAsync(IServiceProvider services)
    {
        var crowd = ActivatorUtilities.CreateInstance<Crowd>(services);
        await crowd.FillAsync(Sessions, Users, TimeProvider.System.GetUtcNow());
        await services.GetRequiredService<AccountsDatabase>().WriteAsync(WritePriority.Ordinary, async db =>
        {
            var (some, few) = (db.Users.Where(u => u.Email!.EndsWith("7@example.test")), db.Users.Where(u => u.Email!.EndsWith("33@example.test")));
            DateTimeOffset? now = TimeProvider.System.GetUtcNow();
            await some.ExecuteUpdateAsync(set => set.SetProperty(u => u.Plan, "Pro"));
            return await few.ExecuteUpdateAsync(set => set.SetProperty(u => u.DisabledAt, now));
        });
        // The product doesn't analyse SQLite's file. PostgreSQL counts rows by itself.
        if (services.GetRequiredService<DatabaseEngine>() is not Core.Storage.Sqlite.SqliteEngine)
            await crowd.AnalyzeAsync();
    }

    /// <summary>Makes the second user an administrator, in one of their live sessions.</summary>
    private static async Task<UsersBenchmark> StartAsync(IServiceProvider services)
    {
        await services.GetRequiredService<RoleGrants>().GrantAsync(Crowd.Email(2), Roles.Administrator);
        var email = Crowd.Email(2).ToUpperInvariant();
        var now = TimeProvider.System.GetUtcNow();
        var row = await services.GetRequiredService<AccountsDatabase>().ReadAsync(db => db.Sessions.AsNoTracking()
            .Where(s => db.Users.Any(u => u.Id == s.UserId && u.NormalizedEmail == email) && s.EndedAt == null && s.ExpiresAt > now)
            .OrderByDescending(s => s.ExpiresAt).FirstAsync());
        var root = Caller.InBrowser(new UserId(row.UserId), new SessionId(row.Id), SessionKey.Mark(row.KeyHash), Browsers.Address, now);
        return new UsersBenchmark(services, root, new SessionId(row.Id));
    }

    private async Task MeasureAsync(string engine, int count)
    {
        // A place deep in the list, and so another one for each order.
        var deep = UserCursor.After(await IdOfAsync(Users / 2));
        (string Name, Func<Task> RunAsync)[] operations =
        [
            ("one user by id", () => _database.ReadAsync(db => db.Users.AsNoTracking().SingleAsync(u => u.Id == root.Subject.Value))),
            ("Support: an email", () => FindAsync(Crowd.Email(Next()))),
            ("Support: a session's id", () => FindAsync(session.ToString())),
            ("Support: a code that nobody has", () => FindAsync("2345-6789")),
            ("Support: an address", () => FindAsync($"203.0.113.{Next() % 256}")),
            ("Support: a name that everybody has", () => FindAsync("User")),
            ("Support: a last word", () => FindAsync($"{Next()}")),
            ("Users: by name", () => PageAsync(new UserQuery())),
            ("Users: by name, from the middle", () => PageAsync(new UserQuery { At = deep })),
            ("Users: by email, from the middle", () => PageAsync(new UserQuery { Sort = UserSort.Email, At = deep })),
            ("Users: the newest first", () => PageAsync(new UserQuery { Sort = UserSort.Created, Descending = true })),
            ("Users: of a plan, by email", () => PageAsync(new UserQuery { Plan = "Pro", Sort = UserSort.Email })),
            ("Users: of the default plan", () => PageAsync(new UserQuery { Plan = "All", At = deep })),
            ("Users: administrators", () => PageAsync(new UserQuery { Role = UserRoleFilter.Administrator })),
            ("Users: without a role", () => PageAsync(new UserQuery { Role = UserRoleFilter.None, At = deep })),
            ("Users: disabled, by name", () => PageAsync(new UserQuery { Status = UserStatus.Disabled })),
            ("Users: search a name that everybody has", () => PageAsync(new UserQuery { Search = "user" })),
            ("Users: search a last word", () => PageAsync(new UserQuery { Search = $"{Next()}" })),
            ("Users: search an email", () => PageAsync(new UserQuery { Search = Crowd.Email(Next()) })),
            ("Users: search nobody", () => PageAsync(new UserQuery { Search = "zzz" })),
        ];
        var latencies = operations.Select(_ => new Latencies()).ToList();
        for (var round = 0; round < WarmUp + count; round++)
        {
            foreach (var (place, operation) in operations.Index())
            {
                var begun = Stopwatch.GetTimestamp();
                await operation.RunAsync();
                if (round >= WarmUp)
                    latencies[place].Add(Stopwatch.GetElapsedTime(begun));
            }
        }

        Console.WriteLine($"{engine}, {Users:N0} users, {Sessions:N0} sessions");
        foreach (var (place, operation) in operations.Index())
        {
            latencies[place].Print($"   {operation.Name}");
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"      of one user by id: p50 {Ratio(place, 0.5):F1}, p99 {Ratio(place, 0.99):F1}"));
        }

        double Ratio(int place, double share) => latencies[place].Percentile(share) / latencies[0].Percentile(share);
    }

    // Another user each time, of all places in the crowd.
    private int Next() => 1 + (int)(_turn++ * 7_919L % Users);

    private Task<Guid> IdOfAsync(int place)
    {
        var email = Crowd.Email(place).ToUpperInvariant();
        return _database.ReadAsync(db => db.Users.Where(u => u.NormalizedEmail == email).Select(u => u.Id).SingleAsync());
    }

    private async Task FindAsync(string typed)
    {
        if (await _support.FindAsync(root, typed) is FindAccountOutcome.CallerEnded)
            throw new InvalidOperationException("The administrator's session has ended.");
    }

    private async Task PageAsync(UserQuery query)
    {
        if (await _directory.PageAsync(root, query) is not { IsLost: false })
            throw new InvalidOperationException("The page is not what was asked for.");
    }
}
