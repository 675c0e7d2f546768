using System.Diagnostics;
using System.Globalization;

namespace Accounts.Benchmarks.Check;

/// <summary>
/// Measures the cost of the session check. It compares the real application with one that only reads the same cookie and checks nothing. Both
/// answer the smallest request that needs a sign-in, in turns within one run: over loopback for throughput, and without the network for time and
/// memory per request.
/// </summary>
/// <remarks>
/// Over loopback, a request takes about 60 µs of CPU, and two equal applications differ by 2 µs. The check costs less than that. So a third
/// application, also with a bare cookie, is measured. The difference between the two equal ones is the measurement's error.
/// </remarks>
internal sealed class CheckBenchmark(Candidate checking, Candidate bare, Candidate alike)
{
    private const int Connections = 4;
    private const int WarmUp = 3;
    private const int Batches = 3000;

    /// <summary>Small enough that other work on the machine doesn't interrupt every batch.</summary>
    private const int BatchSize = 20;
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(1);

    public static async Task<int> RunAsync(int rounds)
    {
        await using var checking = await Candidate.StartAsync(isBare: false);
        await using var bare = await Candidate.StartAsync(isBare: true);
        await using var alike = await Candidate.StartAsync(isBare: true);
        Machine.Print(checking.Folder);
        var benchmark = new CheckBenchmark(checking, bare, alike);
        benchmark.RepeatWithoutNetwork();
        await benchmark.RepeatAsync(rounds);

        // Proves that one application checks and the others don't: only one notices that the sessions have ended.
        if (await checking.IsAnsweredAfterSignOutAsync() || !await bare.IsAnsweredAfterSignOutAsync() || !await alike.IsAnsweredAfterSignOutAsync())
            throw new InvalidOperationException("The benchmark did not measure the session check.");
        return 0;
    }

    private void RepeatWithoutNetwork()
    {
        var all = new[] { checking, bare, alike };
        var measured = all.ToDictionary(one => one, _ => new List<(double Microseconds, double Bytes)>());
        for (var i = -Batches / 5; i < Batches; i++)
        {
            // Alternate the order, so that the same application isn't always first.
            foreach (var one in i % 2 == 0 ? all : all.Reverse())
            {
                var batch = one.Pipeline.Measure(BatchSize);
                if (i >= 0)
                    measured[one].Add(batch);
            }
        }

        var time = Difference(measured[checking], measured[bare]);
        var noise = Difference(measured[alike], measured[bare]);
        var bytes = Median(measured[checking].Select(b => b.Bytes)) - Median(measured[bare].Select(b => b.Bytes));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"without the network: the check takes {time:F2} µs and {bytes:F0} bytes more per request, compared with {Median(measured[bare].Select(b => b.Microseconds)):F1} µs with a bare cookie; two equal applications differ by {Math.Abs(noise):F2} µs (medians of {Batches} batches in turns)"));
        Print("<= 1 µs more per request", time <= 1);
        Print("<= 64 bytes more per request", bytes <= 64);

        static double Difference(List<(double Microseconds, double Bytes)> one, List<(double Microseconds, double Bytes)> other) =>
            Median(one.Zip(other, (a, b) => a.Microseconds - b.Microseconds));
    }

    private async Task RepeatAsync(int rounds)
    {
        var with = new List<double>();
        var without = new List<double>();
        var same = new List<double>();
        for (var i = -WarmUp; i < rounds; i++)
        {
            var (one, other, another) = (await MeasureAsync(checking), await MeasureAsync(bare), await MeasureAsync(alike));
            if (i < 0)
                continue;
            with.Add(one);
            without.Add(other);
            same.Add(another);
        }

        var ratio = Median(with.Zip(without, (one, other) => one / other));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"over loopback, {Connections} connections: {Median(with):N0} requests per second with the check, {Median(without):N0} with a bare cookie: {ratio:F3} of the throughput; two equal applications: {Median(same.Zip(without, (one, other) => one / other)):F3} (medians of {rounds} rounds in turns)"));
        Print(">= 0.95 of the throughput", ratio >= 0.95);
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
