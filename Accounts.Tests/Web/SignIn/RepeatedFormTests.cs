using System.Net;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Web.SignIn;

/// <summary>A form that a new browser submits twice leaves one session, whichever submission arrives first.</summary>
public sealed class RepeatedFormTests
{
    private const string Ada = "ada@example.test";
    private const string NewBrowser = "__Host-accounts-new-browser";
    private const string KnownBrowser = "__Host-accounts-browser";

    // Two hashes run at once, so both submissions are past every check before either session starts.
    private static readonly (string, string) TwoAtOnce = ("PasswordHashing:Concurrency", "2");

    // Guard: OfferBrowserId in each page.
    [EachEngineTheory]
    [InlineData("/sign-in")]
    [InlineData("/register")]
    public async Task Two_submissions_at_once_leave_one_live_session_that_the_browser_holds(string path)
    {
        var hasher = new HeldHasher();
        await using var site = AccountsSite.Start(services: hasher.AddTo, settings: TwoAtOnce);
        if (path is "/sign-in")
            await site.RegisterAsync(Ada);
        using var visitor = site.Visit();
        var form = await FillAsync(visitor, path);
        hasher.Hold();
        var posts = new[] { visitor.PostAsync(path, form), visitor.PostAsync(path, form) };
        await hasher.ArrivedAsync(2);
        hasher.ReleaseAll();

        var answers = await Task.WhenAll(posts);
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode));
        AssertOneLive(site);
        var signedIn = 0;
        foreach (var answer in answers)
        {
            visitor.SessionCookie = Cookie(answer, Visitor.SessionCookieName)!.Split(';')[0];
            signedIn += await visitor.IsSignedInAsync() ? 1 : 0;
        }

        Assert.Equal(1, signedIn);

        // The positive control: another new browser has a session of its own.
        using var other = site.Visit();
        using var second = await other.SignInAsync(Ada, AccountsSite.Password);
        Assert.Equal(HttpStatusCode.Redirect, second.StatusCode);
        using var rows = site.Rows();
        Assert.Equal(2, rows.Number("SELECT COUNT(*) FROM \"Sessions\" WHERE \"EndedAt\" IS NULL"));
    }

    // Guards: the same-origin rule in SessionAntiforgery, and its limit to forms of signed-out pages.
    [Theory]
    [InlineData("/sign-in", "same-origin", HttpStatusCode.Redirect)]
    [InlineData("/register", "same-origin", HttpStatusCode.Redirect)]
    [InlineData("/sign-in", null, HttpStatusCode.BadRequest)]
    [InlineData("/sign-in", "none", HttpStatusCode.BadRequest)]
    public async Task A_second_submission_after_the_first_answer_works_if_the_browser_vouches_for_it(
        string path, string? fetchSite, HttpStatusCode expected)
    {
        await using var site = AccountsSite.Start();
        if (path is "/sign-in")
            await site.RegisterAsync(Ada);
        using var visitor = site.Visit();
        var form = await FillAsync(visitor, path);
        using var first = await visitor.PostAsync(path, form);
        Assert.Equal(HttpStatusCode.Redirect, first.StatusCode);
        if (fetchSite is not null)
            visitor.Headers["Sec-Fetch-Site"] = fetchSite;
        using var second = await visitor.PostAsync(path, form);

        Assert.Equal(expected, second.StatusCode);
        Assert.True(await visitor.IsSignedInAsync());
        AssertOneLive(site);
        // A signed-in page's form still needs a token of its own session.
        using var elsewhere = await visitor.PostAsync("/settings/password", new Dictionary<string, string>(form, StringComparer.Ordinal)
        {
            ["_handler"] = "password", ["Input.CurrentPassword"] = AccountsSite.Password, ["Input.NewPassword"] = "a brand new passphrase",
        });
        Assert.Equal(HttpStatusCode.BadRequest, elsewhere.StatusCode);
    }

    [EachEngineFact]
    public async Task A_password_change_submitted_twice_at_once_changes_it_once_and_keeps_the_session()
    {
        var hasher = new HeldHasher();
        await using var site = AccountsSite.Start(services: hasher.AddTo, settings: TwoAtOnce);
        await site.RegisterAsync(Ada);
        using var visitor = await site.SignInAsync(Ada);
        var form = await visitor.FillAsync(
            "/settings/password", ("Input.CurrentPassword", AccountsSite.Password), ("Input.NewPassword", "a brand new passphrase"));
        hasher.Hold();
        var posts = new[] { visitor.PostAsync("/settings/password", form), visitor.PostAsync("/settings/password", form) };
        await hasher.ArrivedAsync(2);
        hasher.ReleaseAll();

        foreach (var answer in await Task.WhenAll(posts))
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True(await visitor.IsSignedInAsync());
        using (var rows = site.Rows())
            Assert.Equal(1, rows.Number("SELECT COUNT(*) FROM \"AuditEvents\" WHERE \"Action\" = 'user.password_changed'"));
        AssertOneLive(site);
    }

    // Guards: no lifetime in Offer, and the two checks before it.
    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/register")]
    public async Task A_form_gives_a_new_browser_an_id_that_lasts_only_after_a_sign_in(string path)
    {
        await using var site = AccountsSite.Start();
        using var visitor = site.Visit();
        using (var help = await visitor.GetAsync("/help/access"))
            Assert.Null(Cookie(help, NewBrowser));
        using (var page = await visitor.GetAsync(path))
            Assert.Equal(["path=/", "secure", "samesite=lax", "httponly"], Cookie(page, NewBrowser)!.Split("; ")[1..]);
        using (var again = await visitor.GetAsync(path))
            Assert.Null(Cookie(again, NewBrowser));
        Assert.False(visitor.Cookies.ContainsKey(KnownBrowser));

        var offered = visitor.Cookies[NewBrowser];
        using var answer = await visitor.PostAsync("/register", await FillAsync(visitor, "/register"));
        Assert.StartsWith(offered + "; max-age=34560000;", Cookie(answer, KnownBrowser), StringComparison.Ordinal);

        // Text that isn't an id is replaced.
        visitor.Cookies.Clear();
        visitor.Cookies[NewBrowser] = "x";
        using var broken = await visitor.GetAsync(path);
        Assert.Equal(22, Cookie(broken, NewBrowser)!.Split(';')[0].Length);
    }

    private static Task<IReadOnlyDictionary<string, string>> FillAsync(Visitor visitor, string path) => visitor.FillAsync(
        path, ("Input.Name", "Ada Lovelace"), ("Input.Email", Ada), ("Input.Password", AccountsSite.Password));

    private static void AssertOneLive(AccountsSite site)
    {
        using var rows = site.Rows();
        Assert.Equal(1, rows.Number("SELECT COUNT(*) FROM \"Sessions\" WHERE \"EndedAt\" IS NULL"));
        Assert.Equal(1, rows.Number("SELECT COUNT(*) FROM \"Users\""));
    }

    /// <summary>The value and attributes of a cookie that a response sets; null if it doesn't.</summary>
    private static string? Cookie(HttpResponseMessage answer, string name) => answer.Headers.TryGetValues("Set-Cookie", out var set)
        ? set.SingleOrDefault(text => text.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..]
        : null;
}
