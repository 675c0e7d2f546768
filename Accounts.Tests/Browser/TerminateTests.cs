using Accounts.Tests.Fixtures;
using Microsoft.Playwright;

namespace Accounts.Tests.Browser;

/// <summary>Two real browsers, one click, and the other one is out.</summary>
[Collection(BrowserTests.Name)]
public sealed class TerminateTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";

    [Fact]
    public async Task Terminate_puts_the_other_browser_with_all_its_tabs_on_the_signed_out_page()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var desktop = await (await Person.OpenAsync(chromium, site, zone: Person.WhereItIsNoon())).SignInAsync(Ada);
        await using var phone = await (await Person.OpenPhoneAsync(chromium, site)).SignInAsync(Ada);
        var settings = await phone.OpenTabAsync("/settings");
        var password = await phone.OpenTabAsync("/settings/security");
        await password.GetByRole(AriaRole.Link, new() { Name = "Change password", Exact = true }).ClickAsync();
        await Person.WaitForPathAsync(password, "/settings/password");

        await desktop.WaitForCardsAsync(2);
        await Assertions.Expect(desktop.Cards.First).ToContainTextAsync("This device");
        await Assertions.Expect(desktop.Cards.First.GetByRole(AriaRole.Button, new() { Name = "Terminate" })).ToHaveCountAsync(0);
        await desktop.AskToTerminateAsync(desktop.Cards.Filter(new() { HasText = "Safari 19 on iOS 19.1" }));
        await Assertions.Expect(desktop.Dialog).ToContainTextAsync("Safari 19 on iOS 19.1");
        await Assertions.Expect(desktop.Dialog).ToContainTextAsync("Local network");
        var box = (await desktop.Dialog.BoundingBoxAsync())!;
        Assert.Equal(1360 / 2, box.X + (box.Width / 2), tolerance: 10);
        await desktop.ConfirmAsync("Terminate");

        await phone.WaitForSignedOutAsync();
        await Person.WaitForSignedOutAsync(settings);
        await Person.WaitForSignedOutAsync(password);
        await Assertions.Expect(phone.Page.GetByText("Someone signed this browser out from another device")).ToBeVisibleAsync();
        await desktop.WaitForCardsAsync(1);
        await Assertions.Expect(desktop.Page.GetByText("You're only signed in here.")).ToBeVisibleAsync();

        // Nothing comes back: not with the old cookie, not from the browser's memory.
        await phone.GoAsync("/settings/sessions");
        await phone.WaitForSignedOutAsync();
        await password.GoBackAsync();
        await Person.WaitForSignedOutAsync(password);
        await Assertions.Expect(password.GetByText("Ada Lovelace")).ToHaveCountAsync(0);

        // And the history tells it.
        await desktop.GoAsync("/settings/sessions");
        await Assertions.Expect(desktop.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "Safari 19 on iOS 19.1" })).ToContainTextAsync("Terminated");
    }

    [Fact]
    public async Task Of_two_identical_browsers_behind_one_address_the_right_one_ends()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var owner = await (await Person.OpenPhoneAsync(chromium, site)).SignInAsync(Ada);
        await using var first = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await using var second = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);

        await owner.WaitForCardsAsync(3);
        await Assertions.Expect(owner.Cards.Filter(new() { HasText = "Chromium 156 on Windows 10" })).ToHaveCountAsync(2);
        var id = await site.FindSessionIdAsync(second);
        await owner.AskToTerminateAsync(owner.CardOf(id));
        await owner.ConfirmAsync("Terminate");

        await second.WaitForSignedOutAsync();
        await owner.WaitForCardsAsync(2);
        await first.GoAsync("/settings");
        await Assertions.Expect(first.Page.GetByRole(AriaRole.Heading, new() { Name = "Settings" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Sign_out_everywhere_ends_the_others_and_leaves_this_one_working()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var desktop = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await using var phone = await (await Person.OpenPhoneAsync(chromium, site)).SignInAsync(Ada);
        await using var tablet = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada, remember: false);
        await tablet.OpenAsync("/settings");

        await desktop.WaitForCardsAsync(3);
        await Assertions.Expect(desktop.Page.GetByText("Signs out 2 other sessions. You stay signed in.")).ToBeVisibleAsync();
        await desktop.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out everywhere" }).ClickAsync();
        await Assertions.Expect(desktop.Dialog).ToContainTextAsync("Signs out 2 other sessions. You stay signed in.");
        // It names what ends, and not what stays.
        await Assertions.Expect(desktop.Dialog.GetByRole(AriaRole.Listitem)).ToHaveCountAsync(2);
        await Assertions.Expect(desktop.Dialog).ToContainTextAsync("Safari 19 on iOS 19.1");
        await desktop.ConfirmAsync("Sign out everywhere");

        await phone.WaitForSignedOutAsync();
        await tablet.WaitForSignedOutAsync();
        await desktop.WaitForCardsAsync(1);
        foreach (var (path, heading) in new[] { ("/settings", "Settings"), ("/settings/password", "Password"), ("/settings/sessions", "Session manager") })
        {
            await desktop.GoAsync(path);
            await Assertions.Expect(desktop.Page.GetByRole(AriaRole.Heading, new() { Name = heading, Level = 1 })).ToBeVisibleAsync();
        }
    }

    [Fact]
    public async Task A_browser_that_was_offline_is_refused_when_it_returns()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var desktop = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await using var phone = await (await Person.OpenPhoneAsync(chromium, site)).SignInAsync(Ada);
        // No page of it is open: nothing can be pushed, and nothing leaves by itself when the network is back.
        await phone.Page.CloseAsync();
        await phone.Profile.SetOfflineAsync(true);

        await desktop.WaitForCardsAsync(2);
        await desktop.TerminateAsync("Safari 19 on iOS 19.1");
        await desktop.WaitForCardsAsync(1);

        await phone.Profile.SetOfflineAsync(false);
        var page = await phone.Profile.NewPageAsync();
        await page.GotoAsync(new Uri(site.Address, "/settings/sessions").AbsoluteUri);
        await Person.WaitForSignedOutAsync(page);
        await Assertions.Expect(page.GetByText("Someone signed this browser out from another device")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_page_says_what_did_not_happen_when_the_database_does_not_answer()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var desktop = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await using var phone = await (await Person.OpenPhoneAsync(chromium, site)).SignInAsync(Ada);
        await desktop.WaitForCardsAsync(2);
        await desktop.AskToTerminateAsync(desktop.Cards.Filter(new() { HasText = "Safari 19 on iOS 19.1" }));

        // Another program holds the file's write lock for longer than anybody waits.
        using (var rows = site.Rows())
        {
            rows.Execute("BEGIN IMMEDIATE");
            await desktop.ConfirmAsync("Terminate");
            await Assertions.Expect(desktop.Dialog).ToContainTextAsync("Couldn't terminate it. Nothing changed. Try again.");
            rows.Execute("ROLLBACK");
        }

        await phone.GoAsync("/settings");
        await Assertions.Expect(phone.Page.GetByRole(AriaRole.Heading, new() { Name = "Settings", Level = 1 })).ToBeVisibleAsync();
        await desktop.ConfirmAsync("Terminate");
        await phone.WaitForSignedOutAsync();
    }
}
