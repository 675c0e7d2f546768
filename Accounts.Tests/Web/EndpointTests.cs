using System.Net;
using System.Text;
using Accounts.Tests.Fixtures;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;

namespace Accounts.Tests.Web;

/// <summary>Rules that hold for every address of the application: the tests find them all by themselves.</summary>
public sealed class EndpointTests
{
    private const string Ada = "ada@example.test";

    public static readonly TheoryData<string?, string> Bodies = new()
    {
        { null, "" },
        { "text/plain", "theme=dark" },
        { "application/json", "{" },
        { "application/x-www-form-urlencoded", "" },
        { "application/x-www-form-urlencoded", "%%%=%&&&=\u0000" },
        { "application/x-www-form-urlencoded; charset=nonsense", "theme=dark" },
        { "multipart/form-data", "theme=dark" },
        { "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"theme\"\r\n\r\ndark" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_post_that_nobody_understands_is_refused_and_changes_nothing(string? type, string body)
    {
        await using var site = await StartAsync();
        using var visitor = await site.SignInAsync(Ada);
        using var rows = site.Rows();
        var before = Count();
        // Monitoring may ask by any method, and so may scripts for what they need to connect.
        var paths = Paths(site, HttpMethod.Post).Where(path => !path.StartsWith("/health/", StringComparison.Ordinal))
            .Except(["/_blazor/negotiate", "/_blazor/initializers/"], StringComparer.Ordinal).ToList();
        Assert.Contains("/_blazor/disconnect/", paths, StringComparer.Ordinal);
        Assert.Contains("/settings/theme", paths, StringComparer.Ordinal);
        foreach (var path in paths)
        {
            using var answer = await SendAsync(site, visitor, HttpMethod.Post, path, type, body);
            Assert.True((int)answer.StatusCode is >= 300 and < 500, $"POST {path} answers {answer.StatusCode}.");
            AssertIsPrivate(path, answer);
            Assert.DoesNotContain(Cookies(answer), cookie => cookie.StartsWith("accounts-theme", StringComparison.Ordinal));
        }

        Assert.Equal(before, Count());
        Assert.True(await visitor.IsSignedInAsync());

        long Count() => rows.Number("SELECT COUNT(*) FROM \"AuditEvents\"") + rows.Number("SELECT COUNT(*) FROM \"Users\"");
    }

    [Theory]
    [InlineData("cross-site", "POST", "text/plain")]
    [InlineData("cross-site", "POST", "application/x-www-form-urlencoded")]
    [InlineData("cross-site", "POST", "multipart/form-data; boundary=x")]
    [InlineData("cross-site", "POST", null)]
    [InlineData("same-site", "POST", "text/plain")]
    [InlineData("same-site", "PUT", "application/json")]
    [InlineData("same-site", "PATCH", null)]
    [InlineData("same-site", "DELETE", null)]
    [InlineData("cross-site", "QUERY", "text/plain")]
    public async Task Every_address_refuses_what_another_sites_page_sends(string from, string method, string? type)
    {
        await using var site = await StartAsync();
        using var visitor = await site.SignInAsync(Ada);
        visitor.Headers["Sec-Fetch-Site"] = from;
        foreach (var path in Paths(site, null))
        {
            using var answer = await SendAsync(site, visitor, new HttpMethod(method), path, type, "theme=dark");
            Assert.Equal((path, HttpStatusCode.Forbidden), (path, answer.StatusCode));
            Assert.Empty(Cookies(answer));
        }
    }

    [Fact]
    public async Task Head_is_answered_as_Get_without_the_body()
    {
        await using var site = await StartAsync();
        using var visitor = await site.SignInAsync(Ada);
        using var stranger = site.Visit();
        var paths = Paths(site, HttpMethod.Get).Where(path => !path.StartsWith("/_", StringComparison.Ordinal)).ToList();
        foreach (var path in new[] { "/", "/settings", "/sign-in", "/session/state", "/settings/sessions/history.csv", "/health/ready" })
            Assert.Contains(path, paths, StringComparer.Ordinal);
        foreach (var who in new[] { visitor, stranger })
        {
            foreach (var path in paths)
            {
                using var head = await SendAsync(site, who, HttpMethod.Head, path, null, "");
                using var get = await SendAsync(site, who, HttpMethod.Get, path, null, "");
                Assert.Equal((path, get.StatusCode, get.Headers.Location), (path, head.StatusCode, head.Headers.Location));
                Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
                Assert.Empty(await head.Content.ReadAsByteArrayAsync());
                AssertIsPrivate(path, head);
                AssertIsPrivate(path, get);
            }
        }
    }

    // The form's values are in the query: a link that signs somebody in would have them there.
    [Fact]
    public async Task No_Get_starts_a_session_only_a_sent_form_does()
    {
        await using var site = await StartAsync();
        using var stranger = site.Visit();
        using var rows = site.Rows();
        var query = $"?Input.Email={Uri.EscapeDataString(Ada)}&Input.Password={Uri.EscapeDataString(AccountsSite.Password)}&_handler=sign-in";
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Head })
        {
            foreach (var path in Paths(site, method))
            {
                using var answer = await SendAsync(site, stranger, method, path + query, null, "");
                Assert.DoesNotContain(Cookies(answer), cookie => cookie.Contains("accounts-session=", StringComparison.Ordinal));
            }
        }

        Assert.Equal(0, rows.Number("SELECT COUNT(*) FROM \"Sessions\""));
        using var owner = await site.SignInAsync(Ada);
        Assert.Equal(1, rows.Number("SELECT COUNT(*) FROM \"Sessions\""));
    }

    // Each of these answers is about somebody, or leads to a way in.
    private static void AssertIsPrivate(string path, HttpResponseMessage answer) =>
        Assert.True(answer.Headers.CacheControl?.NoStore, $"{path} answers {answer.StatusCode} and {answer.Headers.CacheControl}.");

    private static async Task<AccountsSite> StartAsync()
    {
        var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        return site;
    }

    private static async Task<HttpResponseMessage> SendAsync(
        AccountsSite site, Visitor visitor, HttpMethod method, string path, string? type, string body)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = site.Address };
        using var request = new HttpRequestMessage(method, path);
        request.Headers.TryAddWithoutValidation("Cookie", visitor.CookieHeader);
        if (visitor.Headers.TryGetValue("Sec-Fetch-Site", out var from))
            request.Headers.TryAddWithoutValidation("Sec-Fetch-Site", from);
        if (method != HttpMethod.Get && method != HttpMethod.Head)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        return await http.SendAsync(request);
    }

    private static IEnumerable<string> Cookies(HttpResponseMessage answer) => answer.Headers.TryGetValues("Set-Cookie", out var all) ? all : [];

    private static bool Accepts(IReadOnlyList<string>? methods, HttpMethod method) =>
        methods is null || methods.Contains(method.Method, StringComparer.Ordinal);

    /// <summary>The addresses of pages, files and forms, with a value in each place. Scripts, sheets and pictures aren't among them.</summary>
    private static List<string> Paths(AccountsSite site, HttpMethod? method) =>
    [
        .. site.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is null
                && !endpoint.RoutePattern.RawText!.Contains("_framework", StringComparison.Ordinal)
                && (method is null || Accepts(endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods, method)))
            .Select(endpoint => "/" + endpoint.RoutePattern.RawText!.TrimStart('/').Replace("{Code:int}", "404", StringComparison.Ordinal))
            .Where(path => !path.Contains('{', StringComparison.Ordinal))
            .Distinct(StringComparer.OrdinalIgnoreCase),
    ];
}
