namespace Accounts.Core.Geolocation;

/// <summary>Says where an IP address is: from the database that the settings name, or else the bundled one.</summary>
/// <remarks>Any number of threads may ask, also while the database is changed for another: an answer comes from the one or the other.</remarks>
public sealed class PlaceFinder
{
    private volatile InUse? _inUse;

    /// <summary>Where the answers come from.</summary>
    public PlaceSource Source => Current.Source;

    private InUse Current => _inUse ??= new InUse(BundledDatabase.Reader, BundledDatabase.Source);

    /// <summary>The place of an address. Reserved addresses, a carrier's shared ones (100.64.0.0/10) among them, are unknown whatever the database says.</summary>
    /// <param name="address">An IPv4 or IPv6 address as text; anything else is an unknown place.</param>
    public Place Find(string? address)
    {
        if (!NumericAddress.TryParse(address, out var number))
            return Place.Unknown;
        // A tunnel from a private network is nowhere that we know; it is not the network here.
        if (number.TryGetTunnelled(out var tunnelled))
            return tunnelled.Kind() is AddressKind.Public ? Current.Reader.Find(tunnelled) : Place.Unknown;

        return number.Kind() switch
        {
            AddressKind.Public => Current.Reader.Find(number),
            AddressKind.Local => Place.LocalNetwork,
            _ => Place.Unknown,
        };
    }

    /// <summary>Answers from another database from now on.</summary>
    internal void Use(Ip2LocationReader reader, PlaceSource source) => _inUse = new InUse(reader, source);

    /// <summary>Goes on with the same database and says why.</summary>
    internal void Keep(string problem) => _inUse = Current with { Source = Current.Source with { Problem = problem } };

    private sealed record InUse(Ip2LocationReader Reader, PlaceSource Source);
}
