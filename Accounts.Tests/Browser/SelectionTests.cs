using Accounts.Tests.Fixtures;
using Microsoft.Playwright;

namespace Accounts.Tests.Browser;

/// <summary>You select several sessions and end them at once.</summary>
[Collection(BrowserTests.Name)]
public sealed class SelectionTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";

    [Fact]
    public async Task Selected_sessions_end_and_confirm_and_the_others_stay()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var owner = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await using var phone = await (await Person.OpenPhoneAsync(chromium, site)).SignInAsync(Ada);
        await using var laptop = await (await Person.OpenAsync(chromium, site, Visitor.Chrome)).SignInAsync(Ada);
        await using var spared = await (await Person.OpenAsync(chromium, site, Visitor.Chrome)).SignInAsync(Ada);
        await site.StartSessionsAsync(Ada, 2, Visitor.Phone);
        await owner.WaitForCardsAsync(6);

        await owner.Page.GetByRole(AriaRole.Button, new() { Name = "Select", Exact = true }).ClickAsync();
        foreach (var one in new[] { phone, laptop })
            await owner.CardOf(await site.FindSessionIdAsync(one)).GetByRole(AriaRole.Checkbox).CheckAsync();
        await owner.Page.GetByRole(AriaRole.Button, new() { Name = "Terminate 2" }).ClickAsync();
        await Assertions.Expect(owner.Dialog.GetByRole(AriaRole.Heading)).ToHaveTextAsync("Terminate 2 sessions?");
        await Assertions.Expect(owner.Dialog).ToContainTextAsync("Safari 19 on iOS 19.1");
        await Assertions.Expect(owner.Dialog).ToContainTextAsync("Chromium 156 on Linux");
        await owner.ConfirmAsync("Terminate 2");

        await phone.WaitForSignedOutAsync();
        await laptop.WaitForSignedOutAsync();
        await owner.WaitForCardsAsync(4);
        await Assertions.Expect(owner.EndedCards.Filter(new() { HasText = "Signed out. Confirmed" })).ToHaveCountAsync(2);
        await spared.OpenAsync("/settings");
        await Assertions.Expect(spared.Page.GetByRole(AriaRole.Heading, new() { Name = "Settings", Level = 1 })).ToBeVisibleAsync();

        await owner.OpenAsync("/settings/audit");
        await Assertions.Expect(owner.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "Ended 2 other sessions" })).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task All_search_results_can_be_selected_and_only_they_end()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var owner = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await site.StartSessionsAsync(Ada, 3, Visitor.Phone);
        await site.StartSessionsAsync(Ada, 3, Visitor.Chrome);
        await owner.OpenAsync("/settings/sessions?q=safari");
        await owner.WaitForCardsAsync(4);

        await owner.Page.GetByRole(AriaRole.Button, new() { Name = "Select", Exact = true }).ClickAsync();
        await owner.Page.GetByRole(AriaRole.Button, new() { Name = "Select all 3" }).ClickAsync();
        await owner.Page.GetByRole(AriaRole.Button, new() { Name = "Terminate 3" }).ClickAsync();
        await owner.ConfirmAsync("Terminate 3");
        await owner.WaitForCardsAsync(1);
        await owner.OpenAsync("/settings/sessions");
        await owner.WaitForCardsAsync(4);
        await Assertions.Expect(owner.Cards.Filter(new() { HasText = "Safari" })).ToHaveCountAsync(0);
    }
}
