using Accounts.Tests.Fixtures;
using Microsoft.Playwright;

namespace Accounts.Tests.Browser;

/// <summary>A form that you submit twice leaves one session, and one that your browser couldn't keep starts none.</summary>
[Collection(BrowserTests.Name)]
public sealed class RepeatedSubmitTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";

    // Guard: OfferBrowserId on the page. The first answer is lost, as if the second press had come before it.
    [Theory]
    [InlineData("/sign-in", "Sign in")]
    [InlineData("/register", "Create account")]
    public async Task Two_presses_without_scripts_leave_one_live_session(string path, string button)
    {
        await using var site = AccountsSite.Start();
        if (path is "/sign-in")
            await site.RegisterAsync(Ada);
        await using var cable = new Cable(site.Address);
        await using var ada = await Person.OpenAsync(chromium, cable.Address, scripts: false);
        await FillAsync(ada, path);
        cable.DropAnswers();
        var box = (await ada.Page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).BoundingBoxAsync())!;
        for (var press = 1; press <= 2; press++)
        {
            await ada.Page.Mouse.ClickAsync(box.X + 20, box.Y + 20);
            Patience.Until(() => Count(site, "") == press);
        }

        Assert.Equal(1, Count(site, " WHERE \"EndedAt\" IS NULL"));
        cable.Cut();
    }

    // Guard: the second submit in forms.js.
    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/register")]
    public async Task Pressing_Enter_twice_submits_once_and_Back_leads_to_your_sessions(string path)
    {
        await using var site = AccountsSite.Start();
        if (path is "/sign-in")
            await site.RegisterAsync(Ada);
        await using var ada = await Person.OpenAsync(chromium, site);
        await FillAsync(ada, path);
        var posts = 0;
        ada.Page.Request += (_, request) => posts += request.Method is "POST" && request.Url.EndsWith(path, StringComparison.Ordinal) ? 1 : 0;
        // Both keys arrive before the browser can navigate.
        await ada.Page.EvaluateAsync("() => { const form = document.querySelector('main form'); form.requestSubmit(); form.requestSubmit(); }");
        await Assertions.Expect(ada.Page.GetByText("This device", new() { Exact = true })).ToBeVisibleAsync();
        Assert.Equal(1, posts);
        Assert.Equal(1, Count(site, ""));

        await ada.Page.GoBackAsync();
        await Person.WaitForPathAsync(ada.Page, "/settings/sessions");
        Assert.Equal(1, Count(site, ""));
    }

    [Theory]
    [InlineData("/sign-in", "Sign in")]
    [InlineData("/register", "Create account")]
    public async Task Over_plain_http_the_page_says_that_it_needs_https_before_and_after_you_submit(string path, string button)
    {
        await using var site = AccountsSite.Start();
        if (path is "/sign-in")
            await site.RegisterAsync(Ada);
        await using var ada = await Person.OpenAsync(chromium, new UriBuilder(site.Address) { Host = "app.example.test" }.Uri);
        for (var i = 0; i < 3; i++)
        {
            await FillAsync(ada, path);
            await Assertions.Expect(ada.Page.GetByText("This site needs https.")).ToBeVisibleAsync();
            await ada.PressAsync(button);
            await Assertions.Expect(ada.Page.GetByRole(AriaRole.Heading, new() { Name = "This site needs https" })).ToBeVisibleAsync();
        }

        Assert.Equal(0, Count(site, ""));
        // The positive control: browsers keep the cookies of this machine's addresses.
        await using var near = await Person.OpenAsync(chromium, new UriBuilder(site.Address) { Host = "127.0.0.1" }.Uri);
        await FillAsync(near, path);
        await Assertions.Expect(near.Page.GetByText("This site needs https.")).ToBeHiddenAsync();
        await near.PressAsync(button);
        await Assertions.Expect(near.Page.GetByText("This device", new() { Exact = true })).ToBeVisibleAsync();
    }

    private static async Task FillAsync(Person person, string path)
    {
        await person.GoAsync(path);
        if (path is "/register")
            await person.FillAsync(("Name", "Ada Lovelace"));
        await person.FillAsync(("Email", Ada), ("Password", AccountsSite.Password));
    }

    private static long Count(AccountsSite site, string where)
    {
        using var rows = site.Rows();
        return rows.Number("SELECT COUNT(*) FROM \"Sessions\"" + where);
    }
}
