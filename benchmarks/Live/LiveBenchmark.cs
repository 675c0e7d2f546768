using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Manager;
using Accounts.Stage;
using Microsoft.Playwright;

namespace Accounts.Benchmarks.Live;

/// <summary>
/// How long it takes until an open dashboard shows a change from another browser. Both browsers are real, on one machine with one wall clock. The
/// watching page reports when its document changes. A user's changes wait up to 100 ms to be batched; endings don't. An application on each database
/// engine takes its turn.
/// </summary>
internal sealed class LiveBenchmark : IAsyncDisposable
{
    private const int WarmUp = 3;
    private const int GiveUpAfter = 5;

    /// <summary>Don't ask for the password again, however long the benchmark runs.</summary>
    private static readonly (string Key, string Value) NoProofs = ("Sessions:ReauthenticateAfter", "1.00:00:00");

    private const string Elsewhere = "/settings";

    private readonly string _engine;
    private readonly Application _application;
    private readonly Person _owner;
    private readonly Person _other;
    private readonly Caller _caller;
    private readonly UserId _ada;
    private readonly Latencies _sinceCommit = new();
    private int _names;
    private int _failures;

    private LiveBenchmark(string engine, Application application, Person owner, Person other, UserId ada, Caller caller)
    {
        (_engine, _application, _owner, _other, _ada, _caller) = (engine, application, owner, other, ada, caller);
    }

    public static Task<int> RunAsync(int count) => RealBrowsers.RunAsync(async (folder, browser) =>
    {
        await using var engines = await Engines.StartAsync();
        List<LiveBenchmark> all = [];
        try
        {
            foreach (var engine in engines.Names)
            {
                var settings = await engines.CreateDatabaseAsync(engine, folder);
                all.Add(await StartAsync(engine, new Application(folder, settings: [.. settings, NoProofs]), browser));
            }


            await RepeatAsync(all, "a  a sign-in elsewhere, until its card appears", count, one => one.SignInAsync());
            if (all.TrueForAll(one => one._sinceCommit.Count > 0))
                Latencies.Compare("   of that, after the server started the session", [.. all.Select(one => (one._engine, one._sinceCommit))]);
            await RepeatAsync(all, "b  a page visited elsewhere, until the number changes", count, one => one.PageAsync());
            await RepeatAsync(all, "c  a rename elsewhere, until the title changes", count, one => one.RenameAsync());
            await RepeatAsync(all, "d  an ending elsewhere, until the card shows it", count, one => one.EndingAsync());
        }
        finally
        {
            foreach (var one in all)
                await one.DisposeAsync();
        }

        Console.WriteLine("start: a and b when the acting browser's request started (a includes checking the password); c when the core was called; "
            + "d at the click in the acting browser.");
        return all.TrueForAll(one => one._failures == 0) ? 0 : 1;
    });

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static async Task<LiveBenchmark> StartAsync(string engine, Application application, IBrowser browser)
    {
        var ada = await application.StartAsync();
        var owner = await Person.NewAsync(browser, application.Url);
        var own = await application.SessionOfAsync(() => owner.SignInAsync("/settings/sessions"));
        var session = (await application.Get<SessionAuthenticator>().FindLiveAsync(own))!;
        return new LiveBenchmark(
            engine, application, owner, await Person.NewAsync(browser, application.Url), ada, session.ToCaller(session.Principal));
    }

    private static async Task RepeatAsync(IReadOnlyList<LiveBenchmark> all, string name, int count, Func<LiveBenchmark, Task<double>> once)
    {
        var series = all.Select(one => new Series(one, name)).ToList();
        for (var i = -WarmUp; i < count && !series.Exists(one => one.GaveUp); i++)
        {
            foreach (var one in series)
                await one.RunAsync(once, isMeasured: i >= 0);
        }

        if (series.TrueForAll(one => one.Latencies.Count > 0))
            Latencies.Compare(name, series.ConvertAll(one => (one.Benchmark._engine, one.Latencies)));
        foreach (var one in series)
            Console.WriteLine(
                $"   {one.Benchmark._engine}: {one.Latencies.Count} of {count} runs, failures: {one.Failures}{(one.GaveUp ? ", gave up" : "")}");
    }

    private async Task<double> SignInAsync()
    {
        await _other.FillInAsync(Elsewhere);
        await _owner.OpenDashboardAsync(0);
        var watch = await Watch.BeginAsync(_owner, Sight.NewCard);
        var committed = 0.0;
        double begun;
        using (_application.Get<SessionFeed>().Subscribe(change => committed = change is SessionChange.Started ? Now() : committed))
            begun = await _other.SubmitAsync(Elsewhere);
        var seen = await watch.SeenAsync();
        _sinceCommit.Add(seen - committed);
        return seen - begun;
    }

    private async Task<double> PageAsync()
    {
        var session = await _application.SessionOfAsync(() => _other.SignInAsync(Elsewhere));
        await _application.WaitForCircuitAsync(session);
        await _owner.OpenDashboardAsync(1);
        var watch = await Watch.BeginAsync(_owner, Sight.AnotherPage, session);
        var begun = await _other.OpenAsync(Elsewhere);
        return await watch.SeenAsync() - begun;
    }

    private async Task<double> RenameAsync()
    {
        var (elsewhere, _) = await _application.SignInAsync(_ada);
        await _owner.OpenDashboardAsync(1);
        var name = $"Kitchen laptop {++_names}";
        var watch = await Watch.BeginAsync(_owner, Sight.Title, elsewhere.SessionId, name);
        var begun = Now();
        await _application.Get<SessionService>().RenameAsync(elsewhere, elsewhere.OwnSession, new RenameSessionInput { Name = name });
        return await watch.SeenAsync() - begun;
    }

    private async Task<double> EndingAsync()
    {
        var (third, _) = await _application.SignInAsync(_ada, Browsers.Phone);
        var acting = await _application.SessionOfAsync(() => _other.SignInAsync("/settings/sessions"));
        await _application.WaitForCircuitAsync(acting);
        await _other.OpenDashboardAsync(2);
        await _owner.OpenDashboardAsync(2);
        await _other.AskToTerminateAsync(third.OwnSession);
        var watch = await Watch.BeginAsync(_owner, Sight.Ended, third.OwnSession);
        var begun = await _other.ConfirmAsync();
        return await watch.SeenAsync() - begun;
    }

    /// <summary>The wall clock in milliseconds, like the browsers' clock.</summary>
    private static double Now() => (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalMilliseconds;

    /// <summary>One engine's runs of one kind.</summary>
    private sealed class Series(LiveBenchmark benchmark, string name)
    {
        private int _failuresInARow;

        public LiveBenchmark Benchmark => benchmark;

        public Latencies Latencies { get; } = new();

        public int Failures { get; private set; }

        public bool GaveUp => _failuresInARow == GiveUpAfter;

        public async Task RunAsync(Func<LiveBenchmark, Task<double>> once, bool isMeasured)
        {
            try
            {
                // Leave the previous run's page, so that no push reaches the next run.
                await benchmark._other.OpenAsync("about:blank");
                await benchmark._application.Get<SessionService>().SignOutEverywhereAsync(benchmark._caller);
                var milliseconds = await once(benchmark);
                if (isMeasured)
                    Latencies.Add(milliseconds);
                _failuresInARow = 0;
            }
            catch (Exception failure) when (failure is PlaywrightException or TimeoutException)
            {
                Failures++;
                benchmark._failures++;
                _failuresInARow++;
                await Console.Error.WriteLineAsync($"A run failed on {benchmark._engine}, {name}: {failure.Message.Split('\n')[0]}");
            }
        }
    }
}
