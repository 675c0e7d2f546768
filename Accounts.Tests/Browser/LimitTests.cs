using Accounts.Tests.Fixtures;
using Microsoft.Playwright;

namespace Accounts.Tests.Browser;

/// <summary>At the limit, the browser that makes room learns at once that it is signed out, and why.</summary>
[Collection(BrowserTests.Name)]
public sealed class LimitTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";

    [Fact]
    public async Task The_least_recently_used_browser_is_signed_out_and_both_sides_say_why()
    {
        await using var site = AccountsSite.Start(settings: ("Sessions:MaximumPerUser", "2"));
        await site.RegisterAsync(Ada);
        await using var unused = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await using var phone = await (await Person.OpenPhoneAsync(chromium, site)).SignInAsync(Ada);
        await unused.WaitForCardsAsync(2);

        await using var third = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);

        await unused.WaitForSignedOutAsync();
        await Assertions.Expect(unused.Page.GetByText(
            "Another device signed in, and you reached the session limit. This session was unused the longest.")).ToBeVisibleAsync();
        await phone.WaitForCardsAsync(2);
        await third.WaitForCardsAsync(2);
        var line = third.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "Session limit reached" });
        await Assertions.Expect(line).ToContainTextAsync("When this device signed in");
    }
}
