using MaxMind.Db;

namespace Accounts.Core.Geolocation;

/// <summary>Reads a MaxMind database (MMDB) of cities or countries: GeoLite2, GeoIP2, DB-IP. All of it is read and checked at once.</summary>
/// <remarks>
/// MaxMind.Db decodes the records. The tree and the bounds are checked before, so that no file makes a start long or large. The database keeps
/// nothing of the file.
/// </remarks>
internal static class MaxMindReader
{
    /// <summary>Reads a whole file.</summary>
    /// <exception cref="PlaceFileException">The file is damaged, or it has no places.</exception>
    public static PlaceDatabase Read(byte[] file)
    {
        var header = MaxMindHeader.Read(file);
        using var reader = Open(file);
        var places = new MaxMindPlaces(file, header, reader);
        var (v4, v6) = new MaxMindTree(file, header, places).Read();
        var all = places.ToArray();
        if (!all.Any(place => place.CountryCode is not null || place.Country is not null || place.City is not null))
            throw new PlaceFileException($"it has no places. {header.Advice}");
        return new PlaceDatabase(v4, v6, all) { Type = header.Type, Date = header.Date, Attribution = PlaceAttribution.Of(header.Type) };
    }

    private static Reader Open(byte[] file)
    {
        try
        {
            return new Reader(new MemoryStream(file, writable: false));
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            throw PlaceFileException.Damaged("its metadata can't be decoded", failure);
        }
    }
}
