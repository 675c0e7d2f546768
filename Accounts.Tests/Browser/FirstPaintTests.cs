using Accounts.Tests.Fixtures;
using Microsoft.Playwright;

namespace Accounts.Tests.Browser;

/// <summary>Pages before their circuit starts: it may come late, never, or not be possible at all.</summary>
[Collection(BrowserTests.Name)]
public sealed class FirstPaintTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";

    [Fact]
    public async Task The_cards_appear_before_the_circuit_which_then_adds_what_happened_since()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        using var phone = await site.SignInAsync(Ada, Visitor.Phone);
        await using var owner = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        var script = await HoldScriptAsync(owner);

        await owner.Page.GotoAsync(new Uri(site.Address, "/settings/sessions").AbsoluteUri, new() { WaitUntil = WaitUntilState.Commit });
        await owner.WaitForCardsAsync(2);
        await Assertions.Expect(owner.Page.GetByText("2 sessions.", new() { Exact = true })).ToBeVisibleAsync();
        await Assertions.Expect(owner.Page.GetByText("Updates live.")).ToHaveCountAsync(0);
        // The page counts as one visit, though it renders twice.
        using var late = await site.SignInAsync(Ada);
        script.SetResult();
        await Person.WaitForCircuitAsync(owner.Page);
        await owner.WaitForCardsAsync(3);
        await Assertions.Expect(owner.Page.GetByText("3 sessions. Updates live.")).ToBeVisibleAsync();
        var own = owner.CardOf(await site.FindSessionIdAsync(owner));
        await Assertions.Expect(own).ToContainTextAsync("2 pages visited");
    }

    [Fact]
    public async Task A_page_whose_circuit_never_starts_says_so_and_its_buttons_open_plain_pages()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var phone = await (await Person.OpenPhoneAsync(chromium, site)).SignInAsync(Ada);
        await using var owner = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await owner.Page.RouteAsync("**/_framework/blazor.web*.js", route => route.AbortAsync());

        await owner.GoAsync("/settings/sessions");
        await owner.WaitForCardsAsync(2);
        var notice = owner.Page.GetByText("Still connecting.");
        await Assertions.Expect(notice).ToBeVisibleAsync();

        await owner.Cards.Filter(new() { HasText = "Safari 19 on iOS 19.1" }).GetByRole(AriaRole.Button, new() { Name = "Terminate" }).ClickAsync();
        await Person.WaitForPathAsync(owner.Page, "/settings/sessions/end");
        await Assertions.Expect(owner.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Terminate Safari 19 on iOS 19.1?");
        await owner.Page.Locator("main").GetByRole(AriaRole.Button, new() { Name = "Terminate" }).ClickAsync();
        await phone.WaitForSignedOutAsync();
        await Person.WaitForPathAsync(owner.Page, "/settings/sessions");
        await owner.WaitForCardsAsync(1);
    }

    [Fact]
    public async Task Every_page_has_its_content_before_the_circuit_and_says_so_even_if_no_script_arrives()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        using var phone = await site.SignInAsync(Ada, Visitor.Phone);
        await using var owner = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await owner.Page.RouteAsync("**/*.js", route => route.AbortAsync());

        foreach (var (path, rows, button) in new[]
        {
            ("/settings", "main .recent li", "Log out"), ("/settings/security", "main .row", "Remote logout"),
            ("/settings/password", "main .field", "Remote logout"), ("/settings/audit", "main .events tbody tr", "Export"),
        })
        {
            await owner.GoAsync(path);
            await Assertions.Expect(owner.Page.Locator(rows)).Not.ToHaveCountAsync(0);
            await Assertions.Expect(owner.Page.Locator("main").GetByText(button, new() { Exact = true }).First).ToBeVisibleAsync();
            await Assertions.Expect(owner.Page.GetByText("Still connecting.")).ToBeVisibleAsync();
        }

        await Assertions.Expect(owner.Page.Locator("main .events tbody tr")).ToHaveCountAsync(3);
        await owner.GoAsync("/settings/security");
        await owner.PressAsync("Remote logout");
        await Person.WaitForPathAsync(owner.Page, "/settings/sessions/end");
        await Assertions.Expect(owner.Page.GetByText("Ends 2 sessions, including this one.")).ToBeVisibleAsync();
        await owner.PressAsync("Remote logout");
        await owner.WaitForSignedOutAsync();
        Assert.False(await phone.IsSignedInAsync());
    }

    // Guard: SetParametersAsync of LiveSessions.
    [Theory]
    [InlineData("/settings/audit", ".events tbody tr", "FROM \"AuditEvents\"")]
    [InlineData("/settings", ".recent li", "FROM \"Sessions\"")]
    public async Task The_content_stays_until_the_circuit_has_read_its_own(string path, string rows, string read)
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        using var phone = await site.SignInAsync(Ada, Visitor.Phone);
        await using var owner = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        var script = await HoldScriptAsync(owner);
        await owner.Page.GotoAsync(new Uri(site.Address, path).AbsoluteUri, new() { WaitUntil = WaitUntilState.Commit });
        var (shown, live) = (owner.Page.Locator($"main {rows}"), owner.Page.Locator($"main {rows} button:enabled"));
        await Assertions.Expect(shown.First).ToBeVisibleAsync();
        var count = await shown.CountAsync();

        // The count in the menu reads sessions, too, and on Settings it may be the first.
        var stops = Enumerable.Range(0, 2).Select(_ => site.Gate.StopCommand(read)).ToList();
        script.SetResult();
        await stops[0].Arrived;
        await Person.WaitForCircuitAsync(owner.Page);
        await Assertions.Expect(shown).ToHaveCountAsync(count);
        await Assertions.Expect(live).ToHaveCountAsync(0);
        foreach (var stop in stops)
            stop.Release();
        await Assertions.Expect(live.First).ToBeVisibleAsync();
        await Assertions.Expect(shown).ToHaveCountAsync(count);
    }

    [Fact]
    public async Task Without_scripts_links_lead_through_the_lists_and_the_page_says_what_is_missing()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await site.StartSessionsAsync(Ada, 40, Visitor.Phone);
        await using var owner = await Person.OpenAsync(chromium, site, scripts: false);
        await owner.GoAsync("/sign-in");
        await owner.FillAsync(("Email", Ada), ("Password", AccountsSite.Password));
        await owner.PressAsync("Sign in");
        await owner.WaitForCardsAsync(35);
        // Playwright's Chromium reads the element as one without scripts does, but never paints it.
        var notice = owner.Page.Locator("noscript .notice");
        await Assertions.Expect(notice).ToHaveCountAsync(1);
        await Assertions.Expect(owner.Page.Locator("main [aria-haspopup]:visible")).ToHaveCountAsync(0);
        await owner.PressAsync("Show 6 more");
        await owner.WaitForCardsAsync(41);

        await owner.PressAsync("Show history");
        await Assertions.Expect(owner.Page.Locator(".history tbody tr")).ToHaveCountAsync(25);
        await owner.PressAsync("Next page");
        await Assertions.Expect(owner.Page.Locator(".history tbody tr")).ToHaveCountAsync(16);
        await owner.GoAsync("/settings/sessions?text=Germany");
        await Assertions.Expect(owner.Page.Locator(".history .pager")).ToContainTextAsync("No matches.");

        await owner.GoAsync("/settings/audit");
        await Assertions.Expect(notice).ToHaveCountAsync(1);
        await Assertions.Expect(owner.Page.Locator(".events tbody tr")).ToHaveCountAsync(25);
        await owner.PressAsync("Next page");
        await Assertions.Expect(owner.Page.Locator(".pager")).ToContainTextAsync("26–");
        await Assertions.Expect(owner.Page.Locator("#not-live")).ToBeHiddenAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Without_scripts_the_list_is_shown_and_Sign_out_everywhere_works(bool late)
    {
        var clock = new ShiftedClock();
        await using var site = AccountsSite.Start(clock);
        await site.RegisterAsync(Ada);
        await using var phone = await (await Person.OpenPhoneAsync(chromium, site)).SignInAsync(Ada);
        await using var owner = await Person.OpenAsync(chromium, site, scripts: false);
        await owner.GoAsync("/sign-in");
        await owner.Page.GetByLabel("Email").FillAsync(Ada);
        await owner.Page.GetByLabel("Password", new() { Exact = true }).FillAsync(AccountsSite.Password);
        await owner.Page.GetByLabel("Keep me signed in").CheckAsync();
        await owner.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await owner.WaitForCardsAsync(2);
        // Times are readable without a script too.
        await Assertions.Expect(owner.Cards.Last).ToContainTextAsync("UTC");
        if (late)
            clock.PutForward(TimeSpan.FromMinutes(11));

        await owner.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out everywhere" }).ClickAsync();
        await Person.WaitForPathAsync(owner.Page, "/settings/sessions/end");
        if (late)
        {
            await owner.Page.GetByLabel("Enter your password to continue").FillAsync("not this one");
            await owner.Page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
            await Assertions.Expect(owner.Page.GetByText("Wrong password.")).ToBeVisibleAsync();
            await owner.Page.GetByLabel("Enter your password to continue").FillAsync(AccountsSite.Password);
            await owner.Page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        }

        await Assertions.Expect(owner.Page.GetByText("Signs out 1 other session. You stay signed in.")).ToBeVisibleAsync();
        await owner.Page.Locator("main").GetByRole(AriaRole.Button, new() { Name = "Sign out everywhere" }).ClickAsync();
        await phone.WaitForSignedOutAsync();
        await owner.WaitForCardsAsync(1);
        await Assertions.Expect(owner.Page.GetByText("You're only signed in here.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_page_uses_the_servers_clock_not_the_viewers()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var owner = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await owner.Profile.Clock.SetFixedTimeAsync(TimeProvider.System.GetUtcNow().AddMinutes(10).UtcDateTime);
        await owner.OpenAsync("/settings/sessions");
        Assert.True(
            await owner.Page.EvaluateAsync<bool>("t => Date.now() > t", TimeProvider.System.GetUtcNow().AddMinutes(9).ToUnixTimeMilliseconds()),
            "The viewer's clock is not ahead.");

        await Assertions.Expect(owner.CardOf(await site.FindSessionIdAsync(owner))).ToContainTextAsync("Active now");
    }

    // While a device sleeps, its own clock goes on and the page's may not.
    [Fact]
    public async Task A_page_whose_device_slept_asks_the_server_for_the_time()
    {
        var clock = new ShiftedClock();
        await using var site = AccountsSite.Start(clock);
        await site.RegisterAsync(Ada);
        await using var owner = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await owner.OpenAsync("/settings/sessions");
        var card = owner.CardOf(await site.FindSessionIdAsync(owner));
        await Assertions.Expect(card).ToContainTextAsync("Active now");

        clock.PutForward(TimeSpan.FromHours(3));
        // The device's clock is wrong, too: only the server tells the time.
        await owner.Profile.Clock.SetFixedTimeAsync(TimeProvider.System.GetUtcNow().AddHours(20).UtcDateTime);
        await Assertions.Expect(card).ToContainTextAsync("Active 3 hr. ago");
    }

    /// <summary>Holds back the script that starts a circuit, until the result is set.</summary>
    private static async Task<TaskCompletionSource> HoldScriptAsync(Person person)
    {
        var script = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await person.Page.RouteAsync("**/_framework/blazor.web*.js", async route =>
        {
            await script.Task;
            await route.ContinueAsync();
        });
        return script;
    }
}
