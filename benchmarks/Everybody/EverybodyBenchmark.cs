using System.Diagnostics;
using System.Globalization;
using Accounts.AspNetCore.Gate;
using Accounts.Benchmarks.Memory;
using Accounts.Core.Administration;
using Accounts.Core.Callers;
using Accounts.Core.Manager;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Crowds;
using Accounts.Stage;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Benchmarks.Everybody;

/// <summary>
/// What an administrator's ending of everybody's sessions costs, among many sessions and open pages: the time until the last page has been told and
/// until the last batch is done, the server's memory, and other people's endings and sign-ins at the same time. Another process holds the pages.
/// </summary>
internal sealed class EverybodyBenchmark(Application application, string engine, Caller root, UserId ada)
{
    /// <summary>A crowd of this size has about 100,000 live sessions.</summary>
    private const int Users = 66_000;
    private const int Sessions = 660_000;

    private const int WarmUp = 20;
    private const int Acts = 200;

    /// <summary>Don't ask for the password again, however long the benchmark runs.</summary>
    private static readonly (string Key, string Value) NoProofs = ("Sessions:ReauthenticateAfter", "1.00:00:00");

    /// <summary>Pause between acts, so that the measurement isn't a load itself.</summary>
    private static readonly TimeSpan BetweenActs = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(100);

    private static EndEverybodyInput Input => new() { Reason = "Keys were leaked", Confirmation = EndEverybodyInput.Word };

    private AccountsDatabase Database => application.Get<AccountsDatabase>();

    /// <param name="pages">How many open pages there are, each of another user.</param>
    public static async Task<int> RunAsync(int pages)
    {
        await using var engines = await Engines.StartAsync();
        foreach (var engine in engines.Names)
        {
            using var folder = new TemporaryFolder();
            Machine.Print(folder);
            var database = await engines.CreateDatabaseAsync(engine, folder);
            await Filler.FillAsync(database, Sessions, Users);
            await using var application = new Application(folder, settings: [.. database, NoProofs]);
            var ada = await application.StartAsync();
            var root = await application.RegisterAsync("Root Admin", "root@example.test");
            await application.Get<RoleGrants>().GrantAsync("root@example.test", Roles.Administrator);
            await new EverybodyBenchmark(application, engine, (await application.SignInAsync(root)).Caller, ada).MeasureAsync(pages);
        }

        return 0;
    }

    private async Task MeasureAsync(int pages)
    {
        var people = await SignInAsync(pages);
        await using var visitors = new ChildProcess(Visitors.Verb, new Uri(application.Url, "/settings/sessions").AbsoluteUri);
        await Visitors.OpenAsync(visitors, people.ConvertAll(person => person.Cookie));
        await new OtherPeople(application, ada).RunAsync(count: WarmUp);
        var before = new OtherPeople(application, ada);
        await before.RunAsync(count: Acts);
        var circuits = application.Get<SessionCircuits>();
        if (people.Exists(person => circuits.Of(person.Caller.OwnSession).Count != 1))
            throw new InvalidOperationException("Some users don't have exactly one circuit.");
        var settled = await MemoryUse.SettleAsync();

        await Visitors.WatchAsync(visitors);
        var memory = new Peak();
        var begun = Stopwatch.GetTimestamp();
        if (await application.Get<MassEndings>().BeginAsync(root, Input) is not EndEverybodyOutcome.Began { Total: var total })
            throw new InvalidOperationException("The act was refused.");
        var accepted = Stopwatch.GetElapsedTime(begun);
        var telling = SeeAllToldAsync(visitors, begun, pages);
        using var done = new CancellationTokenSource();
        var meanwhile = new OtherPeople(application, ada);
        var acting = meanwhile.RunAsync(count: int.MaxValue, done.Token);
        var finished = await FinishedAsync();
        await done.CancelAsync();
        await acting;
        var told = await telling;
        await RecordedAsync();
        var recorded = Stopwatch.GetElapsedTime(begun);
        var peak = await memory.StopAsync();
        var after = await MemoryUse.SettleAsync();

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{engine}: {total:N0} live sessions, {pages} open pages"));
        Print("accepted", accepted);
        told.Print("   an open page told, after the act");
        Print("the last batch done", finished);
        Print("what became of each session's pages written", recorded);
        Console.WriteLine($"   memory before  {settled}");
        Console.WriteLine($"   memory at most {peak}");
        Console.WriteLine($"   memory after   {after}");
        Compare("ending", before.Endings, meanwhile.Endings);
        Compare("sign-in without its password check", before.SignIns, meanwhile.SignIns);
    }

    private static void Print(string what, TimeSpan after) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"   {what}: after {after.TotalSeconds:F2} s"));

    private static void Compare(string what, Latencies before, Latencies meanwhile)
    {
        before.Print($"   another's {what}, before");
        meanwhile.Print($"   another's {what}, meanwhile");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"   meanwhile / before: p50 {meanwhile.Percentile(0.5) / before.Percentile(0.5):F1}, "
                + $"p99 {meanwhile.Percentile(0.99) / before.Percentile(0.99):F1}"));
    }

    /// <summary>Signs in users of all places in the crowd.</summary>
    private async Task<List<(Caller Caller, string Cookie)>> SignInAsync(int pages)
    {
        var people = new List<(Caller, string)>();
        for (var i = 0; i < pages; i++)
        {
            var email = Crowd.Email(1 + (int)((long)i * Users / pages)).ToUpperInvariant();
            var id = await Database.ReadAsync(db => db.Users.Where(u => u.NormalizedEmail == email).Select(u => u.Id).SingleAsync());
            people.Add(await application.SignInAsync(new UserId(id)));
        }

        return people;
    }

    private static async Task<Latencies> SeeAllToldAsync(ChildProcess visitors, long begun, int pages)
    {
        var told = new Latencies();
        for (var i = 0; i < pages; i++)
        {
            await Visitors.SeeToldAsync(visitors);
            told.Add(Stopwatch.GetElapsedTime(begun));
        }

        return told;
    }

    /// <summary>Waits for the last batch.</summary>
    /// <returns>How long after the act it was done.</returns>
    private async Task<TimeSpan> FinishedAsync()
    {
        while (true)
        {
            if (await application.Get<MassEndings>().FindLatestAsync(root) is { FinishedAt: { } finished } ending)
                return finished - ending.At;
            await Task.Delay(BetweenLooks);
        }
    }

    /// <summary>Waits until the row of each ended session says how many of its pages were told.</summary>
    private async Task RecordedAsync()
    {
        while (await Database.ReadAsync(db => db.Sessions.AnyAsync(
            s => s.EndedAt != null && s.EndReason == EndReason.EndedByAdministrator && s.PagesTold == null)))
        {
            await Task.Delay(BetweenLooks);
        }
    }

    /// <summary>What other people do: one signs in to another browser, and ends that session from their first one, again and again.</summary>
    private sealed class OtherPeople(Application application, UserId ada)
    {
        public Latencies Endings { get; } = new();

        public Latencies SignIns { get; } = new();

        public async Task RunAsync(int count, CancellationToken stopping = default)
        {
            var own = (await application.SignInAsync(ada)).Caller;
            for (var i = 0; i < count && !stopping.IsCancellationRequested; i++)
            {
                await Task.Delay(BetweenActs, CancellationToken.None);
                var begun = Stopwatch.GetTimestamp();
                var (other, _) = await application.SignInAsync(ada, Browsers.Phone);
                SignIns.Add(Stopwatch.GetElapsedTime(begun));
                await Task.Delay(BetweenActs, CancellationToken.None);
                begun = Stopwatch.GetTimestamp();
                var outcome = await application.Get<SessionService>().TerminateAsync(own, other.OwnSession, CancellationToken.None);
                Endings.Add(Stopwatch.GetElapsedTime(begun));
                if (outcome != TerminateOutcome.Terminated)
                    throw new InvalidOperationException("The session did not end.");
            }
        }
    }

    /// <summary>The most memory that this process takes, from now on.</summary>
    private sealed class Peak
    {
        private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

        private readonly CancellationTokenSource _stopping = new();
        private readonly Task<MemoryUse> _work;

        public Peak() => _work = Task.Run(WatchAsync);

        public async Task<MemoryUse> StopAsync()
        {
            await _stopping.CancelAsync();
            var most = await _work;
            _stopping.Dispose();
            return most;
        }

        private async Task<MemoryUse> WatchAsync()
        {
            var most = new MemoryUse(0, 0);
            using var timer = new PeriodicTimer(Interval);
            try
            {
                while (true)
                {
                    most = MemoryUse.Max(most, MemoryUse.Now());
                    await timer.WaitForNextTickAsync(_stopping.Token);
                }
            }
            catch (OperationCanceledException)
            {
                return most;
            }
        }
    }
}
