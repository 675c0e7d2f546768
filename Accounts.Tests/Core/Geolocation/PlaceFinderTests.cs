using Accounts.Core.Geolocation;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.Geolocation;

public sealed class PlaceFinderTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("10.0.0.1")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.20")]
    [InlineData("169.254.10.20")]
    [InlineData("::1")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%2")]
    [InlineData("febf::1")]
    [InlineData("fd12:3456:789a::1")]
    [InlineData("fc00::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:192.168.1.20")]
    public void Private_addresses_are_the_local_network(string address) => Assert.Equal("Local network", Everywhere().Find(address).Name);

    // Documentation, benchmarks, multicast, carrier-grade NAT: https://www.iana.org/assignments/iana-ipv4-special-registry
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("0.255.255.255")]
    [InlineData("100.64.0.1")]
    [InlineData("100.127.255.255")]
    [InlineData("192.0.0.1")]
    [InlineData("192.0.2.1")]
    [InlineData("192.88.99.1")]
    [InlineData("198.18.0.1")]
    [InlineData("198.19.255.255")]
    [InlineData("198.51.100.25")]
    [InlineData("203.0.113.7")]
    [InlineData("203.0.113.0")]
    [InlineData("224.0.0.1")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::ffff:203.0.113.7")]
    [InlineData("::")]
    [InlineData("64:ff9b:1::1")]
    [InlineData("100::1")]
    [InlineData("2001:2::1")]
    [InlineData("2001:1ff:ffff::1")]
    [InlineData("2001:db8::1")]
    [InlineData("3fff:fff::1")]
    [InlineData("5f00::1")]
    [InlineData("fb00::1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    public void A_reserved_address_is_unknown_whatever_the_database_says(string address) =>
        Assert.Equal("Unknown location", Everywhere().Find(address).Name);

    // Neighbours of the ranges above: no range reaches too far.
    [Theory]
    [InlineData("1.0.0.0")]
    [InlineData("9.255.255.255")]
    [InlineData("11.0.0.1")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("126.255.255.255")]
    [InlineData("128.0.0.0")]
    [InlineData("169.253.0.1")]
    [InlineData("169.255.0.0")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.1")]
    [InlineData("192.0.1.0")]
    [InlineData("192.167.1.1")]
    [InlineData("192.169.0.0")]
    [InlineData("198.17.255.255")]
    [InlineData("198.20.0.0")]
    [InlineData("203.0.112.255")]
    [InlineData("203.0.114.0")]
    [InlineData("223.255.255.255")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("2000::1")]
    [InlineData("2001:200::1")]
    [InlineData("2001:db7:ffff::1")]
    [InlineData("2001:db9::1")]
    [InlineData("3ffe::1")]
    public void Addresses_next_to_reserved_ranges_are_looked_up(string address) => Assert.Equal("Germany", Everywhere().Find(address).Name);

    [Theory]
    [InlineData("2002:0505:0505::1", "Germany")]
    [InlineData("2001:0:4136:e378:8000:63bf:fafa:fafa", "Germany")]
    [InlineData("2002:c0a8:0101::1", "Unknown location")]
    [InlineData("2001:0:4136:e378:8000:63bf:3f57:fefe", "Unknown location")]
    [InlineData("2002:cb00:7107::1", "Unknown location")]
    public void A_tunnel_has_its_IPv4_place_and_is_never_local(string address, string name) => Assert.Equal(name, Everywhere().Find(address).Name);

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("not an address")]
    [InlineData("192.168.1.20:443")]
    [InlineData("192.168.1.20, 203.0.113.7")]
    [InlineData("010.8.8.8")]
    public void Text_that_is_no_address_is_unknown(string? address) => Assert.Equal("Unknown location", Everywhere().Find(address).Name);

    [Fact]
    public void A_shortened_address_is_looked_up_like_any_other()
    {
        var finder = new PlaceFinder();
        Assert.Equal("Germany", finder.Find(ShortAddress.Of("193.99.144.80")).Name);
        Assert.Equal("Japan", finder.Find(ShortAddress.Of("2001:200:dff:fff1:216:3eff:feb1:44d7")).Name);
    }

    [Fact]
    public void A_lookup_allocates_nothing()
    {
        var finder = new PlaceFinder();
        var full = new PlaceFinder();
        full.Use(Ip2LocationReader.Read(PlaceData.Small(type: 26).Write()), new PlaceSource("a.bin", "DB26", null, null));
        var maxMind = new PlaceFinder();
        maxMind.Use(PlaceFile.Read(MaxMindData.Sample().Write()), new PlaceSource("a.mmdb", "GeoLite2-City", null, null));
        string[] addresses = ["8.8.8.8", "5.1.2.3", "2a01::7", "2001:4860:4860::8888", "::ffff:5.5.5.5", "2002:0505:0505::1", "127.0.0.1",
            "203.0.113.7", "nonsense"];
        LookUp();

        var before = GC.GetAllocatedBytesForCurrentThread();
        LookUp();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        // Control: the measurement notices a parser that allocates.
        Assert.NotNull(System.Net.IPAddress.Parse("8.8.8.8"));
        Assert.NotEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void LookUp()
        {
            foreach (var address in addresses)
            {
                for (var i = 0; i < 100; i++)
                {
                    finder.Find(address);
                    full.Find(address);
                    maxMind.Find(address);
                }
            }
        }
    }

    /// <summary>Makes a finder whose database answers Germany for every address.</summary>
    private static PlaceFinder Everywhere()
    {
        var writer = new Accounts.Places.Ip2LocationWriter(type: 1) { HasIndex = false };
        var germany = new Accounts.Places.WrittenPlace("DE", "Germany");
        writer.Add(PlaceData.At("0.0.0.0"), germany);
        writer.Add(PlaceData.At("::1"), germany);
        var finder = new PlaceFinder();
        finder.Use(Ip2LocationReader.Read(writer.Write()), new PlaceSource("everywhere.bin", "DB1", null, null));
        return finder;
    }
}
