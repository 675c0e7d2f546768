using Accounts.Tests.Fixtures;
using Microsoft.Playwright;

namespace Accounts.Tests.Browser;

/// <summary>You answer "Was this you?" in one real browser about another.</summary>
[Collection(BrowserTests.Name)]
public sealed class AnswerTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";

    [Fact]
    public async Task No_signs_the_other_browser_out_and_opens_the_password_page()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var owner = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await using var phone = await (await Person.OpenPhoneAsync(chromium, site)).SignInAsync(Ada);

        var question = Question(owner.Page);
        await Assertions.Expect(question.GetByRole(AriaRole.Heading)).ToContainTextAsync("New browser: Safari 19 on iOS 19.1");
        await question.GetByRole(AriaRole.Button, new() { Name = "No, sign it out" }).ClickAsync();
        await Assertions.Expect(owner.Dialog).ToContainTextAsync("Safari 19 on iOS 19.1");
        await owner.ConfirmAsync("Sign out");
        await phone.WaitForSignedOutAsync();
        await Person.WaitForPathAsync(owner.Page, "/settings/password");
        await Assertions.Expect(owner.Page.GetByLabel("New password", new() { Exact = true })).ToBeVisibleAsync();

        await owner.OpenAsync("/settings/audit");
        await Assertions.Expect(owner.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "Rejected a sign-in" }))
            .ToContainTextAsync("Safari 19 on iOS 19.1");
    }

    [Fact]
    public async Task Yes_removes_the_question_from_every_open_page_and_ends_nothing()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var owner = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await using var phone = await (await Person.OpenPhoneAsync(chromium, site)).SignInAsync(Ada);
        var tab = await owner.OpenTabAsync("/settings/sessions");
        await Question(tab).WaitForAsync();
        // The browser in question can't answer for itself, and doesn't see the question.
        await phone.WaitForCardsAsync(2);
        await Assertions.Expect(Question(phone.Page)).ToHaveCountAsync(0);

        await Question(owner.Page).GetByRole(AriaRole.Button, new() { Name = "Yes, it was me" }).ClickAsync();
        await Assertions.Expect(Question(owner.Page)).ToHaveCountAsync(0);
        await Assertions.Expect(Question(tab)).ToHaveCountAsync(0);
        await owner.OpenAsync("/settings/sessions");
        await owner.WaitForCardsAsync(2);
        await Assertions.Expect(Question(owner.Page)).ToHaveCountAsync(0);
        await phone.OpenAsync("/settings");
        await Assertions.Expect(phone.Page.GetByRole(AriaRole.Heading, new() { Name = "Settings", Level = 1 })).ToBeVisibleAsync();
    }

    private static ILocator Question(IPage page) => page.GetByRole(AriaRole.Region).Filter(new() { HasText = "Was this you?" });
}
