using System.Net;
using System.Net.Sockets;
using System.Text;
using Accounts.Tests.Fixtures;
using Accounts.Tests.Fixtures.Circuits;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Accounts.Tests.AspNetCore.Network;

/// <summary>A session's address comes from this installation's proxies, whatever headers a client makes up.</summary>
public sealed class ClientAddressTests
{
    private const string Ada = "ada@example.test";
    private const string Client = "203.0.113.9";
    private const string Forged = "198.51.100.66";

    private static readonly string Hundred = string.Join(", ", Enumerable.Range(1, 100).Select(i => $"10.1.0.{i}"));

    /// <summary>The known proxies, the peer, X-Forwarded-For, and the address that the session records.</summary>
    public static TheoryData<string, string, string?, string> Hops => new()
    {
        // Which peers are trusted.
        { "", "10.0.0.5", Client, "10.0.0.5" },
        { "10.0.0.5", "10.0.0.5", Client, Client },
        { "10.0.0.5", "10.0.0.6", Client, "10.0.0.6" },
        { "10.0.0.0/8", "10.200.3.4", Client, Client },
        { "10.0.0.0/8", "11.0.0.1", Client, "11.0.0.1" },
        { "10.0.0.5", "::ffff:10.0.0.5", Client, Client },
        { "10.0.0.0/8", "::ffff:10.0.0.5", Client, Client },
        { "::ffff:10.0.0.5", "10.0.0.5", Client, Client },
        { "::ffff:10.0.0.0/104", "10.200.3.4", Client, Client },
        { "::ffff:10.0.0.0/104", "11.0.0.1", Client, "11.0.0.1" },
        { "2001:db8:1::/48", "2001:db8:1::5", Client, Client },
        { "2001:db8:1::/48", "2001:db8:2::5", Client, "2001:db8:2::5" },
        { "fe80::/64", "fe80::5%1", Client, Client },
        // Accounts reads the header from right to left, and stops at the first unknown address.
        { "10.0.0.5", "10.0.0.5", $"{Forged}, {Client}", Client },
        { "10.0.0.5 192.0.2.80", "10.0.0.5", $"{Forged}, {Client}, 192.0.2.80", Client },
        { "10.0.0.5", "10.0.0.5", $"{Client}, 192.0.2.80", "192.0.2.80" },
        { "10.0.0.5", "10.0.0.5", $"10.0.0.5, {Forged}, 10.0.0.5, {Client}", Client },
        { "10.0.0.5", "10.0.0.5", $"10.0.0.5, {Client}", Client },
        { "10.0.0.5", "10.0.0.5", $"{Hundred}, {Client}", Client },
        // Ways to write an address.
        { "10.0.0.5", "10.0.0.5", $"{Client}:4711", Client },
        { "10.0.0.5", "10.0.0.5", "2001:db8::9", "2001:db8::9" },
        { "10.0.0.5", "10.0.0.5", "[2001:db8::9]", "2001:db8::9" },
        { "10.0.0.5", "10.0.0.5", "[2001:db8::9]:4711", "2001:db8::9" },
        { "10.0.0.5", "10.0.0.5", $"::ffff:{Client}", Client },
        { "10.0.0.5", "10.0.0.5", $"{Forged},   {Client}  ", Client },
        // Text that is no address stops the reading there: the client is unknown.
        { "10.0.0.5", "10.0.0.5", "unknown", "10.0.0.5" },
        { "10.0.0.5", "10.0.0.5", $"{Forged}, unknown", "10.0.0.5" },
        { "10.0.0.5", "10.0.0.5", $"{Forged}, <script>", "10.0.0.5" },
        { "10.0.0.5", "10.0.0.5", $"{Forged}, 203.0.113.9:99999", "10.0.0.5" },
        { "10.0.0.5", "10.0.0.5", $"unknown, {Client}", Client },
        { "10.0.0.5", "10.0.0.5", ", ,", "10.0.0.5" },
        { "10.0.0.5", "10.0.0.5", null, "10.0.0.5" },
        // A chain that never reaches a client.
        { "10.0.0.0/8", "10.0.0.5", Hundred, "10.1.0.81" },
    };

    [Theory]
    [MemberData(nameof(Hops))]
    public async Task A_session_records_its_clients_address(string proxies, string peer, string? forwarded, string recorded)
    {
        await using var site = Start(new Peer(peer), proxies);
        await site.RegisterAsync(Ada);
        using var visitor = site.Visit();
        if (forwarded is not null)
            visitor.Headers["X-Forwarded-For"] = forwarded;
        using var answer = await visitor.SignInAsync(Ada, AccountsSite.Password);
        using var rows = site.Rows();
        Assert.Equal(recorded, rows.Text("SELECT \"SignInAddress\" FROM \"Sessions\""));
    }

    [Theory]
    [InlineData("X-Real-IP", Forged)]
    [InlineData("Forwarded", "for=" + Forged)]
    [InlineData("True-Client-IP", Forged)]
    [InlineData("X-Original-For", Forged)]
    [InlineData("X-Forwarded", Forged)]
    public async Task No_other_header_is_used_even_from_a_known_proxy(string name, string value)
    {
        await using var site = Start(new Peer("10.0.0.5"), "10.0.0.5");
        await site.RegisterAsync(Ada);
        using var visitor = await site.SignInAsync(Ada);
        visitor.Headers[name] = value;
        await visitor.ReadAsync("/settings");
        Assert.Equal("10.0.0.5", await AddressAsync(site, visitor));

        visitor.Headers["X-Forwarded-For"] = Client;
        await visitor.ReadAsync("/settings");
        Assert.Equal(Client, await AddressAsync(site, visitor));
    }

    [Theory]
    [InlineData("X-Forwarded-For: " + Forged + "\r\nX-Forwarded-For: " + Client + "\r\n")]
    [InlineData("X-Forwarded-For: " + Forged + ", 10.0.0.5\r\nx-forwarded-for: " + Client + "\r\n")]
    [InlineData("X-Forwarded-For: " + Client + "\r\nX-Forwarded-For:\r\n")]
    public async Task A_repeated_header_counts_as_one_list(string headers)
    {
        await using var site = Start(new Peer("10.0.0.5"), "10.0.0.5");
        await site.RegisterAsync(Ada);
        using var visitor = await site.SignInAsync(Ada);

        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, site.Address.Port, TestContext.Current.CancellationToken);
        var request = $"GET /settings HTTP/1.1\r\nHost: {site.Address.Authority}\r\nAccept: text/html\r\nCookie: "
            + $"{visitor.CookieHeader}\r\n{headers}Connection: close\r\n\r\n";
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(socket.GetStream());
        Assert.StartsWith("HTTP/1.1 200", await reader.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(Client, await AddressAsync(site, visitor));
    }

    [Fact]
    public async Task Actions_over_a_circuit_have_the_same_address_as_the_page()
    {
        await using var site = Start(new Peer("10.0.0.5"), "10.0.0.5");
        await site.RegisterAsync(Ada);
        using var visitor = await site.SignInAsync(Ada);
        Assert.Equal("10.0.0.5", await AddressAsync(site, visitor));
        using var other = await site.SignInAsync(Ada, Visitor.Phone);

        var options = new RawCircuitOptions
        {
            Headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["X-Forwarded-For"] = $"{Forged}, {Client}" },
        };
        await using var page = await RawCircuit.OpenAsync(new Uri(site.Address, "/settings/sessions"), visitor.CookieHeader,
            await visitor.ReadAsync("/settings/sessions"), options);
        await page.WaitForBatchAsync(p => p.FindClickHandler("Terminate") is not null, Patience.Limit);
        await page.ClickAsync("Terminate");
        await page.WaitForBatchAsync(p => p.FindClickHandler("Cancel") is not null, Patience.Limit);
        Assert.Equal(Client, await AddressAsync(site, visitor));
    }

    // Guard: the request's address in FindCallerAsync. A script's request doesn't move the session's own address.
    [Fact]
    public async Task A_scripts_request_counts_at_the_address_that_it_comes_from()
    {
        await using var site = Start(new Peer("10.0.0.5"), "10.0.0.5", ("SignIn:AttemptsPerAddress", "4"));
        await site.RegisterAsync(Ada);
        var answers = new List<HttpStatusCode>();
        using var laptop = await site.SignInAsync(Ada);
        using var phone = await site.SignInAsync(Ada, Visitor.Phone);
        foreach (var (visitor, address) in new[] { (laptop, Client), (phone, "203.0.113.77"), (laptop, Client) })
        {
            visitor.Headers["X-Forwarded-For"] = address;
            visitor.Headers["Sec-Fetch-Dest"] = "document";
            var form = await visitor.FillAccountMenuAsync(("password", "a guess"));
            visitor.Headers["X-Forwarded-For"] = Forged;
            visitor.Headers["Sec-Fetch-Dest"] = "empty";
            for (var guess = 0; guess < 3; guess++)
            {
                using var answer = await visitor.PostAsync("/session/reauthenticate", form);
                answers.Add(answer.StatusCode);
            }

            Assert.Equal(address, await AddressAsync(site, visitor));
        }

        Assert.Equal(
            [.. Enumerable.Repeat(HttpStatusCode.UnprocessableEntity, 6), .. Enumerable.Repeat(HttpStatusCode.TooManyRequests, 3)], answers);
    }

    [Theory]
    [InlineData("10.0.0.5", "https://accounts.example/sign-in?returnUrl=%2Fsettings")]
    [InlineData("10.0.0.6", "http://localhost/sign-in?returnUrl=%2Fsettings")]
    [InlineData("203.0.113.9", "http://localhost/sign-in?returnUrl=%2Fsettings")]
    public async Task Scheme_and_host_are_accepted_only_from_a_known_proxy(string peer, string address)
    {
        await using var site = Start(new Peer(peer), "10.0.0.5");
        using var visitor = site.Visit();
        visitor.Headers["X-Forwarded-For"] = Client;
        visitor.Headers["X-Forwarded-Proto"] = "https";
        visitor.Headers["X-Forwarded-Host"] = "accounts.example";
        using var answer = await visitor.GetAsync("/settings");
        Assert.Equal(address.Replace("localhost", site.Address.Authority, StringComparison.Ordinal), answer.Headers.Location!.AbsoluteUri);
    }

    [Theory]
    [InlineData("accounts.example", "http://accounts.example/sign-in?returnUrl=%2Fsettings")]
    [InlineData("evil.example", "http://localhost/sign-in?returnUrl=%2Fsettings")]
    [InlineData("evil.example, accounts.example", "http://accounts.example/sign-in?returnUrl=%2Fsettings")]
    public async Task A_forwarded_host_must_be_allowed(string host, string address)
    {
        await using var site = Start(new Peer("10.0.0.5"), "10.0.0.5", ("AllowedHosts", "localhost;accounts.example"));
        using var visitor = site.Visit();
        visitor.Headers["X-Forwarded-For"] = Client;
        visitor.Headers["X-Forwarded-Host"] = host;
        using var answer = await visitor.GetAsync("/settings");
        Assert.Equal(address.Replace("localhost", site.Address.Authority, StringComparison.Ordinal), answer.Headers.Location!.AbsoluteUri);
    }

    [Theory]
    [InlineData("javascript", HttpStatusCode.BadRequest)]
    [InlineData("ftp", HttpStatusCode.BadRequest)]
    [InlineData("https", HttpStatusCode.OK)]
    public async Task An_invalid_forwarded_scheme_is_refused(string scheme, HttpStatusCode status)
    {
        await using var site = Start(new Peer("10.0.0.5"), "10.0.0.5");
        using var visitor = site.Visit();
        visitor.Headers["X-Forwarded-For"] = Client;
        visitor.Headers["X-Forwarded-Proto"] = scheme;
        using var answer = await visitor.GetAsync("/sign-in");
        Assert.Equal(status, answer.StatusCode);
        Assert.True(answer.Headers.CacheControl?.NoStore);
    }

    private static AccountsSite Start(Peer peer, string proxies, params (string, string)[] settings) => AccountsSite.Start(
        services: services => services.AddSingleton<IStartupFilter>(peer),
        settings:
        [
            .. proxies.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select((entry, i) => ($"Network:KnownProxies:{i}", entry)),
            .. settings,
        ]);

    /// <summary>The address of a session's latest activity.</summary>
    private static async Task<string> AddressAsync(AccountsSite site, Visitor visitor) => (await site.FindSessionAsync(visitor)).ToCaller().Address;
}
