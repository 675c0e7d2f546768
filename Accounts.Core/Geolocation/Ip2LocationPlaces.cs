using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Accounts.Core.Geolocation;

/// <summary>Creates the places of a database's rows. Rows with the same place share one object.</summary>
internal sealed class Ip2LocationPlaces(byte[] file, Ip2LocationColumns columns)
{
    /// <summary>The vendor's text for an unknown value.</summary>
    private const string Nothing = "-";

    /// <summary>The usage type "Data Center/Web Hosting/Transit". A row may have several types, separated by a slash.</summary>
    private const string DataCentre = "DCH";

    /// <summary>The kind of address that is in use at many places.</summary>
    private const string Anycast = "A";

    /// <summary>Size of the cache of recent rows. At startup the dictionary isn't optimized yet, and a country has thousands of rows.</summary>
    private const int RecentRows = 4096;

    private const uint Spread = 2654435761;

    private readonly (Row Row, int Number)[] _recent = Enumerable.Repeat((default(Row), -1), RecentRows).ToArray();
    private readonly Dictionary<Row, int> _known = [];
    private readonly Dictionary<uint, string?> _texts = [];
    private readonly List<Place> _places = [];

    /// <summary>All places, by their numbers.</summary>
    public Place[] ToArray() => [.. _places];

    /// <summary>The number of a row's place.</summary>
    /// <param name="fields">The row after its IP-from.</param>
    /// <exception cref="PlaceFileException">A position is outside the file, or the data there is invalid.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Of(ReadOnlySpan<byte> fields)
    {
        var row = new Row(
            Number(fields, 0),
            Number(fields, columns.Region),
            Number(fields, columns.Region < 0 ? -1 : columns.Region + 1),
            Number(fields, columns.Latitude),
            Number(fields, columns.Latitude < 0 ? -1 : columns.Latitude + 1),
            Number(fields, columns.TimeZone),
            Number(fields, columns.Provider),
            Number(fields, columns.Usage),
            Number(fields, columns.AddressType));
        ref var recent = ref _recent[(row.Country ^ (row.City * Spread)) % RecentRows];
        if (recent.Number < 0 || !recent.Row.Is(row))
            recent = (row, Find(row));
        return recent.Number;
    }

    private int Find(in Row row)
    {
        if (_known.TryGetValue(row, out var number))
            return number;
        _places.Add(Make(row));
        return _known[row] = _places.Count - 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Number(ReadOnlySpan<byte> fields, int column) =>
        column < 0 ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(fields[(4 * column)..]);

    private Place Make(in Row row)
    {
        var code = PlaceRules.Code(Text(row.Country));
        var place = new Place
        {
            CountryCode = code,
            // The name follows the code. Without a code, the vendor's samples store a notice there.
            Country = code is null ? null : Text(row.Country + 3) ?? throw PlaceFileException.Damaged($"country {code} has no name"),
            Region = columns.Region < 0 ? null : Text(row.Region),
            City = columns.Region < 0 ? null : Text(row.City),
            Latitude = columns.Latitude < 0 ? null : Degrees(row.Latitude, 90, code),
            Longitude = columns.Latitude < 0 ? null : Degrees(row.Longitude, 180, code),
            TimeZone = columns.TimeZone < 0 ? null : Text(row.TimeZone),
            Provider = columns.Provider < 0 ? null : Text(row.Provider),
            Network = Network(row),
        };
        return place == Place.Unknown ? Place.Unknown : place;
    }

    private NetworkKind? Network(in Row row)
    {
        if (columns.Usage >= 0 && Text(row.Usage) is { } usage && usage.Split('/').Contains(DataCentre, StringComparer.Ordinal))
            return NetworkKind.Hosting;
        return columns.AddressType >= 0 && Text(row.AddressType) is Anycast ? NetworkKind.Anycast : null;
    }

    /// <summary>Zero coordinates without a country mean that the place is unknown.</summary>
    private static float? Degrees(uint bits, float limit, string? code)
    {
        var degrees = PlaceRules.Degrees(BitConverter.UInt32BitsToSingle(bits), limit);
        return code is null ? null : degrees;
    }

    private string? Text(uint position)
    {
        if (_texts.TryGetValue(position, out var known))
            return known;

        if (position < Ip2LocationHeader.Bytes || position >= (uint)file.Length || position + 1L + file[position] > file.Length)
            throw PlaceFileException.Damaged("a text lies outside the file");
        var bytes = file.AsSpan((int)position + 1, file[position]);
        // This also catches a position that points into the middle of texts: their length bytes are control characters.
        if (bytes.ContainsAnyInRange((byte)0, (byte)0x1f) || bytes.Contains((byte)0x7f))
            throw PlaceFileException.Damaged("a text contains control characters");
        var text = Encoding.UTF8.GetString(bytes);
        return _texts[position] = text is "" or Nothing ? null : text;
    }

    /// <summary>The columns that make up a place. Two rows with equal values have the same place.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Row(
        uint Country, uint Region, uint City, uint Latitude, uint Longitude, uint TimeZone, uint Provider, uint Usage, uint AddressType)
    {
        /// <summary>Equality, inlined because it runs for every row.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool Is(in Row other) =>
            Country == other.Country && Region == other.Region && City == other.City && Latitude == other.Latitude && Longitude == other.Longitude
            && TimeZone == other.TimeZone && Provider == other.Provider && Usage == other.Usage && AddressType == other.AddressType;
    }
}
