namespace Accounts.Core.Devices;

/// <summary>Remembers devices by their signals, a fixed number of them, so that the same browser costs nothing again.</summary>
/// <remarks>
/// A set has one place for what was seen once and some for what was seen again, and a newcomer only ever takes the former: any number of texts that are sent
/// once each push out nothing that comes again. Entries are whole objects that are written at once, so there is no lock; of two that write at the same
/// time one is forgotten.
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

    // Of those that came again the one that was kept longest goes.
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
