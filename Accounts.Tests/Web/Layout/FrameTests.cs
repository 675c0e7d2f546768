using System.Net;
using Accounts.Tests.Fixtures;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace Accounts.Tests.Web.Layout;

/// <summary>What a page's frame contains in its first response: colours, a way out of a problem, the navigation, and small assets.</summary>
public sealed class FrameTests
{
    private const string Ada = "ada@example.test";

    [Theory]
    [InlineData(null, null)]
    [InlineData("dark", "dark")]
    [InlineData("light", "light")]
    [InlineData("\"><script>", null)]
    public async Task Every_pages_first_response_has_the_chosen_colours(string? cookie, string? expected)
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        using var visitor = site.Visit();
        using var owner = await site.SignInAsync(Ada);
        if (cookie is not null)
            visitor.Cookies["accounts-theme"] = owner.Cookies["accounts-theme"] = Uri.EscapeDataString(cookie);

        foreach (var (who, path) in new[]
        {
            (visitor, "/sign-in"),
            (visitor, "/signed-out"),
            (visitor, "/nowhere"),
            (owner, "/settings"),
            (owner, "/settings/sessions"),
            (owner, "/nowhere"),
        })
        {
            var page = await OpenAsync(who, path);
            Assert.Equal(expected, page.DocumentElement.GetAttribute("data-theme"));
            Assert.Equal(expected ?? "light dark", page.QuerySelector("meta[name=color-scheme]")!.GetAttribute("content"));
        }
    }

    [Fact]
    public async Task Another_sites_form_cannot_change_the_colours()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        using var visitor = await site.SignInAsync(Ada);
        using var forged = await visitor.PostAsync("/settings/theme", new Dictionary<string, string>(StringComparer.Ordinal) { ["theme"] = "dark" });
        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        Assert.False(visitor.Cookies.ContainsKey("accounts-theme"));

        using var own = await visitor.PostAsync("/settings/theme", await visitor.FillAsync("/settings", ("theme", "dark")));
        Assert.Equal("/settings", own.Headers.Location!.OriginalString);
        Assert.Equal("dark", visitor.Cookies["accounts-theme"]);
        using var back = await visitor.PostAsync("/settings/theme", await visitor.FillAsync("/settings", ("theme", "")));
        Assert.False(visitor.Cookies.ContainsKey("accounts-theme"));
    }

    [Fact]
    public async Task The_not_found_page_links_to_a_page_that_you_can_open()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        using var stranger = site.Visit();
        using var owner = await site.SignInAsync(Ada);
        Assert.Equal(("Sign in", "/sign-in"), Way(await OpenAsync(stranger, "/nowhere", HttpStatusCode.NotFound)));
        Assert.Equal(("Go to Session manager", "/settings/sessions"), Way(await OpenAsync(owner, "/nowhere", HttpStatusCode.NotFound)));
    }

    // Guards: FrameOrPlainLayout, and the line of SessionCookie that remembers the user before a failure.
    [Theory]
    [InlineData("/help/access", HttpStatusCode.OK)]
    [InlineData("/nowhere", HttpStatusCode.NotFound)]
    [InlineData("/problem/500", HttpStatusCode.OK)]
    [InlineData("/settings", HttpStatusCode.ServiceUnavailable)]
    public async Task Help_and_problem_pages_keep_the_navigation_while_signed_in(string path, HttpStatusCode status)
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        using var owner = await site.SignInAsync(Ada);
        // This request authenticates before the database fails. Otherwise the plain page would appear.
        await owner.ReadAsync("/settings/security");
        if (status == HttpStatusCode.ServiceUnavailable)
            site.Gate.FailCommand("\"Users\"");
        var inside = await OpenAsync(owner, path, status);
        Assert.Contains("Session manager", inside.QuerySelector("nav")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(path.TrimStart('/') + "#content", inside.QuerySelector("a.skip")!.GetAttribute("href")!.TrimStart('/'));
        Assert.Single(inside.QuerySelectorAll("main"));
        Assert.Single(inside.QuerySelectorAll("h1"));

        using var stranger = site.Visit();
        if (status != HttpStatusCode.ServiceUnavailable)
            Assert.Null((await OpenAsync(stranger, path, status)).QuerySelector("nav"));
    }

    [EachEngineFact]
    public async Task A_page_offers_to_try_again_after_a_database_failure_and_then_works()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        using var owner = await site.SignInAsync(Ada);
        site.Gate.FailCommand("\"Users\"");
        var problem = await OpenAsync(owner, "/settings", HttpStatusCode.ServiceUnavailable);
        Assert.Equal("We can't load this page", problem.QuerySelector("h1")!.TextContent);
        Assert.Equal(("Try again", "/settings"), Way(problem));
        await owner.ReadAsync("/settings");
    }

    [Fact]
    public async Task An_outdated_form_links_back_to_its_page_if_it_has_one()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        using var owner = await site.SignInAsync(Ada);
        var nothing = new Dictionary<string, string>(StringComparer.Ordinal) { ["_handler"] = "password" };
        using var password = await owner.PostAsync("/settings/password", nothing);
        Assert.Equal(("Reload the page", "/settings/password"), Way(await ParseAsync(password)));
        using var signOut = await owner.PostAsync("/sign-out", nothing);
        Assert.Equal(("Go to Session manager", "/settings/sessions"), Way(await ParseAsync(signOut)));
    }

    [Theory]
    [InlineData("/settings", "Settings")]
    [InlineData("/settings/sessions", "Session manager")]
    [InlineData("/settings/account", "Settings")]
    [InlineData("/settings/security", "Security")]
    [InlineData("/settings/password", "Password")]
    [InlineData("/settings/audit", "Audit log")]
    public async Task The_navigation_marks_the_current_page(string path, string name)
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        using var owner = await site.SignInAsync(Ada);
        var page = await OpenAsync(owner, path);
        Assert.Equal(name, Assert.Single(page.QuerySelectorAll("nav [aria-current=page]")).QuerySelector("span")!.TextContent);
    }

    [Theory]
    [InlineData("/settings")]
    [InlineData("/settings/sessions")]
    public async Task A_pages_assets_are_small_and_fingerprinted(string path)
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        using var owner = await site.SignInAsync(Ada);
        var page = await OpenAsync(owner, path);
        var total = 0;
        foreach (var asset in page.QuerySelectorAll("link[rel=stylesheet], script[src]")
            .Select(e => e.GetAttribute("href") ?? e.GetAttribute("src")!))
        {
            Assert.Matches("[.][a-z0-9]{10}[.](styles[.])?(css|js)$", asset);
            using var answer = await owner.GetAsync("/" + asset);
            total += (await answer.Content.ReadAsByteArrayAsync()).Length;
        }

        // Uncompressed. Blazor's own script is 201 kB of it, MudBlazor's 70. MudBlazor's whole style sheet would add 565 kB.
        Assert.InRange(total, 271_000, 490_000);
    }

    private static async Task<IHtmlDocument> OpenAsync(Visitor visitor, string path, HttpStatusCode? status = null)
    {
        using var answer = await visitor.GetAsync(path);
        if (status is not null)
            Assert.Equal(status, answer.StatusCode);
        return await ParseAsync(answer);
    }

    private static async Task<IHtmlDocument> ParseAsync(HttpResponseMessage answer) =>
        new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync());

    /// <summary>The single primary action of a problem page.</summary>
    private static (string Text, string Href) Way(IHtmlDocument page)
    {
        var way = Assert.Single(page.QuerySelectorAll("main .mud-button-filled-primary"));
        return (way.TextContent, way.GetAttribute("href")!);
    }
}
