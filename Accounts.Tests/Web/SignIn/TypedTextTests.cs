using System.Net;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Web.SignIn;

/// <summary>What people type in the forms, in one spelling and then in another, and how the pages show it.</summary>
public sealed class TypedTextTests
{
    private const string Decomposed = "Mu\u0308ller tra\u0308gt Hu\u0308te 9";
    private const string Composed = "M\u00FCller tr\u00E4gt H\u00FCte 9";

    [EachEngineFact]
    public async Task A_user_who_registered_in_one_spelling_signs_in_in_another()
    {
        await using var site = AccountsSite.Start();
        using var first = site.Visit();
        Assert.Equal(HttpStatusCode.Redirect, await RegisterAsync(first, "Ada", "\u200Bx@example.test", Decomposed));

        foreach (var (email, password) in new[] { ("x@example.test", Composed), (" \u200Bx@example.test", Decomposed), ("X@ｅxample.test", Composed) })
        {
            using var visitor = site.Visit();
            using var answer = await visitor.SignInAsync(email, password);
            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
            using var proof = await visitor.ReauthenticateAsync(Decomposed);
            Assert.True(proof.IsSuccessStatusCode);
        }
    }

    [EachEngineTheory]
    [InlineData("Ada", "\u200B\u2060", Composed, "Enter your email.")]
    [InlineData("\u200B\u202E", "x@example.test", Composed, "Enter your name.")]
    [InlineData("Ada", "x@-\u00FC.test", Composed, "Enter a full email, such as name@example.com.")]
    [InlineData("Ada", "x\u00A0y@example.test", Composed, "Remove the spaces.")]
    [InlineData("Ada", "x@example.test", "a password\twith a tab", "Remove the line breaks and tabs.")]
    public async Task What_cannot_be_typed_again_is_refused_with_words(string name, string email, string password, string words)
    {
        await using var site = AccountsSite.Start();
        using var visitor = site.Visit();
        using var answer = await visitor.SubmitAsync("/register", ("Input.Name", name), ("Input.Email", email), ("Input.Password", password));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains(words, await TextAsync(answer), StringComparison.Ordinal);
    }

    // Guards: TypedText.Isolate in AccountMenu, SettingsPage, SessionText and AuditText.
    [EachEngineFact]
    public async Task No_page_shows_a_name_or_an_email_that_changes_the_direction_of_others()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync("x@example.test");
        using var rows = site.Rows();
        // An older version stored such texts.
        rows.Execute("UPDATE \"Users\" SET \"DisplayName\" = 'שלום \u202Egnp\u2069', \"Email\" = 'x\u202E@דוגמה.example'");
        using var visitor = await site.SignInAsync("x@example.test");
        rows.Execute("UPDATE \"Sessions\" SET \"Name\" = 'מחשב \u202E\u2069\u200B(1)'");
        using var other = await site.SignInAsync("x@example.test", Visitor.Phone);

        foreach (var path in new[] { "/settings", "/settings/sessions", "/settings/audit", "/settings/security" })
        {
            var page = WebUtility.HtmlDecode(await visitor.ReadAsync(path));
            Assert.Contains("\u2068שלום gnp\u2069", page, StringComparison.Ordinal);
            Assert.Contains("\u2068x@דוגמה.example\u2069", page, StringComparison.Ordinal);
            Assert.DoesNotContain('\u202E', page);
            Assert.DoesNotContain('\u200B', page);
            // Each beginning has its end: no stray one of a name's is left.
            Assert.Equal(page.Count(c => c == '\u2068'), page.Count(c => c == '\u2069'));
        }

        Assert.Contains("\u2068מחשב (1)\u2069", WebUtility.HtmlDecode(await visitor.ReadAsync("/settings/sessions")), StringComparison.Ordinal);
        Assert.Contains(">שG</span>", WebUtility.HtmlDecode(await visitor.ReadAsync("/settings")), StringComparison.OrdinalIgnoreCase);
    }

    private static async Task<HttpStatusCode> RegisterAsync(Visitor visitor, string name, string email, string password)
    {
        using var answer = await visitor.SubmitAsync("/register", ("Input.Name", name), ("Input.Email", email), ("Input.Password", password));
        return answer.StatusCode;
    }

    private static async Task<string> TextAsync(HttpResponseMessage answer) => WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
}
