using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;

namespace Accounts.Tests.Fixtures;

/// <summary>A real provider of OpenID Connect from npm, in a process of its own on this machine. The test gives it accounts.</summary>
public sealed class OpenIdProvider : IAsyncDisposable
{
    /// <summary>Its id in the settings.</summary>
    public const string Id = "test";

    /// <summary>Its name on buttons.</summary>
    public const string Name = "Test ID";

    public const string ClientId = "accounts";

    /// <summary>Where a click on its button leads.</summary>
    public const string Start = $"/sign-in/provider/{Id}";

    private readonly Process _process;
    private readonly HttpClient _http;

    private OpenIdProvider(Process process, Uri address)
    {
        _process = process;
        Address = address;
        _http = new HttpClient { BaseAddress = address };
    }

    /// <summary>Its address, which is also its issuer.</summary>
    public Uri Address { get; }

    public string Issuer => Address.OriginalString;

    /// <summary>What a site needs to know of it.</summary>
    public (string Key, string Value)[] Settings =>
    [
        ($"Providers:{Id}:DisplayName", Name),
        ($"Providers:{Id}:Authority", Issuer),
        ($"Providers:{Id}:ClientId", ClientId),
        ($"Providers:{Id}:ClientSecret", "a secret for tests"),
    ];

    /// <summary>Starts it.</summary>
    /// <param name="claimsAtEndpoint">Whether the email is only at the user endpoint, not in the ID token.</param>
    public static async Task<OpenIdProvider> StartAsync(bool claimsAtEndpoint = false)
    {
        if (Engine.Find("node") is not { } node || !Directory.Exists(Path.Combine(Repository.Root, "node_modules/oidc-provider")))
        {
            Engine.Missing("The OpenID Connect provider is not here.", "Install Node and run: npm ci.");
            throw new UnreachableException();
        }

        string[] arguments = [Path.Combine(Repository.Root, "Accounts.Tests/Fixtures/OpenIdProvider.mjs")];
        var process = Process.Start(new ProcessStartInfo(node, claimsAtEndpoint ? [.. arguments, "--claims-at-endpoint"] : arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var line = await process.StandardOutput.ReadLineAsync().WaitAsync(Patience.Limit);
        return new OpenIdProvider(process, new Uri(line ?? throw new InvalidOperationException("The provider ended.")));
    }

    /// <summary>Registers a site as its client.</summary>
    public Task AddSiteAsync(AccountsSite site) =>
        ControlAsync("client", new { origin = site.Address.GetLeftPart(UriPartial.Authority), id = ClientId, name = Id });

    /// <summary>Gives it an account.</summary>
    public Task AddAccountAsync(string sub, string? email = null, bool verified = true, string? name = null) =>
        ControlAsync("account", new { sub, email, email_verified = verified, name });

    /// <summary>Puts its clock forward.</summary>
    public Task PutForwardAsync(TimeSpan by) => ControlAsync("clock", new { ahead = (long)by.TotalMilliseconds });

    /// <summary>Makes it change its key.</summary>
    public Task RotateAsync() => ControlAsync("rotate", new { });

    /// <summary>Signs a token as it would.</summary>
    /// <param name="header">The token's header.</param>
    /// <param name="payload">The token's content.</param>
    /// <param name="key">"own", or "other" for a key that isn't the provider's.</param>
    public Task<string> SignAsync(object header, object payload, string key = "own") => ControlAsync("sign", new { header, payload, key });

    /// <summary>Ends a session there. It then tells the site.</summary>
    public Task LogOutAsync(string sub, string sid) => ControlAsync("logout", new { client = ClientId, sub, sid });

    /// <summary>Clicks on its button, signs in there as an account, and comes back.</summary>
    public async Task<HttpResponseMessage> ContinueAsync(Visitor visitor, string sub, string start = Start) =>
        await visitor.GetAsync((await GoAsync(visitor, sub, start)).PathAndQuery);

    /// <summary>The same without coming back: returns where the answer leads.</summary>
    public async Task<Uri> GoAsync(Visitor visitor, string sub, string start = Start)
    {
        visitor.Headers["Sec-Fetch-Site"] = "same-origin";
        using var begun = await visitor.GetAsync(start);
        visitor.Headers.Remove("Sec-Fetch-Site");
        Assert.Equal(HttpStatusCode.Redirect, begun.StatusCode);
        Assert.StartsWith(Issuer, begun.Headers.Location!.OriginalString, StringComparison.Ordinal);
        return await AnswerAsync(begun.Headers.Location, sub);
    }

    /// <summary>Signs in there as an account, or cancels if it is "". It knows nobody from before.</summary>
    public async Task<Uri> AnswerAsync(Uri request, string sub)
    {
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        var at = request;
        while (string.Equals(at.Authority, Address.Authority, StringComparison.Ordinal))
        {
            using var page = await browser.GetAsync(at);
            var asks = page.StatusCode is HttpStatusCode.OK;
            using var content = new FormUrlEncodedContent([new("account", sub)]);
            using var answer = asks ? await browser.PostAsync(at, content) : null;
            var next = (answer ?? page).Headers.Location;
            Assert.True(next is not null, $"{at}: {await (answer ?? page).Content.ReadAsStringAsync()}");
            at = new Uri(Address, next);
        }

        return at;
    }

    /// <summary>Stops answering.</summary>
    public async Task StopAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (!_process.HasExited)
            await StopAsync();
        _process.Dispose();
    }

    private async Task<string> ControlAsync(string path, object body)
    {
        using var answer = await _http.PostAsJsonAsync($"/control/{path}", body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return text;
    }
}
