using Accounts.Core.Manager;
using Accounts.Tests.Fixtures;
using Accounts.Web.Look;
using Accounts.Web.Sessions;
using Microsoft.Playwright;

namespace Accounts.Tests.Browser;

/// <summary>The Settings page, with its recent sessions and two menus.</summary>
[Collection(BrowserTests.Name)]
public sealed class SettingsTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";
    private const string EndOthers = "End all other sessions";

    [Fact]
    public async Task The_menu_of_this_session_ends_all_others_once_confirmed()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var desktop = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await using var phone = await (await Person.OpenPhoneAsync(chromium, site)).SignInAsync(Ada);
        await desktop.GoAsync("/settings");

        await Assertions.Expect(Lines(desktop)).ToHaveCountAsync(2);
        await Assertions.Expect(Lines(desktop).First).ToContainTextAsync("This device");
        await Assertions.Expect(Lines(desktop).Last).ToContainTextAsync("Safari 19 on iOS 19.1");
        await Assertions.Expect(Lines(desktop).Last).ToContainTextAsync("Local network");
        await Assertions.Expect(Lines(desktop).Last).ToContainTextAsync("127.0.0.1");
        await Assertions.Expect(Lines(desktop).Last).ToContainTextAsync("Active now");

        await More(desktop).ClickAsync();
        await Item(desktop).ClickAsync();
        await Assertions.Expect(desktop.Dialog).ToContainTextAsync(SessionText.EndsOthers(1));
        await desktop.ConfirmAsync("Cancel");
        await Assertions.Expect(desktop.Dialog).ToBeHiddenAsync();
        await phone.OpenAsync("/settings");

        await More(desktop).ClickAsync();
        await Item(desktop).ClickAsync();
        await desktop.ConfirmAsync(EndOthers);
        // Checked first, because the message shows for only a few seconds.
        await Assertions.Expect(desktop.Page.GetByText(Saying.Ended(1).Text)).ToBeVisibleAsync();
        await phone.WaitForSignedOutAsync();
        await Assertions.Expect(Lines(desktop)).ToHaveCountAsync(1);

        await More(desktop).ClickAsync();
        await Assertions.Expect(Item(desktop)).ToBeDisabledAsync();
        await Assertions.Expect(desktop.Page.GetByText("No other session is signed in.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_menu_of_this_session_works_by_keyboard_and_restores_the_focus()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var desktop = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await using var phone = await (await Person.OpenPhoneAsync(chromium, site)).SignInAsync(Ada);
        await desktop.OpenAsync("/settings");
        var keys = desktop.Page.Keyboard;

        await More(desktop).FocusAsync();
        await keys.PressAsync("Enter");
        await Assertions.Expect(Item(desktop)).ToBeFocusedAsync();
        await Assertions.Expect(desktop.Page.GetByRole(AriaRole.Button, new() { Name = "More for this session", Expanded = true }))
            .ToBeVisibleAsync();
        await keys.PressAsync("Escape");
        await Assertions.Expect(Item(desktop)).ToBeHiddenAsync();
        await Assertions.Expect(More(desktop)).ToBeFocusedAsync();

        await keys.PressAsync("Space");
        await Assertions.Expect(Item(desktop)).ToBeFocusedAsync();
        await keys.PressAsync("Enter");
        await Assertions.Expect(desktop.Dialog.Locator(":focus")).ToHaveCountAsync(1);
        await keys.PressAsync("Escape");
        await Assertions.Expect(desktop.Dialog).ToBeHiddenAsync();
        await Assertions.Expect(More(desktop)).ToBeFocusedAsync();
    }

    // Guard: the frames that enterMenu waits for. The focus scrolled the page to where the menu was in the wider window, and MudBlazor left it there.
    [Fact]
    public async Task A_menu_opens_in_its_place_after_the_window_got_narrower()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await site.StartSessionsAsync(Ada, 1, Visitor.Phone);
        await using var ada = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await ada.GoAsync("/settings");
        await More(ada).ClickAsync();
        await Assertions.Expect(Item(ada)).ToBeFocusedAsync();
        await ada.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(Item(ada)).ToBeHiddenAsync();

        await ada.Page.SetViewportSizeAsync(390, 844);
        // A slow device's frames.
        await ada.Page.EvaluateAsync("const frame = requestAnimationFrame; "
            + "window.requestAnimationFrame = draw => frame(() => setTimeout(() => draw(performance.now()), 400));");
        await More(ada).FocusAsync();
        await ada.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(Item(ada)).ToBeFocusedAsync();
        await ada.Page.EvaluateAsync("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
        Assert.Equal(0, await ada.Page.EvaluateAsync<double>("scrollX"));
        var box = (await Item(ada).BoundingBoxAsync())!;
        Assert.InRange(box.X, 0, 390 - box.Width);
    }

    [Fact]
    public async Task The_recent_sessions_update_live_and_say_when_they_cannot()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var desktop = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await desktop.GoAsync("/settings");
        await Assertions.Expect(Lines(desktop)).ToHaveCountAsync(1);
        await Assertions.Expect(Count(desktop)).ToHaveTextAsync("1");

        using var phone = await site.SignInAsync(Ada, Visitor.Phone);
        await Assertions.Expect(Lines(desktop)).ToHaveCountAsync(2);
        await Assertions.Expect(Count(desktop)).ToHaveTextAsync("2");
        var seen = Lines(desktop).Last.Locator("time");
        var live = await site.FindSessionAsync(phone);

        // Activity elsewhere appears without a database read: the trap is still set afterwards.
        site.Gate.FailCommand(".\"SignInAddress\"");
        await phone.ReadAsync("/settings/password");
        await Assertions.Expect(seen).ToHaveAttributeAsync("datetime", live.LastActivityAt.ToString("O"));
        await Assertions.Expect(desktop.Page.GetByText("We can't load the latest")).ToBeHiddenAsync();

        var caller = live.ToCaller();
        Assert.IsType<RenameOutcome.Renamed>(
            await site.Get<SessionService>().RenameAsync(caller, caller.OwnSession, new RenameSessionInput { Name = "Travel phone" }));
        await Assertions.Expect(desktop.Page.GetByText("We can't load the latest. This list may be out of date.")).ToBeVisibleAsync();
        await Assertions.Expect(Lines(desktop)).ToHaveCountAsync(2);
        await desktop.Page.GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();
        await Assertions.Expect(Lines(desktop).Last).ToContainTextAsync("Travel phone");
        await Assertions.Expect(desktop.Page.GetByText("We can't load the latest")).ToBeHiddenAsync();

        await phone.SignOutAsync();
        await Assertions.Expect(Lines(desktop)).ToHaveCountAsync(1);
        await Assertions.Expect(Count(desktop)).ToHaveTextAsync("1");
    }

    [Fact]
    public async Task Only_five_sessions_are_shown_with_a_link_to_all_of_them()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        var others = new List<Visitor>();
        for (var i = 0; i < 6; i++)
            others.Add(await site.SignInAsync(Ada));
        await using var desktop = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await desktop.GoAsync("/settings");

        await Assertions.Expect(Lines(desktop)).ToHaveCountAsync(5);
        await desktop.Page.GetByRole(AriaRole.Link, new() { Name = "See all 7 sessions" }).ClickAsync();
        await desktop.WaitForCardsAsync(7);
        others.ForEach(other => other.Dispose());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_initials_open_a_menu_with_a_link_to_Settings(bool onPhone)
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var person =
            await (onPhone ? await Person.OpenPhoneAsync(chromium, site) : await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        var menu = person.Page.GetByRole(AriaRole.Button, new() { Name = "Account menu" });
        var settings = person.Page.Locator("#account-menu").GetByRole(AriaRole.Link, new() { Name = "Settings" });

        await menu.FocusAsync();
        await person.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(settings).ToBeVisibleAsync();
        await Assertions.Expect(person.Page.GetByRole(AriaRole.Button, new() { Name = "Account menu", Expanded = true })).ToBeVisibleAsync();
        await person.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(settings).ToBeHiddenAsync();
        await Assertions.Expect(menu).ToBeFocusedAsync();

        await person.Page.Keyboard.PressAsync("Space");
        await person.Page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(settings).ToBeFocusedAsync();
        await person.Page.Keyboard.PressAsync("Enter");
        await Person.WaitForPathAsync(person.Page, "/settings");
    }

    private static ILocator Lines(Person person) =>
        person.Page.GetByRole(AriaRole.List, new() { Name = "Recent sessions" }).GetByRole(AriaRole.Listitem);

    private static ILocator More(Person person) => Lines(person).First.GetByRole(AriaRole.Button, new() { Name = "More for this session" });

    private static ILocator Item(Person person) => person.Page.GetByRole(AriaRole.Menuitem, new() { Name = EndOthers });

    private static ILocator Count(Person person) =>
        person.Page.GetByRole(AriaRole.Link, new() { Name = "Session manager" }).Locator("small [aria-hidden]");
}
