using Accounts.Tests.Fixtures;
using Microsoft.Playwright;

namespace Accounts.Tests.Browser;

/// <summary>The Session manager before its circuit starts: it may come late, never, or not be possible at all.</summary>
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
        var script = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await owner.Page.RouteAsync("**/_framework/blazor.web*.js", async route =>
        {
            await script.Task;
            await route.ContinueAsync();
        });

        await owner.Page.GotoAsync(new Uri(site.Address, "/settings/sessions").AbsoluteUri, new() { WaitUntil = WaitUntilState.Commit });
        await owner.WaitForCardsAsync(2);
        await Assertions.Expect(owner.Page.GetByText("2 sessions. Updates live.")).ToBeVisibleAsync();
        // The page counts as one visit, though it renders twice.
        using var late = await site.SignInAsync(Ada);
        script.SetResult();
        await Person.WaitForCircuitAsync(owner.Page);
        await owner.WaitForCardsAsync(3);
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

    [Fact]
    public async Task Translating_the_page_in_the_browser_breaks_nothing()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var owner = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await Assertions.Expect(owner.Page.GetByText("You're only signed in here.")).ToBeVisibleAsync();
        // Chromium's translation wraps each text in two elements of its own.
        await owner.Page.EvaluateAsync("""
            () => {
              const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
              const texts = [];
              while (walker.nextNode()) {
                const text = walker.currentNode;
                if (text.data.trim() && !text.parentElement.closest("script, style")) texts.push(text);
              }
              for (const text of texts) {
                const [outer, inner] = [document.createElement("font"), document.createElement("font")];
                inner.textContent = text.data;
                outer.append(inner);
                text.replaceWith(outer);
              }
            }
            """);

        await using var phone = await (await Person.OpenPhoneAsync(chromium, site)).SignInAsync(Ada);
        await owner.WaitForCardsAsync(2);
        await Assertions.Expect(owner.Page.GetByText("2 sessions. Updates live.")).ToBeVisibleAsync();
        await Assertions.Expect(owner.Page.Locator("nav .count [aria-hidden]")).ToHaveTextAsync("2");
        await owner.TerminateAsync("Safari 19 on iOS 19.1");
        await phone.WaitForSignedOutAsync();
        await owner.WaitForCardsAsync(1);
        await Assertions.Expect(owner.Page.GetByText("You're only signed in here.")).ToBeVisibleAsync();
        await Assertions.Expect(owner.Page.Locator("#blazor-error-ui")).ToBeHiddenAsync();
    }
}
