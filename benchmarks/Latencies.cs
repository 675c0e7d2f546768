using System.Globalization;

namespace Accounts.Benchmarks;

/// <summary>Durations of one operation in milliseconds, and their percentiles.</summary>
internal sealed class Latencies
{
    private readonly List<double> _sorted = [];

    public int Count => _sorted.Count;

    public void Add(TimeSpan duration) => Add(duration.TotalMilliseconds);

    public void Add(double milliseconds)
    {
        var place = _sorted.BinarySearch(milliseconds);
        _sorted.Insert(place < 0 ? ~place : place, milliseconds);
    }

    /// <summary>The smallest duration that at least this share of all durations doesn't exceed (nearest rank).</summary>
    /// <param name="share">From 0, exclusive, to 1.</param>
    public double Percentile(double share) => _sorted[(int)Math.Ceiling(share * Count) - 1];

    /// <summary>Prints the same operation's durations on each engine, and how many times SQLite's the others are.</summary>
    public static void Compare(string name, IReadOnlyList<(string Engine, Latencies Latencies)> engines)
    {
        Console.WriteLine(name);
        foreach (var (engine, latencies) in engines)
            latencies.Print($"   {engine}");
        foreach (var (engine, latencies) in engines.Skip(1))
        {
            var (median, tail) = (latencies.Percentile(0.5) / engines[0].Latencies.Percentile(0.5),
                latencies.Percentile(0.99) / engines[0].Latencies.Percentile(0.99));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"   {engine} / {engines[0].Engine}: p50 {median:F1}, p99 {tail:F1}"));
        }
    }

    public void Print(string name) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{name,-52} p50 {Percentile(0.5),7:F2}   p90 {Percentile(0.9),7:F2}   p99 {Percentile(0.99),7:F2}   max {_sorted[^1],7:F2} ms   ({Count})"));
}

/// <summary>A target, and whether this run met it.</summary>
internal static class Target
{
    public static void Print(string name, double actual, double limit) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"target: {name} <= {limit:F0} ms: {(actual <= limit ? "met" : "MISSED")} ({actual:F2} ms)"));
}
