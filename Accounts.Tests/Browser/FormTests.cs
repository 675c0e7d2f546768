using Accounts.Tests.Fixtures;
using Microsoft.Playwright;

namespace Accounts.Tests.Browser;

/// <summary>A form that is refused: the person is where they have to go on, and no password comes back.</summary>
[Collection(BrowserTests.Name)]
public sealed class FormTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";

    // Guard: forms.js, and the last line of each SubmitAsync.
    [Fact]
    public async Task The_first_field_that_is_wrong_has_the_focus_and_what_was_right_is_still_there()
    {
        await using var site = AccountsSite.Start();
        await using var ada = await Person.OpenAsync(chromium, site);
        await ada.GoAsync("/register");
        await Assertions.Expect(ada.Page.GetByLabel("Name")).ToBeFocusedAsync();
        await ada.Page.GetByLabel("Name").FillAsync("Ada Lovelace");
        await ada.Page.GetByLabel("Email").FillAsync(Ada);
        await ada.Page.GetByLabel("Password").FillAsync("short");
        await ada.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(ada.Page.GetByLabel("Password")).ToHaveAttributeAsync("aria-invalid", "true");
        await Assertions.Expect(ada.Page.GetByLabel("Password")).ToBeFocusedAsync();
        await Assertions.Expect(ada.Page.GetByLabel("Password")).ToHaveValueAsync("");
        await Assertions.Expect(ada.Page.GetByLabel("Email")).ToHaveValueAsync(Ada);
        await ada.Page.GetByLabel("Password").FillAsync(AccountsSite.Password);
        await ada.Page.Keyboard.PressAsync("Enter");
        await ada.Page.GetByText("This device", new() { Exact = true }).WaitForAsync();

        await ada.OpenAsync("/settings/password");
        var (current, wanted) = (ada.Page.GetByLabel("Current password"), ada.Page.GetByLabel("New password"));
        await current.FillAsync(AccountsSite.Password);
        await wanted.FillAsync("short");
        await ada.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(wanted).ToHaveAttributeAsync("aria-invalid", "true");
        await Assertions.Expect(wanted).ToBeFocusedAsync();
        foreach (var field in new[] { current, wanted })
            await Assertions.Expect(field).ToHaveValueAsync("");
    }

    [Fact]
    public async Task A_long_name_and_a_long_address_leave_the_frame_as_it_is()
    {
        await using var site = AccountsSite.Start();
        var email = $"{string.Join('.', Enumerable.Repeat("ada", 14))}@{string.Join('.', Enumerable.Repeat("department", 6))}.example.test";
        await site.RegisterAsync(Ada);
        await site.RegisterAsync(email, "Wolfeschlegelsteinhausenbergerdorff Maximiliana Alexandrina Theodora");
        Assert.True(await MenuHeightAsync(email) <= await MenuHeightAsync(Ada) + 40);

        async Task<float> MenuHeightAsync(string who)
        {
            await using var person = await (await Person.OpenAsync(chromium, site)).SignInAsync(who);
            await person.OpenAsync("/settings");
            await Assertions.Expect(person.Page.Locator("main").GetByText(who)).ToBeVisibleAsync();
            Assert.Equal(1360, await person.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
            return (await person.Page.Locator(".me").BoundingBoxAsync())!.Height;
        }
    }
}
