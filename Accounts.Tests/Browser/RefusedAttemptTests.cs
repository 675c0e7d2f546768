using Accounts.Core.SignIn;
using Accounts.Tests.Fixtures;
using Microsoft.Playwright;

namespace Accounts.Tests.Browser;

/// <summary>An open dashboard learns what the server refuses, without a reload.</summary>
[Collection(BrowserTests.Name)]
public sealed class RefusedAttemptTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";

    [EachEngineFact]
    public async Task An_open_dashboard_shows_refused_attempts_as_they_happen()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var owner = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        var (notice, news) = (owner.Page.Locator("details.refused"), owner.Page.Locator(".vh[aria-live=polite]"));
        await Assertions.Expect(notice).ToHaveCountAsync(0);
        await owner.Page.EvaluateAsync("window.stillHere = true");
        using var stranger = site.Visit(Visitor.Phone);

        await stranger.SignInAsync(Ada, "not this passphrase");
        await site.Get<RefusedAttempts>().FlushAsync();
        await Assertions.Expect(notice.Locator("summary")).ToHaveTextAsync("1 failed attempt since your last visit");
        await Assertions.Expect(news).ToHaveTextAsync("1 failed attempt since your last visit");
        await notice.Locator("summary").ClickAsync();
        await Assertions.Expect(notice.GetByText("Wrong password at sign-in")).ToBeVisibleAsync();

        await stranger.SignInAsync(Ada, "not this one either");
        await site.Get<RefusedAttempts>().FlushAsync();
        await Assertions.Expect(notice.Locator("summary")).ToHaveTextAsync("2 failed attempts since your last visit");
        await Assertions.Expect(news).ToHaveTextAsync("2 failed attempts since your last visit");
        await Assertions.Expect(notice.Locator("li")).ToContainTextAsync("2 times");
        Assert.True(await owner.Page.EvaluateAsync<bool>("window.stillHere"));

        await notice.GetByRole(AriaRole.Link, new() { Name = "change your password" }).ClickAsync();
        await Person.WaitForPathAsync(owner.Page, "/settings/password");
    }

    // Guard: QuietAsync in SessionManager.ShowRefusedAsync. The notice moves the cards below it.
    [Fact]
    public async Task The_notice_waits_until_no_button_is_pressed()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        using var other = await site.SignInAsync(Ada, Visitor.Phone);
        await using var owner = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await owner.WaitForCardsAsync(2);
        await owner.Page.EvaluateAsync("accounts.quiet = (quiet => () => { window.asked = true; return quiet(); })(accounts.quiet)");
        await owner.CardOf((await site.FindSessionAsync(other)).Id).GetByRole(AriaRole.Button, new() { Name = "Terminate" }).HoverAsync();
        await owner.Page.Mouse.DownAsync();
        using var stranger = site.Visit();

        await stranger.SignInAsync(Ada, "not this passphrase");
        await site.Get<RefusedAttempts>().FlushAsync();
        await owner.Page.WaitForFunctionAsync("() => window.asked");
        // A later change reaches the page first.
        using var third = await site.SignInAsync(Ada);
        await owner.WaitForCardsAsync(3);
        await Assertions.Expect(owner.Page.Locator("details.refused")).ToHaveCountAsync(0);
        await owner.Page.Mouse.UpAsync();

        await Assertions.Expect(owner.Dialog).ToBeVisibleAsync();
        await owner.Page.Keyboard.PressAsync("Escape");
        await owner.Page.Mouse.MoveAsync(5, 5);
        await Assertions.Expect(owner.Page.Locator("details.refused")).ToBeVisibleAsync();
    }
}
