using System.Text.RegularExpressions;
using Accounts.Core.Administration;
using Accounts.Tests.Fixtures;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using static Accounts.Tests.Fixtures.ViewedSite;

namespace Accounts.Tests.Browser;

/// <summary>Support sees an account as its owner does, changes nothing, and never goes unnoticed.</summary>
[Collection(BrowserTests.Name)]
public sealed class ViewAsTests(Chromium chromium)
{
    [EachEngineFact]
    public async Task The_owner_is_told_on_every_open_page_and_ends_the_view_with_one_click()
    {
        await using var site = await StartAsync();
        await using var owner = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await using var phone = await (await Person.OpenPhoneAsync(chromium, site)).SignInAsync(Ada);
        await phone.OpenAsync("/settings/security");
        await using var staff = await (await Person.OpenAsync(chromium, site)).SignInAsync(Sam);
        await ViewAsync(staff, site, Ada);

        foreach (var page in new[] { owner.Page, phone.Page })
        {
            await Assertions.Expect(Notice(page)).ToContainTextAsync("Sam Keller from support is viewing your account, read-only.");
            await Assertions.Expect(Notice(page)).ToContainTextAsync(Why);
        }

        var card = Card(owner.Page);
        await Assertions.Expect(card).ToContainTextAsync("Sam Keller");
        await Assertions.Expect(card).ToContainTextAsync("at the latest");
        await Assertions.Expect(card).Not.ToContainTextAsync("127.0.0.1");
        await Assertions.Expect(owner.Page.GetByText("2 sessions. Updates live.")).ToBeVisibleAsync();

        // The member of staff sees the same, live. No card is "This device".
        await Assertions.Expect(staff.Page.GetByText("This device", new() { Exact = true })).ToHaveCountAsync(0);
        await Assertions.Expect(Card(staff.Page)).ToContainTextAsync("Your visit");
        await owner.RenameAsync(owner.Cards.Filter(new() { HasText = "Safari" }), "Pocket");
        await Assertions.Expect(staff.Page.GetByRole(AriaRole.Article, new() { Name = "Pocket" })).ToBeVisibleAsync();

        // The phone ends it. It asks for nothing.
        await Notice(phone.Page).GetByRole(AriaRole.Button, new() { Name = "End the view by Sam Keller" }).ClickAsync();
        await Person.WaitForPathAsync(staff.Page, "/support");
        await Assertions.Expect(staff.Page.Locator("#view-ended")).ToContainTextAsync(
            new Regex("Ada Lovelace ended your view at .+ You're back in your own account.", RegexOptions.None, TimeSpan.FromSeconds(1)));
        await Assertions.Expect(Notice(owner.Page)).ToHaveCountAsync(0);
        await Assertions.Expect(card).ToContainTextAsync("Signed out. Confirmed");
        await Assertions.Expect(card).ToContainTextAsync("Ended by you");
        await staff.OpenAsync("/settings/sessions");
        await Assertions.Expect(staff.Page.GetByText("This device", new() { Exact = true })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Every_control_keeps_its_place_and_says_why_it_does_nothing()
    {
        await using var site = await StartAsync();
        await using var owner = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await using var other = await (await Person.OpenPhoneAsync(chromium, site)).SignInAsync(Ada);
        await using var staff = await (await Person.OpenAsync(chromium, site)).SignInAsync(Sam);
        await ViewAsync(staff, site, Ada);
        var banner = staff.Page.GetByRole(AriaRole.Region, new() { Name = "Viewing Ada Lovelace, read-only" });
        await Assertions.Expect(banner).ToContainTextAsync(Why);
        await Assertions.Expect(banner).ToContainTextAsync(new Regex("(?:29|30):\\d\\d", RegexOptions.None, TimeSpan.FromSeconds(1)));

        foreach (var (path, names) in new[]
        {
            ("/settings/sessions", new[] { "Terminate ", "Sign out everywhere", "Export CSV", "No, sign it out" }),
            ("/settings/security", ["Remote logout"]),
            ("/settings/password", ["Change password", "Remote logout"]),
            ("/settings", ["Download", "Log out"]),
            ("/settings/audit", ["Export CSV", "Export JSON lines"]),
        })
        {
            await staff.OpenAsync(path);
            if (path is "/settings/sessions")
                await staff.Page.GetByRole(AriaRole.Heading, new() { Name = "History" }).ScrollIntoViewIfNeededAsync();
            if (path is "/settings/audit")
                await staff.Page.Locator("details.drop.at-end > summary").ClickAsync();
            foreach (var name in names)
            {
                var control = staff.Page.Locator("main").GetByRole(AriaRole.Button, new() { Name = name })
                    .Or(staff.Page.Locator("main").GetByRole(AriaRole.Link, new() { Name = name }))
                    .And(staff.Page.Locator("[data-why]")).First;
                await Assertions.Expect(control).ToHaveAttributeAsync("aria-disabled", "true");
                await Assertions.Expect(control).ToHaveAccessibleDescriptionAsync("Only the owner of this account can do this. You are viewing.");
                await control.HoverAsync();
                Assert.Contains("Only the owner", await SaysAsync(control), StringComparison.Ordinal);
                await staff.Page.Mouse.MoveAsync(0, 0);
                // By keyboard, too: a disabled element would never get the focus.
                await staff.Page.Keyboard.PressAsync("Tab");
                await control.FocusAsync();
                Assert.Contains("Only the owner", await SaysAsync(control), StringComparison.Ordinal);
                await control.DispatchEventAsync("click");
                await staff.Page.Keyboard.PressAsync("Enter");
                await Assertions.Expect(staff.Dialog).ToHaveCountAsync(0);
                await Person.WaitForPathAsync(staff.Page, path);
            }

            await CheckAsync(staff.Page, path);
        }

        // Nothing has happened to the owner, who can do all of it.
        await Assertions.Expect(owner.Page.Locator("[data-why]")).ToHaveCountAsync(0);
        await owner.AskToTerminateAsync(owner.Cards.Filter(new() { HasText = "Safari" }));
        await owner.ConfirmAsync("Terminate");
        await other.WaitForSignedOutAsync();
    }

    [Fact]
    public async Task Other_tabs_come_along_and_back_shows_nothing_afterwards()
    {
        await using var site = await StartAsync();
        await using var staff = await (await Person.OpenAsync(chromium, site)).SignInAsync(Sam);
        var tab = await staff.OpenTabAsync("/settings/security");
        var console = await staff.OpenTabAsync("/support");
        await ViewAsync(staff, site, Ada);
        var banner = tab.GetByText("Viewing Ada Lovelace, read-only").First;
        await Assertions.Expect(banner).ToBeVisibleAsync();
        // A page of staff leads to the account.
        await Person.WaitForPathAsync(console, "/settings/sessions");
        await Assertions.Expect(console.GetByText("Viewing Ada Lovelace, read-only").First).ToBeVisibleAsync();
        await Person.WaitForCircuitAsync(tab);
        await Person.WaitForCircuitAsync(console);

        await staff.Page.GetByRole(AriaRole.Button, new() { Name = "End the view of Ada Lovelace" }).ClickAsync();
        await Person.WaitForPathAsync(staff.Page, "/support");
        await Assertions.Expect(staff.Page.GetByText("Viewing")).ToHaveCountAsync(0);
        foreach (var other in new[] { tab, console })
        {
            await Person.WaitForPathAsync(other, "/support");
            await Assertions.Expect(other.GetByText("Viewing Ada Lovelace")).ToHaveCountAsync(0);
        }

        // No page of the account is left in this browser, and every page is the member of staff's again.
        await staff.Page.GoBackAsync();
        await Assertions.Expect(staff.Page.GetByText("sam@example.test").First).ToBeVisibleAsync();
        await Assertions.Expect(staff.Page.GetByText("Viewing Ada Lovelace")).ToHaveCountAsync(0);
        await Assertions.Expect(Card(staff.Page)).ToHaveCountAsync(0);
    }

    // A browser that reopens its tabs after a crash brings its cookies back as they were.
    [Fact]
    public async Task A_restored_browser_is_in_the_view_while_it_lasts_and_then_in_its_own_session()
    {
        await using var site = await StartAsync();
        await using var owner = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await using var staff = await (await Person.OpenAsync(chromium, site)).SignInAsync(Sam);
        await ViewAsync(staff, site, Ada);
        var backup = await staff.Profile.StorageStateAsync();
        await using (var during = await RestoreAsync(backup))
        {
            var restored = await during.NewPageAsync();
            await restored.GotoAsync(new Uri(site.Address, "/settings/sessions").AbsoluteUri);
            await Assertions.Expect(restored.GetByText("Viewing Ada Lovelace, read-only").First).ToBeVisibleAsync();
        }

        await Notice(owner.Page).GetByRole(AriaRole.Button, new() { Name = "End the view by Sam Keller" }).ClickAsync();
        await Person.WaitForPathAsync(staff.Page, "/support");
        await using var after = await RestoreAsync(backup);
        var page = await after.NewPageAsync();
        await page.GotoAsync(new Uri(site.Address, "/settings/sessions").AbsoluteUri);
        await Person.WaitForPathAsync(page, "/support");
        await Assertions.Expect(page.Locator("#view-ended")).ToContainTextAsync("Ada Lovelace ended your view");
        await page.GotoAsync(new Uri(site.Address, "/settings/sessions").AbsoluteUri);
        await Assertions.Expect(page.GetByText("This device", new() { Exact = true })).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("sam@example.test").First).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("Viewing Ada Lovelace")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Sign_out_in_a_view_ends_the_view_and_the_session_in_which_it_began()
    {
        await using var site = await StartAsync();
        await using var owner = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await using var staff = await (await Person.OpenAsync(chromium, site)).SignInAsync(Sam);
        await ViewAsync(staff, site, Ada);
        await Assertions.Expect(Card(owner.Page)).ToBeVisibleAsync();
        await staff.Page.GetByRole(AriaRole.Button, new() { Name = "Account menu" }).ClickAsync();
        await staff.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out", Exact = true }).ClickAsync();
        await staff.WaitForSignedOutAsync();
        await Assertions.Expect(Card(owner.Page)).ToContainTextAsync("Support signed out");
        await staff.GoAsync("/support");
        await Person.WaitForPathAsync(staff.Page, "/sign-in");
    }

    [Fact]
    public async Task An_administrator_views_support_until_the_role_is_gone()
    {
        await using var site = await StartAsync();
        await using var owner = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await using var staff = await (await Person.OpenAsync(chromium, site)).SignInAsync(Sam);
        await using var root = await (await Person.OpenAsync(chromium, site)).SignInAsync(Root);
        await ViewAsync(root, site, Sam);
        await Assertions.Expect(Notice(staff.Page)).ToContainTextAsync("Root Admin from support is viewing your account");
        await Assertions.Expect(root.Page.GetByRole(AriaRole.Link, new() { Name = "Support" })).ToHaveCountAsync(0);
        // Support can't view the administrator, who views them.
        await staff.GoAsync(site.ViewForm(Root));
        await Assertions.Expect(staff.Page.GetByRole(AriaRole.Heading, new() { Name = "View as Root Admin" })).ToBeVisibleAsync();
        await Assertions.Expect(staff.Page.GetByLabel("Reason", new() { Exact = true })).ToHaveCountAsync(0);

        // Another view ends at once, with the role of its member of staff.
        await ViewAsync(staff, site, Ada);
        await Assertions.Expect(Notice(owner.Page)).ToBeVisibleAsync();
        Assert.Equal(RevokeOutcome.Revoked, await site.Get<RoleGrants>().RevokeAsync(Sam, Roles.Support));
        await Assertions.Expect(staff.Page.GetByText("This device", new() { Exact = true })).ToBeVisibleAsync();
        await Assertions.Expect(staff.Page.GetByText("Viewing Ada Lovelace")).ToHaveCountAsync(0);
        await Assertions.Expect(Notice(owner.Page)).ToHaveCountAsync(0);
        await owner.OpenAsync("/settings/sessions");
        await Assertions.Expect(owner.Page.GetByText("This device", new() { Exact = true })).ToBeVisibleAsync();
    }

    private static async Task<AccountsSite> StartAsync()
    {
        var site = AccountsSite.Start();
        await site.RegisterStaffAsync();
        return site;
    }

    private static async Task ViewAsync(Person staff, AccountsSite site, string email)
    {
        await staff.GoAsync(site.ViewForm(email));
        await staff.Page.GetByLabel("Reason", new() { Exact = true }).FillAsync(Why);
        await staff.Page.GetByRole(AriaRole.Button, new() { Name = "View as " }).ClickAsync();
        await Person.WaitForPathAsync(staff.Page, "/settings/sessions");
        await Person.WaitForCircuitAsync(staff.Page);
    }

    private Task<IBrowserContext> RestoreAsync(string backup) => chromium.OpenProfileAsync(new() { StorageState = backup });

    private static ILocator Notice(IPage page) => page.Locator(".views .view");

    private static ILocator Card(IPage page) => page.GetByRole(AriaRole.Article, new() { Name = "Support (read-only)" });

    // What the control says beside itself; "" if nobody sees it.
    private static Task<string> SaysAsync(ILocator control) => control.EvaluateAsync<string>("""
        it => {
            const says = getComputedStyle(it, '::after');
            return says.display !== 'none' && says.opacity === '1' && getComputedStyle(it).overflow === 'visible' ? says.content : '';
        }
        """);

    private static async Task CheckAsync(IPage page, string path)
    {
        var result = await page.RunAxe();
        Assert.True(result.Violations.Length == 0, $"{path}: {string.Join('\n', result.Violations.Select(one => $"{one.Id} {one.Nodes[0].Html}"))}");
    }
}
