using System.Net;
using Accounts.AspNetCore.Network;
using Accounts.Core.Administration;
using Accounts.Core.Geolocation;
using Accounts.Core.Live;
using Accounts.Core.Manager;
using Accounts.Demo;
using Accounts.Tests.Fixtures;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Accounts.Tests.Browser;

/// <summary>Every page passes all of axe's default rules: light and dark, wide and narrow.</summary>
[Collection(BrowserTests.Name)]
public sealed class AccessibilityTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";

    private readonly List<string> _found = [];

    public static MatrixTheoryData<ColorScheme, bool> Looks => new([ColorScheme.Light, ColorScheme.Dark], [false, true]);

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task Every_page_passes_axe(ColorScheme colours, bool phone)
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var visitor = await OpenAsync(site, colours, phone);
        foreach (var path in new[] { "/sign-in", "/register", "/signed-out", "/help/access", "/there-is-no-such-page", "/problem/503" })
        {
            await visitor.GoAsync(path);
            await CheckAsync(visitor.Page, path);
        }

        await visitor.Page.GotoAsync(new Uri(site.Address, "/sign-in").AbsoluteUri);
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await Assertions.Expect(visitor.Page.Locator("[aria-invalid=true]")).Not.ToHaveCountAsync(0);
        await CheckAsync(visitor.Page, "/sign-in, refused");

        await visitor.GoAsync("/register");
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Create account" }).ClickAsync();
        await Assertions.Expect(visitor.Page.Locator("[aria-invalid=true]")).ToHaveCountAsync(3);
        await CheckAsync(visitor.Page, "/register, refused");

        await visitor.SignInAsync(Ada);
        await using var other = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await visitor.GoAsync("/settings/password");
        await visitor.Page.GetByLabel("New password", new() { Exact = true }).FillAsync("short");
        await CheckAsync(visitor.Page, "/settings/password, a new one while it is typed");
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Change password" }).ClickAsync();
        await Assertions.Expect(visitor.Page.Locator("[aria-invalid=true]")).ToHaveCountAsync(2);
        await CheckAsync(visitor.Page, "/settings/password, refused");
        foreach (var path in new[]
        {
            "/settings", "/settings/account/delete", "/settings/security", "/settings/security/two-factor", "/settings/security/two-factor/off",
            "/settings/security/recovery-codes", "/settings/password", "/help/access", "/there-is-no-such-page",
            "/problem/503",
        })
        {
            await visitor.OpenAsync(path);
            await CheckAsync(visitor.Page, path);
        }

        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Account menu" }).ClickAsync();
        await CheckAsync(visitor.Page, "the account menu");

        await CheckSettingsAsync(visitor);
        await visitor.GoAsync("/settings/sessions");
        await visitor.WaitForCardsAsync(2);
        await CheckAsync(visitor.Page, "/settings/sessions");
        await visitor.AskToTerminateAsync(visitor.Cards.Last);
        await Assertions.Expect(visitor.Dialog.GetByRole(AriaRole.Button, new() { Name = "Terminate" })).ToBeEnabledAsync();
        await CheckAsync(visitor.Page, "the question");
        await visitor.ConfirmAsync("Terminate");
        await visitor.WaitForCardsAsync(1);
        await CheckAsync(visitor.Page, "/settings/sessions, after an ending");

        Assert.True(_found.Count == 0, string.Join('\n', _found));
    }

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task The_Session_manager_passes_axe_in_every_state(ColorScheme colours, bool phone)
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var visitor = await OpenAsync(site, colours, phone);
        await visitor.SignInAsync(Ada);
        // Three kinds of groups, with rows below the cards.
        await site.StartSessionsAsync(Ada, 15, Visitor.Phone);
        await site.StartSessionsAsync(Ada, 15, Visitor.Chrome);
        await visitor.OpenAsync("/settings/sessions");
        await visitor.WaitForCardsAsync(31);
        await CheckAsync(visitor.Page, "many sessions, and the question");

        await visitor.OpenMenuAsync(visitor.Cards.Nth(1));
        await CheckAsync(visitor.Page, "the menu of a card");
        await visitor.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Details" }).ClickAsync();
        await visitor.Dialog.GetByText("Signed in with").WaitForAsync();
        await CheckAsync(visitor.Page, "the details");
        await visitor.ConfirmAsync("Close");
        await Assertions.Expect(visitor.Dialog).ToHaveCountAsync(0);
        await visitor.OpenMenuAsync(visitor.Cards.Last);
        await visitor.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Rename" }).ClickAsync();
        await visitor.Dialog.WaitForAsync();
        await CheckAsync(visitor.Page, "the name");
        await visitor.ConfirmAsync("Cancel");
        await Assertions.Expect(visitor.Dialog).ToHaveCountAsync(0);

        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Select", Exact = true }).ClickAsync();
        await visitor.Cards.Nth(1).GetByRole(AriaRole.Checkbox).CheckAsync();
        await visitor.Cards.Last.GetByRole(AriaRole.Checkbox).CheckAsync();
        await CheckAsync(visitor.Page, "two are selected");
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Terminate 2" }).ClickAsync();
        await visitor.Dialog.WaitForAsync();
        await CheckAsync(visitor.Page, "the question before two end");
        await visitor.ConfirmAsync("Terminate 2");
        await visitor.WaitForCardsAsync(29);
        await CheckAsync(visitor.Page, "two have ended");

        foreach (var path in new[] { "/settings/sessions/end?all=true", "/settings/sessions/end" })
        {
            await visitor.GoAsync(path);
            await CheckAsync(visitor.Page, path);
        }

        Assert.True(_found.Count == 0, string.Join('\n', _found));
    }

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task The_history_and_the_audit_log_pass_axe(ColorScheme colours, bool phone)
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var visitor = await OpenAsync(site, colours, phone);
        await visitor.SignInAsync(Ada);
        var caller = (await site.Get<SessionAuthenticator>().FindLiveAsync(await site.FindSessionIdAsync(visitor)))!.ToCaller();
        await site.Get<SessionService>().TerminateAsync(caller, (await site.StartSessionsAsync(Ada, 4, Visitor.Phone))[0]);
        await CheckAuditAsync(visitor);
        await CheckHistoryAsync(visitor);
        Assert.True(_found.Count == 0, string.Join('\n', _found));
    }

    // Somebody who hears the page must be able to tell its buttons apart.
    [Fact]
    public async Task No_two_buttons_of_a_page_have_the_same_name()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var ada = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await site.StartSessionsAsync(Ada, 40, Visitor.Phone);
        foreach (var (path, buttons) in new[]
        {
            ("/settings", 2), ("/settings/security", 1), ("/settings/password", 4), ("/settings/audit", 25), ("/settings/sessions#history", 70),
            ("/help/access", 0),
        })
        {
            await ada.OpenAsync(path);
            if (path.Contains("history", StringComparison.Ordinal))
                await Assertions.Expect(ada.Page.Locator(".history tbody tr")).ToHaveCountAsync(25);
            var names = (await ada.Page.Locator("main").AriaSnapshotAsync()).Split('\n').Select(line => line.Trim(' ', '-', '\'', ':'))
                .Where(line => line.StartsWith("button", StringComparison.Ordinal)).ToList();
            Assert.InRange(names.Count, buttons, int.MaxValue);
            Assert.All(names, name => Assert.Contains('"', name));
            Assert.Equal([], names.CountBy(name => name).Where(name => name.Value > 1).Select(name => $"{path}: {name}"), StringComparer.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task The_Support_page_passes_axe(ColorScheme colours, bool phone)
    {
        await using var site = AccountsSite.Start();
        site.Get<PlaceFinder>().Keep("It is too short.");
        await site.Get<DemoAccounts>().SeedAsync();
        site.Get<UnknownProxies>().Notice(IPAddress.Parse("10.0.0.5"));
        await using var sam = await OpenAsync(site, colours, phone);
        await sam.SignInAsync("sam@example.test", password: DemoAccounts.Password);
        await sam.OpenAsync("/support");
        await CheckAsync(sam.Page, "/support");
        foreach (var target in await sam.Page.Locator("nav li a:visible, main a, main button").AllAsync())
            Assert.True((await target.BoundingBoxAsync())!.Height >= 44);
        var copy = sam.Page.GetByRole(AriaRole.Button, new() { Name = "Copy the setting" });
        await copy.ClickAsync();
        await Assertions.Expect(sam.Page.GetByText("Copied", new() { Exact = true })).ToBeVisibleAsync();
        await CheckAsync(sam.Page, "/support, copied");
        Assert.True(_found.Count == 0, string.Join('\n', _found));
    }

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task The_pages_of_administration_pass_axe(ColorScheme colours, bool phone)
    {
        await using var site = AccountsSite.Start();
        await site.Get<DemoAccounts>().SeedAsync();
        await using var root = await OpenAsync(site, colours, phone);
        await root.SignInAsync("root@example.test", password: DemoAccounts.Password);
        var account = $"/admin/users/{site.FindUser("ada@example.test")}";
        foreach (var path in new[] { account, $"{account}/role", $"{account}/disable", "/admin/everybody" })
        {
            await root.OpenAsync(path);
            await CheckAsync(root.Page, path);
        }

        Assert.True(_found.Count == 0, string.Join('\n', _found));
    }

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task The_users_page_passes_axe(ColorScheme colours, bool phone)
    {
        await using var site = AccountsSite.Start();
        await site.Get<DemoAccounts>().SeedAsync();
        for (var i = 0; i < 23; i++)
            await site.RegisterAsync($"a.rather.long.address.of.somebody{i}@a-rather-long-domain.example.test");
        await using var root = await OpenAsync(site, colours, phone);
        await root.SignInAsync("root@example.test", password: DemoAccounts.Password);
        foreach (var path in new[] { "/admin", "/admin?sort=created&order=desc&status=open", "/admin?find=nobody&at=x" })
        {
            await root.OpenAsync(path);
            await CheckAsync(root.Page, path);
            Assert.True(await root.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
            foreach (var target in await root.Page.Locator("main a:visible:not(.cover), main button, main select, main input:visible").AllAsync())
                Assert.True((await target.BoundingBoxAsync())!.Height >= 41);
        }

        await root.OpenAsync("/admin");
        await root.Page.GetByRole(AriaRole.Link, new() { Name = "Next page" }).ClickAsync();
        await Assertions.Expect(root.Page.Locator("main tbody tr")).ToHaveCountAsync(2);
        await root.Page.GetByRole(AriaRole.Link, new() { Name = "Previous page" }).ClickAsync();
        await Assertions.Expect(root.Page.Locator("main tbody tr")).ToHaveCountAsync(25);
        // The whole row opens the account.
        await root.Page.Locator("main tbody tr").First.ClickAsync();
        await root.Page.WaitForURLAsync("**/admin/users/*");
        Assert.True(_found.Count == 0, string.Join('\n', _found));
    }

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task The_System_page_passes_axe(ColorScheme colours, bool phone)
    {
        await using var site = AccountsSite.Start(settings: [("Geolocation:WarnAfter", "3650.00:00:00")]);
        await site.Get<DemoAccounts>().SeedAsync();
        await using var root = await OpenAsync(site, colours, phone);
        await root.SignInAsync("root@example.test", password: DemoAccounts.Password);
        foreach (var warns in new[] { false, true })
        {
            if (warns)
            {
                site.Get<PlaceFinder>().Keep("It is too short.");
                site.Get<UnknownProxies>().Notice(IPAddress.Parse("10.0.0.5"));
            }

            await root.OpenAsync("/admin/system");
            await CheckAsync(root.Page, $"/admin/system, warnings: {warns}");
            await Assertions.Expect(root.Page.Locator("main .warnings")).ToHaveCountAsync(warns ? 1 : 0);
            Assert.True(await root.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
            foreach (var target in await root.Page.Locator("main a:visible, main button:visible").AllAsync())
                Assert.True((await target.BoundingBoxAsync())!.Height >= 40);
        }

        await root.Page.GetByRole(AriaRole.Link, new() { Name = "Users", Exact = true }).ClickAsync();
        await root.Page.WaitForURLAsync("**/admin");
        Assert.True(_found.Count == 0, string.Join('\n', _found));
    }

    private async Task CheckSettingsAsync(Person visitor)
    {
        await visitor.GoAsync("/settings");
        var more = visitor.Page.GetByRole(AriaRole.Button, new() { Name = "More for this session" });
        await more.ClickAsync();
        // A click on its edge counts too.
        Assert.True(await more.EvaluateAsync<bool>(
            "button => { const box = button.getBoundingClientRect(); "
                + "return document.elementFromPoint(box.x - 1.5, box.y + box.height / 2) === button && box.height >= 40; }"));
        await CheckAsync(visitor.Page, "the menu of this session");
        await visitor.Page.GetByRole(AriaRole.Menuitem, new() { Name = "End all other sessions" }).ClickAsync();
        await visitor.Dialog.WaitForAsync();
        await CheckAsync(visitor.Page, "the question before all others end");
        await visitor.ConfirmAsync("Cancel");
        await visitor.Page.EvaluateAsync("() => document.getElementById('blazor-error-ui').style.display = 'block'");
        await CheckAsync(visitor.Page, "the bar of a failed page");
    }

    private async Task CheckHistoryAsync(Person visitor)
    {
        await visitor.GoAsync("/settings/sessions?country=DE#history");
        await visitor.Page.GetByText("No matches.").WaitForAsync();
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Clear filters" }).ClickAsync();
        await Assertions.Expect(visitor.Page.Locator(".history tbody tr")).ToHaveCountAsync(5);
        await CheckAsync(visitor.Page, "the history");
        await visitor.Page.Locator(".drop summary").Filter(new() { HasText = "More filters" }).ClickAsync();
        await visitor.Page.GetByLabel("How it ended").SelectOptionAsync("terminated");
        await Assertions.Expect(visitor.Page.Locator(".history tbody tr")).ToHaveCountAsync(1);
        await CheckAsync(visitor.Page, "the history, more filters");
        await visitor.Page.Locator(".drop summary").Filter(new() { HasText = "Any time" }).ClickAsync();
        await visitor.Page.GetByLabel("From", new() { Exact = true }).FillAsync("2026-02-02");
        await visitor.Page.GetByLabel("To", new() { Exact = true }).FillAsync("2026-01-01");
        await visitor.Page.GetByText("The first day is after the last.").WaitForAsync();
        await visitor.Page.GetByText("No matches.").WaitForAsync();
        await CheckAsync(visitor.Page, "the history, a filter that finds nothing");
    }

    private async Task CheckAuditAsync(Person visitor)
    {
        await visitor.GoAsync("/settings/audit");
        await visitor.Page.Locator(".events").GetByText("Ended another session").WaitForAsync();
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Details" }).First.ClickAsync();
        await visitor.Page.Locator(".drop summary").Filter(new() { HasText = "Export" }).ClickAsync();
        await CheckAsync(visitor.Page, "/settings/audit");
        await visitor.Page.GetByLabel("Device, location or IP address").FillAsync("nowhere at all");
        await visitor.Page.GetByText("No matches.").WaitForAsync();
        await CheckAsync(visitor.Page, "/settings/audit, a filter that finds nothing");
    }

    private async Task<Person> OpenAsync(AccountsSite site, ColorScheme colours, bool phone)
    {
        var person = phone ? await Person.OpenPhoneAsync(chromium, site) : await Person.OpenAsync(chromium, site);
        await person.Page.EmulateMediaAsync(new() { ColorScheme = colours, ReducedMotion = ReducedMotion.Reduce });
        return person;
    }

    private async Task CheckAsync(IPage page, string place)
    {
        // Elements that are still fading in don't have their final colours yet.
        await page.EvaluateAsync(
            "() => Promise.allSettled(document.getAnimations().filter(a => a.effect.getComputedTiming().endTime < 5000).map(a => a.finished))");
        var result = await page.RunAxe();
        foreach (var rule in result.Violations)
        {
            foreach (var node in rule.Nodes)
                _found.Add($"{place}: {rule.Id}: "
                    + $"{string.Join(' ', node.Any.Concat(node.All).Concat(node.None).Select(check => check.Message))} {node.Html}");
        }

        // The rules really ran.
        Assert.Contains(result.Passes, rule => string.Equals(rule.Id, "color-contrast", StringComparison.Ordinal));
    }
}
