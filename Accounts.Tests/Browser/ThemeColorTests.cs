using Accounts.Tests.Fixtures;
using Microsoft.Playwright;

namespace Accounts.Tests.Browser;

/// <summary>The browser's own bars take the page's color: the system's, or your choice.</summary>
[Collection(BrowserTests.Name)]
public sealed class ThemeColorTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";
    private const string Light = "#f7f8fc";
    private const string Dark = "#121318";

    [Fact]
    public async Task The_browser_bars_follow_the_choice_at_once_and_on_the_next_page()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var ada = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await ada.GoAsync("/settings");
        await ExpectAsync(ada, Light, Dark);
        foreach (var (choice, inLight, inDark) in new[] { ("Dark", Dark, Dark), ("Light", Light, Light), ("System", Light, Dark) })
        {
            await ada.Page.GetByLabel(choice).CheckAsync();
            await ExpectAsync(ada, inLight, inDark);
            await ada.Page.ReloadAsync();
            await ExpectAsync(ada, inLight, inDark);
        }
    }

    // A browser takes the one whose media query fits its system.
    private static async Task ExpectAsync(Person person, string inLight, string inDark)
    {
        var bars = person.Page.Locator("meta[name=theme-color]");
        await Assertions.Expect(bars.And(person.Page.Locator("[media*=light]"))).ToHaveAttributeAsync("content", inLight);
        await Assertions.Expect(bars.And(person.Page.Locator("[media*=dark]"))).ToHaveAttributeAsync("content", inDark);
    }
}
