using Accounts.Core.Geolocation;

namespace Accounts.Tests.Core.Geolocation;

public sealed class ShortAddressTests
{
    [Theory]
    [InlineData("203.0.113.7", "203.0.113.0", "203.0.113.x")]
    [InlineData("203.0.113.0", "203.0.113.0", "203.0.113.x")]
    [InlineData("255.255.255.255", "255.255.255.0", "255.255.255.x")]
    [InlineData("::ffff:203.0.113.7", "203.0.113.0", "203.0.113.x")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1::", "2001:db8:1:x")]
    [InlineData("2001:db8:1::", "2001:db8:1::", "2001:db8:1:x")]
    [InlineData("2001:db8::7", "2001:db8::", "2001:db8:0:x")]
    [InlineData("fe80::1%2", "fe80::", "fe80:0:0:x")]
    [InlineData("", "", "")]
    [InlineData("not an address", "", "")]
    public void A_shortened_address_no_longer_identifies_a_household(string address, string shortened, string shown)
    {
        Assert.Equal(shortened, ShortAddress.Of(address));
        Assert.Equal(shortened, ShortAddress.Of(shortened));
        Assert.Equal(shown, ShortAddress.Show(shortened));
    }

    [Theory]
    [InlineData("203.0.113.7")]
    [InlineData("2001:db8:1::7")]
    [InlineData("::1")]
    [InlineData("")]
    public void A_whole_address_is_shown_unchanged(string address) => Assert.Equal(address, ShortAddress.Show(address));
}
