using Accounts.AspNetCore.Network;

namespace Accounts.Tests.AspNetCore.Network;

/// <summary>An address from a request leads to this site and can be written into a header, or it's none.</summary>
public sealed class LocalAddressTests
{
    [Theory]
    [InlineData("/", "/")]
    [InlineData("/settings?a=b&c=d#e", "/settings?a=b&c=d#e")]
    [InlineData("/é", "/%C3%A9")]
    [InlineData("/a b\"<>", "/a%20b%22%3C%3E")]
    [InlineData("/%C3%A9%2f", "/%C3%A9%2f")]
    [InlineData("/?q=日本語", "/?q=%E6%97%A5%E6%9C%AC%E8%AA%9E")]
    [InlineData("/#\U0001F600", "/#%F0%9F%98%80")]
    [InlineData("/\u202Etxt", "/%E2%80%AEtxt")]
    [InlineData("/a/../b", "/b")]
    [InlineData("/@evil.example", "/@evil.example")]
    [InlineData("/http://evil.example", "/http://evil.example")]
    public void An_address_of_this_site_is_escaped(string text, string expected) => Assert.Equal(expected, LocalAddress.Find(text));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("settings")]
    [InlineData(" /settings")]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("///evil.example/")]
    [InlineData("/\\evil.example/")]
    [InlineData("\\/evil.example/")]
    [InlineData("/\t/evil.example/")]
    [InlineData("/settings\r\nSet-Cookie: a=b")]
    [InlineData("/settings\u0000")]
    [InlineData("/settings\u0085")]
    [InlineData("/.//evil.example")]
    [InlineData("/a/..//evil.example")]
    [InlineData("javascript:alert(1)")]
    [InlineData("?a=b")]
    public void Any_other_text_is_none(string? text) => Assert.Null(LocalAddress.Find(text));

    // Half of a character, which no UTF-8 can hold.
    [Theory]
    [InlineData('\uD83D')]
    [InlineData('\uDE00')]
    public void Half_a_character_becomes_something_that_can_be_written(char half)
    {
        var found = LocalAddress.Find($"/a{half}b");
        Assert.True(found is null || found.All(char.IsAscii), found);
    }

    [Fact]
    public void An_address_that_is_too_long_before_or_after_the_escaping_is_none()
    {
        Assert.NotNull(LocalAddress.Find("/" + new string('a', LocalAddress.MaximumLength - 1)));
        Assert.Null(LocalAddress.Find("/" + new string('a', LocalAddress.MaximumLength)));
        Assert.Null(LocalAddress.Find("/" + new string('é', LocalAddress.MaximumLength / 4)));
    }
}
