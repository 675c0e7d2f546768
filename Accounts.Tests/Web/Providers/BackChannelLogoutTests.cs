using System.Buffers.Text;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Accounts.Core.Sessions;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Web.Providers;

/// <summary>A provider's server says that a session there has ended.</summary>
public sealed class BackChannelLogoutTests
{
    private const string Path = OpenIdProvider.Start + "/backchannel-logout";
    private const string Event = "http://schemas.openid.net/event/backchannel-logout";

    [EachEngineFact]
    public async Task A_session_that_ends_at_the_provider_ends_here_and_no_other_one_does()
    {
        await using var provider = await OpenIdProvider.StartAsync();
        await using var site = await ProviderSignInTests.StartAsync(provider);
        using var rows = site.Rows();
        await provider.AddAccountAsync("g-1", "grace@example.test");
        await provider.AddAccountAsync("a-1", "ada@example.test");
        using var laptop = site.Visit();
        using var phone = site.Visit();
        using var ada = site.Visit();
        using var first = await provider.ContinueAsync(laptop, "g-1");
        using var second = await provider.ContinueAsync(phone, "g-1");
        using var other = await provider.ContinueAsync(ada, "a-1");
        var session = site.ReadTicket(laptop.SessionCookie).Id;
        var sid = (string)rows.Query("SELECT \"Sid\" FROM \"ProviderSessions\" WHERE \"SessionId\" = @id", ("@id", session.Value)).Single()["Sid"]!;

        await provider.LogOutAsync("g-1", sid);
        Assert.False(await laptop.IsSignedInAsync());
        Assert.True(await phone.IsSignedInAsync());
        Assert.True(await ada.IsSignedInAsync());
        Assert.Equal((long)EndReason.EndedByProvider,
            rows.Number("SELECT \"EndReason\" FROM \"Sessions\" WHERE \"EndedAt\" IS NOT NULL"));
        Assert.Equal(1, rows.Number("SELECT COUNT(*) FROM \"AuditEvents\" WHERE \"Action\" = 'sessions.ended_by_provider' AND \"Count\" = 1"));
        Assert.Contains("You signed out of the service that you signed in with", await laptop.ReadAsync("/signed-out"), StringComparison.Ordinal);

        // All sessions of a user.
        var token = await TokenAsync(provider, with => with["sub"] = "g-1");
        using var all = await PostAsync(site, token);
        Assert.Equal(HttpStatusCode.OK, all.StatusCode);
        Assert.True(all.Headers.CacheControl!.NoStore);
        Assert.False(await phone.IsSignedInAsync());
        Assert.True(await ada.IsSignedInAsync());
        // The same token again changes nothing: not even for a new session.
        using var again = await provider.ContinueAsync(phone, "g-1");
        using var replayed = await PostAsync(site, token);
        Assert.Equal(HttpStatusCode.OK, replayed.StatusCode);
        Assert.True(await phone.IsSignedInAsync());
    }

    [Fact]
    public async Task A_token_that_is_wrong_in_any_way_is_refused_and_ends_nothing()
    {
        var clock = new ShiftedClock();
        await using var provider = await OpenIdProvider.StartAsync();
        await using var site = await ProviderSignInTests.StartAsync(provider, clock);
        using var rows = site.Rows();
        await provider.AddAccountAsync("g-1", "grace@example.test");
        using var visitor = site.Visit();
        using var signedIn = await provider.ContinueAsync(visitor, "g-1");
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var wrong = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["none"] = null,
            ["not a token"] = "x.y.z",
            ["another key"] = await TokenAsync(provider, _ => { }, key: "other"),
            ["another type"] = await TokenAsync(provider, _ => { }, type: "at+jwt"),
            ["another audience"] = await TokenAsync(provider, with => with["aud"] = "another"),
            ["another issuer"] = await TokenAsync(provider, with => with["iss"] = "https://id.example.test"),
            ["a nonce"] = await TokenAsync(provider, with => with["nonce"] = "x"),
            ["no events"] = await TokenAsync(provider, with => with.Remove("events")),
            ["another audience in a list"] = await TokenAsync(provider, with => with["aud"] = new[] { "another" }),
            ["events that are none"] = await TokenAsync(provider, with => with["events"] = new[] { Event }),
            ["an event that is none"] = await TokenAsync(
                provider, with => with["events"] = new Dictionary<string, object>(StringComparer.Ordinal) { [Event] = true }),
            ["a subject that isn't a text"] = await TokenAsync(provider, with => with["sub"] = 1),
            ["a session that isn't a text"] = await TokenAsync(provider, with => with["sid"] = 1),
            ["an empty session"] = await TokenAsync(provider, with => with["sid"] = ""),
            ["a session that is too long"] = await TokenAsync(provider, with => with["sid"] = new string('x', 256)),
            ["a session that can't be kept"] = await TokenAsync(provider, with => with["sid"] = "a\0"),
            ["other events"] = await TokenAsync(provider, with => with["events"] = new { other = new { } }),
            ["nobody"] = await TokenAsync(provider, with => with.Remove("sub")),
            ["no id"] = await TokenAsync(provider, with => with.Remove("jti")),
            ["no time"] = await TokenAsync(provider, with => with.Remove("iat")),
            ["old"] = await TokenAsync(provider, with => with["iat"] = now - 601),
            ["from the future"] = await TokenAsync(provider, with => with["iat"] = now + 120),
            ["expired"] = await TokenAsync(provider, with => with["exp"] = now - 61),
            ["no expiry"] = await TokenAsync(provider, with => with.Remove("exp")),
            ["no signature"] = Unsigned(await TokenAsync(provider, _ => { })),
            ["changed"] = Changed(await TokenAsync(provider, _ => { })),
        };
        foreach (var (what, token) in wrong)
        {
            using var answer = await PostAsync(site, token);
            Assert.True(answer.StatusCode is HttpStatusCode.BadRequest, $"{what}: {answer.StatusCode}");
            var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
            Assert.Equal("invalid_request", problem.GetProperty("error").GetString());
            Assert.True(answer.Headers.CacheControl!.NoStore);
        }

        using var large = await PostAsync(site, new string('x', 20_000));
        Assert.Equal(HttpStatusCode.BadRequest, large.StatusCode);
        using var json = new HttpClient { BaseAddress = site.Address };
        using var typed = await json.PostAsJsonAsync(Path, new { logout_token = await TokenAsync(provider, _ => { }) });
        Assert.Equal(HttpStatusCode.BadRequest, typed.StatusCode);
        Assert.True(await visitor.IsSignedInAsync());
        Assert.Equal(0, rows.Number("SELECT COUNT(*) FROM \"LogoutTokens\""));
        // Control: the same token without any of it, also as older providers write it.
        string[] audience = ["another", OpenIdProvider.ClientId];
        using var right = await PostAsync(site, await TokenAsync(provider, with => with["aud"] = audience, type: "JWT"));
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
        Assert.False(await visitor.IsSignedInAsync());
    }

    [Fact]
    public async Task Another_sites_page_cannot_send_a_token_and_too_many_invalid_ones_must_wait()
    {
        await using var provider = await OpenIdProvider.StartAsync();
        await using var site = AccountsSite.Start(null, null, [.. provider.Settings, ("SignIn:AttemptsPerAddress", "1")]);
        await provider.AddSiteAsync(site);
        var token = await TokenAsync(provider, _ => { });
        using var fromPage = await PostAsync(site, token, "cross-site");
        Assert.Equal(HttpStatusCode.Forbidden, fromPage.StatusCode);
        for (var i = 0; i < 10; i++)
        {
            using var valid = await PostAsync(site, await TokenAsync(provider, _ => { }));
            Assert.Equal(HttpStatusCode.OK, valid.StatusCode);
        }

        for (var i = 0; i < 10; i++)
        {
            using var invalid = await PostAsync(site, "x");
            Assert.Equal(HttpStatusCode.BadRequest, invalid.StatusCode);
        }

        using var refused = await PostAsync(site, "x");
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        // The provider isn't kept from it by what others send from its addresses.
        using var obeyed = await PostAsync(site, token);
        Assert.Equal(HttpStatusCode.OK, obeyed.StatusCode);
    }

    [Fact]
    public async Task A_provider_that_has_changed_its_key_is_asked_for_it()
    {
        await using var provider = await OpenIdProvider.StartAsync();
        await using var site = await ProviderSignInTests.StartAsync(provider);
        await provider.AddAccountAsync("g-1", "grace@example.test");
        using var visitor = site.Visit();
        using var signedIn = await provider.ContinueAsync(visitor, "g-1");
        using var before = await PostAsync(site, await TokenAsync(provider, with => with["sub"] = "nobody"));
        Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        await provider.RotateAsync();
        using var after = await PostAsync(site, await TokenAsync(provider, _ => { }, kid: "new"));
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
        Assert.False(await visitor.IsSignedInAsync());
    }

    [Fact]
    public async Task A_token_waits_while_the_providers_keys_cannot_be_read()
    {
        await using var provider = await OpenIdProvider.StartAsync();
        await using var site = await ProviderSignInTests.StartAsync(provider);
        using var rows = site.Rows();
        var token = await TokenAsync(provider, _ => { });
        await provider.StopAsync();
        using var answer = await PostAsync(site, token);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Equal(0, rows.Number("SELECT COUNT(*) FROM \"LogoutTokens\""));
    }

    /// <summary>Ends all sessions of the account g-1, as its provider does.</summary>
    internal static async Task<HttpStatusCode> LogOutAsync(OpenIdProvider provider, AccountsSite site)
    {
        using var answer = await PostAsync(site, await TokenAsync(provider, _ => { }));
        return answer.StatusCode;
    }

    private static async Task<HttpResponseMessage> PostAsync(AccountsSite site, string? token, string? from = null)
    {
        using var sender = new HttpClient { BaseAddress = site.Address };
        if (from is not null)
            sender.DefaultRequestHeaders.Add("Sec-Fetch-Site", from);
        using var form = new FormUrlEncodedContent(token is null ? [] : [new("logout_token", token)]);
        return await sender.PostAsync(Path, form);
    }

    private static Task<string> TokenAsync(
        OpenIdProvider provider, Action<Dictionary<string, object>> change, string key = "own", string type = "logout+jwt", string? kid = null)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var payload = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["iss"] = provider.Issuer,
            ["aud"] = OpenIdProvider.ClientId,
            ["iat"] = now,
            ["exp"] = now + 120,
            ["jti"] = Guid.NewGuid().ToString(),
            ["sub"] = "g-1",
            ["events"] = new Dictionary<string, object>(StringComparer.Ordinal) { [Event] = new { } },
        };
        change(payload);
        return provider.SignAsync(new { alg = "RS256", typ = type, kid = kid ?? key }, payload, key);
    }

    private static string Unsigned(string token) =>
        $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes("""{"alg":"none","typ":"logout+jwt"}"""))}.{token.Split('.')[1]}.";

    private static string Changed(string token)
    {
        var parts = token.Split('.');
        var payload = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[1])).Replace("g-1", "g-2", StringComparison.Ordinal);
        return $"{parts[0]}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(payload))}.{parts[2]}";
    }
}
