using System.Net;
using Accounts.Core.Storage;
using Accounts.Tests.Fixtures;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Microsoft.Extensions.DependencyInjection;

namespace Accounts.Tests.Web.Layout;

/// <summary>What the page says about a form that the database failed to save, and that it's true.</summary>
public sealed class ProblemPageTests : IAsyncDisposable
{
    private const string Ada = "ada@example.test";
    private const string NewPassword = "another long passphrase";

    private readonly LostAnswers _answers = new();
    private readonly AccountsSite _site;

    // The clock stands still, so that no background round takes the lost answer.
    public ProblemPageTests() => _site = AccountsSite.Start(new TestClock(), services => services.AddSingleton(new ContextInterceptor(_answers)));

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    // Guard: Problem_UnknownSignIn in ProblemPage.
    [EachEngineTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_registration_without_an_answer_says_to_sign_in_or_to_send_it_again(bool saved)
    {
        using var visitor = _site.Visit();
        _answers.LoseNext(saved);
        using var lost = await RegisterAsync(visitor);
        var page = await UnknownAsync(lost);
        Assert.Equal("The problem is on our side. We can't tell whether this was saved. Try to sign in. If you can't, send the form again.",
            Advice(page));
        Assert.Equal(("Sign in", "/sign-in"), Way(page));

        using var next = saved ? await visitor.SignInAsync(Ada, AccountsSite.Password) : await RegisterAsync(visitor);
        Assert.Equal(HttpStatusCode.Redirect, next.StatusCode);
        Assert.True(await visitor.IsSignedInAsync());
    }

    [EachEngineTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_sign_in_without_an_answer_says_to_sign_in_again(bool saved)
    {
        await _site.RegisterAsync(Ada);
        using var visitor = _site.Visit();
        _answers.LoseNext(saved);
        using var lost = await visitor.SignInAsync(Ada, AccountsSite.Password);
        Assert.Equal(("Sign in", "/sign-in"), Way(await UnknownAsync(lost)));
        Assert.False(await visitor.IsSignedInAsync());

        using var next = await visitor.SignInAsync(Ada, AccountsSite.Password);
        Assert.True(await visitor.IsSignedInAsync());
        // The session that the browser never got has ended: the form gave the browser its id, and a browser has one session.
        using var rows = _site.Rows();
        Assert.Equal(saved ? 2 : 1, rows.Number("SELECT COUNT(*) FROM \"Sessions\""));
        Assert.Equal(1, rows.Number("SELECT COUNT(*) FROM \"Sessions\" WHERE \"EndedAt\" IS NULL"));
    }

    // Guard: Problem_UnknownAdvice in ProblemPage.
    [EachEngineTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_password_change_without_an_answer_says_to_check_it(bool saved)
    {
        await _site.RegisterAsync(Ada);
        using var owner = await _site.SignInAsync(Ada);
        var fields = await owner.FillAsync("/settings/password", ("Input.CurrentPassword", AccountsSite.Password),
            ("Input.NewPassword", NewPassword));
        _answers.LoseNext(saved);
        using var lost = await owner.PostAsync("/settings/password", fields);
        var page = await UnknownAsync(lost);
        Assert.Equal("The problem is on our side. We can't tell whether your change was saved. Check, and try again if needed.", Advice(page));
        Assert.Equal(("Go to Session manager", "/settings/sessions"), Way(page));

        using var check = _site.Visit();
        using var next = await check.SignInAsync(Ada, saved ? NewPassword : AccountsSite.Password);
        Assert.Equal(HttpStatusCode.Redirect, next.StatusCode);
    }

    // Guard: WasForm in ProblemPages.
    [EachEngineFact]
    public async Task A_page_that_you_only_open_changes_nothing_and_offers_to_try_again()
    {
        await _site.RegisterAsync(Ada);
        using var owner = await _site.SignInAsync(Ada);
        using (await owner.ReauthenticateAsync(AccountsSite.Password))
        {
            // The next request writes, because it is the first one with the new key.
        }

        _answers.LoseNext(saved: true);
        using var lost = await owner.GetAsync("/settings");
        Unchanged(lost, await ParseAsync(lost));
        Assert.Equal(("Try again", "/settings"), Way(await ParseAsync(lost)));
        Assert.True(await owner.IsSignedInAsync());
    }

    [EachEngineFact]
    public async Task A_form_that_certainly_changed_nothing_says_so_and_offers_to_try_again()
    {
        using var visitor = _site.Visit();
        var fields = await visitor.FillAsync("/register", Fields);
        _site.Gate.FailCommand("INSERT INTO \"Users\"");
        using var failed = await visitor.PostAsync("/register", fields);
        Unchanged(failed, await ParseAsync(failed));
        Assert.Equal(("Try again", "/register"), Way(await ParseAsync(failed)));

        using var next = await RegisterAsync(visitor);
        Assert.Equal(HttpStatusCode.Redirect, next.StatusCode);
    }

    private static (string, string)[] Fields => [("Input.Name", "Ada Lovelace"), ("Input.Email", Ada), ("Input.Password", AccountsSite.Password)];

    private static Task<HttpResponseMessage> RegisterAsync(Visitor visitor) => visitor.SubmitAsync("/register", Fields);

    private static async Task<IHtmlDocument> UnknownAsync(HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        var page = await ParseAsync(answer);
        Assert.Equal("This may or may not have worked", page.QuerySelector("h1")!.TextContent);
        return page;
    }

    private static void Unchanged(HttpResponseMessage answer, IHtmlDocument page)
    {
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("We can't load this page", page.QuerySelector("h1")!.TextContent);
        Assert.Equal("The problem is on our side. Nothing changed. Try again in a moment.", Advice(page));
    }

    private static async Task<IHtmlDocument> ParseAsync(HttpResponseMessage answer) =>
        new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync());

    private static string Advice(IHtmlDocument page) => page.QuerySelector(".lead")!.TextContent;

    private static (string Text, string Href) Way(IHtmlDocument page)
    {
        var way = Assert.Single(page.QuerySelectorAll("main .mud-button-filled-primary"));
        return (way.TextContent, way.GetAttribute("href")!);
    }
}
