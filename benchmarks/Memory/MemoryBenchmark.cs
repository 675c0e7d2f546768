using System.Globalization;
using Accounts.Core.Sessions;
using Accounts.Core.Users;
using Accounts.Stage;
using Accounts.Web.Sessions;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace Accounts.Benchmarks.Memory;

/// <summary>
/// What an idle circuit with the dashboard open takes in the server: each of somebody else, who has a number of sessions and this one page. The circuits are held by another
/// process; the server and its in-memory sessions are all that is counted here, between a first few circuits, which warm up, and all of them.
/// </summary>
internal sealed class MemoryBenchmark(Application application, int count, int sessions, double limit)
{
    private const int WarmUp = 20;

    /// <summary>How many sessions a person has, and what a circuit may take then, in kB.</summary>
    private static readonly (int Sessions, double Limit)[] Sizes = [(3, 270), (60, 530), (600, 650)];

    /// <summary>Longer than activity waits to be written: afterwards nothing is under way.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    public static async Task<int> RunAsync(int count)
    {
        foreach (var (sessions, limit) in Sizes)
        {
            using var folder = new TemporaryFolder();
            if (sessions == Sizes[0].Sessions)
                Machine.Print(folder);
            await using var application = new Application(folder);
            await application.StartAsync();
            await new MemoryBenchmark(application, count, sessions, limit).RunAsync();
        }

        return 0;
    }

    private async Task RunAsync()
    {
        var people = await SignInAsync(WarmUp + count);
        var cookies = people.ConvertAll(person => person.Cookie);
        await using var visitors = new ChildProcess(Visitors.Verb, new Uri(application.Url, "/settings/sessions").AbsoluteUri);
        await Visitors.OpenAsync(visitors, cookies[..WarmUp]);
        var before = await SettleAsync();
        await Visitors.OpenAsync(visitors, cookies[WarmUp..]);
        var after = await SettleAsync();

        var circuits = application.Get<SessionCircuits>();
        if (people.Exists(person => circuits.Of(person.Caller.SessionId).Count != 1))
            throw new InvalidOperationException("Not everybody has the one circuit that was to be measured.");
        var managed = (after.Managed - before.Managed) / 1000.0 / count;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{sessions,4} sessions each: managed {managed,7:F1} kB a circuit, resident {(after.Resident - before.Resident) / 1000.0 / count,7:F1} kB   ({count} circuits)"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"target: managed <= {limit:F0} kB: {(managed <= limit ? "held" : "MISSED")}"));
    }

    /// <summary>Makes so many people, each with the sessions: one that is signed in to through the core, and the others as rows.</summary>
    private async Task<List<(Caller Caller, string Cookie)>> SignInAsync(int number)
    {
        var now = TimeProvider.System.GetUtcNow();
        var normalizer = application.Get<ILookupNormalizer>();
        var users = Enumerable.Range(0, number).Select(i => User.New(now, "Ada Lovelace", $"ada{i}@example.test", normalizer)).ToList();
        await application.AddAsync(users);
        var agents = new[] { Browsers.Windows, Browsers.Phone, Browsers.Linux, Browsers.Mac, Browsers.Android };
        foreach (var some in users.Chunk(10))
        {
            await application.AddAsync(some.SelectMany(user => Enumerable.Range(1, sessions - 1)
                .Select(i => Browsers.Session(new UserId(user.Id), now.AddMinutes(-i), agents[i % agents.Length]))));
        }

        var people = new List<(Caller, string)>();
        foreach (var user in users)
            people.Add(await application.SignInAsync(new UserId(user.Id)));
        return people;
    }

    private static async Task<(long Managed, long Resident)> SettleAsync()
    {
        await Task.Delay(Rest);
        for (var i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return (GC.GetTotalMemory(forceFullCollection: true), Environment.WorkingSet);
    }
}
