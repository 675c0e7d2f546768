namespace Accounts.Core.Geolocation;

/// <summary>A geolocation database in memory, whatever format its file had: address ranges and their places.</summary>
/// <remarks>Immutable and thread-safe. A reader checks all of a file before it makes one, so look-ups never fail.</remarks>
internal sealed class PlaceDatabase(PlaceTable<uint> v4, PlaceTable<UInt128>? v6, Place[] places)
{
    /// <summary>"DB1" to "DB26" of IP2Location, or a MaxMind file's own name for its type: "GeoLite2-City".</summary>
    public required string Type { get; init; }

    /// <summary>The date of the data; null if the file has none.</summary>
    public DateOnly? Date { get; init; }

    /// <summary>The attribution that the file's licence requires; null if the file doesn't tell.</summary>
    public PlaceAttribution? Attribution { get; init; }

    /// <summary>The number of address ranges, IPv4 and IPv6.</summary>
    public int Rows => v4.Rows + (v6?.Rows ?? 0);

    /// <summary>Finds an address's place without allocating. An IPv6 tunnel address has the place of its IPv4 address.</summary>
    public Place Find(NumericAddress address)
    {
        if (address.TryGetTunnelled(out var tunnelled))
            address = tunnelled;
        if (address.IsV4)
            return places[v4.Find((uint)address.Value)];
        return v6 is null ? Place.Unknown : places[v6.Find(address.Value)];
    }
}
