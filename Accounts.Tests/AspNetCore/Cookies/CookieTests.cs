using System.Net;
using System.Security.Claims;
using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Tests.Fixtures;
using AngleSharp.Html.Parser;
using Microsoft.AspNetCore.Authentication;

namespace Accounts.Tests.AspNetCore.Cookies;

/// <summary>A replayed, truncated or forged cookie is worthless.</summary>
public sealed class CookieTests
{
    private const string Ada = "ada@example.test";

    [EachEngineFact]
    public async Task A_terminated_session_is_refused_on_the_next_request_and_the_others_are_not()
    {
        await using var site = await StartAsync();
        using var owner = await site.SignInAsync(Ada);
        using var other = await site.SignInAsync(Ada, Visitor.Phone);
        Assert.True(await other.IsSignedInAsync());
        await site.TerminateAsync(owner, other);

        using var answer = await other.GetAsync("/settings/sessions");
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal("/signed-out", answer.Headers.Location!.OriginalString);
        // The refusal leaves cookies alone: a concurrent sign-in may have just set a new one.
        Assert.DoesNotContain(
            answer.Headers.TryGetValues("Set-Cookie", out var set) ? set : [],
            text => text.StartsWith(Visitor.SessionCookieName, StringComparison.Ordinal));
        using var state = await other.GetAsync("/session/state");
        Assert.Equal(HttpStatusCode.Unauthorized, state.StatusCode);
        using var live = await owner.GetAsync("/session/state");
        Assert.Equal(HttpStatusCode.NoContent, live.StatusCode);
    }

    [Theory]
    [InlineData("/settings/audit?from=the%20mail&a=b", "sign-in?returnUrl=%2Fsettings%2Faudit%3Ffrom%3Dthe%2520mail%26a%3Db")]
    [InlineData("//evil.example/", "sign-in")]
    [InlineData("https://evil.example/settings", "sign-in")]
    [InlineData("javascript:alert(1)", "sign-in")]
    public async Task The_signed_out_page_links_back_to_the_previous_page_of_this_site(string before, string expected)
    {
        await using var site = await StartAsync();
        using var visitor = site.Visit();
        visitor.Headers["Referer"] = before.StartsWith('/') ? site.Address.GetLeftPart(UriPartial.Authority) + before : before;
        Assert.Equal(expected, LinkTo("sign-in", await visitor.ReadAsync("/signed-out")));
    }

    [EachEngineFact]
    public async Task The_signed_out_page_explains_only_to_the_key_and_confirms_the_departure_once()
    {
        await using var site = await StartAsync();
        using var owner = await site.SignInAsync(Ada);
        using var other = await site.SignInAsync(Ada, Visitor.Phone);
        var ended = (await site.FindSessionAsync(other)).Id;
        await site.TerminateAsync(owner, ended);
        using var rows = site.Rows();

        using var stranger = site.Visit();
        Assert.DoesNotContain("another device", await stranger.ReadAsync("/signed-out"), StringComparison.Ordinal);
        Assert.Null(rows.Session(ended)["LeftAt"]);

        var page = await other.ReadAsync("/signed-out");
        Assert.Contains("Someone signed this browser out from another device.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Lovelace", page, StringComparison.Ordinal);
        Assert.DoesNotContain(Ada, page, StringComparison.Ordinal);
        Assert.DoesNotContain("127.0.0.1", page, StringComparison.Ordinal);
        var left = rows.Session(ended)["LeftAt"];
        Assert.NotNull(left);
        await other.ReadAsync("/signed-out");
        Assert.Equal(left, rows.Session(ended)["LeftAt"]);

        using var answer = await owner.GetAsync("/signed-out");
        Assert.Equal("/settings/sessions", new Uri(site.Address, answer.Headers.Location!).AbsolutePath);
    }

    [EachEngineFact]
    public async Task A_ticket_forged_with_server_keys_and_database_contents_is_refused()
    {
        await using var site = await StartAsync();
        using var owner = await site.SignInAsync(Ada);
        var (id, key) = site.ReadTicket(owner.SessionCookie);
        using var rows = site.Rows();
        var row = rows.Session(id);
        var hash = System.Buffers.Text.Base64Url.EncodeToString((byte[])row["KeyHash"]!);
        var claims = new ClaimsPrincipal(new ClaimsIdentity(
            [new Claim(ClaimTypes.NameIdentifier, (string)row["UserId"]!), new Claim("sid", id.ToString()),
                new Claim(ClaimTypes.Role, "Administrator")], "Accounts.Session"));

        foreach (var forged in new string?[] { hash, new string('A', 43), "", "short", null })
        {
            using var thief = site.Visit();
            thief.SessionCookie = Forge(site, claims, id, forged);
            Assert.False(await thief.IsSignedInAsync());
        }

        // Control: the forged ticket works with the real session key.
        using var control = site.Visit();
        control.SessionCookie = Forge(site, new ClaimsPrincipal(new ClaimsIdentity("Accounts.Session")), id, key);
        Assert.True(await control.IsSignedInAsync());
    }

    [Fact]
    public async Task A_damaged_cookie_is_refused_and_breaks_nothing()
    {
        await using var site = await StartAsync();
        using var owner = await site.SignInAsync(Ada);
        var whole = owner.SessionCookie;
        foreach (var damaged in new[] { whole[..^10], whole[10..], whole + "x", "garbage", "%00%ff", new string('A', 4000), "chunks-99" })
        {
            using var visitor = site.Visit();
            visitor.SessionCookie = damaged;
            using var answer = await visitor.GetAsync("/settings/sessions");
            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
            Assert.StartsWith("/sign-in", new Uri(site.Address, answer.Headers.Location!).AbsolutePath, StringComparison.Ordinal);
        }

        Assert.True(await owner.IsSignedInAsync());
    }

    [Fact]
    public async Task Two_tickets_of_one_user_cannot_be_mixed()
    {
        await using var site = await StartAsync();
        using var first = await site.SignInAsync(Ada);
        using var second = await site.SignInAsync(Ada);
        var (id, _) = site.ReadTicket(first.SessionCookie);
        var (_, key) = site.ReadTicket(second.SessionCookie);
        using var mixed = site.Visit();
        mixed.SessionCookie = Forge(site, new ClaimsPrincipal(new ClaimsIdentity("Accounts.Session")), id, key);
        Assert.False(await mixed.IsSignedInAsync());
    }

    [EachEngineFact]
    public async Task A_database_failure_shows_an_error_page()
    {
        await using var site = await StartAsync();
        using var owner = await site.SignInAsync(Ada);
        Assert.True(await owner.IsSignedInAsync());
        site.Gate.FailCommand("\"Users\"");
        using var answer = await owner.GetAsync("/settings");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("We can&#x27;t load this page", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.True(await owner.IsSignedInAsync());
    }

    [EachEngineFact]
    public async Task A_database_failure_during_authentication_shows_the_same_page()
    {
        var clock = new TestClock();
        await using var site = AccountsSite.Start(clock);
        await site.RegisterAsync(Ada);
        using var owner = await site.SignInAsync(Ada);
        // After two idle hours the session is no longer cached.
        clock.Advance(TimeSpan.FromHours(2));
        await site.Get<SessionUpkeep>().SweepAsync();
        // Catches only lookups: the sweeper that the clock woke may be running as well.
        site.Gate.FailCommand("FROM \"Sessions\" AS");

        using var answer = await owner.GetAsync("/settings");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("We can&#x27;t load this page", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.True(await owner.IsSignedInAsync());
    }

    private static string Forge(AccountsSite site, ClaimsPrincipal principal, SessionId id, string? key)
    {
        var properties = new AuthenticationProperties { ExpiresUtc = TimeProvider.System.GetUtcNow().AddDays(1) };
        properties.Items["sid"] = id.ToString();
        if (key is not null)
            properties.Items["key"] = key;
        return site.Cookie.TicketDataFormat.Protect(new AuthenticationTicket(principal, properties, "Accounts.Session"));
    }

    private static async Task<AccountsSite> StartAsync()
    {
        var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        return site;
    }

    /// <summary>Returns the address of the page's link to a path, with whatever follows the path.</summary>
    private static string LinkTo(string path, string page) =>
        new HtmlParser().ParseDocument(page).QuerySelectorAll("main a").Select(link => link.GetAttribute("href")!)
            .First(href => href.StartsWith(path, StringComparison.Ordinal));
}
