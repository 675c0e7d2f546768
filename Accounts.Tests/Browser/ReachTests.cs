using Accounts.Stage;
using Accounts.Tests.Fixtures;
using Microsoft.Playwright;

namespace Accounts.Tests.Browser;

/// <summary>The pages for people who use the keyboard, zoom in, or force their own colours.</summary>
[Collection(BrowserTests.Name)]
public sealed class ReachTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";
    private static readonly string[] Outside = ["/sign-in", "/register", "/signed-out", "/help/access", "/there-is-no-such-page"];
    private static readonly string[] Inside = ["/settings/sessions", "/settings", "/settings/security", "/settings/password", "/settings/audit",
        "/help/access", "/settings/sessions/end?all=true"];

    // Zooming divides the viewport: 1280 by 1024 becomes 640 by 512 at 200 %, and 320 by 256 at 400 %.
    [Theory]
    [InlineData(640, 512)]
    [InlineData(320, 256)]
    public async Task At_200_and_400_percent_zoom_nothing_overflows(int width, int height)
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var ada = await Person.OpenAsync(chromium, site);
        await ada.Page.SetViewportSizeAsync(width, height);
        var found = new List<string>();
        foreach (var path in Outside)
        {
            await ada.GoAsync(path);
            found.AddRange(await OutsideAsync(ada.Page, path));
        }

        await ada.SignInAsync(Ada);
        await site.StartSessionsAsync(Ada, 20, Visitor.Phone);
        await site.StartSessionsAsync(Ada, 20, Visitor.Chrome);
        foreach (var path in Inside)
        {
            await ada.GoAsync(path);
            found.AddRange(await OutsideAsync(ada.Page, path));
        }

        await ada.OpenAsync("/settings/sessions");
        await ada.AskToTerminateAsync(ada.Cards.Nth(1));
        found.AddRange(await OutsideAsync(ada.Page, "the question"));
        await ada.Dialog.GetByRole(AriaRole.Button, new() { Name = "Terminate" }).ScrollIntoViewIfNeededAsync();
        await ada.ConfirmAsync("Terminate");
        await Assertions.Expect(ada.EndedCards).ToHaveCountAsync(1);
        await ada.OpenMenuAsync(ada.Cards.Nth(1));
        found.AddRange(await OutsideAsync(ada.Page, "the menu"));
        await ada.Page.Keyboard.PressAsync("Escape");
        await ada.Page.GetByRole(AriaRole.Button, new() { Name = "Select", Exact = true }).ClickAsync();
        await ada.Page.GetByText("0 selected").WaitForAsync();
        found.AddRange(await OutsideAsync(ada.Page, "while several are selected"));
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [Fact]
    public async Task With_forced_colours_selected_items_still_look_different()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var ada = await Person.OpenAsync(chromium, site);
        await ada.Page.EmulateMediaAsync(new() { ForcedColors = ForcedColors.Active });
        await ada.SignInAsync(Ada);
        await site.StartSessionsAsync(Ada, 6, Visitor.Phone);
        await ada.OpenAsync("/settings/sessions");
        await ada.WaitForCardsAsync(7);

        await DifferAsync(ada.Page, "nav.side li a.active", "nav.side li a:not(.active)");
        await DifferAsync(ada.Page, ".tools .chip[aria-pressed=true]", ".tools .chip[aria-pressed=false]");
        foreach (var edged in new[] { ".session.this", ".devices .cards .session", ".devices .session button.ends", ".question", ".all button" })
            Assert.NotEqual("none", await ada.Page.Locator(edged).First.EvaluateAsync<string>("one => getComputedStyle(one).borderStyle"),
                StringComparer.Ordinal);
        // The dot is a background. Forced colours remove backgrounds unless the style opts out.
        Assert.Equal("none",
            await ada.Page.Locator("time[data-now]").First.EvaluateAsync<string>("one => getComputedStyle(one, '::before').forcedColorAdjust"));

        await ada.OpenAsync("/settings");
        await DifferAsync(ada.Page, "label:has(input[name=theme]:checked)", "label:has(input[name=theme]:not(:checked))");
    }

    [EachEngineFact]
    public async Task Signing_in_and_terminating_a_session_need_no_mouse()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var phone = await (await Person.OpenPhoneAsync(chromium, site)).SignInAsync(Ada);
        await using var ada = await Person.OpenAsync(chromium, site);
        var keys = ada.Page.Keyboard;
        await ada.GoAsync("/sign-in");
        await TabToAsync(ada.Page, "Email");
        await keys.TypeAsync(Ada);
        await TabToAsync(ada.Page, "Password");
        await keys.TypeAsync(AccountsSite.Password);
        await keys.PressAsync("Enter");
        await ada.WaitForCardsAsync(2);
        await Person.WaitForCircuitAsync(ada.Page);

        await ada.Page.Locator("a.skip").FocusAsync();
        await keys.PressAsync("Enter");
        await TabToAsync(ada.Page, "Devices");

        await TabToAsync(ada.Page, "More for Safari 19 on iOS 19.1");
        await keys.PressAsync("Enter");
        await ada.Page.GetByRole(AriaRole.Menu).WaitForAsync();
        await Assertions.Expect(ada.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Rename" })).ToBeFocusedAsync();
        await keys.PressAsync("ArrowDown");
        await Assertions.Expect(ada.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Details" })).ToBeFocusedAsync();
        await keys.PressAsync("Enter");
        await Assertions.Expect(ada.Dialog).ToContainTextAsync("Signed in with");
        await Assertions.Expect(ada.Dialog.Locator(":focus")).ToHaveCountAsync(1);
        await Assertions.Expect(ada.Dialog).ToHaveAttributeAsync("aria-describedby", "dialog-says");
        await keys.PressAsync("Escape");
        await Assertions.Expect(ada.Dialog).ToHaveCountAsync(0);
        await Assertions.Expect(ada.Page.GetByRole(AriaRole.Button, new() { Name = "More for Safari 19 on iOS 19.1" })).ToBeFocusedAsync();

        await TabToAsync(ada.Page, "Terminate Safari 19 on iOS 19.1");
        await keys.PressAsync("Enter");
        await Assertions.Expect(ada.Dialog.GetByRole(AriaRole.Button, new() { Name = "Cancel" })).ToBeFocusedAsync();
        // The focus stays inside the dialog: two buttons, in a loop.
        foreach (var next in new[] { "Terminate", "Cancel", "Terminate" })
        {
            await keys.PressAsync("Tab");
            await Assertions.Expect(ada.Dialog.GetByRole(AriaRole.Button, new() { Name = next })).ToBeFocusedAsync();
        }

        await keys.PressAsync("Escape");
        await Assertions.Expect(ada.Page.GetByRole(AriaRole.Button, new() { Name = "Terminate Safari 19 on iOS 19.1" })).ToBeFocusedAsync();
        await keys.PressAsync("Enter");
        await Assertions.Expect(ada.Dialog.GetByRole(AriaRole.Button, new() { Name = "Cancel" })).ToBeFocusedAsync();
        await keys.PressAsync("Tab");
        await keys.PressAsync("Enter");
        await phone.WaitForSignedOutAsync();
        await Assertions.Expect(ada.EndedCards.GetByRole(AriaRole.Heading)).ToBeFocusedAsync();
    }

    /// <summary>What overflows the window on a page: the page itself, and elements outside any scrolling container.</summary>
    private static async Task<IEnumerable<string>> OutsideAsync(IPage page, string where) =>
        (await PageCheck.FindOverflowAsync(page)).Select(one => $"{where}: {one}");

    private static async Task DifferAsync(IPage page, string chosen, string other)
    {
        const string Drawn = "one => { const style = getComputedStyle(one); return [style.borderStyle, style.borderWidth, style.outlineStyle, "
            + "style.outlineWidth].join(' '); }";
        Assert.NotEqual(
            await page.Locator(other).First.EvaluateAsync<string>(Drawn),
            await page.Locator(chosen).First.EvaluateAsync<string>(Drawn),
            StringComparer.Ordinal);
    }

    /// <summary>Presses Tab until the element with this name has the focus.</summary>
    private static async Task TabToAsync(IPage page, string name)
    {
        var passed = new List<string>();
        while (passed.Count < 60)
        {
            await page.Keyboard.PressAsync("Tab");
            passed.Add(await FocusedAsync(page));
            if (string.Equals(passed[^1], name, StringComparison.Ordinal))
                return;
        }

        Assert.Fail($"Tab does not come to \"{name}\": {string.Join(", ", passed)}");
    }

    private static Task<string> FocusedAsync(IPage page) =>
        page.EvaluateAsync<string>(
            "() => { const one = document.activeElement; return (one.ariaLabel ?? one.labels?.[0]?.textContent ?? one.textContent).trim(); }");
}
