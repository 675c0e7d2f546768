using System.Diagnostics;
using System.Globalization;
using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Manager;
using Accounts.Stage;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Benchmarks.Endings;

/// <summary>How long an ending takes from the core's call until it is committed and announced, on one engine.</summary>
/// <remarks>It runs alone, beside a flusher that never pauses, and for five sessions at once. The engines take turns.</remarks>
internal sealed class EndingsBenchmark : IAsyncDisposable
{
    private const int WarmUp = 50;
    private const int FlushedSessions = 10_000;
    private const int Others = 5;

    /// <summary>How many endings an engine's turn has: few enough that both engines see the same load of the machine.</summary>
    private const int Turn = 50;

    private readonly BareCore _core;
    private readonly Caller _person;
    private readonly LiveSession[] _active;
    private readonly Latencies _alone = new();
    private readonly Latencies _beside = new();
    private readonly Latencies _everywhere = new();
    private TimeSpan _flushing;
    private long _flushed;

    private EndingsBenchmark(string engine, BareCore core, Caller person, LiveSession[] active) =>
        (Engine, _core, _person, _active) = (engine, core, person, active);

    private string Engine { get; }

    public static async Task<int> RunAsync(int count)
    {
        using var folder = new TemporaryFolder();
        await using var engines = await Engines.StartAsync();
        Machine.Print(folder);
        List<EndingsBenchmark> all = [];
        try
        {
            foreach (var engine in engines.Names)
                all.Add(await StartAsync(engine, new BareCore(folder, await engines.CreateDatabaseAsync(engine, folder))));
            await MeasureAsync(all, count);
        }
        finally
        {
            foreach (var one in all)
                await one.DisposeAsync();
        }

        return 0;
    }

    public ValueTask DisposeAsync() => _core.DisposeAsync();

    private static async Task<EndingsBenchmark> StartAsync(string engine, BareCore core)
    {
        var person = await core.RegisterAsync();
        var active = (await core.StartAsync((await core.RegisterAsync()).Subject, FlushedSessions)).ConvertAll(BareCore.InMemory).ToArray();
        // Users are active in random order, not in the table's order.
        Random.Shared.Shuffle(active);
        return new EndingsBenchmark(engine, core, person, active);
    }

    private static async Task MeasureAsync(IReadOnlyList<EndingsBenchmark> all, int count)
    {
        foreach (var one in all)
        {
            await one.EndOneByOneAsync(WarmUp, new Latencies());
            await one.EndAllOthersAsync(WarmUp, new Latencies());
        }

        await TakeTurnsAsync(all, count, (one, size) => one.EndOneByOneAsync(size, one._alone));
        Latencies.Compare("a  one ending, no other work", [.. all.Select(one => (one.Engine, one._alone))]);

        await TakeTurnsAsync(all, count, (one, size) => one.EndBesideFlusherAsync(size));
        Latencies.Compare("b  one ending, beside a flusher that never pauses", [.. all.Select(one => (one.Engine, one._beside))]);
        foreach (var one in all)
            one.PrintFlushed();

        await TakeTurnsAsync(all, count, (one, size) => one.EndAllOthersAsync(size, one._everywhere));
        Latencies.Compare($"c  sign out everywhere, {Others} other sessions", [.. all.Select(one => (one.Engine, one._everywhere))]);
        foreach (var one in all)
        {
            Target.Print($"b p99 on {one.Engine}", one._beside.Percentile(0.99), 20);
            Target.Print($"c p50 on {one.Engine}", one._everywhere.Percentile(0.5), 5);
        }
    }

    private static async Task TakeTurnsAsync(IReadOnlyList<EndingsBenchmark> all, int count, Func<EndingsBenchmark, int, Task> run)
    {
        for (var done = 0; done < count; done += Turn)
        {
            foreach (var one in all)
                await run(one, Math.Min(Turn, count - done));
        }
    }

    private async Task EndOneByOneAsync(int endings, Latencies latencies)
    {
        foreach (var row in await _core.StartAsync(_person.Subject, endings))
        {
            var begun = Stopwatch.GetTimestamp();
            var outcome = await _core.Sessions.TerminateAsync(_person, new SessionId(row.Id));
            latencies.Add(Stopwatch.GetElapsedTime(begun));
            Require(outcome == TerminateOutcome.Terminated);
        }
    }

    private async Task EndBesideFlusherAsync(int endings)
    {
        var flusher = new Flusher(_core.Activity, _active);
        await EndOneByOneAsync(WarmUp, new Latencies());
        var before = await PagesWrittenAsync();
        var begun = Stopwatch.GetTimestamp();
        await EndOneByOneAsync(endings, _beside);
        _flushing += Stopwatch.GetElapsedTime(begun);
        var flushed = await PagesWrittenAsync() - before;
        await flusher.StopAsync();
        Require(flushed > 0);
        _flushed += flushed;
    }

    private async Task EndAllOthersAsync(int times, Latencies latencies)
    {
        for (var i = 0; i < times; i++)
        {
            await _core.StartAsync(_person.Subject, Others);
            var begun = Stopwatch.GetTimestamp();
            var ended = await _core.Sessions.SignOutEverywhereAsync(_person);
            latencies.Add(Stopwatch.GetElapsedTime(begun));
            Require(ended is EndSessionsOutcome.Ended { Count: Others });
        }
    }

    private void PrintFlushed() => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"   {Engine}: b/a p50 {_beside.Percentile(0.5) / _alone.Percentile(0.5):F1}, p99 {_beside.Percentile(0.99) / _alone.Percentile(0.99):F1}; "
            + $"flushed during this: {_flushed:N0} sessions in {_flushing.TotalSeconds:F2} s ({_flushed / _flushing.TotalSeconds:N0} per second)"));

    /// <summary>Reads the count from the database, not from the flusher: every flushed session adds one page.</summary>
    private Task<long> PagesWrittenAsync() => _core.Database.ReadAsync(db => db.Sessions.SumAsync(s => (long)s.PagesVisited));

    private static void Require(bool asExpected)
    {
        if (!asExpected)
            throw new InvalidOperationException("The core did not do what the benchmark measures.");
    }
}
