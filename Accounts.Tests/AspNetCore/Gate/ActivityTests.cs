using System.Net;
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

    // Guard: IsHead and IsProblemPage in RequestActivity. A monitor or a crawler asks so, and shows nobody anything.
    [Theory]
    [InlineData("/settings", HttpStatusCode.OK)]
    [InlineData("/nowhere", HttpStatusCode.NotFound)]
    public async Task A_page_without_its_body_is_no_activity(string path, HttpStatusCode status)
    {
        var clock = new TestClock();
        await using var site = AccountsSite.Start(clock);
        await site.RegisterAsync("ada@example.test");
        using var visitor = await site.SignInAsync("ada@example.test");
        var session = await site.FindSessionAsync(visitor);
        using (var http = new HttpClient { BaseAddress = site.Address })
        {
            clock.Advance(TimeSpan.FromMinutes(1));
            using var head = new HttpRequestMessage(HttpMethod.Head, path);
            head.Headers.Add("Cookie", visitor.CookieHeader);
            head.Headers.Add("Accept", "text/html");
            using var answer = await http.SendAsync(head);
            Assert.Equal(status, answer.StatusCode);
        }

        Assert.Equal((0, TestClock.Start), (session.PagesVisited, session.LastActivityAt));
        (await visitor.GetAsync(path)).Dispose();
        Assert.Equal(clock.GetUtcNow(), session.LastActivityAt);
    }

    [EachEngineFact]
    public async Task A_page_that_reloads_itself_is_no_activity()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync("ada@example.test");
        using var visitor = await site.SignInAsync("ada@example.test");
        var session = await site.FindSessionAsync(visitor);
        visitor.Cookies["__Host-accounts-reloaded"] = "1";

        await visitor.ReadAsync("/settings");
        Assert.Equal(0, session.PagesVisited);
        Assert.False(visitor.Cookies.ContainsKey("__Host-accounts-reloaded"));
        // A sibling site can set a cookie of another name.
        visitor.Cookies["accounts-reloaded"] = "1";
        await visitor.ReadAsync("/settings");
        Assert.Equal(1, session.PagesVisited);
    }
}
