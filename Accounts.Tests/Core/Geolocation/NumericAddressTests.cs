using System.Net;
using System.Net.Sockets;
using Accounts.Core.Geolocation;

namespace Accounts.Tests.Core.Geolocation;

public sealed class NumericAddressTests
{
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("255.255.255.255")]
    [InlineData("203.0.113.7")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("1::")]
    [InlineData("2001:db8::")]
    [InlineData("1:2:3:4:5:6:7:8")]
    [InlineData("1::3:4:5:6:7:8")]
    [InlineData("::2:3:4:5:6:7:8")]
    [InlineData("1:2:3:4:5:6:7::")]
    [InlineData("FFFF:ffff:FFFF:ffff:FFFF:ffff:FFFF:ffff")]
    [InlineData("::ffff:203.0.113.7")]
    [InlineData("0:0:0:0:0:ffff:203.0.113.7")]
    [InlineData("::ffff:cb00:7107")]
    [InlineData("64:ff9b::203.0.113.7")]
    [InlineData("::203.0.113.7")]
    [InlineData("fe80::1%2")]
    [InlineData("fe80::1%eth0")]
    public void Valid_addresses_are_parsed(string text)
    {
        Assert.True(NumericAddress.TryParse(text, out var address));
        Assert.Equal(Expected(IPAddress.Parse(text)), address);
    }

    [Theory]
    [InlineData("")]
    [InlineData("localhost")]
    [InlineData("1.2.3")]
    [InlineData("1.2.3.4.5")]
    [InlineData("1.2.3.256")]
    [InlineData("1.2.3.1000")]
    [InlineData("1.2..3")]
    [InlineData("1.2.3.")]
    [InlineData(".1.2.3")]
    [InlineData("01.2.3.4")]
    [InlineData("0x1.2.3.4")]
    [InlineData("1.2.3.4 ")]
    [InlineData("1.2.3.4:443")]
    [InlineData("[::1]")]
    [InlineData("[::1]:443")]
    [InlineData(":")]
    [InlineData(":::")]
    [InlineData("1")]
    [InlineData("1:2:3:4:5:6:7")]
    [InlineData("1:2:3:4:5:6:7:")]
    [InlineData("1:2:3:4:5:6:7:8:9")]
    [InlineData("1:2:3:4:5:6:7:8::")]
    [InlineData("::1:2:3:4:5:6:7:8")]
    [InlineData("1::2::3")]
    [InlineData("12345::")]
    [InlineData("g::")]
    [InlineData("::1.2.3")]
    [InlineData("1:2:3:4:5:6:7:1.2.3.4")]
    [InlineData("fe80::1%")]
    [InlineData("%2")]
    public void Any_other_text_is_refused(string text) => Assert.False(NumericAddress.TryParse(text, out _));

    [Fact]
    public void Every_address_that_dotnet_prints_is_parsed()
    {
        var random = new Random(7);
        var bytes = new byte[16];
        for (var i = 0; i < 50_000; i++)
        {
            random.NextBytes(bytes);
            // Runs of zeros can be written in many ways.
            foreach (var at in Enumerable.Range(0, 8).Where(_ => random.Next(3) > 0))
                bytes.AsSpan(at * 2, 2).Clear();
            var address = new IPAddress(bytes.AsSpan(0, i % 2 == 0 ? 16 : 4));
            Assert.True(NumericAddress.TryParse(address.ToString(), out var read), address.ToString());
            Assert.Equal(Expected(address), read);
        }
    }

    [Fact]
    public void Accepted_text_means_the_same_address_as_in_dotnet()
    {
        var random = new Random(8);
        const string alphabet = "01259afF:::...%";
        var accepted = 0;
        for (var i = 0; i < 300_000; i++)
        {
            var text = string.Create(random.Next(2, 18), random, (span, r) => r.GetItems(alphabet, span));
            if (!NumericAddress.TryParse(text, out var read))
                continue;
            accepted++;
            Assert.True(IPAddress.TryParse(text, out var expected), text);
            Assert.Equal(Expected(expected), read);
        }

        Assert.True(accepted > 1000, $"Only {accepted} texts were addresses.");
    }

    private static NumericAddress Expected(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        var value = address.GetAddressBytes().Aggregate(UInt128.Zero, (sum, next) => (sum << 8) | next);
        return new NumericAddress(value, address.AddressFamily == AddressFamily.InterNetwork);
    }
}
