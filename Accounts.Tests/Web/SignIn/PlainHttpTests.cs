using System.Net;
using Accounts.Tests.Fixtures;
using Accounts.Web.SignIn;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Accounts.Tests.Web.SignIn;

/// <summary>
/// No session starts in a browser that can't keep it: over plain http from another machine, or without cookies. The page and the log say why.
/// </summary>
public sealed class PlainHttpTests
{
    private const string Ada = "ada@example.test";
    private const string App = "app.example.test:8080";
    private const string NeedsHttps = "This site needs https";
    private const string PlainHttp = "its page came over plain http, so the browser would keep no session";

    private readonly Journal _journal = new();

    // Guards: IsFromPlainHttp in UseQueuedForms, and the origin in IsFromPlainHttp.
    [Theory]
    [InlineData("/sign-in", App, "http://" + App, true)]
    [InlineData("/sign-in", App, "http://" + App, false)]
    [InlineData("/register", App, "http://" + App, true)]
    [InlineData("/register", App, "http://" + App, false)]
    [InlineData("/sign-in", App, null, false)]
    [InlineData("/register", App, null, false)]
    [InlineData("/sign-in", "192.168.1.5", "http://192.168.1.5", true)]
    [InlineData("/sign-in", "[2001:db8::5]:8080", "http://[2001:db8::5]:8080", true)]
    [InlineData("/sign-in", "localhost.example.test", "http://localhost.example.test", true)]
    public async Task A_form_over_plain_http_is_refused_before_a_session_starts(string path, string host, string? origin, bool cookies)
    {
        await using var site = Start();
        await site.RegisterAsync(Ada);
        using var visitor = Visit(site, host);
        for (var i = 0; i < 3; i++)
        {
            var form = await FillAsync(visitor, path);
            if (!cookies)
                visitor.Cookies.Clear();
            using var answer = await PostAsync(visitor, path, form, origin);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Contains($"<h1>{NeedsHttps}</h1>", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.False(answer.Headers.Contains("Set-Cookie"));
        }

        Assert.Equal(0, Sessions(site));
        Assert.Equal(3, _journal.Of(nameof(QueuedForms)).Count);
        Assert.All(_journal.Of(nameof(QueuedForms)), line => Assert.Equal($"Warning: Refused a sign-in at {host}: {PlainHttp}", line));
    }

    // Guard: Cut in QueuedForms. Kestrel refuses a host with other than ASCII characters.
    [Fact]
    public async Task A_long_host_is_cut_in_the_log()
    {
        await using var site = Start();
        var host = new string('x', 250);
        using var visitor = Visit(site, host + ".test");
        using var answer = await PostAsync(visitor, "/sign-in", await FillAsync(visitor, "/sign-in"), $"http://{host}.test");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal($"Warning: Refused a sign-in at {host[..200]}: {PlainHttp}", Assert.Single(_journal.Of(nameof(QueuedForms))));
    }

    // Guards: the other conditions of IsFromPlainHttp, one row each.
    [Theory]
    [InlineData("/sign-in", App, "https://" + App)]
    [InlineData("/register", App, "https://" + App)]
    [InlineData("/sign-in", App, null)]
    [InlineData("/sign-in", "localhost:8080", "http://localhost:8080")]
    [InlineData("/sign-in", "127.0.0.1:8080", "http://127.0.0.1:8080")]
    [InlineData("/sign-in", "[::1]:8080", "http://[::1]:8080")]
    [InlineData("/sign-in", "accounts.localhost", "http://accounts.localhost")]
    public async Task A_browser_that_keeps_its_cookies_signs_in(string path, string host, string? origin)
    {
        await using var site = Start();
        if (path is "/sign-in")
            await site.RegisterAsync(Ada);
        using var visitor = Visit(site, host);
        using var answer = await PostAsync(visitor, path, await FillAsync(visitor, path), origin);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal(1, Sessions(site));
        Assert.Empty(_journal.Of(nameof(QueuedForms)));
    }

    // A proxy that ends TLS may not forward the scheme. Then only the browser tells whether it uses https.
    [Theory]
    [InlineData(null, "https://" + App, HttpStatusCode.Redirect)]
    [InlineData(null, "http://" + App, HttpStatusCode.BadRequest)]
    [InlineData("http", "http://" + App, HttpStatusCode.BadRequest)]
    [InlineData("https", "https://" + App, HttpStatusCode.Redirect)]
    public async Task Behind_a_proxy_the_browsers_own_scheme_decides(string? forwarded, string origin, HttpStatusCode expected)
    {
        await using var site = Start(("Network:KnownProxies:0", "127.0.0.1"));
        await site.RegisterAsync(Ada);
        using var visitor = Visit(site, App);
        visitor.Headers["X-Forwarded-For"] = "203.0.113.9";
        if (forwarded is not null)
            visitor.Headers["X-Forwarded-Proto"] = forwarded;
        using var answer = await PostAsync(visitor, "/sign-in", await FillAsync(visitor, "/sign-in"), origin);
        Assert.Equal(expected, answer.StatusCode);
        Assert.Equal(expected == HttpStatusCode.Redirect ? 1 : 0, Sessions(site));
    }

    [Theory]
    [InlineData("/sign-in", App, null, true)]
    [InlineData("/register", App, null, true)]
    [InlineData("/sign-in", App, "none", false)]
    [InlineData("/register", App, "cross-site", false)]
    [InlineData("/sign-in", "localhost", null, false)]
    [InlineData("/sign-in", "127.0.0.1", null, false)]
    public async Task The_form_says_so_before_you_type_a_password(string path, string host, string? fetchSite, bool expected)
    {
        await using var site = Start();
        using var visitor = Visit(site, host);
        if (fetchSite is not null)
            visitor.Headers["Sec-Fetch-Site"] = fetchSite;
        var page = await visitor.ReadAsync(path);
        Assert.Equal(expected, page.Contains(NeedsHttps, StringComparison.Ordinal));
        Assert.Contains("type=\"password\"", page, StringComparison.Ordinal);
    }

    // Guard: the second check in UseQueuedForms.
    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/register")]
    public async Task A_browser_that_blocks_cookies_is_told_so_and_gets_no_session(string path)
    {
        await using var site = Start();
        if (path is "/sign-in")
            await site.RegisterAsync(Ada);
        using var visitor = site.Visit();
        visitor.Headers["Sec-Fetch-Site"] = "same-origin";
        var form = await FillAsync(visitor, path);
        var kept = visitor.Cookies.ToList();
        visitor.Cookies.Clear();
        using (var answer = await visitor.PostAsync(path, form))
        {
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Contains("<h1>Your browser blocks cookies</h1>", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.Equal(0, Sessions(site));
        Assert.Contains("the browser sent no cookies back", Assert.Single(_journal.Of(nameof(QueuedForms))), StringComparison.Ordinal);
        foreach (var (name, value) in kept)
            visitor.Cookies[name] = value;
        using var again = await visitor.PostAsync(path, form);
        Assert.Equal(HttpStatusCode.Redirect, again.StatusCode);
        Assert.Equal(1, Sessions(site));
    }

    private AccountsSite Start(params (string, string)[] settings) =>
        AccountsSite.Start(services: services => services.AddSingleton<ILoggerProvider>(_journal), settings: settings);

    private static Visitor Visit(AccountsSite site, string host)
    {
        var visitor = site.Visit();
        visitor.Headers["Host"] = host;
        return visitor;
    }

    private static Task<IReadOnlyDictionary<string, string>> FillAsync(Visitor visitor, string path) => visitor.FillAsync(
        path, ("Input.Name", "Ada Lovelace"), ("Input.Email", Ada), ("Input.Password", AccountsSite.Password));

    private static async Task<HttpResponseMessage> PostAsync(
        Visitor visitor, string path, IReadOnlyDictionary<string, string> form, string? origin)
    {
        if (origin is not null)
            visitor.Headers["Origin"] = origin;
        var answer = await visitor.PostAsync(path, form);
        visitor.Headers.Remove("Origin");
        return answer;
    }

    private static long Sessions(AccountsSite site)
    {
        using var rows = site.Rows();
        return rows.Number("SELECT COUNT(*) FROM \"Sessions\"");
    }
}
