using Accounts.AspNetCore.Network;
using Accounts.Tests.Fixtures;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Accounts.Tests.AspNetCore.Network;

/// <summary>Accounts notices a proxy that isn't configured, but doesn't trust it. Strangers can't fake one.</summary>
public sealed class UnknownProxyTests
{
    private const string Client = "203.0.113.9";

    private readonly Journal _journal = new();
    private readonly Peer _peer = new("10.0.0.5");

    [Theory]
    [InlineData("X-Forwarded-For", "10.0.0.5", "10.0.0.5")]
    [InlineData("X-Forwarded-Proto", "172.16.3.4", "172.16.3.4")]
    [InlineData("X-Forwarded-Host", "192.168.1.2", "192.168.1.2")]
    [InlineData("X-Real-IP", "127.0.0.1", "127.0.0.1")]
    [InlineData("Forwarded", "::1", "::1")]
    [InlineData("x-forwarded-for", "fd00::5", "fd00::5")]
    [InlineData("X-Forwarded-For", "::ffff:10.0.0.5", "10.0.0.5")]
    public async Task An_unlisted_proxy_in_a_private_network_is_logged_once(string header, string peer, string named)
    {
        _peer.Address = peer;
        await using var site = Start("192.0.2.80");
        using var visitor = site.Visit();
        await visitor.ReadAsync("/sign-in");
        Assert.Empty(Warnings);

        visitor.Headers[header] = Client;
        for (var i = 0; i < 3; i++)
            await visitor.ReadAsync("/sign-in");
        Assert.Equal($"Warning: Ignored the forwarding headers of {named}, which is not in Network:KnownProxies", Assert.Single(Warnings));
        Assert.Equal([named], site.Get<UnknownProxies>().Addresses);
        Assert.DoesNotContain(_journal.Lines, line => line.Level > LogLevel.Debug && line.Text.Contains(Client, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("203.0.113.77", "192.0.2.80")]
    [InlineData("2001:db8::77", "192.0.2.80")]
    [InlineData("8.8.8.8", "")]
    [InlineData("10.0.0.5", "10.0.0.5")]
    [InlineData("10.0.0.5", "10.0.0.0/8")]
    [InlineData("::ffff:10.0.0.5", "10.0.0.0/8")]
    public async Task Public_addresses_and_known_proxies_are_not_logged(string peer, string proxies)
    {
        _peer.Address = peer;
        await using var site = Start(proxies);
        using var visitor = site.Visit();
        foreach (var (header, value) in new[]
        {
            ("X-Forwarded-For", Client),
            ("X-Forwarded-Proto", "http"),
            ("X-Forwarded-Host", "accounts.example"),
            ("X-Real-IP", Client),
            ("Forwarded", $"for={Client}"),
        })
            visitor.Headers[header] = value;
        await visitor.ReadAsync("/sign-in");
        Assert.Empty(Warnings);
        Assert.Empty(site.Get<UnknownProxies>().Addresses);

        _peer.Address = "192.168.1.2";
        await visitor.ReadAsync("/sign-in");
        Assert.Single(Warnings);
    }

    [Fact]
    public async Task A_missing_proxy_in_a_chain_is_logged()
    {
        await using var site = Start("10.0.0.5");
        using var visitor = site.Visit();
        visitor.Headers["X-Forwarded-For"] = $"{Client}, 10.0.9.9";
        await visitor.ReadAsync("/sign-in");
        Assert.Contains("headers of 10.0.9.9,", Assert.Single(Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hops_that_a_client_makes_up_are_not_logged()
    {
        await using var site = Start("10.0.0.5");
        using var visitor = site.Visit();
        visitor.Headers["X-Real-IP"] = Client;
        visitor.Headers["X-Forwarded-For"] = $"10.0.9.9, {Client}";
        await visitor.ReadAsync("/sign-in");
        visitor.Headers["X-Forwarded-For"] = "10.0.9.9, unknown";
        await visitor.ReadAsync("/sign-in");
        Assert.Empty(Warnings);
    }

    [Fact]
    public async Task One_address_per_network_and_a_few_networks_are_logged()
    {
        await using var site = Start("");
        using var visitor = site.Visit();
        visitor.Headers["X-Forwarded-For"] = Client;
        foreach (var peer in new[] { "10.0.0.5", "10.0.0.6", "10.0.0.200" })
        {
            _peer.Address = peer;
            await visitor.ReadAsync("/sign-in");
        }

        Assert.Equal(["10.0.0.5"], site.Get<UnknownProxies>().Addresses);

        for (var i = 1; i < 30; i++)
        {
            _peer.Address = $"10.0.{i}.5";
            await visitor.ReadAsync("/sign-in");
        }

        Assert.Equal(8, Warnings.Count);
        Assert.Equal(8, site.Get<UnknownProxies>().Addresses.Count);
    }

    private IReadOnlyList<string> Warnings => _journal.Of(nameof(UnknownProxies));

    private AccountsSite Start(string proxies) => AccountsSite.Start(
        services: services => services.AddSingleton<IStartupFilter>(_peer).AddSingleton<ILoggerProvider>(_journal),
        settings: [.. proxies.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select((entry, i) => ($"Network:KnownProxies:{i}", entry))]);
}
