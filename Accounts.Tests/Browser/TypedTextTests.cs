using Accounts.Tests.Fixtures;
using Microsoft.Playwright;

namespace Accounts.Tests.Browser;

/// <summary>Names from right to left in the live pages, and the length of a password while it is typed.</summary>
[Collection(BrowserTests.Name)]
public sealed class TypedTextTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";
    private const string Name = "מחשב (1)";
    private const string Shown = "\u2068" + Name + "\u2069";

    // Guards: TypedText.Isolate in SessionText.Title and SessionManager.RenameAsync.
    [Fact]
    public async Task A_name_from_right_to_left_is_isolated_in_headings_labels_messages_and_dialogs()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        using var other = await site.SignInAsync(Ada, Visitor.Phone);
        await using var ada = await Person.OpenAsync(chromium, site);
        await ada.SignInAsync(Ada);
        var card = ada.CardOf((await site.FindSessionAsync(other)).Id);

        await ada.OpenMenuAsync(card);
        await ada.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Rename" }).ClickAsync();
        await ada.Dialog.GetByRole(AriaRole.Textbox, new() { Name = "Name" }).FillAsync($"\u202E{Name}\u2069");
        await ada.Dialog.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();

        await Assertions.Expect(card.GetByRole(AriaRole.Heading)).ToHaveTextAsync(Shown);
        await Assertions.Expect(ada.Page.GetByText($"Renamed to {Shown}")).ToBeVisibleAsync();
        Assert.Contains(Shown, await card.GetByRole(AriaRole.Button, new() { Name = "Terminate" }).GetAttributeAsync("aria-label"),
            StringComparison.Ordinal);
        await ada.AskToTerminateAsync(card);
        await Assertions.Expect(ada.Dialog.GetByRole(AriaRole.Heading)).ToContainTextAsync(Shown);
    }

    // Guard: visible in forms.js, which drops first and then normalizes, as the server does.
    [Fact]
    public async Task The_length_of_a_new_password_is_that_of_its_normal_form()
    {
        await using var site = AccountsSite.Start();
        await using var person = await Person.OpenAsync(chromium, site);
        await person.GoAsync("/register");
        await person.Page.GetByLabel("Password", new() { Exact = true }).FillAsync("gru\u200B\u0308\uFFF9n\U0001D159\U00013430 34567");
        await Assertions.Expect(person.Page.Locator("[data-rule=password] span").First).ToHaveTextAsync("At least 12 characters: 2 to go");
    }
}
