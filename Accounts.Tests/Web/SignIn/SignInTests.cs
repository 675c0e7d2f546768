using System.Net;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Web.SignIn;

/// <summary>Signing in and out over plain HTTP, and the session cookie.</summary>
public sealed class SignInTests
{
    private const string Ada = "ada@example.test";

    [Fact]
    public async Task A_ticket_holds_an_id_and_a_key_and_no_claims()
    {
        await using var site = await StartAsync();
        using var visitor = await site.SignInAsync(Ada);

        var ticket = site.Cookie.TicketDataFormat.Unprotect(visitor.SessionCookie)!;
        Assert.Empty(ticket.Principal.Claims);
        Assert.True(ticket.Properties.Items.Keys.Where(name => name[0] != '.').Order(StringComparer.Ordinal)
            .SequenceEqual(["key", "sid"], StringComparer.Ordinal));
    }

    [EachEngineTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_cookie_is_restricted_to_this_site_and_persists_only_if_asked_to(bool remember)
    {
        await using var site = await StartAsync();
        using var visitor = site.Visit();
        using var answer = await visitor.SignInAsync(Ada, AccountsSite.Password, remember);

        var cookie = answer.Headers.GetValues("Set-Cookie").Single(text => text.StartsWith("__Host-accounts-session=", StringComparison.Ordinal));
        Assert.Contains("; path=/", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("; secure", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("; httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("; samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(remember, cookie.Contains("; expires=", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_wrong_password_and_an_unknown_email_get_the_same_answer()
    {
        await using var site = await StartAsync();
        using var visitor = site.Visit();
        foreach (var (email, password) in new[] { (Ada, "not the password at all"), ("nobody@example.test", AccountsSite.Password) })
        {
            using var answer = await visitor.SignInAsync(email, password);
            Assert.Contains("Wrong email or password.", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.False(visitor.Cookies.ContainsKey(Visitor.SessionCookieName));
        }
    }

    [Theory]
    [InlineData("/settings", "/settings")]
    [InlineData("https://evil.example/", "/settings/sessions")]
    [InlineData("//evil.example/", "/settings/sessions")]
    [InlineData("/\\evil.example/", "/settings/sessions")]
    [InlineData("javascript:alert(1)", "/settings/sessions")]
    [InlineData("/settings/../settings/security?x=%41#y", "/settings/security?x=%41#y")]
    // What the server can't write into a header as it is.
    [InlineData("/é", "/settings/sessions")]
    [InlineData("/settings/audit?text=é日\U0001F600\u202E", "/settings/audit?text=%C3%A9%E6%97%A5%F0%9F%98%80%E2%80%AE")]
    [InlineData("/settings\r\nX-Injected: yes", "/settings/sessions")]
    // No pages: a file, an answer without content, an asset, an error page, and a page that isn't there.
    [InlineData("/settings/sessions/history.csv", "/settings/sessions")]
    [InlineData("/settings/audit/export.jsonl?action=user.signed_in", "/settings/sessions")]
    [InlineData("/session/state", "/settings/sessions")]
    [InlineData("/favicon.svg", "/settings/sessions")]
    [InlineData("/problem/500", "/settings/sessions")]
    [InlineData("/signed-out", "/settings/sessions")]
    [InlineData("/no-such-page", "/settings/sessions")]
    // Kestrel keeps an escaped slash, so this is no page either.
    [InlineData("/settings%2Faudit", "/settings/sessions")]
    public async Task A_sign_in_leads_to_a_page_of_this_site_and_starts_one_session(string asked, string reached)
    {
        await using var site = await StartAsync();
        using var visitor = site.Visit();
        using var answer = await visitor.SubmitAsync(
            "/sign-in?returnUrl=" + Uri.EscapeDataString(asked), ("Input.Email", Ada), ("Input.Password", AccountsSite.Password));
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal(new Uri(site.Address, reached).AbsoluteUri, new Uri(site.Address, answer.Headers.Location!).AbsoluteUri);
        Assert.False(answer.Headers.Contains("X-Injected"));
        Assert.True(await visitor.IsSignedInAsync());
        Assert.Equal(1, site.Rows().Number("SELECT COUNT(*) FROM \"Sessions\""));
    }

    // Guard: IsSignedInAlready in both pages.
    [Theory]
    [InlineData("/sign-in", "/settings/sessions")]
    [InlineData("/register", "/settings/sessions")]
    [InlineData("/sign-in?returnUrl=%2Fsettings%2Fsecurity", "/settings/security")]
    [InlineData("/register?returnUrl=%2F%2Fevil.example", "/settings/sessions")]
    public async Task Signed_in_users_are_redirected_from_the_sign_in_pages(string path, string reached)
    {
        await using var site = await StartAsync();
        using var visitor = await site.SignInAsync(Ada);
        using var answer = await visitor.GetAsync(path);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal(new Uri(site.Address, reached), new Uri(site.Address, answer.Headers.Location!));
    }

    // Guard: the hidden field, which password managers read.
    [Fact]
    public async Task The_password_form_names_its_account()
    {
        await using var site = await StartAsync();
        using var visitor = await site.SignInAsync(Ada);
        var page = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(await visitor.ReadAsync("/settings/password"));
        var field = Assert.Single(page.QuerySelectorAll("form:has(#new) [autocomplete=username]"));
        Assert.Equal(Ada, field.GetAttribute("value"));
        Assert.True(field.HasAttribute("hidden"));
    }

    [EachEngineFact]
    public async Task Too_many_attempts_must_wait_while_a_known_browser_still_signs_in()
    {
        await using var site = await StartAsync(("SignIn:AttemptsPerAccount", "3"));
        using var known = await site.SignInAsync(Ada);
        using var stranger = site.Visit();
        HttpResponseMessage answer;
        var attempts = 0;
        do
        {
            answer = await stranger.SignInAsync(Ada, "not the password at all");
            stranger.Cookies.Clear();
        }
        while (answer.StatusCode == HttpStatusCode.OK && ++attempts < 10);

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 300);
        Assert.Contains("Try again in", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        await known.SignOutAsync();
        using var back = await known.SignInAsync(Ada, AccountsSite.Password);
        Assert.Equal(HttpStatusCode.Redirect, back.StatusCode);
    }

    [EachEngineFact]
    public async Task A_form_posted_twice_leaves_one_session()
    {
        await using var site = await StartAsync();
        using var visitor = site.Visit();
        var form = await visitor.FillAsync("/sign-in", ("Input.Email", Ada), ("Input.Password", AccountsSite.Password));
        using var first = await visitor.PostAsync("/sign-in", form);
        visitor.Cookies.Remove(Visitor.SessionCookieName);
        using var second = await visitor.PostAsync("/sign-in", form);

        Assert.Equal(HttpStatusCode.Redirect, second.StatusCode);
        Assert.True(await visitor.IsSignedInAsync());
        using var rows = site.Rows();
        Assert.Equal(1, rows.Number("SELECT COUNT(*) FROM \"Sessions\" WHERE \"EndedAt\" IS NULL"));
        Assert.Equal(2, rows.Number("SELECT COUNT(*) FROM \"Sessions\""));
    }

    [EachEngineFact]
    public async Task Signing_in_as_another_user_ends_this_browsers_session()
    {
        await using var site = await StartAsync();
        await site.RegisterAsync("grace@example.test", "Grace Hopper");
        using var shared = await site.SignInAsync(Ada);
        using var elsewhere = await site.SignInAsync(Ada);
        var adas = shared.SessionCookie;
        // Signed-in users don't see this page, but its form works.
        using var answer = await shared.PostAsync("/sign-in", await shared.FillAccountMenuAsync(
            ("_handler", "sign-in"), ("Input.Email", "grace@example.test"), ("Input.Password", AccountsSite.Password)));
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);

        Assert.Contains("Grace Hopper", await shared.ReadAsync("/settings"), StringComparison.Ordinal);
        shared.SessionCookie = adas;
        Assert.False(await shared.IsSignedInAsync());
        Assert.True(await elsewhere.IsSignedInAsync());
    }

    [EachEngineFact]
    public async Task A_registration_posted_twice_creates_one_account_and_signs_in()
    {
        await using var site = await StartAsync();
        using var visitor = site.Visit();
        var form = await visitor.FillAsync("/register", ("Input.Name", "Grace Hopper"), ("Input.Email", "grace@example.test"),
            ("Input.Password", AccountsSite.Password));
        using var first = await visitor.PostAsync("/register", form);
        visitor.Cookies.Remove(Visitor.SessionCookieName);
        using var second = await visitor.PostAsync("/register", form);

        Assert.Equal(HttpStatusCode.Redirect, first.StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, second.StatusCode);
        Assert.True(await visitor.IsSignedInAsync());
        using var rows = site.Rows();
        Assert.Equal(1, rows.Number("SELECT COUNT(*) FROM \"Users\" WHERE \"Email\" = 'grace@example.test'"));
    }

    [Fact]
    public async Task A_form_without_a_token_is_refused_with_a_page_that_says_what_to_do()
    {
        await using var site = await StartAsync();
        using var visitor = site.Visit();
        using var answer = await visitor.PostAsync(
            "/sign-in", new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["_handler"] = "sign-in", ["Input.Email"] = Ada, ["Input.Password"] = AccountsSite.Password,
            });
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("This page expired", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.False(visitor.Cookies.ContainsKey(Visitor.SessionCookieName));
    }

    [EachEngineFact]
    public async Task Signing_out_ends_the_session_and_a_second_time_is_no_error()
    {
        await using var site = await StartAsync();
        using var visitor = await site.SignInAsync(Ada);
        var stolen = visitor.SessionCookie;
        using var first = await visitor.SignOutAsync();
        Assert.Equal("/signed-out", first.Headers.Location!.OriginalString);

        using var again = await visitor.PostAsync("/sign-out", new Dictionary<string, string>(StringComparer.Ordinal));
        Assert.Equal("/signed-out", again.Headers.Location!.OriginalString);
        visitor.SessionCookie = stolen;
        Assert.False(await visitor.IsSignedInAsync());
    }

    // Guard: LocalAddress in SessionCookie.Redirect. Kestrel reads at most 8 kB of a request line.
    [Theory]
    [InlineData(10, "/sign-in?returnUrl=")]
    [InlineData(1_000, "/sign-in")]
    public async Task A_long_address_leads_to_a_sign_in_page_that_opens(int letters, string start)
    {
        await using var site = AccountsSite.Start();
        using var stranger = site.Visit();
        using var answer = await stranger.GetAsync("/settings/audit?text=" + string.Concat(Enumerable.Repeat("%C3%A9", letters)));
        var target = new Uri(site.Address, answer.Headers.Location!).PathAndQuery;
        Assert.Equal(letters > 100, target is "/sign-in");
        Assert.StartsWith(start, target, StringComparison.Ordinal);
        Assert.Contains("<form", await stranger.ReadAsync(target), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_site_cannot_sign_you_out()
    {
        await using var site = await StartAsync();
        using var visitor = await site.SignInAsync(Ada);
        using var answer = await visitor.PostAsync("/sign-out", new Dictionary<string, string>(StringComparer.Ordinal));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.True(await visitor.IsSignedInAsync());
    }

    private static async Task<AccountsSite> StartAsync(params (string, string)[] settings)
    {
        var site = AccountsSite.Start(settings: settings);
        await site.RegisterAsync(Ada);
        return site;
    }
}
