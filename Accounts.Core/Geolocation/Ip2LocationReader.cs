namespace Accounts.Core.Geolocation;

/// <summary>An IP2Location database of any type from DB1 to DB26, read and checked whole; from then on it answers from memory and never fails.</summary>
/// <remarks>Immutable: any number of threads may ask. The format: https://www.ip2location.com/development-libraries; what is kept of a file are its ranges and their places, not the file.</remarks>
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

    /// <summary>The day of the data, if the file says one.</summary>
    public DateOnly? Date { get; }

    public int Rows => _v4.Rows + (_v6?.Rows ?? 0);

    /// <summary>Reads a whole file.</summary>
    /// <exception cref="PlaceFileException">It is not such a database, or it is not whole.</exception>
    public static Ip2LocationReader Read(byte[] file) => new(file);

    /// <summary>The place of an address; an IPv6 address of a tunnel has the place of its IPv4 address. Allocates nothing.</summary>
    public Place Find(NumericAddress address)
    {
        if (address.TryGetTunnelled(out var v4))
            address = v4;
        if (address.IsV4)
            return _places[_v4.Find((uint)address.Value)];
        return _v6 is null ? Place.Unknown : _places[_v6.Find(address.Value)];
    }
}
