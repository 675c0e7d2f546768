using System.Text.RegularExpressions;
using Accounts.Core.Administration;
using Accounts.Tests.Fixtures;
using Microsoft.Playwright;

namespace Accounts.Tests.Browser;

/// <summary>A call to support, with two browsers.</summary>
[Collection(BrowserTests.Name)]
public sealed class SupportConsoleTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";
    private const string Sam = "sam@example.test";

    [EachEngineFact]
    public async Task Support_finds_the_caller_by_code_sees_their_devices_live_and_ends_them()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await site.RegisterAsync(Sam, "Sam Keller");
        await site.Get<RoleGrants>().GrantAsync(Sam, Roles.Support, TestContext.Current.CancellationToken);
        await using var ada = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await using var sam = await (await Person.OpenAsync(chromium, site)).SignInAsync(Sam);
        await ada.PressAsync("Get support code");
        var code = await ada.Page.Locator(".support-code code").TextContentAsync();

        await sam.OpenAsync("/support");
        await sam.Page.GetByRole(AriaRole.Searchbox).FillAsync(code!);
        await sam.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(sam.Page.GetByRole(AriaRole.Heading, new() { Name = "Ada Lovelace" })).ToBeVisibleAsync();
        var rows = sam.Page.Locator("main tbody tr");
        await Assertions.Expect(rows).ToHaveCountAsync(1);
        await Assertions.Expect(rows).ToContainTextAsync("The caller means this one");
        await Person.WaitForCircuitAsync(sam.Page);

        // Another device signs in while support looks, and signs out again.
        await using (var phone = await (await Person.OpenPhoneAsync(chromium, site)).SignInAsync(Ada))
        {
            await Assertions.Expect(rows).ToHaveCountAsync(2);
            await Assertions.Expect(sam.Page.GetByText("2 sessions", new() { Exact = true })).ToBeVisibleAsync();
        }

        await sam.PressAsync("End all sessions…");
        await sam.FillAsync(("Reason", "Somebody has the phone"));
        await sam.PressAsync("End all sessions");

        await ada.WaitForSignedOutAsync();
        await Assertions.Expect(ada.Page.GetByText("Support signed this browser out")).ToBeVisibleAsync();
        await Assertions.Expect(ada.Page.GetByText("Change your password.")).ToBeVisibleAsync();
        await Assertions.Expect(sam.Page.GetByText("2 sessions ended.")).ToBeVisibleAsync();
        await Assertions.Expect(rows).ToHaveCountAsync(0);
        await Assertions.Expect(sam.Page).ToHaveURLAsync(new Regex("[?]ended=2$", RegexOptions.None, Patience.Limit));
    }
}
