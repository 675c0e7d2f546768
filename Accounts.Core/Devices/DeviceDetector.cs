namespace Accounts.Core.Devices;

/// <summary>Names the device behind a User-Agent and its Client Hints. A pure function: it never throws, and says "unknown" rather than guess.</summary>
/// <remarks>How it concludes, and what it does not say on purpose, is in the room's README.</remarks>
public static class DeviceDetector
{
    private static readonly DeviceCache Cache = new();

    /// <summary>The device; for signals that came a moment ago the same object again.</summary>
    public static Device Detect(DeviceSignals signals)
    {
        var hash = signals.GetHashCode();
        if (Cache.Find(signals, hash) is { } known)
            return known;

        var device = DeviceReader.Read(signals);
        Cache.Add(signals, hash, device);
        return device;
    }

    /// <summary>The same without the memory, for measuring.</summary>
    internal static Device DetectAnew(DeviceSignals signals) => DeviceReader.Read(signals);
}
