using System.Net;
using Accounts.AspNetCore.Network;
using Accounts.Tests.Fixtures;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Accounts.Tests.AspNetCore.Network;

/// <summary>The server refuses requests from another site's pages before anything else reads them. It accepts our pages and programs.</summary>
public sealed class CrossSiteTests
{
    private const string Ada = "ada@example.test";
    private const string Here = "{here}";

    /// <summary>What browsers send for another site's request: Sec-Fetch-Site, Origin.</summary>
    public static readonly TheoryData<string?, string?> CrossSiteHeaders = new()
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

    /// <summary>What browsers send for our own requests. Programs send neither header.</summary>
    public static readonly TheoryData<string?, string?> SameSiteHeaders = new()
    {
        { null, null },
        { "same-origin", Here },
        { "same-origin", null },
        { "none", null },
        { null, Here },
        { null, "HTTP://LOCALHOST:{port}" },
        // TLS ends at a proxy that isn't configured.
        { null, "https://localhost:{port}" },
    };

    // Guard: UseCrossSiteRefusal.
    [Theory]
    [MemberData(nameof(CrossSiteHeaders))]
    public async Task Another_sites_request_is_refused_and_changes_nothing(string? site, string? origin)
    {
        await using var accounts = AccountsSite.Start();
        await accounts.RegisterAsync(Ada);
        using var visitor = await accounts.SignInAsync(Ada);
        // Even with every field of our own form.
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
            Assert.Contains("This request came from another site", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        // Nor does the refusal set cookies anew for a browser that sent none.
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

    // Guard: Cut in CrossSiteRequests.
    [Fact]
    public void A_refusal_is_logged_on_one_short_line()
    {
        using var journal = new Journal();
        using var logging = LoggerFactory.Create(logs => logs.AddProvider(journal));
        var context = new DefaultHttpContext();
        context.Request.Method = "PO\u202EST";
        context.Request.Headers.Host = "accounts.example\nInformation: all is well";
        context.Request.Headers.Origin = "https://" + new string('x', 300);

        Assert.True(new CrossSiteRequests(logging.CreateLogger<CrossSiteRequests>()).Refuses(context.Request));
        Assert.Equal(
            $"Warning: Refused a POST from another site: Origin https://{new string('x', 192)}, Sec-Fetch-Site none, "
                + "requested host accounts.example Information: all is well",
            Assert.Single(journal.Of(nameof(CrossSiteRequests))));
    }

    [Theory]
    [MemberData(nameof(SameSiteHeaders))]
    public async Task Requests_from_our_pages_and_programs_are_accepted(string? site, string? origin)
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

    // Any site may link to a page.
    [Theory]
    [MemberData(nameof(CrossSiteHeaders))]
    public async Task A_page_opens_from_any_sites_link(string? site, string? origin)
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
    public async Task Another_sites_page_cannot_open_a_connection(string? site, string? origin, HttpStatusCode expected)
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
    public async Task Behind_a_known_proxy_the_forwarded_host_must_match_the_origin(string origin, string host, HttpStatusCode expected)
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
    public async Task Every_cross_site_method_that_may_change_something_is_refused(string method, HttpStatusCode expected)
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
