using Accounts.Stage;
using Accounts.Tests.Fixtures;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Accounts.Tests.Browser;

/// <summary>People add, use, rename and remove passkeys in a real browser, whose authenticator is Chromium's virtual one.</summary>
[Collection(BrowserTests.Name)]
public sealed class PasskeyTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";
    private const string Security = "/settings/security";

    [EachEngineTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_passkey_is_added_signs_in_without_a_name_and_is_removed(bool phone)
    {
        var clock = new ShiftedClock();
        await using var site = AccountsSite.Start(clock);
        await site.RegisterAsync(Ada);
        await using var owner = await (phone ? await Person.OpenPhoneAsync(chromium, site) : await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await VirtualAuthenticator.AddAsync(owner.Page);
        // The virtual authenticator would answer the email field's question at once.
        await owner.Page.AddInitScriptAsync("PublicKeyCredential.isConditionalMediationAvailable = async () => false");

        await owner.OpenAsync(Security);
        await owner.Page.GetByRole(AriaRole.Link, new() { Name = "Add a passkey" }).ClickAsync();
        await Person.WaitForPathAsync(owner.Page, "/settings/security/passkeys/add");
        await CheckAsync(owner.Page);
        await owner.PressAsync("Create a passkey");
        await Assertions.Expect(owner.Page.GetByText("Passkey added.")).ToBeVisibleAsync();
        await CheckAsync(owner.Page);
        await owner.FillAsync(("Name", "Work laptop"));
        await owner.PressAsync("Save");
        await Person.WaitForPathAsync(owner.Page, Security);
        await Assertions.Expect(owner.Page.GetByText("Work laptop", new() { Exact = true })).ToBeVisibleAsync();
        await CheckAsync(owner.Page);

        // The same device has one already.
        await owner.GoAsync("/settings/security/passkeys/add");
        await owner.PressAsync("Create a passkey");
        await Assertions.Expect(owner.Page.GetByText("This device already has a passkey for your account.")).ToBeVisibleAsync();

        // Remote logout leaves passkeys. The sign-in asks for no email.
        await owner.OpenAsync(Security);
        await owner.PressAsync("Remote logout");
        await owner.ConfirmAsync("Remote logout");
        await owner.WaitForSignedOutAsync();
        await owner.GoAsync("/sign-in");
        await CheckAsync(owner.Page);
        await owner.PressAsync("Sign in with a passkey");
        await owner.WaitForCardsAsync(1);

        // Later, the dialog takes the passkey, too.
        await using var other = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        clock.PutForward(TimeSpan.FromMinutes(11));
        await owner.OpenAsync("/settings/sessions");
        await owner.WaitForCardsAsync(2);
        await owner.AskToTerminateAsync(owner.CardOf(await site.FindSessionIdAsync(other)));
        await owner.ConfirmAsync("Terminate");
        var use = owner.Dialog.GetByRole(AriaRole.Button, new() { Name = "Use a passkey" });
        await Assertions.Expect(use).ToBeVisibleAsync();
        await CheckAsync(owner.Page);
        await use.ClickAsync();
        await other.WaitForSignedOutAsync();
        await owner.WaitForCardsAsync(1);

        // A page that asks who you are takes it as well.
        clock.PutForward(TimeSpan.FromMinutes(11));
        await owner.GoAsync(Security);
        await owner.Page.GetByRole(AriaRole.Link, new() { Name = "Remove Work laptop" }).ClickAsync();
        await owner.PressAsync("Use a passkey");
        await owner.PressAsync("Remove passkey");
        await Person.WaitForPathAsync(owner.Page, Security);
        await Assertions.Expect(owner.Page.GetByText("Work laptop", new() { Exact = true })).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task The_email_field_offers_a_passkey()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var owner = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        // It answers without anybody's help, as if its user had chosen the passkey from the field's list.
        await VirtualAuthenticator.AddAsync(owner.Page);
        await owner.GoAsync("/settings/security/passkeys/add");
        await owner.PressAsync("Create a passkey");
        await Assertions.Expect(owner.Page.GetByText("Passkey added.")).ToBeVisibleAsync();
        await owner.Profile.ClearCookiesAsync();
        await owner.GoAsync("/sign-in");
        await owner.WaitForCardsAsync(2);
    }

    private static async Task CheckAsync(IPage page)
    {
        var result = await page.RunAxe();
        Assert.True(result.Violations.Length == 0, string.Join('\n', result.Violations.Select(one => $"{one.Id}: {one.Nodes[0].Html}")));
    }
}
