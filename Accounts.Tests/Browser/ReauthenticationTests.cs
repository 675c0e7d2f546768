using Accounts.Tests.Fixtures;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Accounts.Tests.Browser;

/// <summary>If you signed in a while ago, the dialog asks for your password and then does what you pressed.</summary>
[Collection(BrowserTests.Name)]
public sealed class ReauthenticationTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";

    [EachEngineTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_dialog_asks_for_the_password_and_then_continues(bool phone)
    {
        var clock = new ShiftedClock();
        await using var site = AccountsSite.Start(clock);
        await site.RegisterAsync(Ada);
        await using var owner = await (phone ? await Person.OpenPhoneAsync(chromium, site) : await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await using var other = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await using var third = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        var tab = await owner.OpenTabAsync("/settings");
        await owner.WaitForCardsAsync(3);
        var before = (await site.FindSessionIdAsync(owner), await CookieAsync(owner));
        clock.PutForward(TimeSpan.FromMinutes(11));

        await owner.AskToTerminateAsync(owner.CardOf(await site.FindSessionIdAsync(other)));
        await owner.ConfirmAsync("Terminate");
        var password = owner.Dialog.GetByLabel("Enter your password to continue");
        await Assertions.Expect(password).ToBeFocusedAsync();
        await Assertions.Expect(owner.Dialog).ToContainTextAsync("Enter your password to continue");
        await CheckAsync(owner.Page);
        await owner.WaitForCardsAsync(3);

        await password.FillAsync("not this passphrase");
        await owner.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(owner.Dialog.GetByRole(AriaRole.Alert)).ToHaveTextAsync("Wrong password.");
        await Assertions.Expect(password).ToBeFocusedAsync();
        await CheckAsync(owner.Page);
        Assert.Equal(before, (await site.FindSessionIdAsync(owner), await CookieAsync(owner)));

        await password.FillAsync(AccountsSite.Password);
        await owner.Page.Keyboard.PressAsync("Enter");
        await other.WaitForSignedOutAsync();
        await Assertions.Expect(owner.Dialog).ToHaveCountAsync(0);
        await owner.WaitForCardsAsync(2);
        await Person.WaitForPathAsync(owner.Page, "/settings/sessions");

        // The session is the same, with another key. The other tab stays signed in, and the dialog doesn't ask again.
        Assert.Equal(before.Item1, await site.FindSessionIdAsync(owner));
        Assert.NotEqual(before.Item2, await CookieAsync(owner), StringComparer.Ordinal);
        await owner.AskToTerminateAsync(owner.CardOf(await site.FindSessionIdAsync(third)));
        await owner.ConfirmAsync("Terminate");
        await third.WaitForSignedOutAsync();
        await owner.WaitForCardsAsync(1);
        await Person.WaitForPathAsync(tab, "/settings");
        await Assertions.Expect(tab.GetByRole(AriaRole.Link, new() { Name = "Open Session manager" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Remote_logout_and_Sign_out_everywhere_ask_too_and_Cancel_changes_nothing()
    {
        var clock = new ShiftedClock();
        await using var site = AccountsSite.Start(clock);
        await site.RegisterAsync(Ada);
        await using var owner = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await using var other = await (await Person.OpenPhoneAsync(chromium, site)).SignInAsync(Ada);
        clock.PutForward(TimeSpan.FromMinutes(11));

        await owner.OpenAsync("/settings/sessions");
        await owner.WaitForCardsAsync(2);
        await owner.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out everywhere" }).ClickAsync();
        await owner.ConfirmAsync("Sign out everywhere");
        await Assertions.Expect(owner.Dialog.GetByLabel("Enter your password to continue")).ToBeFocusedAsync();
        await owner.ConfirmAsync("Cancel");
        await Assertions.Expect(owner.Dialog).ToHaveCountAsync(0);
        await owner.WaitForCardsAsync(2);

        await owner.OpenAsync("/settings/security");
        await owner.Page.GetByRole(AriaRole.Button, new() { Name = "Remote logout" }).ClickAsync();
        await owner.ConfirmAsync("Remote logout");
        await owner.Dialog.GetByLabel("Enter your password to continue").FillAsync(AccountsSite.Password);
        await owner.ConfirmAsync("Remote logout");
        await owner.WaitForSignedOutAsync();
        await other.WaitForSignedOutAsync();
        await Assertions.Expect(owner.Page.GetByText("Someone used Remote logout to end every session.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task After_too_many_wrong_passwords_even_the_right_one_has_to_wait()
    {
        var clock = new ShiftedClock();
        await using var site = AccountsSite.Start(clock, settings: ("SignIn:AttemptsPerAccount", "2"));
        await site.RegisterAsync(Ada);
        await using var owner = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        using var other = await site.SignInAsync(Ada, Visitor.Phone);
        await owner.WaitForCardsAsync(2);
        clock.PutForward(TimeSpan.FromMinutes(11));

        await owner.AskToTerminateAsync(owner.CardOf((await site.FindSessionAsync(other)).Id));
        await owner.ConfirmAsync("Terminate");
        var (password, problem) = (owner.Dialog.GetByLabel("Enter your password to continue"), owner.Dialog.GetByRole(AriaRole.Alert));
        for (var i = 0; i < 2; i++)
            await TryAsync("not this passphrase", "Wrong password.");

        // The test above proves that this password works.
        await TryAsync(AccountsSite.Password, "Too many attempts. Try again in 5 minutes.");
        await Assertions.Expect(password).ToBeFocusedAsync();
        await CheckAsync(owner.Page);
        await owner.ConfirmAsync("Cancel");
        await Assertions.Expect(owner.Dialog).ToHaveCountAsync(0);
        await owner.WaitForCardsAsync(2);
        Assert.True(await other.IsSignedInAsync());

        async Task TryAsync(string text, string answer)
        {
            await password.FillAsync(text);
            await owner.Page.Keyboard.PressAsync("Enter");
            await Assertions.Expect(password).ToHaveValueAsync("");
            await Assertions.Expect(problem).ToHaveTextAsync(answer);
        }
    }

    private static async Task<string> CookieAsync(Person person) =>
        (await person.Profile.CookiesAsync()).Single(cookie => string.Equals(cookie.Name, Visitor.SessionCookieName, StringComparison.Ordinal)).Value;

    private static async Task CheckAsync(IPage page)
    {
        // Elements that are still fading don't have their final colours yet.
        await page.EmulateMediaAsync(new() { ReducedMotion = ReducedMotion.Reduce });
        var result = await page.RunAxe();
        Assert.Equal("", string.Join('\n',
            result.Violations.Select(violation => $"{violation.Id}: {string.Join(' ', violation.Nodes.Select(node => node.Html))}")));
    }
}
