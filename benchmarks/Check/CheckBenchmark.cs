using System.Diagnostics;
using System.Globalization;

namespace Accounts.Benchmarks.Check;

/// <summary>
/// Measures the cost of the session check. It compares the real application with one that only reads the same cookie and checks nothing. Both
/// answer the smallest request that needs a sign-in, in turns within one run: over loopback for throughput, and without the network for time and
/// memory per request. An application on each database engine checks.
/// </summary>
/// <remarks>
/// Over loopback, a request takes about 60 µs of CPU, and two equal applications differ by 2 µs. The check costs less than that. So another
/// application with a bare cookie is measured. The difference between the two equal ones is the measurement's error.
/// </remarks>
internal sealed class CheckBenchmark(IReadOnlyList<Candidate> checking, Candidate bare, Candidate alike)
{
    private const int Connections = 4;
    private const int WarmUp = 3;
    private const int Batches = 3000;

    /// <summary>Small enough that other work on the machine doesn't interrupt every batch.</summary>
    private const int BatchSize = 20;
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(1);

    public static async Task<int> RunAsync(int rounds)
    {
        await using var engines = await Engines.StartAsync();
        List<Candidate> all = [];
        try
        {
            foreach (var engine in engines.Names)
                all.Add(await Candidate.StartAsync(engines, engine, isBare: false));
            List<Candidate> checking = [.. all];
            all.Add(await Candidate.StartAsync(engines, engines.Names[0], isBare: true));
            all.Add(await Candidate.StartAsync(engines, engines.Names[0], isBare: true));
            Machine.Print(all[0].Folder);
            await new CheckBenchmark(checking, all[^2], all[^1]).RunAllAsync(rounds);
        }
        finally
        {
            foreach (var one in all)
                await one.DisposeAsync();
        }

        return 0;
    }

    private async Task RunAllAsync(int rounds)
    {
        // The first request reads the session from the database. The others find it in memory.
        foreach (var one in new[] { bare, alike }.Concat(checking))
            Require(await one.IsAnsweredAsync());
        RepeatWithoutNetwork();
        await RepeatAsync(rounds);

        // Proves that some applications check and the others don't: only the former notice that the sessions have ended.
        foreach (var one in checking)
            Require(!await one.IsAnsweredAfterSignOutAsync());
        Require(await bare.IsAnsweredAfterSignOutAsync() && await alike.IsAnsweredAfterSignOutAsync());
    }

    private void RepeatWithoutNetwork()
    {
        Candidate[] all = [.. checking, bare, alike];
        Candidate[] reversed = [.. all.Reverse()];
        var measured = all.ToDictionary(one => one, _ => new List<(double Microseconds, double Bytes)>());
        for (var i = -Batches / 5; i < Batches; i++)
        {
            // Alternate the order, so that the same application isn't always first.
            foreach (var one in i % 2 == 0 ? all : reversed)
            {
                var batch = one.Pipeline.Measure(BatchSize);
                if (i >= 0)
                    measured[one].Add(batch);
            }
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"without the network: {Median(measured[bare].Select(b => b.Microseconds)):F1} µs per request with a bare cookie; "
                + $"two equal applications differ by {Math.Abs(Difference(alike)):F2} µs (medians of {Batches} batches in turns)"));
        foreach (var one in checking)
        {
            var (time, bytes) = (Difference(one), Median(measured[one].Select(b => b.Bytes)) - Median(measured[bare].Select(b => b.Bytes)));
            Console.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"   {one.Engine}: the check takes {time:F2} µs and {bytes:F0} bytes more per request"));
            Print($"<= 1 µs more per request on {one.Engine}", time <= 1);
            Print($"<= 64 bytes more per request on {one.Engine}", bytes <= 64);
        }

        double Difference(Candidate one) => Median(measured[one].Zip(measured[bare], (mine, other) => mine.Microseconds - other.Microseconds));
    }

    private async Task RepeatAsync(int rounds)
    {
        Candidate[] all = [.. checking, bare, alike];
        var measured = all.ToDictionary(one => one, _ => new List<double>());
        for (var i = -WarmUp; i < rounds; i++)
        {
            foreach (var one in all)
            {
                var perSecond = await MeasureAsync(one);
                if (i >= 0)
                    measured[one].Add(perSecond);
            }
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"over loopback, {Connections} connections: {Median(measured[bare]):N0} requests per second with a bare cookie; two equal applications: "
                + $"{Ratio(alike):F3} (medians of {rounds} rounds in turns)"));
        foreach (var one in checking)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"   {one.Engine}: {Median(measured[one]):N0} requests per second with the check: {Ratio(one):F3} of the throughput"));
            Print($">= 0.95 of the throughput on {one.Engine}", Ratio(one) >= 0.95);
        }

        double Ratio(Candidate one) => Median(measured[one].Zip(measured[bare], (mine, other) => mine / other));
    }

    private static void Require(bool asExpected)
    {
        if (!asExpected)
            throw new InvalidOperationException("The benchmark did not measure the session check.");
    }

    private static async Task<double> MeasureAsync(Candidate one)
    {
        var open = new List<Connection>();
        for (var i = 0; i < Connections; i++)
            open.Add(await Connection.OpenAsync(one.Page, one.Cookie));

        GC.Collect();
        var begun = Stopwatch.GetTimestamp();
        var until = begun + (long)(Turn.TotalSeconds * Stopwatch.Frequency);
        var answered = (await Task.WhenAll(open.Select(connection => Task.Run(() => connection.RepeatAsync(until, TimeProvider.System))))).Sum();
        var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        open.ForEach(connection => connection.Dispose());
        return answered / seconds;
    }

    private static void Print(string target, bool held) => Console.WriteLine($"target: {target}: {(held ? "met" : "MISSED")}");

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
