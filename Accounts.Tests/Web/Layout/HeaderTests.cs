using System.Net;
using Accounts.Tests.Fixtures;
using AngleSharp.Html.Parser;

namespace Accounts.Tests.Web.Layout;

/// <summary>The headers of every response, and hostile request headers, which have no effect.</summary>
public sealed class HeaderTests
{
    private const string Ada = "ada@example.test";

    [Theory]
    [InlineData("/sign-in", false)]
    [InlineData("/register", false)]
    [InlineData("/signed-out", false)]
    [InlineData("/help/access", false)]
    [InlineData("/settings", true)]
    [InlineData("/settings/sessions", true)]
    [InlineData("/settings/password", true)]
    [InlineData("/there-is-no-such-page", true)]
    public async Task A_page_is_neither_cached_nor_framed_and_runs_only_our_scripts(string path, bool signedIn)
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        using var visitor = signedIn ? await site.SignInAsync(Ada) : site.Visit();
        using var answer = await visitor.GetAsync(path);

        Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("same-origin", answer.Headers.GetValues("Referrer-Policy").Single());
        Assert.Equal("DENY", answer.Headers.GetValues("X-Frame-Options").Single());
        Assert.Equal("same-origin", answer.Headers.GetValues("Cross-Origin-Opener-Policy").Single());
        Assert.Equal("camera=(), geolocation=(), microphone=()", answer.Headers.GetValues("Permissions-Policy").Single());
        var html = await answer.Content.ReadAsStringAsync();
        Assert.DoesNotMatch("<script(?![^>]*src=)", html);
    }

    // Guards: IsPart of SecurityHeaders, and the framework's script in App.razor.
    [Theory]
    [InlineData("/sign-in", false)]
    [InlineData("/settings", true)]
    public async Task Assets_have_few_headers_and_only_pages_with_a_circuit_load_the_framework(string path, bool circuit)
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        using var visitor = circuit ? await site.SignInAsync(Ada) : site.Visit();
        var document = new HtmlParser().ParseDocument(await visitor.ReadAsync(path));
        var parts = document.QuerySelectorAll("link[rel=stylesheet], script[src]")
            .Select(part => part.GetAttribute("href") ?? part.GetAttribute("src")!).ToList();
        Assert.Equal(circuit, parts.Exists(part => part.StartsWith("_framework/blazor.web", StringComparison.Ordinal)));
        foreach (var part in parts)
        {
            using var answer = await visitor.GetAsync("/" + part);
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.False(answer.Headers.Contains("Content-Security-Policy"), part);
        }

        // Files that can be opened directly have all headers.
        using var picture = await visitor.GetAsync("/" + document.QuerySelector("link[rel=icon]")!.GetAttribute("href"));
        Assert.Contains("script-src 'self'", picture.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/settings")]
    [InlineData("/settings/sessions")]
    [InlineData("/settings/password")]
    public async Task A_signed_in_page_has_a_circuit_and_no_dead_links(string path)
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        using var visitor = await site.SignInAsync(Ada);
        await using (var circuit = await site.OpenAsync(visitor, path))
            Assert.NotEmpty(circuit.Secret);
        await AssertLinksAsync(visitor, path);
    }

    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/register")]
    [InlineData("/signed-out")]
    [InlineData("/help/access")]
    [InlineData("/there-is-no-such-page")]
    public async Task A_signed_out_page_has_no_dead_links(string path)
    {
        await using var site = AccountsSite.Start();
        using var visitor = site.Visit();
        await AssertLinksAsync(visitor, path);
    }

    private static async Task AssertLinksAsync(Visitor visitor, string path)
    {
        using var page = await visitor.GetAsync(path);
        var document = new HtmlParser().ParseDocument(await page.Content.ReadAsStringAsync());
        // Every page's base is the root. An empty link reloads the page.
        var links = document.QuerySelectorAll("a[href], link[href], script[src]").Select(e => e.GetAttribute("href") ?? e.GetAttribute("src")!)
            .Where(link => link.Length > 0).ToList();
        Assert.NotEmpty(links);
        foreach (var link in links)
        {
            // The test doesn't request other sites' pages, but requires https.
            if (link.Contains("://", StringComparison.Ordinal))
            {
                Assert.StartsWith("https://", link, StringComparison.Ordinal);
                continue;
            }

            using var answer = await visitor.GetAsync("/" + link.TrimStart('/'));
            Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Redirect, $"{link} on {path} answers {answer.StatusCode}.");
        }
    }

    [Theory]
    [InlineData("/settings")]
    [InlineData("/settings/sessions")]
    [InlineData("/settings/password")]
    public async Task A_protected_page_redirects_to_sign_in_and_back(string path)
    {
        await using var site = AccountsSite.Start();
        using var visitor = site.Visit();
        using var answer = await visitor.GetAsync(path);
        Assert.Equal($"/sign-in?returnUrl={Uri.EscapeDataString(path)}", new Uri(site.Address, answer.Headers.Location!).PathAndQuery);
    }

    [Fact]
    public async Task A_missing_page_says_so()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        using var visitor = await site.SignInAsync(Ada);
        using var answer = await visitor.GetAsync("/there-is-no-such-page");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("Page not found", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_huge_User_Agent_with_markup_is_cut_and_escaped()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        var hostile = "<script>alert(1)</script>" + new string('x', 100_000);
        using var visitor = await site.SignInAsync(Ada, hostile);
        using var rows = site.Rows();
        Assert.Equal(hostile[..512], rows.Text("SELECT \"UserAgent\" FROM \"Sessions\""));

        await using var page = await site.OpenAsync(visitor);
        await page.WaitForBatchAsync(p => p.Page.Text.Contains("This device", StringComparison.Ordinal), Patience.Limit);
        Assert.Contains("Unknown browser", page.Page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("alert(1)", page.Page.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "127.0.0.1")]
    [InlineData("10.9.8.7", "127.0.0.1")]
    [InlineData("127.0.0.1", "203.0.113.9")]
    public async Task Forwarding_headers_are_accepted_only_from_a_configured_proxy(string? proxy, string recorded)
    {
        await using var site = AccountsSite.Start(settings: proxy is null ? [] : [("Network:KnownProxies:0", proxy)]);
        await site.RegisterAsync(Ada);
        using var visitor = site.Visit();
        visitor.Headers["X-Forwarded-For"] = "203.0.113.9";
        using var answer = await visitor.SignInAsync(Ada, AccountsSite.Password);
        using var rows = site.Rows();
        Assert.Equal(recorded, rows.Text("SELECT \"SignInAddress\" FROM \"Sessions\""));
    }

    [Fact]
    public async Task Outside_Development_browsers_are_told_to_use_https()
    {
        // Localhost never gets HSTS, so the request names another host. The proxy says that it came over https.
        await using var site = AccountsSite.Start(settings: [("Network:KnownProxies:0", "127.0.0.1")]);
        using var visitor = site.Visit();
        visitor.Headers["X-Forwarded-Proto"] = "https";
        visitor.Headers["X-Forwarded-Host"] = "accounts.example";
        visitor.Headers["X-Forwarded-For"] = "203.0.113.9";
        using var answer = await visitor.GetAsync("/sign-in");
        Assert.Equal("max-age=31536000", answer.Headers.GetValues("Strict-Transport-Security").Single());
    }
}
