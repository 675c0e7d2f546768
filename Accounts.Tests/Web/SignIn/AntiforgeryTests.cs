using System.Net;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Web.SignIn;

/// <summary>A form goes on working for as long as its session, whatever other pages and tabs do; and it is worth nothing to anybody else.</summary>
public sealed class AntiforgeryTests
{
    private const string Ada = "ada@example.test";
    private const string Cookie = "__Host-accounts-form";

    // Guards: HostCookie, its lasting, SameSite.
    [Theory]
    [InlineData("http", "/sign-in")]
    [InlineData("https", "/sign-in")]
    [InlineData("https", "/register")]
    public async Task The_cookie_of_a_form_is_one_that_no_sibling_can_set_and_that_a_link_from_elsewhere_carries(string scheme, string path)
    {
        await using var site = AccountsSite.Start(settings: ("Network:KnownProxies:0", "127.0.0.1"));
        using var visitor = site.Visit();
        visitor.Headers["X-Forwarded-For"] = "203.0.113.9";
        visitor.Headers["X-Forwarded-Proto"] = scheme;
        using var answer = await visitor.GetAsync(path);
        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        Assert.StartsWith(Cookie + "=", cookie, StringComparison.Ordinal);
        Assert.Equal("max-age=34560000; path=/; secure; samesite=lax; httponly", cookie.Split("; ", 2)[1]);
        // It is there: no other one is set.
        using var again = await visitor.GetAsync(path);
        Assert.False(again.Headers.Contains("Set-Cookie"));
    }

    [Theory]
    [InlineData("/settings")]
    [InlineData("/settings/sessions")]
    [InlineData("/settings/password")]
    public async Task A_page_of_a_session_sets_no_cookie_that_could_replace_another(string path)
    {
        await using var site = await StartAsync();
        using var visitor = await site.SignInAsync(Ada);
        visitor.Cookies.Remove(Cookie);
        using var answer = await visitor.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    // Guard: TokensOfSession.
    [Theory]
    [InlineData("/sign-out")]
    [InlineData("/session/reauthenticate")]
    [InlineData("/settings/theme")]
    [InlineData("/settings/password")]
    public async Task The_forms_of_a_session_work_whatever_became_of_the_other_cookies(string path)
    {
        await using var site = await StartAsync();
        using var visitor = await site.SignInAsync(Ada);
        var form = path is "/settings/password"
            ? await visitor.FillAsync(path, ("Input.CurrentPassword", AccountsSite.Password), ("Input.NewPassword", "a brand new passphrase"))
            : await visitor.FillAccountMenuAsync(("password", AccountsSite.Password), ("theme", "dark"));
        var session = visitor.SessionCookie;
        visitor.Cookies.Clear();
        visitor.SessionCookie = session;
        // As a page that another site has linked to.
        await visitor.ReadAsync("/settings");

        using var answer = await visitor.PostAsync(path, form);
        Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.NoContent or HttpStatusCode.Redirect, $"{answer.StatusCode}");
        if (path is "/settings/password")
            Assert.Contains("Password changed.", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_survives_another_key_of_its_session()
    {
        await using var site = await StartAsync();
        using var visitor = await site.SignInAsync(Ada);
        var form = await visitor.FillAccountMenuAsync();
        (await visitor.ReauthenticateAsync(AccountsSite.Password)).Dispose();
        Assert.True(await visitor.IsSignedInAsync());
        using var answer = await visitor.PostAsync("/sign-out", form);
        Assert.Equal("/signed-out", answer.Headers.Location!.OriginalString);
    }

    // Guard: SessionAntiforgery.Names.
    [Fact]
    public async Task The_form_of_one_session_is_worth_nothing_in_another_of_the_same_person_or_of_somebody_else()
    {
        await using var site = await StartAsync();
        await site.RegisterAsync("grace@example.test", "Grace Hopper");
        using var ada = await site.SignInAsync(Ada);
        using var phone = await site.SignInAsync(Ada, Visitor.Phone);
        using var grace = await site.SignInAsync("grace@example.test");
        using var stranger = site.Visit();
        var anonymous = await stranger.FillAsync("/sign-in");
        var forms = new[]
        {
            await phone.FillAccountMenuAsync(), await grace.FillAccountMenuAsync(), anonymous,
            Token(""), Token("x"), Token(new string('x', 50_000)), Token("é"), new Dictionary<string, string>(StringComparer.Ordinal),
        };
        foreach (var form in forms)
        {
            using var answer = await ada.PostAsync("/sign-out", form);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }

        Assert.True(await ada.IsSignedInAsync());
        // Where nobody is signed in, a session's token is none.
        var adas = await ada.FillAccountMenuAsync();
        using var crossed = await stranger.PostAsync("/sign-in", new Dictionary<string, string>(adas, StringComparer.Ordinal)
        {
            ["_handler"] = "sign-in", ["Input.Email"] = Ada, ["Input.Password"] = AccountsSite.Password,
        });
        Assert.Equal(HttpStatusCode.BadRequest, crossed.StatusCode);
        using var own = await ada.SignOutAsync();
        Assert.Equal("/signed-out", own.Headers.Location!.OriginalString);
    }

    // Guard: IsVouchedFor in IsRequestValidAsync.
    [Theory]
    [InlineData("same-origin", HttpStatusCode.Redirect)]
    [InlineData("none", HttpStatusCode.BadRequest)]
    [InlineData(null, HttpStatusCode.BadRequest)]
    public async Task Of_four_sign_in_pages_that_a_new_browser_opens_at_once_each_works_if_the_browser_vouches_for_it(
        string? site, HttpStatusCode expected)
    {
        await using var accounts = await StartAsync();
        // Four answers to requests without a cookie; the last one's cookie stays.
        var tabs = Enumerable.Range(0, 4).Select(_ => accounts.Visit()).ToList();
        var forms = new List<IReadOnlyDictionary<string, string>>();
        foreach (var tab in tabs)
            forms.Add(await tab.FillAsync("/sign-in", ("Input.Email", Ada), ("Input.Password", AccountsSite.Password)));
        foreach (var (tab, form) in tabs.Zip(forms))
        {
            tab.Cookies[Cookie] = tabs[^1].Cookies[Cookie];
            if (site is not null)
                tab.Headers["Sec-Fetch-Site"] = site;
            using var answer = await tab.PostAsync("/sign-in", form);
            Assert.Equal(tab == tabs[^1] ? HttpStatusCode.Redirect : expected, answer.StatusCode);
        }

        tabs.ForEach(tab => tab.Dispose());
    }

    [Theory]
    [InlineData("/sign-out")]
    [InlineData("/settings/password")]
    public async Task What_is_no_form_has_no_token(string path)
    {
        await using var site = await StartAsync();
        using var visitor = await site.SignInAsync(Ada);
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = site.Address };
        var bodies = new[] { ("application/json", "{}"), ("multipart/form-data", "x"), ("multipart/form-data; boundary=b", "--b\r\nx") };
        foreach (var (type, body) in bodies)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body) };
            request.Content.Headers.Remove("Content-Type");
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
            request.Headers.Add("Cookie", visitor.CookieHeader);
            using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal((type, HttpStatusCode.BadRequest), (type, answer.StatusCode));
        }

        Assert.True(await visitor.IsSignedInAsync());
    }

    // Guard: the form is read before the browser's word counts.
    [Theory]
    [InlineData("/help/access", "")]
    [InlineData("/signed-out", "multipart/form-data; boundary=b")]
    [InlineData("/sign-in", "multipart/form-data; boundary=b")]
    public async Task What_is_no_form_is_no_error_of_the_server_even_if_the_browser_vouches_for_it(string path, string type)
    {
        await using var site = await StartAsync();
        using var http = new HttpClient { BaseAddress = site.Address };
        using var content = new ByteArrayContent("x"u8.ToArray());
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    private static Dictionary<string, string> Token(string token) => new(StringComparer.Ordinal) { ["__RequestVerificationToken"] = token };

    private static async Task<AccountsSite> StartAsync()
    {
        var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        return site;
    }
}
