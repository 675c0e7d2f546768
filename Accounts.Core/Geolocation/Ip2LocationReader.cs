namespace Accounts.Core.Geolocation;

/// <summary>An IP2Location database of any type from DB1 to DB26. All of it is read and checked at once; look-ups then never fail.</summary>
/// <remarks>
/// Immutable and thread-safe. It keeps the address ranges and their places, not the file. The format:
/// https://www.ip2location.com/development-libraries.
/// </remarks>
internal sealed class Ip2LocationReader
{
    private readonly Ip2LocationTable<uint> _v4;
    private readonly Ip2LocationTable<UInt128>? _v6;
    private readonly Place[] _places;

    private Ip2LocationReader(byte[] file)
    {
        var header = Ip2LocationHeader.Read(file);
        var places = new Ip2LocationPlaces(file, Ip2LocationColumns.Of(header.Type));
        _v4 = Ip2LocationTable<uint>.Read(file, header.V4, header.Columns, places, "IPv4");
        _v6 = header.V6.Rows == 0 ? null : Ip2LocationTable<UInt128>.Read(file, header.V6, header.Columns, places, "IPv6");
        _places = places.ToArray();
        (Type, Date) = (header.Type, header.Date);
    }

    /// <summary>1 to 26: DB1 to DB26.</summary>
    public int Type { get; }

    /// <summary>The date of the data; null if the file has none.</summary>
    public DateOnly? Date { get; }

    public int Rows => _v4.Rows + (_v6?.Rows ?? 0);

    /// <summary>Reads a whole file.</summary>
    /// <exception cref="PlaceFileException">The file is not an IP2Location database, or it is incomplete.</exception>
    public static Ip2LocationReader Read(byte[] file) => new(file);

    /// <summary>Finds an address's place without allocating. An IPv6 tunnel address has the place of its IPv4 address.</summary>
    public Place Find(NumericAddress address)
    {
        if (address.TryGetTunnelled(out var v4))
            address = v4;
        if (address.IsV4)
            return _places[_v4.Find((uint)address.Value)];
        return _v6 is null ? Place.Unknown : _places[_v6.Find(address.Value)];
    }
}
