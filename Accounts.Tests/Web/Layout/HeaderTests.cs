using System.Net;
using Accounts.Tests.Fixtures;
using AngleSharp.Html.Parser;

namespace Accounts.Tests.Web.Layout;

/// <summary>What every answer carries, and what hostile headers of a request do: nothing.</summary>
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
    public async Task A_page_is_kept_by_nobody_framed_by_nobody_and_runs_no_script_but_ours(string path, bool signedIn)
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
        var html = await answer.Content.ReadAsStringAsync();
        Assert.DoesNotMatch("<script(?![^>]*src=)", html);
    }

    // Guards: IsPart of SecurityHeaders, and the framework's script in App.razor.
    [Theory]
    [InlineData("/sign-in", false)]
    [InlineData("/settings", true)]
    public async Task What_belongs_to_a_page_carries_little_and_the_framework_comes_where_a_circuit_is(string path, bool circuit)
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        using var visitor = circuit ? await site.SignInAsync(Ada) : site.Visit();
        var document = new HtmlParser().ParseDocument(await visitor.ReadAsync(path));
        var parts = document.QuerySelectorAll("link[rel=stylesheet], script[src]").Select(part => part.GetAttribute("href") ?? part.GetAttribute("src")!).ToList();
        Assert.Equal(circuit, parts.Exists(part => part.StartsWith("_framework/blazor.web", StringComparison.Ordinal)));
        foreach (var part in parts)
        {
            using var answer = await visitor.GetAsync("/" + part);
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.False(answer.Headers.Contains("Content-Security-Policy"), part);
        }

        // Whatever can be opened by itself has all of them.
        using var picture = await visitor.GetAsync("/" + document.QuerySelector("link[rel=icon]")!.GetAttribute("href"));
        Assert.Contains("script-src 'self'", picture.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/settings")]
    [InlineData("/settings/sessions")]
    [InlineData("/settings/password")]
    public async Task A_page_behind_sign_in_has_a_circuit_to_push_to_and_no_dead_link(string path)
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
    public async Task A_page_of_the_signed_out_has_no_dead_link(string path)
    {
        await using var site = AccountsSite.Start();
        using var visitor = site.Visit();
        await AssertLinksAsync(visitor, path);
    }

    private static async Task AssertLinksAsync(Visitor visitor, string path)
    {
        using var page = await visitor.GetAsync(path);
        var document = new HtmlParser().ParseDocument(await page.Content.ReadAsStringAsync());
        // The base of every page is the root; an empty one loads the page again.
        var links = document.QuerySelectorAll("a[href], link[href], script[src]").Select(e => e.GetAttribute("href") ?? e.GetAttribute("src")!).Where(link => link.Length > 0).ToList();
        Assert.NotEmpty(links);
        foreach (var link in links)
        {
            // Somebody else's page is not asked; it is behind https.
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
    public async Task A_page_behind_sign_in_sends_a_visitor_to_it_and_back(string path)
    {
        await using var site = AccountsSite.Start();
        using var visitor = site.Visit();
        using var answer = await visitor.GetAsync(path);
        Assert.Equal($"/sign-in?returnUrl={Uri.EscapeDataString(path)}", new Uri(site.Address, answer.Headers.Location!).PathAndQuery);
    }

    [Fact]
    public async Task A_page_that_does_not_exist_says_so()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        using var visitor = await site.SignInAsync(Ada);
        using var answer = await visitor.GetAsync("/there-is-no-such-page");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("Page not found", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_huge_user_agent_with_markup_is_cut_and_escaped()
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
    public async Task Forwarding_headers_are_believed_from_a_configured_proxy_alone(string? proxy, string recorded)
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
    public async Task Https_is_remembered_outside_development()
    {
        // HSTS is never sent to localhost, so the request names another host; the proxy says that it came by https.
        await using var site = AccountsSite.Start(settings: [("Network:KnownProxies:0", "127.0.0.1")]);
        using var visitor = site.Visit();
        visitor.Headers["X-Forwarded-Proto"] = "https";
        visitor.Headers["X-Forwarded-Host"] = "accounts.example";
        visitor.Headers["X-Forwarded-For"] = "203.0.113.9";
        using var answer = await visitor.GetAsync("/sign-in");
        Assert.Equal("max-age=31536000", answer.Headers.GetValues("Strict-Transport-Security").Single());
    }
}
