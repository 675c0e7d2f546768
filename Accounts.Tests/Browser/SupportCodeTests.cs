using Accounts.Tests.Fixtures;
using Microsoft.Playwright;

namespace Accounts.Tests.Browser;

/// <summary>The button beside the support code.</summary>
[Collection(BrowserTests.Name)]
public sealed class SupportCodeTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_click_copies_the_code_with_or_without_the_clipboard_API(bool clipboard)
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var person = await Person.OpenAsync(chromium, site);
        // Over plain http, only localhost has a clipboard API.
        if (!clipboard)
            await person.Profile.AddInitScriptAsync("Object.defineProperty(Navigator.prototype, 'clipboard', { get: () => undefined })");
        await person.Profile.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await person.SignInAsync(Ada);
        using var owner = await site.SignInAsync(Ada);
        await site.TerminateAsync(owner, await site.FindSessionIdAsync(person));
        await person.WaitForSignedOutAsync();
        var code = await person.Page.Locator(".support-code code").TextContentAsync();

        var button = person.Page.GetByRole(AriaRole.Button, new() { Name = "Copy support code" });
        await button.ClickAsync();

        await Assertions.Expect(person.Page.GetByRole(AriaRole.Status)).ToHaveTextAsync("Copied");
        await Assertions.Expect(button).ToBeFocusedAsync();
        // Pasting shows what the clipboard holds.
        await person.GoAsync("/sign-in");
        await person.Page.GetByLabel("Email").FocusAsync();
        await person.Page.Keyboard.PressAsync("Control+V");
        await Assertions.Expect(person.Page.GetByLabel("Email")).ToHaveValueAsync(code!);
    }
}
