using System.Net;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Web.Security;

/// <summary>The request with which a signed-in user proves their identity again.</summary>
public sealed class ReauthenticateTests
{
    private const string Ada = "ada@example.test";
    private const string Path = "/session/reauthenticate";

    [EachEngineTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_right_password_sets_a_new_key_in_a_cookie_with_the_same_attributes(bool remember)
    {
        await using var site = await StartAsync();
        using var visitor = await site.SignInAsync(Ada, remember: remember);
        var (before, first) = (visitor.SessionCookie, (await site.FindSessionAsync(visitor)).Id);

        using var answer = await visitor.ReauthenticateAsync(AccountsSite.Password);

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.True(answer.Headers.CacheControl!.NoStore);
        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"),
            text => text.StartsWith(Visitor.SessionCookieName + "=", StringComparison.Ordinal));
        foreach (var attribute in new[] { "path=/", "secure", "httponly", "samesite=lax" })
            Assert.Contains(attribute, cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(remember, cookie.Contains("expires=", StringComparison.OrdinalIgnoreCase));

        // The old key works until the new one is first used.
        using var old = site.Visit();
        old.SessionCookie = before;
        Assert.True(await old.IsSignedInAsync());
        Assert.True(await visitor.IsSignedInAsync());
        Assert.False(await old.IsSignedInAsync());
        Assert.Equal(first, (await site.FindSessionAsync(visitor)).Id);
        using var rows = site.Rows();
        Assert.Equal(1, rows.Number("SELECT COUNT(*) FROM \"Sessions\""));
    }

    [Fact]
    public async Task A_wrong_password_is_reported_and_sets_no_cookie()
    {
        await using var site = await StartAsync();
        using var visitor = await site.SignInAsync(Ada);
        foreach (var (password, said) in new[] { ("a guess", "Wrong password."), ("", "Enter your password.") })
        {
            using var answer = await visitor.ReauthenticateAsync(password);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
            Assert.Equal(said, await answer.Content.ReadAsStringAsync());
            AssertNoTicket(answer);
        }

        Assert.True(await visitor.IsSignedInAsync());
    }

    [Fact]
    public async Task After_too_many_attempts_the_answer_says_how_long_to_wait()
    {
        await using var site = AccountsSite.Start(settings: ("SignIn:AttemptsPerAccount", "1"));
        await site.RegisterAsync(Ada);
        using var visitor = await site.SignInAsync(Ada);
        using var guess = await visitor.ReauthenticateAsync("a guess");
        using var answer = await visitor.ReauthenticateAsync(AccountsSite.Password);

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));
        Assert.StartsWith("Too many attempts. Try again in ", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        AssertNoTicket(answer);
    }

    // Guards: RequireAuthorization and IsRequestValidAsync at the endpoint.
    [Fact]
    public async Task Strangers_ended_sessions_and_other_sites_forms_are_refused()
    {
        await using var site = await StartAsync();
        using var visitor = await site.SignInAsync(Ada);
        var form = await visitor.FillAccountMenuAsync(("password", AccountsSite.Password));

        using var stranger = site.Visit();
        using var anonymous = await stranger.PostAsync(Path, form);
        Assert.Equal(HttpStatusCode.Unauthorized, anonymous.StatusCode);
        AssertNoTicket(anonymous);

        using var crossed = await visitor.PostAsync(Path,
            new Dictionary<string, string>(StringComparer.Ordinal) { ["password"] = AccountsSite.Password });
        Assert.Equal(HttpStatusCode.BadRequest, crossed.StatusCode);
        AssertNoTicket(crossed);

        // The same form works in its own session.
        using var own = await visitor.PostAsync(Path, form);
        Assert.Equal(HttpStatusCode.NoContent, own.StatusCode);

        form = await visitor.FillAccountMenuAsync(("password", AccountsSite.Password));
        var cookie = visitor.SessionCookie;
        using var signedOut = await visitor.SignOutAsync();
        visitor.SessionCookie = cookie;
        using var ended = await visitor.PostAsync(Path, form);
        Assert.Equal(HttpStatusCode.Unauthorized, ended.StatusCode);
        AssertNoTicket(ended);
    }

    [EachEngineFact]
    public async Task A_database_failure_is_reported_and_changes_nothing()
    {
        await using var site = await StartAsync();
        using var visitor = await site.SignInAsync(Ada);
        var form = await visitor.FillAccountMenuAsync(("password", AccountsSite.Password));
        site.Gate.FailCommand("NextKeyHash");
        using var answer = await visitor.PostAsync(Path, form);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        AssertNoTicket(answer);
        Assert.True(await visitor.IsSignedInAsync());
    }

    private static async Task<AccountsSite> StartAsync()
    {
        var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        return site;
    }

    private static void AssertNoTicket(HttpResponseMessage answer) => Assert.DoesNotContain(
        answer.Headers.TryGetValues("Set-Cookie", out var set) ? set : [],
        text => text.StartsWith(Visitor.SessionCookieName, StringComparison.Ordinal));
}
