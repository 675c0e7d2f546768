using System.Globalization;
using Accounts.AspNetCore.Gate;
using Accounts.Core.Callers;
using Accounts.Core.Users;
using Accounts.Stage;
using Microsoft.AspNetCore.Identity;

namespace Accounts.Benchmarks.Memory;

/// <summary>
/// Measures the server's memory per idle circuit with an open dashboard. Each circuit belongs to another user, who has a number of sessions and
/// only this page. Another process holds the circuits, so only the server and its sessions in memory count. The first few circuits warm up.
/// </summary>
internal sealed class MemoryBenchmark(Application application, int count, int sessions, double limit)
{
    private const int WarmUp = 20;

    /// <summary>How many sessions a user has, and the limit per circuit in kB.</summary>
    private static readonly (int Sessions, double Limit)[] Sizes = [(3, 270), (60, 530), (600, 650)];

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
        var before = await MemoryUse.SettleAsync();
        await Visitors.OpenAsync(visitors, cookies[WarmUp..]);
        var after = await MemoryUse.SettleAsync();

        var circuits = application.Get<SessionCircuits>();
        if (people.Exists(person => circuits.Of(person.Caller.OwnSession).Count != 1))
            throw new InvalidOperationException("Some users don't have exactly one circuit.");
        var managed = (after.Managed - before.Managed) / 1000.0 / count;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{sessions,4} sessions each: managed {managed,7:F1} kB per circuit, "
                + $"resident {(after.Resident - before.Resident) / 1000.0 / count,7:F1} kB   ({count} circuits)"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"target: managed <= {limit:F0} kB: {(managed <= limit ? "met" : "MISSED")}"));
    }

    /// <summary>Creates users with their sessions: one session from a sign-in through the core, and the others as rows.</summary>
    private async Task<List<(Caller Caller, string Cookie)>> SignInAsync(int number)
    {
        var now = TimeProvider.System.GetUtcNow();
        var users = Enumerable.Range(0, number).Select(i => User.New(now, "Ada Lovelace", $"ada{i}@example.test")).ToList();
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
}
