using System.Net;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Web.Network;

/// <summary>What another site's page sends is refused before anything looks at it; what this site's pages and programs send is not.</summary>
public sealed class CrossSiteTests
{
    private const string Ada = "ada@example.test";
    private const string Here = "{here}";

    /// <summary>What browsers say of a request that another site has sent: Sec-Fetch-Site, Origin.</summary>
    public static readonly TheoryData<string?, string?> OfOthers = new()
    {
        { "cross-site", null },
        { "same-site", null },
        { "Same-Origin", null },
        { "", null },
        { "same-origin, same-origin", null },
        { "cross-site", Here },
        { null, "https://evil.example" },
        { null, "null" },
        { null, "" },
        { null, "http://localhost" },
        { null, "http://localhost:1" },
        { null, "http://evil.localhost:{port}" },
        { null, "http://localhost.evil.example:{port}" },
        { null, "ftp://localhost:{port}" },
        { null, Here + ", " + Here },
        { null, "//localhost:{port}" },
        { "same-origin", "https://evil.example" },
    };

    /// <summary>And what they say of one of ours; a program says nothing.</summary>
    public static readonly TheoryData<string?, string?> OfOurs = new()
    {
        { null, null },
        { "same-origin", Here },
        { "same-origin", null },
        { "none", null },
        { null, Here },
        { null, "HTTP://LOCALHOST:{port}" },
        // TLS ends at a proxy that nobody has named.
        { null, "https://localhost:{port}" },
    };

    // Guard: UseCrossSiteRefusal.
    [Theory]
    [MemberData(nameof(OfOthers))]
    public async Task What_another_site_sends_is_refused_and_changes_nothing(string? site, string? origin)
    {
        await using var accounts = AccountsSite.Start();
        await accounts.RegisterAsync(Ada);
        using var visitor = await accounts.SignInAsync(Ada);
        // Even with everything that a form of ours has.
        var form = await visitor.FillAccountMenuAsync(("password", AccountsSite.Password), ("theme", "dark"));
        Say(visitor, accounts, site, origin);
        var paths = new[]
        {
            "/sign-out", "/session/reauthenticate", "/settings/theme", "/settings/password", "/sign-in",
            "/register", "/_blazor/negotiate", "/no-such-page",
        };
        foreach (var path in paths)
        {
            using var answer = await visitor.PostAsync(path, form);
            Assert.Equal((path, HttpStatusCode.Forbidden), (path, answer.StatusCode));
            Assert.False(answer.Headers.Contains("Set-Cookie"), path);
            Assert.Contains("This came from another site", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        // Nor does it set the cookies anew of a browser that was kept from sending them.
        using (var stranger = accounts.Visit())
        {
            Say(stranger, accounts, site, origin);
            using var answer = await stranger.PostAsync("/sign-in", form);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
            Assert.False(answer.Headers.Contains("Set-Cookie"));
        }

        Say(visitor, accounts, null, null);
        Assert.True(await visitor.IsSignedInAsync());
        using var own = await visitor.PostAsync("/sign-out", form);
        Assert.Equal("/signed-out", own.Headers.Location!.OriginalString);
    }

    [Theory]
    [MemberData(nameof(OfOurs))]
    public async Task What_our_pages_and_programs_send_is_taken(string? site, string? origin)
    {
        await using var accounts = AccountsSite.Start();
        await accounts.RegisterAsync(Ada);
        using var visitor = accounts.Visit();
        Say(visitor, accounts, site, origin);
        using (var answer = await visitor.SignInAsync(Ada, AccountsSite.Password))
            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        using var left = await visitor.SignOutAsync();
        Assert.Equal("/signed-out", left.Headers.Location!.OriginalString);
    }

    // A browser may come by a link from anywhere.
    [Theory]
    [MemberData(nameof(OfOthers))]
    public async Task A_page_opens_whoever_links_to_it(string? site, string? origin)
    {
        await using var accounts = AccountsSite.Start();
        using var visitor = accounts.Visit();
        Say(visitor, accounts, site, origin);
        await visitor.ReadAsync("/sign-in");
    }

    // A WebSocket is opened by GET and carries this site's cookies.
    [Theory]
    [InlineData("cross-site", null, HttpStatusCode.Forbidden)]
    [InlineData(null, "https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("same-origin", Here, HttpStatusCode.NotFound)]
    public async Task Another_sites_page_opens_no_connection(string? site, string? origin, HttpStatusCode expected)
    {
        await using var accounts = AccountsSite.Start();
        await accounts.RegisterAsync(Ada);
        using var visitor = await accounts.SignInAsync(Ada);
        Say(visitor, accounts, site, origin);
        using var answer = await visitor.GetAsync("/_Blazor?id=unknown");
        Assert.Equal(expected, answer.StatusCode);
    }

    [Theory]
    [InlineData("https://accounts.example", "accounts.example", HttpStatusCode.Redirect)]
    [InlineData("https://accounts.example", "accounts.example:443", HttpStatusCode.Redirect)]
    [InlineData("https://accounts.example:8443", "accounts.example:8443", HttpStatusCode.Redirect)]
    [InlineData("https://xn--bcher-kva.example", "xn--bcher-kva.example", HttpStatusCode.Redirect)]
    [InlineData("https://[2001:db8::1]:8443", "[2001:db8::1]:8443", HttpStatusCode.Redirect)]
    [InlineData("http://accounts.example", "accounts.example", HttpStatusCode.Forbidden)]
    [InlineData("https://other.example", "accounts.example", HttpStatusCode.Forbidden)]
    public async Task Behind_a_known_proxy_ours_is_what_the_browser_asked_for(string origin, string host, HttpStatusCode expected)
    {
        await using var accounts = AccountsSite.Start(settings: ("Network:KnownProxies:0", "127.0.0.1"));
        await accounts.RegisterAsync(Ada);
        using var visitor = accounts.Visit();
        visitor.Headers["X-Forwarded-For"] = "203.0.113.9";
        visitor.Headers["X-Forwarded-Proto"] = "https";
        visitor.Headers["X-Forwarded-Host"] = host;
        var form = await visitor.FillAsync("/sign-in", ("Input.Email", Ada), ("Input.Password", AccountsSite.Password));
        visitor.Headers["Origin"] = origin;
        using var answer = await visitor.PostAsync("/sign-in", form);
        Assert.Equal(expected, answer.StatusCode);
    }

    [Theory]
    [InlineData("PUT", HttpStatusCode.Forbidden)]
    [InlineData("DELETE", HttpStatusCode.Forbidden)]
    [InlineData("PATCH", HttpStatusCode.Forbidden)]
    [InlineData("ANYTHING", HttpStatusCode.Forbidden)]
    [InlineData("OPTIONS", HttpStatusCode.MethodNotAllowed)]
    public async Task Every_method_that_may_change_something_is_refused(string method, HttpStatusCode expected)
    {
        await using var accounts = AccountsSite.Start();
        using var http = new HttpClient { BaseAddress = accounts.Address };
        using var request = new HttpRequestMessage(new HttpMethod(method), "/sign-out");
        request.Headers.TryAddWithoutValidation("Sec-Fetch-Site", "cross-site");
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(expected, answer.StatusCode);
    }

    private static void Say(Visitor visitor, AccountsSite accounts, string? site, string? origin)
    {
        Set("Sec-Fetch-Site", site);
        Set("Origin", origin?.Replace(Here, accounts.Address.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal)
            .Replace("{port}", $"{accounts.Address.Port}", StringComparison.Ordinal));

        void Set(string name, string? value)
        {
            if (value is null)
                visitor.Headers.Remove(name);
            else
                visitor.Headers[name] = value;
        }
    }
}
