using Accounts.Core.Geolocation;
using Accounts.Tests.Fixtures;
using static Accounts.Tests.Fixtures.PlaceData;

namespace Accounts.Tests.Core.Geolocation;

/// <summary>The tests write their own files. <c>tools/Places/compare.mjs</c> proves that the format is the vendor's.</summary>
public sealed class Ip2LocationReaderTests
{
    public static TheoryData<int> Types => [.. Enumerable.Range(1, 26)];

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_database_type_gives_the_columns_it_has(int type)
    {
        var reader = Ip2LocationReader.Read(Small(type, hasIndex: type % 2 == 0).Write());
        Assert.Equal(($"DB{type}", new DateOnly(2026, 6, 1)), (reader.Type, reader.Date));

        foreach (var place in new[] { reader.Find(At("6.7.8.9")), reader.Find(At("2a02::1")) })
        {
            Assert.Equal(("JP", "Japan"), (place.CountryCode, place.Country));
            Assert.Equal(type >= 3 ? "Osaka" : null, place.City);
            Assert.Equal(type >= 3 ? "Osaka" : null, place.Region);
            var hasDegrees = type >= 5 && type != 7;
            Assert.Equal(hasDegrees ? (34.7f, 135.5f) : ((float?)null, (float?)null), (place.Latitude, place.Longitude));
            Assert.Equal(type is 11 or 12 or 13 or 14 or 15 or 16 or 17 or 18 or 20 or 21 or 22 or >= 24 ? "+09:00" : null, place.TimeZone);
            Assert.Equal(type is 2 or 4 or 6 or 7 or 8 or 10 or 12 or 14 or 16 or 18 or 19 or 20 or >= 22 ? "Example Net" : null, place.Provider);
            Assert.Equal(type >= 23 ? NetworkKind.Hosting : null, place.Network);
        }

        Assert.Null(reader.Find(At("5.0.0.1")).Network);
        Assert.Equal(type >= 25 ? NetworkKind.Anycast : null, reader.Find(At("196.0.0.1")).Network);
        Assert.Equal("Côte d’Ivoire", reader.Find(At("197.255.255.255")).Country);
    }

    // One file byte by byte, without our writer: DB3, IPv4 only, no index, table at 65, texts after it.
    [Fact]
    public void A_handwritten_file_is_read()
    {
        byte[] file =
        [
            3, 4, 20, 25, 7, 3, 0, 0, 0, 65, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, .. new byte[33],
            0, 0, 0, 0, 112, 0, 0, 0, 112, 0, 0, 0, 112, 0, 0, 0,
            0, 0, 0, 5, 117, 0, 0, 0, 128, 0, 0, 0, 135, 0, 0, 0,
            255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            1, (byte)'-', (byte)' ', 1, (byte)'-',
            2, .. "DE"u8, 7, .. "Germany"u8,
            6, .. "Bayern"u8,
            3, .. "Hof"u8,
        ];
        var reader = Ip2LocationReader.Read(file);
        var place = reader.Find(At("5.0.0.0"));
        Assert.Equal(("DE", "Germany", "Bayern", "Hof"), (place.CountryCode, place.Country, place.Region, place.City));
        Assert.Same(Place.Unknown, reader.Find(At("4.255.255.255")));
        Assert.Null(reader.Date);
    }

    [Theory]
    [MemberData(nameof(PlaceData.Bounds), MemberType = typeof(PlaceData))]
    public void A_range_begins_and_ends_where_the_file_says(string address, string? code)
    {
        Assert.Equal(code, Ip2LocationReader.Read(Small(type: 1).Write()).Find(At(address)).CountryCode);
        Assert.Equal(code, Ip2LocationReader.Read(Small(type: 11, hasIndex: true).Write()).Find(At(address)).CountryCode);
    }

    [Fact]
    public void The_last_range_includes_the_last_address()
    {
        var writer = Small(type: 1);
        writer.Add(At("240.0.0.0"), Osaka);
        writer.Add(At("fc00::"), Osaka);
        var reader = Ip2LocationReader.Read(writer.Write());
        Assert.Equal("JP", reader.Find(At("255.255.255.255")).CountryCode);
        Assert.Equal("JP", reader.Find(At("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")).CountryCode);
    }

    [Fact]
    public void An_IPv4_only_file_knows_no_IPv6_addresses_except_tunnels()
    {
        var reader = Ip2LocationReader.Read(Small(type: 3, hasV6: false).Write());
        Assert.Same(Place.Unknown, reader.Find(At("2a01::1")));
        Assert.Equal("DE", reader.Find(At("2002:0505::1")).CountryCode);
        Assert.Equal("DE", reader.Find(At("::ffff:5.5.5.5")).CountryCode);
    }

    [Theory]
    [InlineData(20, 25, 7)]
    [InlineData(0, 0, 0)]
    [InlineData(19, 2, 29)]
    public void A_file_from_before_2021_is_read_without_its_date(int year, int month, int day)
    {
        var reader = Ip2LocationReader.Read(Small(type: 5, isOld: true, date: (year, month, day)).Write());
        Assert.Equal("DE", reader.Find(At("5.0.0.1")).CountryCode);
        Assert.Null(reader.Date);
    }

    [Fact]
    public void Rows_with_the_same_place_share_one_object()
    {
        var writer = Small(type: 1);
        writer.Add(At("200.0.0.0"), Berlin);
        var reader = Ip2LocationReader.Read(writer.Write());
        Assert.Same(reader.Find(At("5.0.0.1")), reader.Find(At("200.0.0.1")));
        Assert.Same(reader.Find(At("5.0.0.1")), reader.Find(At("2a01::1")));
        Assert.NotSame(reader.Find(At("5.0.0.1")), reader.Find(At("6.0.0.1")));
    }

    // The vendor's samples contain a row that begins where the next one does.
    [Fact]
    public void An_empty_row_is_skipped()
    {
        var file = Small(type: 1, hasV6: false).Write();
        const int secondRow = 64 + 8;
        Assert.Equal(5, file[secondRow + 3]);
        file[secondRow + 3] = 6;
        var reader = Ip2LocationReader.Read(file);
        Assert.Null(reader.Find(At("5.255.255.255")).CountryCode);
        Assert.Equal("JP", reader.Find(At("6.0.0.0")).CountryCode);
    }

    [Fact]
    public void Many_threads_get_the_same_answers_as_one()
    {
        var reader = Ip2LocationReader.Read(Small(type: 26, hasIndex: true).Write());
        string[] addresses = ["5.0.0.1", "6.0.0.1", "196.0.0.1", "2a01::1", "2a02::1", "8.8.8.8"];
        var expected = addresses.Select(address => reader.Find(At(address))).ToList();
        Parallel.For(0, 50_000, i => Assert.Same(expected[i % expected.Count], reader.Find(At(addresses[i % addresses.Length]))));
    }
}
