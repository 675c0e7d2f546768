using System.Net;
using System.Net.Http.Json;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace Accounts.Tests.Fixtures;

/// <summary>A headless client: it keeps its cookies, fills in forms, and follows no redirect by itself.</summary>
/// <remarks>Unlike browsers, .NET's cookie container sends no secure cookie to localhost over http. So this class keeps its own cookies.</remarks>
public sealed class Visitor(Uri site, string userAgent) : IDisposable
{
    public const string Chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";
    public const string Phone =
        "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 Mobile/15E148 Safari/604.1";
    public const string SessionCookieName = "__Host-accounts-session";

    private readonly HttpClient _http = new(
        new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, Expect100ContinueTimeout = Patience.Limit }) { BaseAddress = site };

    public IDictionary<string, string> Cookies { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public IDictionary<string, string> Headers { get; } =
        new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["Accept"] = "text/html" };

    public string CookieHeader => string.Join("; ", Cookies.Select(cookie => $"{cookie.Key}={cookie.Value}"));

    public string SessionCookie
    {
        get => Cookies[SessionCookieName];
        set => Cookies[SessionCookieName] = value;
    }

    public Task<HttpResponseMessage> GetAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path));

    /// <summary>Returns the text of a page that must exist.</summary>
    public async Task<string> ReadAsync(string path)
    {
        using var answer = await GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }

    /// <summary>Opens a page, fills in the form with these fields, and posts it.</summary>
    public async Task<HttpResponseMessage> SubmitAsync(string path, params (string Name, string Value)[] fields) =>
        await PostAsync(path, await FillAsync(path, fields));

    /// <summary>Returns the fields of a page's form, including hidden ones, with the given values.</summary>
    public async Task<IReadOnlyDictionary<string, string>> FillAsync(string path, params (string Name, string Value)[] fields)
    {
        var page = new HtmlParser().ParseDocument(await ReadAsync(path));
        var form = page.QuerySelectorAll("main form").OfType<IHtmlFormElement>().First();
        var values = form.QuerySelectorAll("input[type=hidden]").OfType<IHtmlInputElement>()
            .ToDictionary(i => i.Name!, i => i.Value, StringComparer.Ordinal);
        foreach (var (name, value) in fields)
            values[name] = value;
        return values;
    }

    public Task<HttpResponseMessage> PostAsync(string path, IReadOnlyDictionary<string, string> fields) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(fields) });

    /// <summary>Posts a form whose body comes once <paramref name="body"/> is released. It arrives there when the server begins to read.</summary>
    internal Task<HttpResponseMessage> PostSlowlyAsync(string path, IReadOnlyDictionary<string, string> fields, SlowBody body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = body.Of(new FormUrlEncodedContent(fields)) };
        // The server answers "100 Continue" when it begins to read, which is after it knows the session.
        request.Headers.ExpectContinue = true;
        return SendAsync(request);
    }

    /// <summary>Sends JSON, as a program does.</summary>
    public Task<HttpResponseMessage> SendJsonAsync(HttpMethod method, string path, object? body = null) =>
        SendAsync(new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) });

    public Task<HttpResponseMessage> SignInAsync(string email, string password, bool remember = false) =>
        SubmitAsync("/sign-in", ("Input.Email", email), ("Input.Password", password), ("Input.Remember", remember ? "true" : "false"));

    /// <summary>Presses Sign out in the account menu.</summary>
    public async Task<HttpResponseMessage> SignOutAsync() => await PostAsync("/sign-out", await FillAccountMenuAsync());

    /// <summary>Re-authenticates like a dialog's script. The cookie then holds the new key, which no request has shown yet.</summary>
    public async Task<HttpResponseMessage> ReauthenticateAsync(string password) =>
        await PostAsync("/session/reauthenticate", await FillAccountMenuAsync(("password", password)));

    /// <summary>Returns the hidden fields of the account menu's form, which is on every page, with the given values.</summary>
    public async Task<IReadOnlyDictionary<string, string>> FillAccountMenuAsync(params (string Name, string Value)[] fields)
    {
        var page = new HtmlParser().ParseDocument(await ReadAsync("/settings"));
        var form = page.QuerySelectorAll("form").OfType<IHtmlFormElement>()
            .Single(f => string.Equals(f.GetAttribute("action"), "sign-out", StringComparison.Ordinal));
        var values = form.QuerySelectorAll("input").OfType<IHtmlInputElement>().ToDictionary(i => i.Name!, i => i.Value, StringComparer.Ordinal);
        foreach (var (name, value) in fields)
            values[name] = value;
        return values;
    }

    /// <summary>Whether the server still accepts this client's session.</summary>
    public async Task<bool> IsSignedInAsync()
    {
        using var answer = await GetAsync("/settings");
        return answer.StatusCode == HttpStatusCode.OK;
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request)
    {
        request.Headers.TryAddWithoutValidation("User-Agent", userAgent);
        foreach (var (name, value) in Headers)
            request.Headers.TryAddWithoutValidation(name, value);
        if (Cookies.Count > 0)
            request.Headers.TryAddWithoutValidation("Cookie", CookieHeader);

        var answer = await _http.SendAsync(request);
        foreach (var text in answer.Headers.TryGetValues("Set-Cookie", out var set) ? set : [])
        {
            var pair = text.Split(';', 2)[0].Split('=', 2);
            if (pair[1].Length == 0)
                Cookies.Remove(pair[0]);
            else
                Cookies[pair[0]] = pair[1];
        }

        return answer;
    }
}
