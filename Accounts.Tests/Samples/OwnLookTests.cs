using Accounts.Tests.Fixtures;
using Microsoft.Playwright;

namespace Accounts.Tests.Samples;

/// <summary>The sample OwnLook in two real browsers.</summary>
[Collection(BrowserTests.Name)]
public sealed class OwnLookTests(Chromium chromium, SamplePrograms samples) : IClassFixture<SamplePrograms>
{
    [Fact]
    public async Task One_click_sends_the_other_browser_to_the_applications_own_page()
    {
        await using var look = await samples.RunAsync("OwnLook");
        var site = await look.ListeningAsync();
        await using var owner = await Person.OpenAsync(chromium, site);
        await using var victim = await Person.OpenAsync(chromium, site, Visitor.Phone, phone: true);
        await owner.GoAsync("/");
        await Person.WaitForPathAsync(owner.Page, "/welcome");
        await owner.Page.GetByRole(AriaRole.Link, new() { Name = "Create an account" }).ClickAsync();
        await owner.FillAsync(("Name", "Ada"), ("Email", "ada@example.test"), ("Password", "a passphrase for tests"));
        await owner.PressAsync("Create the account");
        await Assertions.Expect(owner.Page.GetByText("This device")).ToHaveCountAsync(1);

        await victim.GoAsync("/tally");
        await victim.FillAsync(("Email", "ada@example.test"), ("Password", "a passphrase for tests"));
        await victim.PressAsync("Sign in");
        await Person.WaitForPathAsync(victim.Page, "/tally");
        await victim.PressAsync("Add one");
        await Assertions.Expect(victim.Page.Locator(".count")).ToHaveTextAsync("1");

        // The owner's list is live.
        var other = owner.Page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "Safari 19 on iOS 19.1" });
        await other.GetByRole(AriaRole.Button, new() { Name = "End session" }).ClickAsync();
        await Person.WaitForPathAsync(victim.Page, "/bye");
        await Assertions.Expect(victim.Page.GetByText("Another of your devices ended this session.")).ToBeVisibleAsync();
        await Assertions.Expect(other).ToHaveCountAsync(0);
        await Assertions.Expect(owner.Page.GetByRole(AriaRole.Status)).ToHaveTextAsync("Safari 19 on iOS 19.1 is signed out.");

        await victim.GoAsync("/tally");
        await Person.WaitForPathAsync(victim.Page, "/bye");
        await owner.PressAsync("Sign out");
        await Person.WaitForPathAsync(owner.Page, "/bye");
    }

    [Fact]
    public async Task A_wrong_password_is_refused()
    {
        await using var look = await samples.RunAsync("OwnLook");
        await using var person = await Person.OpenAsync(chromium, await look.ListeningAsync());
        await person.GoAsync("/welcome");
        await person.FillAsync(("Email", "ada@example.test"), ("Password", "a wrong passphrase"));
        await person.PressAsync("Sign in");
        await Assertions.Expect(person.Page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("The email or the password is wrong.");
    }
}
