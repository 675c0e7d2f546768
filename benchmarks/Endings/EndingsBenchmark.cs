using System.Diagnostics;
using System.Globalization;
using Accounts.Core.Callers;
using Accounts.Core.Manager;
using Accounts.Stage;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Benchmarks.Endings;

/// <summary>How long an ending takes from the core's call until it is committed and announced.</summary>
/// <remarks>It runs alone, beside a flusher that never pauses, and for five sessions at once.</remarks>
internal sealed class EndingsBenchmark(BareCore core, int count)
{
    private const int WarmUp = 50;
    private const int FlushedSessions = 10_000;
    private const int Others = 5;

    public static async Task<int> RunAsync(int count)
    {
        using var folder = new TemporaryFolder();
        await using var core = new BareCore(folder);
        Machine.Print(folder);
        await new EndingsBenchmark(core, count).RunAsync();
        return 0;
    }

    private async Task RunAsync()
    {
        var person = await core.RegisterAsync();
        await EndOneByOneAsync(person, WarmUp);
        var alone = await EndOneByOneAsync(person, count);
        alone.Print("a  one ending, no other work");

        var beside = await EndBesideFlusherAsync(person);

        await EndAllOthersAsync(await core.RegisterAsync(), WarmUp);
        var everywhere = await EndAllOthersAsync(await core.RegisterAsync(), count);
        everywhere.Print($"c  sign out everywhere, {Others} other sessions");

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"b/a: p50 {beside.Percentile(0.5) / alone.Percentile(0.5):F1}, p99 {beside.Percentile(0.99) / alone.Percentile(0.99):F1}"));
        Target.Print("b p99", beside.Percentile(0.99), 20);
        Target.Print("c p50", everywhere.Percentile(0.5), 5);
    }

    private async Task<Latencies> EndOneByOneAsync(Caller person, int endings)
    {
        var latencies = new Latencies();
        foreach (var row in await core.StartAsync(person.Subject, endings))
        {
            var begun = Stopwatch.GetTimestamp();
            var outcome = await core.Sessions.TerminateAsync(person, new SessionId(row.Id));
            latencies.Add(Stopwatch.GetElapsedTime(begun));
            Require(outcome == TerminateOutcome.Terminated);
        }

        return latencies;
    }

    private async Task<Latencies> EndBesideFlusherAsync(Caller person)
    {
        var active = (await core.StartAsync((await core.RegisterAsync()).Subject, FlushedSessions)).ConvertAll(BareCore.InMemory).ToArray();
        // Users are active in random order, not in the table's order.
        Random.Shared.Shuffle(active);
        var flusher = new Flusher(core.Activity, active);
        await EndOneByOneAsync(person, WarmUp);

        var before = await PagesWrittenAsync();
        var begun = Stopwatch.GetTimestamp();
        var latencies = await EndOneByOneAsync(person, count);
        var duration = Stopwatch.GetElapsedTime(begun);
        var written = await PagesWrittenAsync() - before;
        await flusher.StopAsync();

        latencies.Print("b  one ending, beside a flusher that never pauses");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"   flushed during this: {written:N0} sessions in {duration.TotalSeconds:F2} s ({written / duration.TotalSeconds:N0} per second), {flusher.Rounds} rounds of {FlushedSessions:N0} in all"));
        Require(written > 0);
        return latencies;
    }

    private async Task<Latencies> EndAllOthersAsync(Caller person, int times)
    {
        var latencies = new Latencies();
        for (var i = 0; i < times; i++)
        {
            await core.StartAsync(person.Subject, Others);
            var begun = Stopwatch.GetTimestamp();
            var ended = await core.Sessions.SignOutEverywhereAsync(person);
            latencies.Add(Stopwatch.GetElapsedTime(begun));
            Require(ended is EndSessionsOutcome.Ended { Count: Others });
        }

        return latencies;
    }

    /// <summary>Reads the count from the database, not from the flusher: every flushed session adds one page.</summary>
    private Task<long> PagesWrittenAsync() => core.Database.ReadAsync(db => db.Sessions.SumAsync(s => (long)s.PagesVisited));

    private static void Require(bool asExpected)
    {
        if (!asExpected)
            throw new InvalidOperationException("The core did not do what the benchmark measures.");
    }
}
