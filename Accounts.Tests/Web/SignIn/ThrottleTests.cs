using System.Net;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Web.SignIn;

/// <summary>Wherever you enter a password, too many attempts get a 429. The page and a header state the wait time.</summary>
public sealed class ThrottleTests
{
    private const string Ada = "ada@example.test";

    // Guard: Wait.Tell in each of the three pages.
    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/register")]
    [InlineData("/settings/password")]
    public async Task After_too_many_attempts_the_answer_says_how_long_to_wait(string path)
    {
        await using var site = AccountsSite.Start(settings: [("SignIn:AttemptsPerAccount", "2"), ("SignIn:AttemptsPerAddress", "3")]);
        await site.RegisterAsync(Ada);
        using var visitor = path.StartsWith("/settings", StringComparison.Ordinal) ? await site.SignInAsync(Ada) : site.Visit();
        HttpResponseMessage answer;
        var attempts = 0;
        do
        {
            answer = await visitor.SubmitAsync(
                path,
                ("Input.Name", "Ada"), ("Input.Email", Ada), ("Input.Password", "not the password at all"),
                ("Input.CurrentPassword", "not the password at all"), ("Input.NewPassword", "another long passphrase"));
            attempts++;
        }
        while (answer.StatusCode == HttpStatusCode.OK && attempts < 10);

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.InRange(attempts, 2, 4);
        Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 300);
        var page = await answer.Content.ReadAsStringAsync();
        Assert.Contains("Too many attempts. Try again in 5 minutes", page, StringComparison.Ordinal);
    }
}
