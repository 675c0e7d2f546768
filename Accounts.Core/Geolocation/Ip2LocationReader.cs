namespace Accounts.Core.Geolocation;

/// <summary>Reads an IP2Location database in BIN format, of any type from DB1 to DB26. All of it is read and checked at once.</summary>
/// <remarks>The database keeps nothing of the file. The format: https://www.ip2location.com/development-libraries.</remarks>
internal static class Ip2LocationReader
{
    /// <summary>Reads a whole file.</summary>
    /// <exception cref="PlaceFileException">The file is not an IP2Location database, or it is incomplete or damaged.</exception>
    public static PlaceDatabase Read(byte[] file)
    {
        var header = Ip2LocationHeader.Read(file);
        var places = new Ip2LocationPlaces(file, Ip2LocationColumns.Of(header.Type));
        var v4 = Ip2LocationTable.Read<uint>(file, header.V4, header.Columns, places, "IPv4");
        var v6 = header.V6.Rows == 0 ? null : Ip2LocationTable.Read<UInt128>(file, header.V6, header.Columns, places, "IPv6");
        return new PlaceDatabase(v4, v6, places.ToArray()) { Type = $"DB{header.Type}", Date = header.Date };
    }
}
