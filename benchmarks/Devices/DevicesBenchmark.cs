using Accounts.Core.Devices;
using Accounts.Tests.Core.Devices;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Accounts.Benchmarks.Devices;

/// <summary>Measures the accuracy of device detection, and its cost for new, repeated and hostile signals, with and without hints.</summary>
[MemoryDiagnoser]
public class DevicesBenchmark
{
    private const string Hostile = "Mozilla/5.0 (((((; ; ;Windows NT (Android 1;Build/[/a:b;bot";

    private readonly DeviceSignals[] _samples =
        [.. DeviceSamples.Traffic.Select(sample => sample.UserAgent).Concat(DeviceSamples.Crawlers)
            .Concat(DeviceSamples.Known.Select(known => known.UserAgent)).Select(text => new DeviceSignals(text))];

    private readonly DeviceSignals _hinted = new(DeviceSamples.Traffic[0].UserAgent, new ClientHints
    {
        Brands = "\"Chromium\";v=\"156\", \"Google Chrome\";v=\"156\", \"Not A;Brand\";v=\"99\"",
        FullVersionList = "\"Chromium\";v=\"156.0.7012.33\", \"Google Chrome\";v=\"156.0.7012.33\", \"Not A;Brand\";v=\"99.0.0.0\"",
        Platform = "\"Windows\"",
        PlatformVersion = "\"15.0.0\"",
        Mobile = "?0",
        Model = "\"\"",
        FormFactors = "\"Desktop\"",
    });

    private readonly string _hostile = string.Concat(Enumerable.Repeat(Hostile, (8 * 1024 / Hostile.Length) + 1))[..(8 * 1024)];
    private int _at;

    public static int Run()
    {
        foreach (var line in Confusion.Measure().Lines())
            Console.WriteLine(line);
        // Run in this process, so that no other project has to be built.
        BenchmarkRunner.Run<DevicesBenchmark>(DefaultConfig.Instance
            .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "accounts-benchmarks"))
            .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance)));
        return 0;
    }

    [Benchmark(Description = "new signals, one after the other of all samples")]
    public Device Cold()
    {
        _at = _at + 1 == _samples.Length ? 0 : _at + 1;
        return DeviceDetector.DetectAnew(_samples[_at]);
    }

    [Benchmark(Description = "the same signals again")]
    public Device Repeated() => DeviceDetector.Detect(_samples[0]);

    [Benchmark(Description = "new signals with all hints")]
    public Device Hinted() => DeviceDetector.DetectAnew(_hinted);

    [Benchmark(Description = "the same signals with all hints again")]
    public Device HintedRepeated() => DeviceDetector.Detect(_hinted);

    [Benchmark(Description = "a hostile header of 8 kB, cut and read")]
    public Device HostileHeader() => DeviceDetector.DetectAnew(new DeviceSignals(_hostile));
}
