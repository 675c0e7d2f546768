using System.Buffers.Binary;
using System.Text;
using Accounts.Core.Geolocation;
using Accounts.Places;
using static Accounts.Tests.Fixtures.MaxMindData;
using static Accounts.Tests.Fixtures.PlaceData;

namespace Accounts.Tests.Core.Geolocation;

/// <summary>Unusable MaxMind files, damaged or hostile, each with words that the error must contain.</summary>
internal static class BadMaxMindFiles
{
    private const byte Map1 = 0xe1;
    private const byte Map2 = 0xe2;

    private static readonly byte[] Mark = [0xab, 0xcd, 0xef, .. "MaxMind.com"u8];

    public static readonly Dictionary<string, (byte[] File, string Says)> All = new(StringComparer.Ordinal)
    {
        // The metadata.
        ["of nothing but a mark"] = (Mark, "a value lies outside the data"),
        ["cut off in its metadata"] = (Good()[..^30], "a value lies outside the data"),
        ["with its end missing"] = (Good()[..^300], "it is not a geolocation database, or its end is missing"),
        ["with its beginning missing"] = (Good()[700..], "its data do not follow its search tree"),
        ["with most of it missing"] = (Good()[^400..], "nodes, but the file has"),
        ["with a description that is no map"] = (Described(), "its metadata can't be decoded"),
        ["packed again"] = ([0x1f, 0x8b, 8, 0, .. new byte[100]], "it is a compressed archive"),
        ["of format 3"] = (WithNumber("binary_format_major_version", 3), "its format has version 3"),
        ["without a type"] = (Renamed("database_type"), "its metadata name no type"),
        ["with a type on two lines"] = (Typed("Geo\nLite"), "its metadata name no type"),
        ["with a type that turns its line around"] = (Typed("GeoLite2-\u202EytiC"), "its metadata name no type"),
        ["with a type too long"] = (Typed(new string('x', 101)), "its metadata name no type"),
        ["of IP version 5"] = (WithNumber("ip_version", 5), "its metadata say IP version 5"),
        ["with records of 25 bits"] = (WithNumber("record_size", 25), "its metadata say 25 bits a record"),
        ["without a record size"] = (Renamed("record_size"), "its metadata say 0 bits a record"),
        ["with another record size"] = (WithNumber("record_size", 32), "its data do not follow its search tree"),
        ["without nodes"] = (Renamed("node_count"), "its metadata say 0 nodes"),
        ["with one node too few"] = (WithNumber("node_count", NodesOf(Good()) - 1), "its data do not follow its search tree"),
        ["with more nodes than bytes"] = (Raw(uint.MaxValue, [0, 0], []), "its metadata say 4294967295 nodes"),
        ["with a metadata pointer to itself"] = ([.. Mark, Map1, 0x20, 0x00, 0x00], "the key of a value is not a text"),

        // The search tree.
        ["with a search tree that goes round"] = (Raw(1, [0, 0], []), "meets a node twice"),
        ["with a search tree that goes round in IPv6"] = (Raw(1, [0, 0], [], version: 6), "meets a node twice"),
        ["with nodes in common"] = (Raw(3, [1, 2, 2, 3, 3, 3], []), "meets a node twice"),
        ["with a search tree too deep"] =
            (Raw(33, [.. Enumerable.Range(1, 33).SelectMany(i => new[] { (uint)i, 33u })], []), "deeper than an address has bits"),
        ["with a record between nodes and data"] = (Raw(1, [2, 16], []), "its search tree leads out of the data"),
        ["with a record behind the data"] = (Raw(1, [1, 17 + 3], [Map1, 0x41, (byte)'a']), "its search tree leads out of the data"),

        // The data.
        ["with a record that is no map"] = (Data([0x42, .. "DE"u8]), "a record is not a map"),
        ["with a pointer that leads to itself"] = (Data([Map1, 0x41, (byte)'a', 0x20, 3]), "a pointer leads to a pointer"),
        ["with a map within itself"] = (Data([Map1, 0x41, (byte)'a', 0x20, 0]), "a record is nested too deeply"),
        ["with two maps within each other"] =
            (Data([Map2, 0x41, (byte)'a', 0x20, 8, 0x41, (byte)'b', 0xa0, Map1, 0x20, 1, 0x20, 0]), "nested too deeply"),
        ["with a pointer out of the data"] = (Data([Map1, 0x41, (byte)'a', 0x38, 0x7f, 0xff, 0xff, 0xff]), "a pointer leads out of the data"),
        ["with a pointer to the last address"] = (Data([Map1, 0x41, (byte)'a', 0x38, 0xff, 0xff, 0xff, 0xff]), "a pointer leads out of the data"),
        ["with a key that is a number"] = (Data([Map1, 0xa1, 5, 0xa1, 5]), "the key of a value is not a text"),
        ["with a text that is longer than the file"] = (Data([Map1, 0x5f, 0xff, 0xff, 0xff, (byte)'a']), "a value lies outside the data"),
        ["with a map that is longer than the file"] = (Data([0xff, 0xff, 0xff, 0xff, 0x41, (byte)'a', 0xa0]), "a value lies outside the data"),
        ["with a list that is longer than the file"] = (Data([Map1, 0x41, (byte)'a', 0x1f, 4, 0xff, 0xff, 0xff]), "a value lies outside the data"),
        ["with a size that is cut off"] = (Data([Map1, 0x41, (byte)'a', 0x5f, 1]), "a value lies outside the data"),
        ["with an extended type that is cut off"] = (Data([Map1, 0x41, (byte)'a', 0x00]), "a value lies outside the data"),
        ["with a pointer that is cut off"] = (Data([Map1, 0x41, (byte)'a', 0x30]), "a value lies outside the data"),
        ["with an unknown type"] = (Data([Map1, 0x41, (byte)'a', 0x00, 100]), "a value has an invalid type or size"),
        ["with a cache for its data"] = (Data([Map1, 0x41, (byte)'a', 0x00, 5]), "a value has an invalid type or size"),
        ["with a double of 4 bytes"] = (Data([Map1, 0x41, (byte)'a', 0x64, 1, 2, 3, 4]), "a value has an invalid type or size"),
        ["with a number of 5 bytes"] = (Data([Map1, 0x41, (byte)'a', 0xc5, 1, 2, 3, 4, 5]), "a value has an invalid type or size"),
        ["with a Boolean of 2"] = (Data([Map1, 0x41, (byte)'a', 0x02, 7]), "a value has an invalid type or size"),
        ["with a thousand lists in lists"] =
            (Data([Map1, 0x41, (byte)'a', .. Enumerable.Repeat<byte[]>([0x01, 4], 1000).SelectMany(list => list), 0xa0]), "nested too deeply"),
        ["with lists that multiply"] = (Data(Lists()), "a record is too large"),
        ["with a text of a megabyte"] = (Only(Map(("a", Map(("b", new string('b', 1_000_000)))))), "a record is too large"),
        ["with much in common"] = (Shared(), "its records hold more than the file can"),

        // What a page would show.
        ["of networks without places"] =
            (Only(Map(("autonomous_system_number", 64_496u)), "GeoLite2-ASN"), "it has no places. Its type is 'GeoLite2-ASN'"),
        ["with continents only"] = (Only(Map(("continent", Map(("code", "EU"))))), "it has no places"),
        ["with other fields"] = (Only(Map(("country", "DE"))), "its records are not those of a city or country database"),
        ["with a latitude of two equal names"] =
            (Data([Map1, 0x48, .. "location"u8, Map1, 0x48, .. "latitude"u8, Map2, 0x41, (byte)'a', 0xa0, 0x41, (byte)'a', 0xa0]),
                "it is damaged (a record can't be decoded)"),
        ["with a country in small letters"] = (Only(Map(("country", Map(("iso_code", "de"))))), "a country code is 'de'"),
        ["with a country that is a name"] = (Only(Map(("country", Map(("iso_code", "Germany"))))), "a country code is 'Germany'"),
        ["with a city on two lines"] = (Only(Map(("city", Map(("names", Names("Ber\nlin")))))), "a text is too long or contains control characters"),
        ["with a city of 256 letters"] = (Only(Map(("city", Map(("names", Names(new string('b', 256))))))), "a text is too long"),
        ["with a latitude of 91"] = (Only(Record(Berlin with { Latitude = 91 })), "a latitude or longitude is invalid"),
        ["with a longitude of -181"] = (Only(Record(Berlin with { Longitude = -181 })), "a latitude or longitude is invalid"),
        ["with a latitude that is no number"] = (Only(Record(Berlin with { Latitude = float.NaN })), "a latitude or longitude is invalid"),
    };

    public static byte[] Good() => Sample().Write();

    private static uint NodesOf(byte[] file) => (uint)MaxMindHeader.Read(file).Nodes;

    /// <summary>Puts another number of at most two bytes into the metadata.</summary>
    private static byte[] WithNumber(string name, uint value)
    {
        var file = Good();
        var at = file.AsSpan().LastIndexOf(Encoding.UTF8.GetBytes(name)) + name.Length;
        var length = file[at] & 0x1f;
        Assert.InRange(length, 1, 2);
        if (length == 2)
            file[++at] = (byte)(value >> 8);
        file[at + 1] = (byte)value;
        Assert.NotEqual(Good(), file);
        return file;
    }

    /// <summary>Makes a name in the metadata unknown.</summary>
    private static byte[] Renamed(string name)
    {
        var file = Good();
        file[file.AsSpan().LastIndexOf(Encoding.UTF8.GetBytes(name))] = (byte)'x';
        return file;
    }

    private static byte[] Described()
    {
        var file = Data([0xe0]);
        file[file.AsSpan().LastIndexOf("description"u8) + "description".Length] = 0x40;
        return file;
    }

    private static byte[] Typed(string type) => Sample(type: type).Write();

    /// <summary>A file whose only record has these bytes. Every address leads to it.</summary>
    private static byte[] Data(byte[] data) => Raw(1, [17, 17], data);

    /// <summary>A file from its parts, with records of 32 bits.</summary>
    private static byte[] Raw(uint nodes, uint[] records, byte[] data, byte version = 4)
    {
        var tree = new byte[records.Length * sizeof(uint)];
        for (var i = 0; i < records.Length; i++)
            BinaryPrimitives.WriteUInt32BigEndian(tree.AsSpan(i * sizeof(uint)), records[i]);
        var count = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(count, nodes);
        return
        [
            .. tree, .. new byte[16], .. data, .. Mark,
            0xe9, 0x5b, .. "binary_format_major_version"u8, 0xa1, 2, 0x5b, .. "binary_format_minor_version"u8, 0xa0,
            0x4b, .. "build_epoch"u8, 4, 2, 0x68, 0x00, 0x00, 0x00, 0x4d, .. "database_type"u8, 0x44, .. "Hand"u8,
            0x4b, .. "description"u8, 0xe0, 0x4a, .. "ip_version"u8, 0xa1, version, 0x49, .. "languages"u8, 0, 4,
            0x4a, .. "node_count"u8, 0xc4, .. count, 0x4b, .. "record_size"u8, 0xa1, 32,
        ];
    }

    /// <summary>Ten lists of ten pointers each to the next list: 10,000,000,000 values in some 200 bytes.</summary>
    private static byte[] Lists()
    {
        List<byte> data = [Map1, 0x41, (byte)'a'];
        for (var level = 0; level < 10; level++)
        {
            var next = data.Count + 2 + (10 * 2);
            data.AddRange([10, 4]);
            for (var i = 0; i < 10; i++)
                data.AddRange([(byte)(0x20 | (next >> 8)), (byte)next]);
        }

        return [.. data, 0xa0];
    }

    /// <summary>Thousands of small records, each with a pointer to the same large value.</summary>
    private static byte[] Shared()
    {
        var large = Map([("names", Map([.. Enumerable.Range(0, 2000).Select(i => ($"{i}", (object)"a"))]))]);
        var writer = new MaxMindWriter("GeoLite2-City") { HasV6 = false };
        for (var i = 0u; i < 10_000; i++)
            writer.Add(new NumericAddress(0x0500_0000 + (i << 8), IsV4: true), 24, Map(("city", large), ("number", i)));
        return writer.Write();
    }
}
