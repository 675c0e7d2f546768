using System.Net;
using Accounts.Core.Geolocation;
using Accounts.Places;
using Accounts.Tests.Fixtures;
using MaxMind.Db;
using static Accounts.Tests.Fixtures.MaxMindData;
using static Accounts.Tests.Fixtures.PlaceData;

namespace Accounts.Tests.Core.Geolocation;

/// <summary>The tests write their own files. One is written by hand, and the vendor's library reads the others in the same way.</summary>
public sealed class MaxMindReaderTests
{
    private const string GeoLite = "This product includes GeoLite Data created by MaxMind, available from https://www.maxmind.com";

    public static TheoryData<int, bool, bool> Layouts => new()
    {
        { 24, true, true },
        { 28, true, true },
        { 32, true, true },
        { 24, false, true },
        { 28, false, false },
        { 32, true, false },
    };

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Every_layout_of_a_file_gives_the_same_places(int recordBits, bool hasV6, bool hasCities)
    {
        var database = PlaceFile.Read(Sample(recordBits, hasV6, hasCities, hasCities ? "GeoLite2-City" : "GeoLite2-Country").Write());
        Assert.Equal((hasCities ? "GeoLite2-City" : "GeoLite2-Country", new DateOnly(2026, 6, 1)), (database.Type, database.Date));

        foreach (var address in hasV6 ? new[] { "6.7.8.9", "2a02::1" } : ["6.7.8.9"])
        {
            var place = database.Find(At(address));
            Assert.Equal(("JP", "Japan", NetworkKind.Hosting), (place.CountryCode, place.Country, place.Network));
            Assert.Equal(hasCities ? ("Osaka", "Osaka") : (null, null), (place.City, place.Region));
            Assert.Equal(hasCities ? (34.7f, 135.5f) : ((float?)null, (float?)null), (place.Latitude, place.Longitude));
            Assert.Equal(hasCities ? "Europe/Berlin" : null, place.TimeZone);
            Assert.Equal("Example Net", place.Provider);
        }

        Assert.Null(database.Find(At("5.0.0.1")).Network);
        Assert.Equal("Côte d’Ivoire", database.Find(At("197.255.255.255")).Country);
        Assert.Equal(NetworkKind.Anycast, database.Find(At("196.0.0.1")).Network);
        Assert.Equal(hasV6 ? "DE" : null, database.Find(At("2a01::1")).CountryCode);
    }

    // One file byte by byte, without our writer: IPv4, one node of 24-bit records. 0.0.0.0/1 is in Hof, the rest is unknown.
    [Fact]
    public void A_handwritten_file_is_read()
    {
        byte[] file =
        [
            0, 0, 17, 0, 0, 1, .. new byte[16],
            0xe2, 0x47, .. "country"u8, 0xe1, 0x48, .. "iso_code"u8, 0x42, .. "DE"u8,
            0x44, .. "city"u8, 0xe1, 0x45, .. "names"u8, 0xe1, 0x42, .. "en"u8, 0x43, .. "Hof"u8,
            0xab, 0xcd, 0xef, .. "MaxMind.com"u8,
            0xe9, 0x5b, .. "binary_format_major_version"u8, 0xa1, 2, 0x5b, .. "binary_format_minor_version"u8, 0xa0,
            0x4b, .. "build_epoch"u8, 4, 2, 0x68, 0x00, 0x00, 0x00, 0x4d, .. "database_type"u8, 0x44, .. "Hand"u8,
            0x4b, .. "description"u8, 0xe0, 0x4a, .. "ip_version"u8, 0xa1, 4, 0x49, .. "languages"u8, 0, 4,
            0x4a, .. "node_count"u8, 0xc1, 1, 0x4b, .. "record_size"u8, 0xa1, 24,
        ];
        var database = PlaceFile.Read(file);
        Assert.Equal(("Hand", new DateOnly(2025, 4, 16), 2), (database.Type, database.Date, database.Rows));
        var place = database.Find(At("127.255.255.255"));
        Assert.Equal(("DE", null, "Hof"), (place.CountryCode, place.Country, place.City));
        Assert.Same(Place.Unknown, database.Find(At("128.0.0.0")));
    }

    [Theory]
    [InlineData(24)]
    [InlineData(28)]
    [InlineData(32)]
    public void The_vendors_library_finds_the_same_in_the_same_file(int recordBits)
    {
        var file = Sample(recordBits).Write();
        var database = PlaceFile.Read(file);
        using var stream = new MemoryStream(file);
        using var library = new Reader(stream);
        var random = new Random(recordBits);
        var found = 0;
        for (var i = 0; i < 5000; i++)
        {
            var bytes = new byte[i % 2 == 0 ? 4 : 16];
            random.NextBytes(bytes);
            (bytes[0], bytes[1]) = bytes.Length == 4 ? ((byte)random.Next(4, 8), bytes[1]) : ((byte)0x2a, (byte)random.Next(4));
            var address = new IPAddress(bytes);
            var record = library.Find<Dictionary<string, object>>(address);
            var country = record is null ? null : ((Dictionary<string, object>)record["country"])["iso_code"];
            Assert.Equal(country, database.Find(At(address.ToString())).CountryCode);
            found += record is null ? 0 : 1;
        }

        Assert.InRange(found, 2000, 3000);
    }

    [Theory]
    [MemberData(nameof(PlaceData.Bounds), MemberType = typeof(PlaceData))]
    public void A_network_begins_and_ends_where_the_file_says(string address, string? code)
    {
        Assert.Equal(code, PlaceFile.Read(Sample().Write()).Find(At(address)).CountryCode);
        var withoutAliases = new MaxMindWriter("DBIP-City") { HasAliases = false };
        withoutAliases.Add(At("5.0.0.0"), 8, Record(Berlin));
        withoutAliases.Add(At("6.0.0.0"), 8, Record(Osaka));
        withoutAliases.Add(At("196.0.0.0"), 7, Record(Abidjan));
        withoutAliases.Add(At("2a01::"), 16, Record(Berlin));
        withoutAliases.Add(At("2a02::"), 16, Record(Osaka));
        Assert.Equal(code, PlaceFile.Read(withoutAliases.Write()).Find(At(address)).CountryCode);
    }

    [Fact]
    public void A_record_can_cover_all_IPv4_addresses_or_a_single_one()
    {
        var writer = new MaxMindWriter("GeoLite2-City");
        writer.Add(At("::"), 64, Record(Berlin));
        Assert.Equal("DE", PlaceFile.Read(writer.Write()).Find(At("5.1.2.3")).CountryCode);

        writer.Add(At("5.1.2.3"), 32, Record(Osaka));
        writer.Add(At("2a01::1"), 128, Record(Osaka));
        var database = PlaceFile.Read(writer.Write());
        Assert.Equal(("DE", "JP", "DE"),
            (database.Find(At("5.1.2.2")).CountryCode, database.Find(At("5.1.2.3")).CountryCode, database.Find(At("5.1.2.4")).CountryCode));
        Assert.Equal((null, "JP", null),
            (database.Find(At("2a01::")).CountryCode, database.Find(At("2a01::1")).CountryCode, database.Find(At("2a01::2")).CountryCode));
    }

    [Theory]
    [InlineData("is_anonymous_vpn", true, NetworkKind.Vpn)]
    [InlineData("is_hosting_provider", true, NetworkKind.Hosting)]
    [InlineData("user_type", "hosting", NetworkKind.Hosting)]
    [InlineData("is_satellite_provider", true, NetworkKind.Satellite)]
    [InlineData("connection_type", "Satellite", NetworkKind.Satellite)]
    [InlineData("is_anycast", true, NetworkKind.Anycast)]
    [InlineData("is_anonymous_vpn", false, null)]
    [InlineData("is_anycast", false, null)]
    [InlineData("user_type", "residential", null)]
    [InlineData("connection_type", "Cable/DSL", null)]
    [InlineData("is_legitimate_proxy", true, null)]
    public void The_traits_tell_a_networks_kind(string trait, object value, NetworkKind? kind) =>
        Assert.Equal(kind, PlaceFile.Read(Only(Record(Berlin, traits: (trait, value)))).Find(At("8.8.8.8")).Network);

    [Fact]
    public void Of_several_kinds_the_one_that_hides_most_wins()
    {
        (string, object)[] all = [("is_anycast", true), ("is_satellite_provider", true), ("is_hosting_provider", true), ("is_anonymous_vpn", true)];
        NetworkKind[] kinds = [NetworkKind.Anycast, NetworkKind.Satellite, NetworkKind.Hosting, NetworkKind.Vpn];
        for (var count = 1; count <= all.Length; count++)
            Assert.Equal(kinds[count - 1], PlaceFile.Read(Only(Record(Berlin, traits: all[..count]))).Find(At("8.8.8.8")).Network);
    }

    [Theory]
    [InlineData("GeoLite2-City", GeoLite, "https://www.maxmind.com/")]
    [InlineData("GeoLite2-Country", GeoLite, "https://www.maxmind.com/")]
    [InlineData("DBIP-City-Lite", "IP Geolocation by DB-IP", "https://db-ip.com/")]
    [InlineData("DBIP-Country-Lite (compat=Country)", "IP Geolocation by DB-IP", "https://db-ip.com/")]
    [InlineData("GeoIP2-City", null, null)]
    [InlineData("DBIP-Location (compat=City)", null, null)]
    [InlineData("Other-Lite", null, null)]
    public void The_type_tells_the_attribution(string type, string? text, string? link)
    {
        var attribution = PlaceFile.Read(Only(Record(Berlin), type)).Attribution;
        Assert.Equal((text, link), (attribution?.Text, attribution?.Link.ToString()));
    }

    [Fact]
    public void Degrees_of_single_precision_are_read_too()
    {
        var place = PlaceFile.Read(Only(Map(("country", Map(("iso_code", "DE"))), ("location", Map(("latitude", 52.5f), ("longitude", 13.4f))))))
            .Find(At("8.8.8.8"));
        Assert.Equal((52.5f, 13.4f), (place.Latitude, place.Longitude));
    }

    // It is where the network's owner is registered, not where the user is.
    [Fact]
    public void A_registered_country_is_no_place()
    {
        var writer = Sample();
        writer.Add(At("7.0.0.0"), 8, Map(("registered_country", Map(("iso_code", "US"), ("names", Names("United States"))))));
        Assert.Same(Place.Unknown, PlaceFile.Read(writer.Write()).Find(At("7.1.1.1")));
    }

    [Fact]
    public void A_country_without_an_English_name_shows_its_code()
    {
        var record = Map(("country", Map(("iso_code", "DE"), ("names", Map(("de", "Deutschland"))))), ("city", Map(("names", Map(("de", "Köln"))))));
        Assert.Equal("DE", PlaceFile.Read(Only(record)).Find(At("8.8.8.8")).Name);
    }

    [Theory]
    [InlineData(1999, false)]
    [InlineData(2000, true)]
    [InlineData(2200, true)]
    [InlineData(2201, false)]
    public void An_implausible_date_is_unknown(int year, bool isKnown)
    {
        var date = new DateOnly(year, 6, 1);
        var writer = new MaxMindWriter("GeoLite2-City") { Date = date };
        writer.Add(At("5.0.0.0"), 8, Record(Berlin));
        Assert.Equal(isKnown ? date : null, PlaceFile.Read(writer.Write()).Date);
    }

    // Sizes of 29, 285 and 65,821 and positions from 2,048 and 526,336 on take more bytes.
    [Fact]
    public void Long_values_and_far_pointers_are_read()
    {
        var writer = new MaxMindWriter("GeoLite2-City");
        foreach (var (i, length) in new[] { 1, 28, 29, 100, 255 }.Index())
            writer.Add(At($"{10 + i}.0.0.0"), 8, Map(("city", Map(("names", Names(new string((char)('a' + i), length)))))));
        foreach (var (i, length) in new[] { 284, 285, 3000, 65_820, 65_821, 500_000 }.Index())
            writer.Add(At($"{20 + i}.0.0.0"), 8, Map(("city", Map(("names", Names($"City {i}")))), ("other", new byte[length])));
        writer.Add(At("30.0.0.0"), 8, Record(Berlin));
        writer.Add(At("31.0.0.0"), 8, Record(Berlin with { City = "Potsdam" }));

        var database = PlaceFile.Read(writer.Write());
        Assert.Equal([1, 28, 29, 100, 255], Enumerable.Range(10, 5).Select(i => database.Find(At($"{i}.1.1.1")).City!.Length));
        Assert.All(Enumerable.Range(0, 6), i => Assert.Equal($"City {i}", database.Find(At($"{20 + i}.1.1.1")).City));
        Assert.Equal(("Berlin", "Potsdam", "DE"),
            (database.Find(At("30.1.1.1")).City, database.Find(At("31.1.1.1")).City, database.Find(At("31.1.1.1")).CountryCode));
    }

    [Fact]
    public void Records_with_the_same_place_share_one_object_and_neighbours_one_range()
    {
        var writer = Sample(hasV6: false);
        var rows = PlaceFile.Read(writer.Write()).Rows;
        // The same place in another record.
        writer.Add(At("4.0.0.0"), 8, Record(Berlin, traits: ("autonomous_system_number", 64_496u)));
        writer.Add(At("200.0.0.0"), 8, Record(Berlin));
        var database = PlaceFile.Read(writer.Write());
        Assert.Same(database.Find(At("5.0.0.1")), database.Find(At("4.0.0.1")));
        Assert.Same(database.Find(At("5.0.0.1")), database.Find(At("200.0.0.1")));
        Assert.Equal(rows + 2, database.Rows);
    }
}
