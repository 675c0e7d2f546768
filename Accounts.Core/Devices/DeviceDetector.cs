namespace Accounts.Core.Devices;

/// <summary>Detects the device from a User-Agent and its Client Hints. It never throws, and answers "unknown" rather than guess.</summary>
/// <remarks>The README in this folder says how it works and what it leaves out on purpose.</remarks>
internal static class DeviceDetector
{
    private static readonly DeviceCache Cache = new();

    /// <summary>Detects the device. For recent signals it returns the same object again.</summary>
    public static Device Detect(DeviceSignals signals)
    {
        var hash = signals.GetHashCode();
        if (Cache.Find(signals, hash) is { } known)
            return known;

        var device = DeviceReader.Read(signals);
        Cache.Add(signals, hash, device);
        return device;
    }

    /// <summary>Detects the device without the cache, for benchmarks.</summary>
    internal static Device DetectAnew(DeviceSignals signals) => DeviceReader.Read(signals);
}
