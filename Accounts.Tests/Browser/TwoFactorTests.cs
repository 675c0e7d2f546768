using Accounts.Tests.Fixtures;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Accounts.Tests.Browser;

/// <summary>People turn two-factor on, sign in with a code, and confirm with one, in real browsers.</summary>
[Collection(BrowserTests.Name)]
public sealed class TwoFactorTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";

    [EachEngineTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_code_signs_in_and_confirms_in_the_dialog(bool phone)
    {
        var clock = new ShiftedClock();
        await using var site = AccountsSite.Start(clock);
        await site.RegisterAsync(Ada);
        await using var owner = await (phone ? await Person.OpenPhoneAsync(chromium, site) : await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await owner.OpenAsync("/settings/security");
        await owner.Page.GetByRole(AriaRole.Link, new() { Name = "Set up" }).ClickAsync();
        await Person.WaitForPathAsync(owner.Page, "/settings/security/two-factor");
        await Assertions.Expect(owner.Page.GetByRole(AriaRole.Img, new() { Name = "QR code for your authenticator app" })).ToBeVisibleAsync();
        var app = new AuthenticatorApp(await owner.Page.Locator("main .key code").InnerTextAsync());
        await CheckAsync(owner.Page);
        await owner.FillAsync(("Code from the app", "000000"));
        await owner.PressAsync("Turn on");
        await Assertions.Expect(owner.Page.GetByText("Wrong code. Enter the one that your app shows now.")).ToBeVisibleAsync();
        await owner.FillAsync(("Code from the app", app.CodeAt(clock.GetUtcNow())));
        await owner.PressAsync("Turn on");
        await Assertions.Expect(owner.Page.Locator("main .codes li")).ToHaveCountAsync(10);
        await CheckAsync(owner.Page);
        await owner.Page.GetByRole(AriaRole.Link, new() { Name = "Done" }).ClickAsync();
        await Assertions.Expect(owner.Page.GetByText("10 codes left")).ToBeVisibleAsync();
        await CheckAsync(owner.Page);

        // Another browser is asked for a code after the password.
        clock.PutForward(TimeSpan.FromSeconds(30));
        await using var other = await Person.OpenAsync(chromium, site);
        await other.GoAsync("/sign-in");
        await other.FillAsync(("Email", Ada), ("Password", AccountsSite.Password));
        await other.PressAsync("Sign in");
        await Person.WaitForPathAsync(other.Page, "/sign-in/code");
        await Assertions.Expect(other.Page.GetByLabel("Code")).ToBeFocusedAsync();
        await CheckAsync(other.Page);
        await other.FillAsync(("Code", app.CodeAt(clock.GetUtcNow())));
        await other.Page.GetByLabel("Trust this browser").CheckAsync();
        await other.PressAsync("Verify");
        await other.WaitForCardsAsync(2);

        // Later, a code in the dialog is enough to end it.
        clock.PutForward(TimeSpan.FromMinutes(11));
        await owner.OpenAsync("/settings/sessions");
        await owner.WaitForCardsAsync(2);
        await owner.AskToTerminateAsync(owner.CardOf(await site.FindSessionIdAsync(other)));
        await owner.ConfirmAsync("Terminate");
        var code = owner.Dialog.GetByLabel("Or a code from your authenticator app");
        await code.FillAsync("000000");
        await owner.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(owner.Dialog).ToContainTextAsync("Wrong code. Codes change every 30 seconds.");
        await Assertions.Expect(code).ToBeFocusedAsync();
        await CheckAsync(owner.Page);
        await code.FillAsync(app.CodeAt(clock.GetUtcNow()));
        await owner.Page.Keyboard.PressAsync("Enter");
        await other.WaitForSignedOutAsync();
        await owner.WaitForCardsAsync(1);

        // Whoever ended it took the trust back: the browser is asked again.
        await other.GoAsync("/sign-in");
        await other.FillAsync(("Email", Ada), ("Password", AccountsSite.Password));
        await other.PressAsync("Sign in");
        await Person.WaitForPathAsync(other.Page, "/sign-in/code");
    }

    private static async Task CheckAsync(IPage page)
    {
        var result = await page.RunAxe();
        Assert.True(result.Violations.Length == 0, string.Join('\n', result.Violations.Select(one => $"{one.Id}: {one.Nodes[0].Html}")));
    }
}
