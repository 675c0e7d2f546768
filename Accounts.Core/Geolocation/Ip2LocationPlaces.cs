using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Accounts.Core.Geolocation;

/// <summary>Makes the places that the rows of a database speak of, each once: however many rows a country or a city has, its place is one object.</summary>
internal sealed class Ip2LocationPlaces(byte[] file, Ip2LocationColumns columns)
{
    /// <summary>What the vendor writes where it knows nothing.</summary>
    private const string Nothing = "-";

    /// <summary>"Data Center/Web Hosting/Transit". A row may have several, separated by a slash.</summary>
    private const string DataCentre = "DCH";

    /// <summary>Rows that were seen a moment ago: at start the dictionary's code is not optimised yet, and a country has thousands of rows.</summary>
    private const int RecentRows = 4096;

    private const uint Spread = 2654435761;

    private readonly (Row Row, int Number)[] _recent = Enumerable.Repeat((default(Row), -1), RecentRows).ToArray();
    private readonly Dictionary<Row, int> _known = [];
    private readonly Dictionary<uint, string?> _texts = [];
    private readonly List<Place> _places = [];

    /// <summary>All that were made, by their numbers.</summary>
    public Place[] ToArray() => [.. _places];

    /// <summary>The number of the place that a row speaks of.</summary>
    /// <param name="fields">The row after its IP-from.</param>
    /// <exception cref="PlaceFileException">A position is outside of the file, or what stands there is not what should.</exception>
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
            Number(fields, columns.Usage));
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
    private static uint Number(ReadOnlySpan<byte> fields, int column) => column < 0 ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(fields[(4 * column)..]);

    private Place Make(in Row row)
    {
        var code = Text(row.Country);
        if (code is not (null or [>= 'A' and <= 'Z', >= 'A' and <= 'Z']))
            throw PlaceFileException.Damaged($"a country's code is '{code}'");
        var place = new Place
        {
            CountryCode = code,
            // The name follows the code. Without a code the vendor's samples have a notice there.
            Country = code is null ? null : Text(row.Country + 3) ?? throw PlaceFileException.Damaged($"the country {code} has no name"),
            Region = columns.Region < 0 ? null : Text(row.Region),
            City = columns.Region < 0 ? null : Text(row.City),
            Latitude = columns.Latitude < 0 ? null : Degrees(row.Latitude, 90, code),
            Longitude = columns.Latitude < 0 ? null : Degrees(row.Longitude, 180, code),
            TimeZone = columns.TimeZone < 0 ? null : Text(row.TimeZone),
            Provider = columns.Provider < 0 ? null : Text(row.Provider),
            IsHosting = columns.Usage >= 0 && Text(row.Usage) is { } usage && usage.Split('/').Contains(DataCentre, StringComparer.Ordinal),
        };
        return place == Place.Unknown ? Place.Unknown : place;
    }

    /// <summary>Zero and zero, without a country, is no point in the Atlantic.</summary>
    private static float? Degrees(uint bits, float limit, string? code)
    {
        var degrees = BitConverter.UInt32BitsToSingle(bits);
        if (!(MathF.Abs(degrees) <= limit))
            throw PlaceFileException.Damaged("a latitude or longitude is none");
        return code is null ? null : degrees;
    }

    private string? Text(uint position)
    {
        if (_texts.TryGetValue(position, out var known))
            return known;

        if (position < Ip2LocationHeader.Bytes || position >= (uint)file.Length || position + 1L + file[position] > file.Length)
            throw PlaceFileException.Damaged("a text is not within the file");
        var bytes = file.AsSpan((int)position + 1, file[position]);
        // Also what a position finds that points into the midst of texts: their lengths are such characters.
        if (bytes.ContainsAnyInRange((byte)0, (byte)0x1f) || bytes.Contains((byte)0x7f))
            throw PlaceFileException.Damaged("a text has control characters");
        var text = Encoding.UTF8.GetString(bytes);
        return _texts[position] = text is "" or Nothing ? null : text;
    }

    /// <summary>The columns of a row that a place is made of, as they stand there. Two rows with the same are the same place.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Row(uint Country, uint Region, uint City, uint Latitude, uint Longitude, uint TimeZone, uint Provider, uint Usage)
    {
        /// <summary>The same as equality, for the one place where it is asked for every row.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool Is(in Row other) =>
            Country == other.Country && Region == other.Region && City == other.City && Latitude == other.Latitude && Longitude == other.Longitude
            && TimeZone == other.TimeZone && Provider == other.Provider && Usage == other.Usage;
    }
}
