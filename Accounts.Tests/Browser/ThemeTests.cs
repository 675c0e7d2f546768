using Accounts.Tests.Fixtures;
using Microsoft.Playwright;

namespace Accounts.Tests.Browser;

/// <summary>Light, dark and the system's choice, on every page, from the first paint.</summary>
[Collection(BrowserTests.Name)]
public sealed class ThemeTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";
    private const string Light = "rgb(247, 248, 252)";
    private const string Dark = "rgb(18, 19, 24)";

    [Fact]
    public async Task Your_choice_overrides_the_system_on_every_page_until_you_undo_it()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var person = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await person.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        await using var other = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);

        await person.GoAsync("/settings");
        await ExpectAsync(person, Light);
        await ChooseAsync(person, "Dark");
        await ExpectAsync(person, Dark);
        foreach (var path in new[] { "/settings/sessions", "/settings/password", "/sign-in", "/there-is-no-such-page" })
        {
            await person.GoAsync(path);
            await ExpectAsync(person, Dark);
        }

        await person.GoAsync("/settings");
        await Assertions.Expect(person.Page.GetByLabel("Dark")).ToBeCheckedAsync();
        await person.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await ChooseAsync(person, "Light");
        await ExpectAsync(person, Light);
        await person.Page.ReloadAsync();
        await ExpectAsync(person, Light);
        await ChooseAsync(person, "System");
        await ExpectAsync(person, Dark);
        await person.Page.ReloadAsync();
        await Assertions.Expect(person.Page.GetByLabel("System")).ToBeCheckedAsync();
        await ExpectAsync(person, Dark);

        // The choice belongs to this browser, not to the account.
        await other.GoAsync("/settings");
        await Assertions.Expect(other.Page.GetByLabel("System")).ToBeCheckedAsync();
    }

    [Fact]
    public async Task Without_scripts_a_button_saves_the_choice()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var person = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await using var plain = await chromium.OpenProfileAsync(
            new BrowserNewContextOptions { JavaScriptEnabled = false, StorageState = await person.Profile.StorageStateAsync() });
        var page = await plain.NewPageAsync();
        await page.GotoAsync(new Uri(site.Address, "/settings").AbsoluteUri);

        await Assertions.Expect(page.Locator(".recent li")).ToHaveCountAsync(1);
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "Open Session manager" })).ToBeVisibleAsync();
        await page.GetByLabel("Dark").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await Assertions.Expect(page.Locator("body")).ToHaveCSSAsync("background-color", Dark);
    }

    private static Task ChooseAsync(Person person, string name) => person.Page.GetByLabel(name).CheckAsync();

    private static Task ExpectAsync(Person person, string background) =>
        Assertions.Expect(person.Page.Locator("body")).ToHaveCSSAsync("background-color", background);
}
