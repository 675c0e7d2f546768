using Accounts.Tests.Fixtures;
using Microsoft.Playwright;

namespace Accounts.Tests.Browser;

/// <summary>With two real browsers, one click signs the other one out.</summary>
[Collection(BrowserTests.Name)]
public sealed class TerminateTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";

    [EachEngineFact]
    public async Task Terminate_sends_every_tab_of_the_other_browser_to_the_signed_out_page()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var desktop = await (await Person.OpenAsync(chromium, site, zone: Person.NoonTimeZone())).SignInAsync(Ada);
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

        // Nothing returns: neither with the old cookie nor from the browser's cache.
        await phone.GoAsync("/settings/sessions");
        await phone.WaitForSignedOutAsync();
        await password.GoBackAsync();
        await Person.WaitForSignedOutAsync(password);
        await Assertions.Expect(password.GetByText("Ada Lovelace")).ToHaveCountAsync(0);

        // And the history shows it.
        await desktop.GoAsync("/settings/sessions");
        await Assertions.Expect(desktop.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "Safari 19 on iOS 19.1" }))
            .ToContainTextAsync("Terminated");
    }

    [EachEngineFact]
    public async Task Terminate_ends_the_right_one_of_two_identical_browsers()
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

    [EachEngineFact]
    public async Task Sign_out_everywhere_ends_the_others_and_keeps_this_one()
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
        // The dialog names the sessions that end, and none that stays.
        await Assertions.Expect(desktop.Dialog.GetByRole(AriaRole.Listitem)).ToHaveCountAsync(2);
        await Assertions.Expect(desktop.Dialog).ToContainTextAsync("Safari 19 on iOS 19.1");
        await desktop.ConfirmAsync("Sign out everywhere");

        await phone.WaitForSignedOutAsync();
        await tablet.WaitForSignedOutAsync();
        await desktop.WaitForCardsAsync(1);
        foreach (var (path, heading) in new[]
        {
            ("/settings", "Settings"), ("/settings/password", "Password"), ("/settings/sessions", "Session manager"),
        })
        {
            await desktop.GoAsync(path);
            await Assertions.Expect(desktop.Page.GetByRole(AriaRole.Heading, new() { Name = heading, Level = 1 })).ToBeVisibleAsync();
        }
    }

    [EachEngineFact]
    public async Task A_browser_that_was_offline_is_refused_when_it_returns()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var desktop = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await using var phone = await (await Person.OpenPhoneAsync(chromium, site)).SignInAsync(Ada);
        // It has no open page: the server can push nothing, and no page leaves by itself when the network returns.
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

    [EachEngineFact]
    public async Task The_dialog_says_that_nothing_changed_when_the_database_is_unavailable()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var desktop = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await using var phone = await (await Person.OpenPhoneAsync(chromium, site)).SignInAsync(Ada);
        await desktop.WaitForCardsAsync(2);
        await desktop.AskToTerminateAsync(desktop.Cards.Filter(new() { HasText = "Safari 19 on iOS 19.1" }));

        // Another program holds the database's write lock longer than the server waits.
        using (var rows = site.Rows())
        {
            rows.Execute(rows.IsPostgreSql ? "BEGIN; LOCK TABLE \"Sessions\" IN EXCLUSIVE MODE" : "BEGIN IMMEDIATE");
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
