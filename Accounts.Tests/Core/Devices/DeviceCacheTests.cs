using Accounts.Core.Devices;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.Devices;

/// <summary>What the cache keeps of repeated signals, and what a lookup costs.</summary>
/// <remarks>Runs alone: the cache is per process, and another test's signals could push out this test's.</remarks>
[Collection(Alone.Name)]
public sealed class DeviceCacheTests
{
    private const string Chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{0}.0.0.0 Safari/537.36";
    private readonly DeviceCache _cache = new();

    [Fact]
    public void Repeated_signals_return_the_same_object_and_allocate_nothing()
    {
        DeviceSignals Signals() => new(Chrome.Replace("{0}", "1001", StringComparison.Ordinal),
            new ClientHints { Platform = "\"Windows\"", PlatformVersion = "\"15.0.0\"" });
        var first = DeviceDetector.Detect(Signals());
        DeviceDetector.Detect(Signals());
        var again = Signals();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var same = true;
        for (var i = 0; i < 1_000; i++)
            same &= ReferenceEquals(first, DeviceDetector.Detect(again));
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(same);
        Assert.Equal(0, allocated);
    }

    [Fact]
    public void New_signals_allocate_less_than_a_kilobyte()
    {
        var signals = DeviceSamples.Traffic.Select(sample => sample.UserAgent).Concat(DeviceSamples.Crawlers)
            .Select(text => new DeviceSignals(text)).ToArray();
        foreach (var one in signals)
            DeviceDetector.DetectAnew(one);
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var one in signals)
            DeviceDetector.DetectAnew(one);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, signals.Length, signals.Length * 1_024L);
    }

    [Fact]
    public void A_flood_of_new_signals_does_not_evict_repeated_ones()
    {
        var own = new DeviceSignals(Chrome.Replace("{0}", "1002", StringComparison.Ordinal));
        var device = new Device();
        _cache.Add(own, own.GetHashCode(), device);
        Assert.Same(device, _cache.Find(own, own.GetHashCode()));
        for (var i = 0; i < 100_000; i++)
        {
            var flood = new DeviceSignals($"flood/{i}");
            _cache.Add(flood, flood.GetHashCode(), Device.Unknown);
        }

        Assert.Same(device, _cache.Find(own, own.GetHashCode()));
    }

    [Fact]
    public void A_flood_evicts_signals_seen_only_once()
    {
        var own = new DeviceSignals(Chrome.Replace("{0}", "1003", StringComparison.Ordinal));
        _cache.Add(own, own.GetHashCode(), Device.Unknown);
        for (var i = 0; i < 100_000; i++)
        {
            var flood = new DeviceSignals($"flood/{i}");
            _cache.Add(flood, flood.GetHashCode(), Device.Unknown);
        }

        Assert.Null(_cache.Find(own, own.GetHashCode()));
    }

    [Fact]
    public void Signals_with_the_same_hash_are_kept_apart()
    {
        var one = new DeviceSignals("one");
        var other = new DeviceSignals("other");
        var device = new Device();
        _cache.Add(one, 7, device);
        Assert.Null(_cache.Find(other, 7));
        Assert.Same(device, _cache.Find(one, 7));
    }

    [Fact]
    public void Many_threads_get_the_same_results_as_one()
    {
        var samples = DeviceSamples.Traffic.Take(200).Select(sample => new DeviceSignals(sample.UserAgent)).ToArray();
        var expected = samples.Select(DeviceDetector.DetectAnew).ToArray();
        Parallel.For(0, 20_000, i => Assert.Equal(expected[i % samples.Length], DeviceDetector.Detect(samples[i % samples.Length])));
    }
}
