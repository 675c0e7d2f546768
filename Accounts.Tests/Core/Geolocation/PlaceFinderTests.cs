using Accounts.Core.Geolocation;

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
    [InlineData("fd12:3456:789a::1")]
    [InlineData("fc00::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:192.168.1.20")]
    public void An_address_that_is_nowhere_else_than_here_is_the_local_network(string address) =>
        Assert.Equal("Local network", new PlaceFinder().Find(address).Name);

    [Theory]
    [InlineData("9.255.255.255")]
    [InlineData("11.0.0.1")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.1")]
    [InlineData("192.167.1.1")]
    [InlineData("169.253.0.1")]
    [InlineData("203.0.113.7")]
    [InlineData("2001:db8::1")]
    [InlineData("::ffff:203.0.113.7")]
    [InlineData("fb00::1")]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("not an address")]
    [InlineData("192.168.1.20:443")]
    [InlineData("192.168.1.20, 203.0.113.7")]
    public void Anything_else_is_unknown(string? address) => Assert.Equal("Unknown location", new PlaceFinder().Find(address).Name);
}
