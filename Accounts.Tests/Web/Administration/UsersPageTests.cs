using System.Net;
using Accounts.Demo;
using Accounts.Tests.Fixtures;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using static Accounts.Tests.Fixtures.PageText;

namespace Accounts.Tests.Web.Administration;

/// <summary>The list of users: who may open it, and what it shows.</summary>
public sealed class UsersPageTests
{
    private const string Root = "root@example.test";

    [Fact]
    public async Task An_administrator_finds_the_list_in_the_navigation()
    {
        await using var site = await StartAsync();
        using var root = await site.SignInToDemoAsync(Root);
        var settings = Parse(await root.ReadAsync("/settings"));
        var link = Assert.Single(settings.QuerySelectorAll("nav ul a"), a => a.TextContent.Trim() is "Administration");
        var page = Parse(await root.ReadAsync("/" + link.GetAttribute("href")));
        Assert.Equal("Administration", page.QuerySelector("h1")!.TextContent);
        Assert.Equal("admin/everybody", page.QuerySelector("main header a")!.GetAttribute("href"));
        Assert.Equal("4 users", page.QuerySelector("main .total")!.TextContent);
        Assert.Equal(["Ada Lovelace", "Grace Hopper", "Root Admin", "Sam Keller"], Names(page), StringComparer.Ordinal);
        var rows = page.QuerySelectorAll("main tbody tr").Select(Words).ToList();
        Assert.Contains("ada@example.test", rows[0], StringComparison.Ordinal);
        Assert.Contains("Administrator", rows[2], StringComparison.Ordinal);
        Assert.Contains("Support", rows[3], StringComparison.Ordinal);
        Assert.Equal($"admin/users/{site.FindUser("ada@example.test")}", page.QuerySelector("main tbody a")!.GetAttribute("href"));
        // Each row fits on one page, so there is no way to another.
        Assert.Null(page.QuerySelector("main .pager"));
    }

    [Theory]
    [InlineData("ada@example.test")]
    [InlineData("sam@example.test")]
    public async Task For_others_the_list_does_not_exist(string email)
    {
        await using var site = await StartAsync();
        using var other = await site.SignInToDemoAsync(email);
        Assert.DoesNotContain("Administration", await other.ReadAsync("/settings"), StringComparison.Ordinal);
        foreach (var path in new[] { "/admin", "/admin?find=ada" })
        {
            using var denied = await other.GetAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, denied.StatusCode);
            Assert.DoesNotContain("Root Admin", await denied.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_signed_out_visitor_is_redirected_to_sign_in_and_back()
    {
        await using var site = await StartAsync();
        using var visitor = site.Visit();
        using var answer = await visitor.GetAsync("/admin?status=disabled");
        Assert.Equal("/sign-in?returnUrl=%2Fadmin%3Fstatus%3Ddisabled", new Uri(site.Address, answer.Headers.Location!).PathAndQuery);
    }

    [EachEngineFact]
    public async Task The_address_has_the_search_the_filters_the_order_and_the_place()
    {
        await using var site = await StartAsync(("Features:Plans:Free", ""), ("Features:Plans:Pro:0", "AuditLog"), ("Features:DefaultPlan", "Free"));
        for (var i = 0; i < 30; i++)
            await site.RegisterAsync($"user{i:00}@example.test");
        using var root = await site.SignInToDemoAsync(Root);

        const string path = "/admin?plan=Free&status=open&sort=email&order=desc";
        var page = Parse(await root.ReadAsync(path));
        Assert.Equal(25, Names(page).Count);
        Assert.Equal("descending", page.QuerySelector("main th:first-child")!.GetAttribute("aria-sort"));
        Assert.Null(page.QuerySelector("main th:last-child")!.GetAttribute("aria-sort"));
        var form = page.QuerySelector<IHtmlFormElement>("main form")!;
        Assert.Equal("get", form.Method);
        Assert.Equal(["", "Free", "open"], form.QuerySelectorAll<IHtmlSelectElement>("select").Select(field => field.Value), StringComparer.Ordinal);
        Assert.Equal(
            ["email", "desc"], form.QuerySelectorAll<IHtmlInputElement>("[type=hidden]").Select(field => field.Value), StringComparer.Ordinal);

        var next = page.QuerySelector("main .pager a")!;
        Assert.Equal("Next page", next.GetAttribute("aria-label"));
        var href = next.GetAttribute("href")!;
        Assert.StartsWith("admin?plan=Free&status=open&sort=email&order=desc&at=a", href, StringComparison.Ordinal);
        // Neither a name nor an email is in the address.
        Assert.DoesNotContain("user", href, StringComparison.OrdinalIgnoreCase);
        var second = Parse(await root.ReadAsync("/" + href));
        Assert.Equal(9, Names(second).Count);
        var back = second.QuerySelector("main .pager a")!;
        Assert.Equal("Previous page", back.GetAttribute("aria-label"));
        Assert.Equal(Names(page), Names(Parse(await root.ReadAsync("/" + back.GetAttribute("href")))), StringComparer.Ordinal);

        // A press on the same column turns its order, and one on another begins with the first page.
        var heads = second.QuerySelectorAll("main th a").Select(a => a.GetAttribute("href")!).ToList();
        Assert.Equal(
            ["admin?plan=Free&status=open", "admin?plan=Free&status=open&sort=email", "admin?plan=Free&status=open&sort=created&order=desc"],
            heads, StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_search_has_its_own_order_and_says_if_nobody_matches()
    {
        await using var site = await StartAsync();
        using var root = await site.SignInToDemoAsync(Root);
        var found = Parse(await root.ReadAsync("/admin?find=lovel&sort=email"));
        Assert.Equal(["Ada Lovelace"], Names(found), StringComparer.Ordinal);
        Assert.Empty(found.QuerySelectorAll("main th a, main th[aria-sort]"));
        Assert.Equal("lovel", found.QuerySelector<IHtmlInputElement>("main [type=search]")!.Value);

        var none = Parse(await root.ReadAsync("/admin?find=%3Cb%3Ebabbage"));
        Assert.Empty(Names(none));
        Assert.Contains("No user matches “<b>babbage”.", Words(none.QuerySelector("main .nobody")!), StringComparison.Ordinal);
        var filtered = Parse(await root.ReadAsync("/admin?status=disabled"));
        Assert.Contains("No users match.", Words(filtered.QuerySelector("main .nobody")!), StringComparison.Ordinal);
        Assert.Equal("admin", filtered.QuerySelector("main .nobody a")!.GetAttribute("href"));
        Assert.Null(found.QuerySelector("main .nobody"));
    }

    [Theory]
    [InlineData("at=x")]
    [InlineData("at=")]
    [InlineData("at=aAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("at=aAAAAAAAAAAAAAAAAAAAAAA&at=x")]
    [InlineData("at=%00")]
    public async Task A_place_that_nobody_can_read_shows_the_first_page_and_says_so(string query)
    {
        await using var site = await StartAsync();
        using var root = await site.SignInToDemoAsync(Root);
        var page = Parse(await root.ReadAsync($"/admin?{query}"));
        Assert.Equal(4, Names(page).Count);
        Assert.Equal("This link is out of date, so you see the first page.", Words(page.QuerySelector("main .notice[role=status]")!));
        Assert.Null(Parse(await root.ReadAsync("/admin")).QuerySelector("main .notice[role=status]"));
    }

    [Theory]
    [InlineData("role=boss")]
    [InlineData("status=2")]
    [InlineData("sort=password&order=down")]
    [InlineData("role=none&role=support")]
    [InlineData("plan=")]
    public async Task Other_values_count_as_none(string query)
    {
        await using var site = await StartAsync();
        using var root = await site.SignInToDemoAsync(Root);
        var page = Parse(await root.ReadAsync($"/admin?{query}"));
        Assert.Equal(["Ada Lovelace", "Grace Hopper", "Root Admin", "Sam Keller"], Names(page), StringComparer.Ordinal);
    }

    [EachEngineFact]
    public async Task A_disabled_account_and_one_to_be_deleted_are_marked()
    {
        await using var site = await StartAsync();
        using var root = await site.SignInToDemoAsync(Root);
        using var rows = site.Rows();
        rows.Execute("UPDATE \"Users\" SET \"DisabledAt\" = 1 WHERE \"Email\" = 'ada@example.test'");
        rows.Execute("UPDATE \"Users\" SET \"DeletionDueAt\" = 1000000 WHERE \"Email\" = 'sam@example.test'");
        var page = Parse(await root.ReadAsync("/admin"));
        var marks = page.QuerySelectorAll("main tbody tr").Select(row => string.Join(' ', row.QuerySelectorAll(".badge").Select(Words)));
        Assert.Equal(["Disabled", "", "", "To be deleted"], marks, StringComparer.Ordinal);
        Assert.StartsWith("1970-01-01T00:00:01", page.QuerySelector("main small time")!.GetAttribute("datetime"), StringComparison.Ordinal);
        Assert.Equal(["Sam Keller"], Names(Parse(await root.ReadAsync("/admin?status=to-be-deleted"))), StringComparer.Ordinal);
    }

    private static async Task<AccountsSite> StartAsync(params (string, string)[] settings)
    {
        var site = AccountsSite.Start(settings: settings);
        await site.Get<DemoAccounts>().SeedAsync();
        return site;
    }

    private static IHtmlDocument Parse(string html) => new HtmlParser().ParseDocument(html);

    private static List<string> Names(IHtmlDocument page) => [.. page.QuerySelectorAll("main tbody .cover").Select(name => name.TextContent)];
}
