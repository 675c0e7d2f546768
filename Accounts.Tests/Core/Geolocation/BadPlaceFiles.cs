using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.Geolocation;

/// <summary>Unusable files, each with words that the error must contain.</summary>
internal static class BadPlaceFiles
{
    private const int FirstRow = 64;

    public static readonly Dictionary<string, (byte[] File, string Says)> All = new(StringComparer.Ordinal)
    {
        ["empty"] = ([], "it is empty"),
        ["shorter than a header"] = (Good()[..40], "it is incomplete"),
        ["cut off in its texts"] = (Good()[..^1], "it is incomplete: its header says"),
        ["cut off in a table"] = (Good()[..80], "it is incomplete: its header says"),
        ["old and cut off"] = (PlaceData.Small(type: 3, isOld: true).Write()[..90], "table lies outside the file"),
        ["longer than it says"] = ([.. Good(), 0], "it is damaged (its header says"),
        ["an archive"] = (Zip(Good()), "it is a compressed archive"),
        ["packed with gzip"] = (GZip(Good()), "it is a compressed archive"),
        ["a CSV file"] = (Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("\"16777216\",\"16777471\",\"AU\",\"Australia\"\r\n", 50))),
            "it is a text file, such as CSV"),
        ["a short text"] = ("DE"u8.ToArray(), "it is a text file"),
        ["a proxy database"] = (With(29, 2), "it is an IP2Proxy database"),
        ["a picture"] = ([0x89, .. "PNG\r\n"u8, 0x1a, 0x0a, .. new byte[200]], "it is not a geolocation database"),
        ["of type 0"] = (With(0, 0), "it is not a geolocation database"),
        ["of type 27"] = (With(0, 27), "it is not a geolocation database"),
        ["new and of no product"] = (With(29, 0), "it is not a geolocation database"),
        ["of too many columns"] = (With(1, 5), "columns, which DB3 does not have"),
        ["of too few columns"] = (With(1, 3), "columns, which DB3 does not have"),
        ["without rows"] = (With(5, 0), "the IPv4 table has no rows"),
        ["with one row"] = (With(5, 1), "the IPv4 table has no rows"),
        ["with more rows than bytes"] = (WithNumber(5, 0x1000_0000), "the IPv4 table lies outside the file"),
        ["with most rows"] = (WithNumber(5, uint.MaxValue), "the IPv4 table lies outside the file"),
        ["with its table in its header"] = (WithNumber(9, 1), "the IPv4 table lies outside the file"),
        ["with its table nowhere"] = (WithNumber(9, 0), "the IPv4 table lies outside the file"),
        ["with its IPv6 table behind the end"] = (WithNumber(17, uint.MaxValue), "the IPv6 table lies outside the file"),
        ["with a row less"] = (With(5, 6), "the IPv4 table does not end with the last address"),
        ["that does not begin at the beginning"] = (With(FirstRow, 1), "row 1 of the IPv4 table begins after the first address"),
        ["with rows in disorder"] = (With(FirstRow + 16 + 3, 200), "row 3 of the IPv4 table begins before the row above it"),
        ["with a text behind the end"] = (WithNumber(FirstRow + 16 + 4, 0x7fff_ffff), "a text lies outside the file"),
        ["with a text at the end of all numbers"] = (WithNumber(FirstRow + 16 + 4, uint.MaxValue), "a text lies outside the file"),
        ["with a text in the header"] = (WithNumber(FirstRow + 16 + 8, 3), "a text lies outside the file"),
        ["with a text that is longer than the file"] = (Longer(Good()), "a text lies outside the file"),
        ["with a city in the midst of texts"] = (WithNumber(FirstRow + 16 + 12, (uint)Find(Good(), " 3")), "a text contains control characters"),
        ["with a country that is a name"] = (WithNumber(FirstRow + 16 + 4, (uint)Find(Good(), "Germany") - 1), "a country code is 'Germany'"),
        ["with a country in small letters"] = (With(Find(Good(), "DE"), (byte)'d'), "a country code is 'dE'"),
        ["with a country without a name"] = (With(Find(Good(), "Germany") - 1, 0), "country DE has no name"),
        ["with a latitude of 91"] = (Degrees(91, 13), "a latitude or longitude is invalid"),
        ["with a longitude of -181"] = (Degrees(52, -181), "a latitude or longitude is invalid"),
        ["with a latitude that is no number"] = (Degrees(float.NaN, 13), "a latitude or longitude is invalid"),
        ["with a longitude without end"] = (Degrees(52, float.PositiveInfinity), "a latitude or longitude is invalid"),
        ["with an index behind the end"] = (WithNumber(21, 0x7000_0000), "the IPv4 index lies outside the file"),
        ["with an index in the header"] = (WithNumber(21, 3), "the IPv4 index lies outside the file"),
        ["with an index that leads too far"] = (Index(5 * 256, 2), "entry 1280 of the IPv4 index points to wrong rows"),
        ["with an index that leads behind the rows"] = (Index((5 * 256) + 0.5, 7000), "entry 1280 of the IPv4 index points to wrong rows"),
    };

    /// <summary>A DB3 file without an index: the header, seven rows of IPv4 at 64, five of IPv6, the texts.</summary>
    public static byte[] Good() => PlaceData.Small(type: 3).Write();

    private static byte[] With(int at, byte value)
    {
        var file = Good();
        Assert.NotEqual(value, file[at]);
        file[at] = value;
        return file;
    }

    private static byte[] WithNumber(int at, uint value)
    {
        var file = Good();
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(at), value);
        return file;
    }

    private static byte[] Longer(byte[] file)
    {
        file[Find(file, "Abidjan") - 1] = 255;
        return file;
    }

    private static byte[] Degrees(float latitude, float longitude)
    {
        var writer = new Accounts.Places.Ip2LocationWriter(type: 5) { HasIndex = false };
        writer.Add(PlaceData.At("5.0.0.0"), PlaceData.Berlin with { Latitude = latitude, Longitude = longitude });
        return writer.Write();
    }

    /// <summary>Makes an index with one wrong number. A whole entry is a block's first row; half an entry more is its last.</summary>
    private static byte[] Index(double entry, uint row)
    {
        var file = PlaceData.Small(type: 3, hasIndex: true).Write();
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(64 + (int)(entry * 8)), row);
        return file;
    }

    private static int Find(byte[] file, string text) => file.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text));

    private static byte[] Zip(byte[] file)
    {
        using var packed = new MemoryStream();
        using (var archive = new ZipArchive(packed, ZipArchiveMode.Create))
        using (var entry = archive.CreateEntry("IP2LOCATION-LITE-DB1.BIN").Open())
            entry.Write(file);
        return packed.ToArray();
    }

    private static byte[] GZip(byte[] file)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
            gzip.Write(file);
        return packed.ToArray();
    }
}
