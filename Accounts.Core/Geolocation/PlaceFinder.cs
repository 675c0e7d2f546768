namespace Accounts.Core.Geolocation;

/// <summary>Finds the place of an IP address in the configured database, or in the bundled one if none is configured.</summary>
/// <remarks>Thread-safe, even while the database is replaced: each answer comes from the old or the new one.</remarks>
public sealed class PlaceFinder
{
    private volatile InUse? _inUse;

    internal PlaceFinder()
    {
    }

    /// <summary>The database in use.</summary>
    public PlaceSource Source => Current.Source;

    private InUse Current => _inUse ??= new InUse(BundledDatabase.Database, BundledDatabase.Source);

    /// <summary>Finds an address's place. A reserved address, such as a carrier's shared one (100.64.0.0/10), always has an unknown place.</summary>
    /// <param name="address">An IPv4 or IPv6 address as text. For any other text the place is unknown.</param>
    public Place Find(string? address)
    {
        if (!NumericAddress.TryParse(address, out var number))
            return Place.Unknown;
        // A tunnel from a private network has an unknown place: that network isn't ours.
        if (number.TryGetTunnelled(out var tunnelled))
            return tunnelled.Kind() is AddressKind.Public ? Current.Database.Find(tunnelled) : Place.Unknown;

        return number.Kind() switch
        {
            AddressKind.Public => Current.Database.Find(number),
            AddressKind.Local => Place.LocalNetwork,
            _ => Place.Unknown,
        };
    }

    /// <summary>Replaces the database in use.</summary>
    internal void Use(PlaceDatabase database, PlaceSource source) => _inUse = new InUse(database, source);

    /// <summary>Keeps the database in use and records why the new file was refused.</summary>
    internal void Keep(string problem) => _inUse = Current with { Source = Current.Source with { Problem = problem } };

    private sealed record InUse(PlaceDatabase Database, PlaceSource Source);
}
