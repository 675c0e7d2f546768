using Accounts.Core.Live;
using Accounts.Tests.Fixtures;
using Microsoft.Playwright;

namespace Accounts.Tests.Browser;

/// <summary>Sessions that end without a click on their card.</summary>
[Collection(BrowserTests.Name)]
public sealed class SessionEndTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";

    [EachEngineFact]
    public async Task The_open_page_of_an_expired_session_shows_that_it_expired()
    {
        // The clock starts now: browsers expire the cookie by their own clock.
        var clock = new TestClock(TimeProvider.System.GetUtcNow());
        await using var site = AccountsSite.Start(clock);
        await site.RegisterAsync(Ada);
        await using var person = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);

        clock.Advance(TimeSpan.FromDays(27));
        await person.OpenAsync("/settings");
        await site.Get<SessionActivity>().FlushAsync();
        // The visit renewed the session, so it outlives the 28th day after the sign-in.
        clock.Advance(TimeSpan.FromDays(2));
        await person.OpenAsync("/settings");
        await site.Get<SessionActivity>().FlushAsync();

        clock.Advance(TimeSpan.FromDays(28) + TimeSpan.FromMinutes(1));
        await site.Get<SessionUpkeep>().SweepAsync();

        await person.WaitForSignedOutAsync();
        await Assertions.Expect(person.Page.GetByRole(AriaRole.Heading, new() { Name = "Your session has expired" })).ToBeVisibleAsync();
        await Assertions.Expect(person.Page.GetByText("You were signed out after 28 days without activity.")).ToBeVisibleAsync();
    }

    [EachEngineFact]
    public async Task Sign_out_in_the_menu_ends_only_this_session_in_every_tab()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var desktop = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await using var phone = await (await Person.OpenPhoneAsync(chromium, site)).SignInAsync(Ada);
        var tab = await desktop.OpenTabAsync("/settings");

        await desktop.Page.GetByRole(AriaRole.Button, new() { Name = "Account menu" }).ClickAsync();
        await desktop.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out", Exact = true }).ClickAsync();

        await desktop.WaitForSignedOutAsync();
        await Person.WaitForSignedOutAsync(tab);
        await desktop.Page.GoBackAsync();
        await Person.WaitForPathAsync(desktop.Page, "/sign-in");
        await phone.WaitForCardsAsync(1);
        await phone.GoAsync("/settings");
        await Assertions.Expect(phone.Page.GetByRole(AriaRole.Heading, new() { Name = "Settings", Level = 1 })).ToBeVisibleAsync();
    }

    [EachEngineFact]
    public async Task Changing_the_password_ends_the_other_sessions_if_asked_to()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var desktop = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await using var phone = await (await Person.OpenPhoneAsync(chromium, site)).SignInAsync(Ada);
        var tab = await desktop.OpenTabAsync("/settings/sessions");

        await desktop.GoAsync("/settings/password");
        await Assertions.Expect(desktop.Page.GetByLabel("End all other sessions")).ToBeCheckedAsync();
        await desktop.Page.GetByLabel("Current password", new() { Exact = true }).FillAsync(AccountsSite.Password);
        await desktop.Page.GetByLabel("New password", new() { Exact = true }).FillAsync("another long passphrase");
        await desktop.Page.GetByRole(AriaRole.Button, new() { Name = "Change password" }).ClickAsync();

        await Assertions.Expect(desktop.Page.GetByText("Password changed.")).ToBeVisibleAsync();
        await Assertions.Expect(desktop.Page.GetByText("Ends 1 session: this one")).ToBeVisibleAsync();
        await phone.WaitForSignedOutAsync();
        // The other tab has the previous key: the server disconnects it, and it reconnects with the new key.
        await Assertions.Expect(tab.GetByText("You're only signed in here.")).ToBeVisibleAsync();
        await Assertions.Expect(tab.GetByText("Connection lost")).ToBeHiddenAsync();
        await desktop.GoAsync("/settings");
        await Assertions.Expect(desktop.Page.GetByRole(AriaRole.Heading, new() { Name = "Settings", Level = 1 })).ToBeVisibleAsync();
    }

    [EachEngineFact]
    public async Task An_open_tab_recovers_by_itself_after_a_server_restart()
    {
        using var database = new TestDatabase();
        (string, string)[] settings = [.. database.Settings, ("ASPNETCORE_ENVIRONMENT", "Development")];
        await using var first = AccountsProcess.Run(null, settings);
        var address = await first.ListeningAsync();
        await using var person = await (await Person.OpenAsync(chromium, address)).SignInAsync(Ada, password: "demo-Passphrase-1");

        await first.KillAsync();
        await person.Page.GetByText("Connection lost").WaitForAsync();
        await using var again = AccountsProcess.Run(null, [.. settings, ("Urls", address.AbsoluteUri)]);
        await again.ListeningAsync();

        await Assertions.Expect(person.Page.GetByText("Connection lost")).ToBeHiddenAsync();
        await Assertions.Expect(person.Page.GetByText("This device", new() { Exact = true })).ToBeVisibleAsync();
        await Assertions.Expect(person.Page).ToHaveURLAsync(new Uri(address, "/settings/sessions").AbsoluteUri);
    }

    // Guard: the watch over #session-watch in session-state.js.
    [Fact]
    public async Task A_page_whose_session_ends_before_its_circuit_starts_still_leaves()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var desktop = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await using var phone = await (await Person.OpenPhoneAsync(chromium, site)).SignInAsync(Ada);
        await desktop.WaitForCardsAsync(2);
        await phone.Profile.RouteAsync("**/_blazor/**", route => route.AbortAsync());
        await phone.Profile.RouteAsync("**/_blazor?**", route => route.AbortAsync());

        // While the session is live, the page asks and stays.
        var asked = phone.Page.WaitForResponseAsync("**/session/state");
        await phone.GoAsync("/settings");
        Assert.Equal(204, (await asked).Status);
        await Assertions.Expect(phone.Page.GetByRole(AriaRole.Heading, new() { Name = "Settings", Level = 1 })).ToBeVisibleAsync();

        await desktop.TerminateAsync("Safari 19 on iOS 19.1");
        await phone.WaitForSignedOutAsync();
    }

    [EachEngineFact]
    public async Task Signing_in_again_in_the_same_browser_replaces_its_session()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var desktop = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await desktop.Profile.ClearCookiesAsync(new() { Name = Visitor.SessionCookieName });
        await desktop.SignInAsync(Ada);

        await desktop.WaitForCardsAsync(1);
        await Assertions.Expect(desktop.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "Signed in again" })).ToHaveCountAsync(1);
    }
}
