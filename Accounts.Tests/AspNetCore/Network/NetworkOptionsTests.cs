using Accounts.AspNetCore.Network;
using Accounts.Core.Settings;
using Accounts.Tests.Fixtures;
using Microsoft.Extensions.Configuration;

namespace Accounts.Tests.AspNetCore.Network;

/// <summary>The allowed entries of the known proxies, and the errors for others.</summary>
public sealed class NetworkOptionsTests
{
    [Theory]
    [InlineData("192.0.2.10", "192.0.2.10/32")]
    [InlineData("10.0.0.0/8", "10.0.0.0/8")]
    [InlineData("192.0.2.10/32", "192.0.2.10/32")]
    [InlineData("2001:db8::10", "2001:db8::10/128")]
    [InlineData("2001:DB8:0::10", "2001:db8::10/128")]
    [InlineData("fd00::/8", "fd00::/8")]
    [InlineData("::1", "::1/128")]
    [InlineData("::ffff:10.0.0.5", "10.0.0.5/32")]
    [InlineData("::ffff:10.0.0.0/104", "10.0.0.0/8")]
    public void Addresses_and_networks_are_accepted(string entry, string network)
    {
        Assert.Equal("", Problems(entry));
        Assert.Equal(network, ProxyEntry.Read(entry).Network.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData(" 10.0.0.5")]
    [InlineData("proxy.example")]
    [InlineData("10.0.0.5:80")]
    [InlineData("[::1]")]
    [InlineData("fe80::1%3")]
    [InlineData("10")]
    [InlineData("010.0.0.5")]
    [InlineData("0x0a.0.0.5")]
    [InlineData("10.0.0.0/")]
    [InlineData("10.0.0.0/+8")]
    [InlineData("10.0.0.0/-8")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/8/8")]
    [InlineData("10.0.0.0/255.0.0.0")]
    [InlineData("fd00::/129")]
    [InlineData("10.0.0.1-10.0.0.9")]
    public void Any_other_entry_is_refused_with_its_index_rule_and_value(string entry) =>
        Assert.Contains($"Network:KnownProxies:0: must be an IP address or a network, such as 192.0.2.10", Problems(entry), StringComparison.Ordinal);

    [Theory]
    [InlineData("0.0.0.0/0")]
    [InlineData("0.0.0.0/1")]
    [InlineData("8.0.0.0/7")]
    [InlineData("::/0")]
    [InlineData("2000::/3")]
    [InlineData("::ffff:0.0.0.0/96")]
    public void A_network_that_is_too_wide_is_refused_with_the_reason(string entry)
    {
        var problems = Problems(entry);
        Assert.Contains("must not be wider than /8: Accounts trusts every address in it, and a trusted sender can claim any client address.",
            problems, StringComparison.Ordinal);
        Assert.Contains($"It is '{entry}'.", problems, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.0.0.5/8", "10.0.0.0/8")]
    [InlineData("fd00::5/64", "fd00::/64")]
    [InlineData("::ffff:10.0.0.5/104", "10.0.0.0/8")]
    public void A_network_that_does_not_begin_at_its_first_address_is_refused(string entry, string network) =>
        Assert.Contains($"must start with the network's first address. Write {network}, or a single address without a /. It is '{entry}'.",
            Problems(entry), StringComparison.Ordinal);

    [Fact]
    public void Only_the_bad_entries_are_named()
    {
        var lines = Problems("10.0.0.5", "proxy", "10.0.0.0/8", "0.0.0.0/0").Split(Environment.NewLine);
        Assert.Equal(3, lines.Length);
        Assert.StartsWith("  Network:KnownProxies:1: must be an IP address", lines[1], StringComparison.Ordinal);
        Assert.EndsWith("It is 'proxy'.", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("  Network:KnownProxies:3: must not be wider", lines[2], StringComparison.Ordinal);
    }

    /// <summary>Returns the startup error for the list, or "" if there is none.</summary>
    private static string Problems(params string[] entries) =>
        SettingsOf.Problems([.. entries.Select((entry, i) => ($"Network:KnownProxies:{i}", entry))]);
}
