using Accounts.Core.Manager;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.AspNetCore.Gate;

/// <summary>Which requests count as page visits.</summary>
public sealed class ActivityTests
{
    [Theory]
    [InlineData("/settings", "text/html", "document", 1)]
    [InlineData("/settings", "text/html; blazor-enhanced-nav=on", "empty", 1)]
    [InlineData("/", "text/html", "document", 0)]
    [InlineData("/session/state", "*/*", "empty", 0)]
    [InlineData("/favicon.svg", "image/*", "image", 0)]
    [InlineData("/there-is-no-such-page", "text/html", "document", 0)]
    public async Task Only_pages_that_are_shown_count_as_visits(string path, string accept, string purpose, int pages)
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync("ada@example.test");
        using var visitor = await site.SignInAsync("ada@example.test");
        visitor.Headers["Accept"] = accept;
        visitor.Headers["Sec-Fetch-Dest"] = purpose;
        using var answer = await visitor.GetAsync(path);

        var caller = (await site.FindSessionAsync(visitor)).ToCaller();
        Assert.Equal(pages, Assert.Single(await site.Get<SessionService>().ListAsync(caller)).PagesVisited);
    }

    [Theory]
    [InlineData("Sec-Purpose", "prefetch")]
    [InlineData("Sec-Purpose", "prefetch;prerender")]
    [InlineData("Sec-Purpose", "prerender")]
    [InlineData("Purpose", "prefetch")]
    [InlineData("Purpose", "preview")]
    [InlineData("X-Purpose", "preview")]
    [InlineData("X-Moz", "prefetch")]
    public async Task A_prefetched_page_is_no_activity(string header, string purpose)
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync("ada@example.test");
        using var visitor = await site.SignInAsync("ada@example.test");
        var session = await site.FindSessionAsync(visitor);
        visitor.Headers[header] = purpose;
        await visitor.ReadAsync("/settings");
        Assert.Equal(0, session.PagesVisited);

        visitor.Headers.Remove(header);
        await visitor.ReadAsync("/settings");
        Assert.Equal(1, session.PagesVisited);
    }

    // Guard: IsHead in RequestActivity. A monitor or a crawler asks so, and shows nobody anything.
    [Fact]
    public async Task A_page_without_its_body_is_no_activity()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync("ada@example.test");
        using var visitor = await site.SignInAsync("ada@example.test");
        var session = await site.FindSessionAsync(visitor);
        using (var http = new HttpClient { BaseAddress = site.Address })
        {
            using var head = new HttpRequestMessage(HttpMethod.Head, "/settings");
            head.Headers.Add("Cookie", visitor.CookieHeader);
            using var answer = await http.SendAsync(head);
            Assert.Equal(System.Net.HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.Equal(0, session.PagesVisited);
        await visitor.ReadAsync("/settings");
        Assert.Equal(1, session.PagesVisited);
    }

    [EachEngineFact]
    public async Task A_page_that_reloads_itself_is_no_activity()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync("ada@example.test");
        using var visitor = await site.SignInAsync("ada@example.test");
        var session = await site.FindSessionAsync(visitor);
        visitor.Cookies["accounts-reloaded"] = "1";

        await visitor.ReadAsync("/settings");
        Assert.Equal(0, session.PagesVisited);
        Assert.False(visitor.Cookies.ContainsKey("accounts-reloaded"));
        await visitor.ReadAsync("/settings");
        Assert.Equal(1, session.PagesVisited);
    }
}
