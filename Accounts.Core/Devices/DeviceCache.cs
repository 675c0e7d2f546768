namespace Accounts.Core.Devices;

/// <summary>Caches a fixed number of devices by their signals, so that detecting the same browser again costs almost nothing.</summary>
/// <remarks>
/// Each set has one place for signals seen once and several for signals seen again. A new entry only replaces the one seen once. So a flood of
/// texts that are each sent once removes no entry that is used again. Entries are immutable objects that are written at once, so there is no
/// lock. If two threads write at the same time, one entry is lost.
/// </remarks>
internal sealed class DeviceCache
{
    private const int Sets = 512;
    private const int Places = 4;

    private readonly Entry?[] _entries = new Entry?[Sets * Places];

    public Device? Find(DeviceSignals signals, int hash)
    {
        var set = Set(hash);
        for (var place = 0; place < Places; place++)
        {
            if (_entries[set + place] is { } entry && entry.Hash == hash && entry.Signals.Equals(signals))
            {
                if (place == 0)
                    Keep(set, entry);
                return entry.Device;
            }
        }

        return null;
    }

    public void Add(DeviceSignals signals, int hash, Device device) => _entries[Set(hash)] = new Entry(signals, hash, device);

    // Removes the entry that was kept longest among those seen again.
    private void Keep(int set, Entry entry)
    {
        for (var place = Places - 1; place > 1; place--)
            _entries[set + place] = _entries[set + place - 1];
        _entries[set + 1] = entry;
        _entries[set] = null;
    }

    private static int Set(int hash) => (int)((uint)hash % Sets) * Places;

    private sealed record Entry(DeviceSignals Signals, int Hash, Device Device);
}
