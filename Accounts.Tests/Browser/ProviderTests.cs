using Accounts.Tests.Fixtures;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Accounts.Tests.Browser;

/// <summary>People sign in through a provider, link it and confirm with it, in real browsers and with a real provider.</summary>
[Collection(BrowserTests.Name)]
public sealed class ProviderTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";
    private const string Security = "/settings/security";
    private const string Button = "Continue with Test ID";

    [EachEngineTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_account_is_linked_signs_in_confirms_and_is_unlinked(bool phone)
    {
        var clock = new ShiftedClock();
        await using var provider = await OpenIdProvider.StartAsync();
        await using var site = AccountsSite.Start(clock, null, provider.Settings);
        await provider.AddSiteAsync(site);
        await provider.AddAccountAsync("a-1", Ada, name: "Ada");
        await site.RegisterAsync(Ada);

        // It isn't linked yet, although the email is the same.
        await using var other = await Person.OpenAsync(chromium, site);
        await other.GoAsync("/sign-in");
        await CheckAsync(other.Page);
        await other.PressAsync(Button);
        await other.PressAsync("Sign in as a-1");
        await Assertions.Expect(other.Page.GetByText("This Test ID account isn't linked yet.")).ToBeVisibleAsync();
        await CheckAsync(other.Page);

        await using var owner = await (phone ? await Person.OpenPhoneAsync(chromium, site) : await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await owner.OpenAsync(Security);
        await owner.PressAsync("Link Test ID");
        await CheckAsync(owner.Page);
        await owner.PressAsync("Continue to Test ID");
        await owner.PressAsync("Sign in as a-1");
        await Assertions.Expect(owner.Page.GetByText("Test ID is linked. You can sign in with it now.")).ToBeVisibleAsync();
        await Assertions.Expect(owner.Page.GetByText($"{Ada} · linked")).ToBeVisibleAsync();
        await CheckAsync(owner.Page);

        // Now it signs in, and the provider remembers who it is.
        await other.PressAsync(Button);
        await other.WaitForCardsAsync(2);

        // Later, the dialog takes the provider's word, if its user signs in there again.
        clock.PutForward(TimeSpan.FromMinutes(11));
        await provider.PutForwardAsync(TimeSpan.FromMinutes(11));
        await owner.OpenAsync("/settings/sessions");
        await owner.WaitForCardsAsync(2);
        var card = owner.CardOf(await site.FindSessionIdAsync(other));
        await owner.AskToTerminateAsync(card);
        await owner.ConfirmAsync("Terminate");
        var confirm = owner.Dialog.GetByRole(AriaRole.Link, new() { Name = "Confirm with Test ID" });
        await Assertions.Expect(confirm).ToBeVisibleAsync();
        await CheckAsync(owner.Page);
        await confirm.ClickAsync();
        await owner.PressAsync("Sign in as a-1");
        await Person.WaitForPathAsync(owner.Page, "/settings/sessions");
        await owner.AskToTerminateAsync(card);
        await owner.ConfirmAsync("Terminate");
        await other.WaitForSignedOutAsync();
        await owner.WaitForCardsAsync(1);

        // A page that asks who you are takes it as well.
        clock.PutForward(TimeSpan.FromMinutes(11));
        await provider.PutForwardAsync(TimeSpan.FromMinutes(22));
        await owner.GoAsync(Security);
        await owner.PressAsync($"Unlink Test ID: {Ada}");
        await CheckAsync(owner.Page);
        await owner.PressAsync("Confirm with Test ID");
        await owner.PressAsync("Sign in as a-1");
        await Assertions.Expect(owner.Page.GetByText("You won't be able to sign in through it any more.")).ToBeVisibleAsync();
        await CheckAsync(owner.Page);
        await owner.PressAsync("Unlink");
        await Person.WaitForPathAsync(owner.Page, Security);
        await Assertions.Expect(owner.Page.GetByText($"{Ada} · linked")).ToHaveCountAsync(0);
    }

    [EachEngineFact]
    public async Task A_new_account_has_one_way_in_and_its_browser_leaves_when_the_provider_says_so()
    {
        await using var provider = await OpenIdProvider.StartAsync();
        await using var site = AccountsSite.Start(null, null, provider.Settings);
        await provider.AddSiteAsync(site);
        await provider.AddAccountAsync("g-1", "grace@example.test", name: "Grace Hopper");
        await using var laptop = await ContinueAsync(site, "g-1");
        await laptop.WaitForCardsAsync(1);
        await using var phone = await ContinueAsync(site, "g-1");
        await phone.WaitForCardsAsync(2);

        await laptop.GoAsync(Security);
        await Assertions.Expect(laptop.Page.GetByText("This account has none. You sign in another way.")).ToBeVisibleAsync();
        await laptop.PressAsync("Unlink Test ID: grace@example.test");
        await Assertions.Expect(laptop.Page.GetByText("Test ID is your only way to sign in.")).ToBeVisibleAsync();
        await CheckAsync(laptop.Page);

        await laptop.OpenAsync("/settings/sessions");
        using var rows = site.Rows();
        var session = (await site.FindSessionIdAsync(laptop)).Value;
        var sid = (string)rows.Query("SELECT \"Sid\" FROM \"ProviderSessions\" WHERE \"SessionId\" = @id", ("@id", session)).Single()["Sid"]!;
        await provider.LogOutAsync("g-1", sid);
        await laptop.WaitForSignedOutAsync();
        await Assertions.Expect(laptop.Page.GetByText("You signed out of the service that you signed in with")).ToBeVisibleAsync();
        await phone.WaitForCardsAsync(1);
    }

    [Fact]
    public async Task Two_factor_is_still_asked()
    {
        var clock = new ShiftedClock();
        await using var provider = await OpenIdProvider.StartAsync();
        await using var site = AccountsSite.Start(clock, null, provider.Settings);
        await provider.AddSiteAsync(site);
        await provider.AddAccountAsync("a-1", Ada);
        await site.RegisterAsync(Ada);
        await using var owner = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await owner.GoAsync($"{Security}/providers/test/link");
        await owner.PressAsync("Continue to Test ID");
        await owner.PressAsync("Sign in as a-1");
        await owner.GoAsync($"{Security}/two-factor");
        var app = new AuthenticatorApp(await owner.Page.Locator("main .key code").InnerTextAsync());
        await owner.FillAsync(("Code from the app", app.CodeAt(clock.GetUtcNow())));
        await owner.PressAsync("Turn on");
        await Assertions.Expect(owner.Page.Locator("main .codes li")).ToHaveCountAsync(10);

        clock.PutForward(TimeSpan.FromSeconds(30));
        await using var other = await Person.OpenAsync(chromium, site);
        await other.GoAsync($"/sign-in?returnUrl={Uri.EscapeDataString(Security)}");
        await other.PressAsync(Button);
        await other.PressAsync("Sign in as a-1");
        await Person.WaitForPathAsync(other.Page, "/sign-in/code");
        await other.FillAsync(("Code", app.CodeAt(clock.GetUtcNow())));
        await other.PressAsync("Verify");
        await Person.WaitForPathAsync(other.Page, Security);
    }

    private async Task<Person> ContinueAsync(AccountsSite site, string account)
    {
        var person = await Person.OpenAsync(chromium, site);
        await person.GoAsync("/sign-in");
        await person.PressAsync(Button);
        await person.PressAsync($"Sign in as {account}");
        return person;
    }

    private static async Task CheckAsync(IPage page)
    {
        var result = await page.RunAxe();
        Assert.True(result.Violations.Length == 0, string.Join('\n', result.Violations.Select(one => $"{one.Id}: {one.Nodes[0].Html}")));
    }
}
