using System.Diagnostics;
using System.Globalization;
using Accounts.Core.Geolocation;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;

namespace Accounts.Benchmarks.Places;

/// <summary>Measures loading the bundled database at startup, and look-ups in it and in larger databases.</summary>
internal static class PlacesBenchmark
{
    private const double MostNanoseconds = 200; // 5 million a second
    private const double MostBytes = 64;

    public static int Run(string[] files)
    {
        // Run this first, so that none of its code has run in this process yet.
        Load("the bundled database", () => BundledDatabase.Database);
        var written = LookUps.MakeMaxMind();
        Load($"a GeoLite2-City of {written.Length / 1e6:F0} MB", () => PlaceFile.Read(written));
        foreach (var file in files)
            Load(file, () => new PlaceFile(file).Read());

        // Run in this process. A separate one would need a new restore of the project.
        var config = ManualConfig.CreateEmpty()
            .AddJob(Job.ShortRun.WithToolchain(InProcessNoEmitToolchain.Instance).WithIterationCount(7))
            .AddDiagnoser(BenchmarkDotNet.Diagnosers.MemoryDiagnoser.Default)
            .AddColumnProvider(BenchmarkDotNet.Columns.DefaultColumnProviders.Instance)
            .AddLogger(NullLogger.Instance)
            .WithOptions(ConfigOptions.DisableLogFile);
        LookUps.Files = files;
        var summary = BenchmarkRunner.Run<LookUps>(config);
        foreach (var report in summary.Reports)
            Print(report);
        foreach (var database in LookUps.Databases)
            Judge(database);
        return summary.Reports.Length > 0 && summary.Reports.All(report => report.Success) ? 0 : 1;
    }

    /// <summary>Measures CPU time only, because other programs on the machine affect it less than the elapsed time.</summary>
    private static void Judge(string database)
    {
        var lookUps = new LookUps { Database = database };
        lookUps.SetUp();
        var (v4, v6) = (Measure(lookUps.FindV4), Measure(lookUps.FindV6));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{database}: IPv4 {v4:F0} ns, IPv6 {v6:F0} ns of CPU; target (≤ {MostNanoseconds:F0} and ≤ {2 * MostNanoseconds:F0} ns): "
                + $"{(v4 <= MostNanoseconds && v6 <= 2 * MostNanoseconds ? "met" : "MISSED")}"));
    }

    private static double Measure(Func<int> lookUps)
    {
        const int rounds = 500;
        var times = new List<double>();
        for (var i = 0; i < 5; i++)
        {
            var before = Environment.CpuUsage.TotalTime;
            for (var round = 0; round < rounds; round++)
                lookUps();
            times.Add((Environment.CpuUsage.TotalTime - before).TotalNanoseconds / (rounds * LookUps.Count));
        }

        return times.Order().ElementAt(2);
    }

    private static void Load(string name, Func<PlaceDatabase> load)
    {
        var held = GC.GetTotalMemory(forceFullCollection: true);
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var processor = Environment.CpuUsage.TotalTime;
        var begun = Stopwatch.GetTimestamp();
        var reader = load();
        var time = Stopwatch.GetElapsedTime(begun);
        processor = Environment.CpuUsage.TotalTime - processor;
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        held = GC.GetTotalMemory(forceFullCollection: true) - held;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"loading {name}: {reader.Type}, {reader.Rows:N0} rows, {time.TotalMilliseconds:F0} ms ({processor.TotalMilliseconds:F0} ms of CPU); "
                + $"keeps {held / 1e6:F1} MB, allocated {allocated / 1e6:F1} MB"));
        GC.KeepAlive(reader);
    }

    private static void Print(BenchmarkReport report)
    {
        var name = $"{report.BenchmarkCase.Parameters["Database"]}, {report.BenchmarkCase.Descriptor.WorkloadMethodDisplayInfo}";
        if (report.ResultStatistics is not { } time)
        {
            Console.WriteLine($"{name}: failed");
            return;
        }

        var bytes = report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? 0;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-52} {time.Mean,7:F1} ns ± {time.StandardDeviation,5:F1}   {1e3 / time.Mean,6:F1} million per second   {bytes,3} bytes; "
                + $"target (≤ {MostBytes} bytes): {(bytes <= MostBytes ? "met" : "MISSED")}"));
    }
}
