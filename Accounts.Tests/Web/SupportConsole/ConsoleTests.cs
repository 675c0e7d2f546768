using System.Net;
using Accounts.Core.Support;
using Accounts.Demo;
using Accounts.Tests.Fixtures;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace Accounts.Tests.Web.SupportConsole;

/// <summary>The console's pages, in requests without scripts.</summary>
public sealed class ConsoleTests
{
    private const string Ada = "ada@example.test";
    private const string Sam = "sam@example.test";

    [EachEngineFact]
    public async Task A_support_code_leads_to_the_account_and_its_session()
    {
        await using var site = await StartAsync();
        using var ada = await site.SignInToDemoAsync(Ada);
        var session = await site.FindSessionAsync(ada);
        var code = (await site.Get<SupportCodes>().FindOrMakeAsync(session.ToCaller()))!.Text;
        using var sam = await site.SignInToDemoAsync(Sam);

        using var found = await sam.GetAsync($"/support?find={code.ToLowerInvariant()}");
        Assert.Equal($"/support/users/{session.UserId}?find={code.ToLowerInvariant()}", Path(site, found));
        var page = Parse(await sam.ReadAsync(Path(site, found)));

        Assert.Equal("Ada Lovelace", page.QuerySelector(".person h2")!.TextContent);
        Assert.Equal("Yes", page.QuerySelector(".verdict h2")!.TextContent);
        Assert.StartsWith(code, Fact(page, "Support code"), StringComparison.Ordinal);
        var row = Assert.Single(page.QuerySelectorAll("table tbody tr"));
        Assert.Contains("The caller means this one", row.TextContent, StringComparison.Ordinal);
        Assert.Contains("Chrome 156 on Linux", row.TextContent, StringComparison.Ordinal);
    }

    // An address is in the server's and the proxy's logs.
    [Fact]
    public async Task An_email_goes_no_further_than_the_search()
    {
        await using var site = await StartAsync();
        using var sam = await site.SignInToDemoAsync(Sam);
        using var found = await sam.GetAsync("/support?find=ada%40example.test");
        Assert.Matches("^/support/users/[0-9a-f-]{36}$", Path(site, found));
        Assert.Contains("No device is signed in.", await sam.ReadAsync(Path(site, found)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_accounts_are_listed_with_links()
    {
        await using var site = await StartAsync();
        using var sam = await site.SignInToDemoAsync(Sam);
        var page = Parse(await sam.ReadAsync("/support?find=a"));
        Assert.Equal("2 accounts", page.QuerySelector("#found")!.TextContent);
        var links = page.QuerySelectorAll("main .rows a");
        Assert.Equal(["Ada Lovelace", "Root Admin"], links.Select(link => link.TextContent), StringComparer.Ordinal);
        Assert.Contains("Ada Lovelace", await sam.ReadAsync($"/{links[0].GetAttribute("href")}"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2345-6789", "Codes expire after an hour. Ask the caller to read it again, or to get a new one.")]
    [InlineData("nobody@example.test", "Ask the caller for another email, or for a support code.")]
    [InlineData("192.0.2.99", "No session came from this address. Older addresses are shortened: try x in place of the last part.")]
    [InlineData("019c0000-0000-7000-8000-000000000000", "The ID may be incomplete, or the session was removed from the history.")]
    [InlineData("<b>Nobody", "Names are found by their beginning or by their last word. Ask for the email or a support code.")]
    public async Task A_search_without_a_result_says_what_to_do(string typed, string advice)
    {
        await using var site = await StartAsync();
        using var sam = await site.SignInToDemoAsync(Sam);
        var page = Parse(await sam.ReadAsync($"/support?find={Uri.EscapeDataString(typed)}"));
        var notice = page.QuerySelector("main > .notice, main .notice[role=status]")!;
        Assert.Contains($"No account for “{typed}”", notice.TextContent, StringComparison.Ordinal);
        Assert.Contains(advice, notice.TextContent, StringComparison.Ordinal);
        Assert.Equal(typed, page.QuerySelector<IHtmlInputElement>("input[name=find]")!.Value);
    }

    [Fact]
    public async Task An_empty_search_says_what_to_enter()
    {
        await using var site = await StartAsync();
        using var sam = await site.SignInToDemoAsync(Sam);
        var page = Parse(await sam.ReadAsync("/support?find="));
        Assert.Equal("Enter a support code, a name, an email, a session ID or an address.", page.QuerySelector("#find-problem")!.TextContent.Trim());
        // Control: the page itself has no problem.
        Assert.Null(Parse(await sam.ReadAsync("/support")).QuerySelector("#find-problem"));
    }

    [Fact]
    public async Task For_other_users_the_console_does_not_exist()
    {
        await using var site = await StartAsync();
        using var ada = await site.SignInToDemoAsync(Ada);
        var user = (await site.FindSessionAsync(ada)).UserId;
        foreach (var path in new[] { "/support?find=ada", $"/support/users/{user}", $"/support/users/{user}/end" })
        {
            using var answer = await ada.GetAsync(path);
            Assert.Equal((path, HttpStatusCode.NotFound), (path, answer.StatusCode));
            Assert.DoesNotContain("May they sign in?", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_unknown_account_is_not_found()
    {
        await using var site = await StartAsync();
        using var sam = await site.SignInToDemoAsync(Sam);
        foreach (var end in new[] { "", "/end" })
        {
            using var answer = await sam.GetAsync($"/support/users/{Guid.Empty}{end}");
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Wrong_passwords_show_until_when_the_owner_is_held_up()
    {
        var clock = new TestClock();
        await using var site = await StartAsync(clock);
        using (var stranger = site.Visit())
        {
            for (var i = 0; i < 20; i++)
            {
                using var refused = await stranger.SignInAsync(Ada, "a wrong passphrase");
                if (refused.StatusCode == HttpStatusCode.TooManyRequests)
                    break;
            }
        }

        using var sam = await site.SignInToDemoAsync(Sam);
        using var found = await sam.GetAsync("/support?find=ada");
        var page = Parse(await sam.ReadAsync(Path(site, found)));
        Assert.StartsWith("Not until ", page.QuerySelector(".verdict h2")!.TextContent, StringComparison.Ordinal);
        Assert.StartsWith("Held up until ", Fact(page, "Attempts"), StringComparison.Ordinal);

        clock.Advance(TimeSpan.FromHours(1));
        using var again = await site.SignInToDemoAsync(Sam);
        Assert.Equal("Yes", Parse(await again.ReadAsync(Path(site, found))).QuerySelector(".verdict h2")!.TextContent);
    }

    [EachEngineFact]
    public async Task Ending_all_sessions_asks_for_proof_and_a_reason()
    {
        var clock = new TestClock();
        await using var site = await StartAsync(clock);
        using var sam = await site.SignInToDemoAsync(Sam);
        clock.Advance(TimeSpan.FromMinutes(11));
        using var ada = await site.SignInToDemoAsync(Ada);
        var path = $"/support/users/{(await site.FindSessionAsync(ada)).UserId}/end";

        var asked = Parse(await sam.ReadAsync(path));
        Assert.Contains("1 session ends at once, wherever it is open.", asked.Body!.TextContent, StringComparison.Ordinal);
        Assert.Null(asked.QuerySelector("input[name=Reason]"));
        using (var proved = await sam.SubmitAsync(path, ("Password", DemoAccounts.Password)))
            Assert.Equal(path, Path(site, proved));
        using (var short4 = await sam.SubmitAsync(path, ("Reason", "ugh!")))
        {
            var page = Parse(await short4.Content.ReadAsStringAsync());
            Assert.Equal("Use at least 5 characters.", page.QuerySelector("#reason-problem")!.TextContent.Trim());
            Assert.Equal("ugh!", page.QuerySelector<IHtmlInputElement>("input[name=Reason]")!.Value);
        }

        Assert.True(await ada.IsSignedInAsync());
        using (var ended = await sam.SubmitAsync(path, ("Reason", "The phone was stolen")))
            Assert.Equal($"{path[..^"/end".Length]}?ended=1", Path(site, ended));
        Assert.False(await ada.IsSignedInAsync());
        var after = Parse(await sam.ReadAsync($"{path[..^"/end".Length]}?ended=1"));
        Assert.Contains("1 session ended. Ask the owner to change the password.", after.Body!.TextContent, StringComparison.Ordinal);
        Assert.Contains("Ended by support · By Sam Keller", after.QuerySelector("[aria-labelledby=endings]")!.TextContent,
            StringComparison.Ordinal);
        var events = await sam.ReadAsync("/settings/audit");
        Assert.Contains("You ended all sessions of an account", events, StringComparison.Ordinal);
        Assert.Contains("You looked up an account", events, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accounts_of_staff_can_be_looked_at_only()
    {
        await using var site = await StartAsync();
        using var sam = await site.SignInToDemoAsync(Sam);
        foreach (var (typed, why) in new[]
        {
            ("sam", "This is your own account."), ("root", "This account belongs to staff with your role or a higher one."),
        })
        {
            using var found = await sam.GetAsync($"/support?find={typed}");
            var page = Parse(await sam.ReadAsync(Path(site, found)));
            Assert.Contains(why, page.Body!.TextContent, StringComparison.Ordinal);
            Assert.Empty(page.QuerySelectorAll("main .acts"));
            var end = Parse(await sam.ReadAsync($"{Path(site, found)}/end"));
            Assert.Contains(why, end.Body!.TextContent, StringComparison.Ordinal);
            Assert.Empty(end.QuerySelectorAll("main form"));
        }
    }

    private static async Task<AccountsSite> StartAsync(TimeProvider? clock = null)
    {
        var site = AccountsSite.Start(clock);
        await site.Get<DemoAccounts>().SeedAsync();
        return site;
    }

    private static string Path(AccountsSite site, HttpResponseMessage answer) => new Uri(site.Address, answer.Headers.Location!).PathAndQuery;

    private static IHtmlDocument Parse(string html) => new HtmlParser().ParseDocument(html);

    private static string Fact(IHtmlDocument page, string name) => page.QuerySelectorAll("main dt")
        .Single(dt => string.Equals(dt.TextContent, name, StringComparison.Ordinal)).ParentElement!.QuerySelector("dd")!.TextContent.Trim();
}
