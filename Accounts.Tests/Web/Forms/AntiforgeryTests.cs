using System.Net;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Web.Forms;

/// <summary>A form works as long as its session, whatever other pages and tabs do. In any other session it is worthless.</summary>
public sealed class AntiforgeryTests
{
    private const string Ada = "ada@example.test";
    private const string Cookie = "__Host-accounts-form";

    // Guards: HostCookie, its lifetime, SameSite.
    [Theory]
    [InlineData("http", "/sign-in")]
    [InlineData("https", "/sign-in")]
    [InlineData("https", "/register")]
    public async Task The_form_cookie_is_host_only_and_sent_with_cross_site_links(string scheme, string path)
    {
        await using var site = AccountsSite.Start(settings: ("Network:KnownProxies:0", "127.0.0.1"));
        using var visitor = site.Visit();
        visitor.Headers["X-Forwarded-For"] = "203.0.113.9";
        visitor.Headers["X-Forwarded-Proto"] = scheme;
        using var answer = await visitor.GetAsync(path);
        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"), text => text.StartsWith(Cookie + "=", StringComparison.Ordinal));
        Assert.Equal("max-age=34560000; path=/; secure; samesite=lax; httponly", cookie.Split("; ", 2)[1]);
        // The cookie exists, so the server sets no other.
        using var again = await visitor.GetAsync(path);
        Assert.False(again.Headers.Contains("Set-Cookie"));
    }

    [Theory]
    [InlineData("/settings")]
    [InlineData("/settings/sessions")]
    [InlineData("/settings/password")]
    public async Task A_signed_in_page_sets_no_form_cookie(string path)
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
    public async Task A_sessions_forms_need_only_the_session_cookie(string path)
    {
        await using var site = await StartAsync();
        using var visitor = await site.SignInAsync(Ada);
        var form = path is "/settings/password"
            ? await visitor.FillAsync(path, ("Input.CurrentPassword", AccountsSite.Password), ("Input.NewPassword", "a brand new passphrase"))
            : await visitor.FillAccountMenuAsync(("password", AccountsSite.Password), ("theme", "dark"));
        var session = visitor.SessionCookie;
        visitor.Cookies.Clear();
        visitor.SessionCookie = session;
        // Opens a page as after another site's link.
        await visitor.ReadAsync("/settings");

        using var answer = await visitor.PostAsync(path, form);
        Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.NoContent or HttpStatusCode.Redirect, $"{answer.StatusCode}");
        if (path is "/settings/password")
            Assert.Contains("Password changed.", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_survives_its_sessions_key_rotation()
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
    public async Task A_form_of_one_session_is_refused_in_any_other()
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
        // A session's token is worthless for a signed-out visitor.
        var adas = await ada.FillAccountMenuAsync();
        using var crossed = await stranger.PostAsync("/sign-in", new Dictionary<string, string>(adas, StringComparer.Ordinal)
        {
            ["_handler"] = "sign-in", ["Input.Email"] = Ada, ["Input.Password"] = AccountsSite.Password,
        });
        Assert.Equal(HttpStatusCode.BadRequest, crossed.StatusCode);
        using var own = await ada.SignOutAsync();
        Assert.Equal("/signed-out", own.Headers.Location!.OriginalString);
    }

    // Guard: QueuedFormAttribute in IsRequestValidAsync. The first submit's answer can arrive between the two.
    [Theory]
    [InlineData("same-origin", HttpStatusCode.Redirect)]
    [InlineData("none", HttpStatusCode.BadRequest)]
    public async Task A_second_submit_of_a_sign_in_form_succeeds_after_the_first_one(string site, HttpStatusCode expected)
    {
        await using var accounts = await StartAsync();
        using var visitor = accounts.Visit();
        var form = await visitor.FillAsync("/sign-in", ("Input.Email", Ada), ("Input.Password", AccountsSite.Password));
        visitor.Headers["Sec-Fetch-Site"] = "same-origin";
        using var first = await visitor.PostAsync("/sign-in", form);
        Assert.Equal(HttpStatusCode.Redirect, first.StatusCode);
        visitor.Headers["Sec-Fetch-Site"] = site;
        using var second = await visitor.PostAsync("/sign-in", form);
        Assert.Equal(expected, second.StatusCode);
        Assert.True(await visitor.IsSignedInAsync());
    }

    // Guard: IsFromSameOrigin without a session, in IsRequestValidAsync.
    [Theory]
    [InlineData("same-origin", HttpStatusCode.Redirect)]
    [InlineData("none", HttpStatusCode.BadRequest)]
    [InlineData(null, HttpStatusCode.BadRequest)]
    public async Task Four_sign_in_pages_opened_at_once_work_if_the_browser_vouches(
        string? site, HttpStatusCode expected)
    {
        await using var accounts = await StartAsync();
        // The server answers four requests without a cookie. The browser keeps the last cookie.
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
    public async Task A_body_that_is_no_form_is_refused(string path)
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
    public async Task A_body_that_is_no_form_causes_no_server_error(string path, string type)
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
