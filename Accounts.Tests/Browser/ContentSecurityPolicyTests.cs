using Accounts.Core.Administration;
using Accounts.Demo;
using Accounts.Tests.Fixtures;
using Microsoft.Playwright;

namespace Accounts.Tests.Browser;

/// <summary>Pages work within their content security policy: browsers refuse nothing on any page, with anything open.</summary>
[Collection(BrowserTests.Name)]
public sealed class ContentSecurityPolicyTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";

    private readonly List<string> _said = [];

    [Fact]
    public async Task No_page_violates_its_content_security_policy()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var other = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await using var ada = await Person.OpenAsync(chromium, site);
        Listen(ada.Page);
        foreach (var path in new[] { "/sign-in", "/register", "/help/access", "/signed-out", "/there-is-no-such-page" })
            await VisitAsync(ada, path);

        await ada.SignInAsync(Ada);
        foreach (var path in new[] { "/settings", "/settings/security", "/settings/password", "/settings/audit", "/there-is-no-such-page" })
            await VisitAsync(ada, path);

        await ada.OpenAsync("/settings/sessions");
        await ada.WaitForCardsAsync(2);
        await ada.Page.GetByRole(AriaRole.Button, new() { Name = "Account menu" }).ClickAsync();
        await ada.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out", Exact = true }).WaitForAsync();
        await ada.Page.Keyboard.PressAsync("Escape");
        await ada.AskToTerminateAsync(ada.Cards.Last);
        await ada.ConfirmAsync("Cancel");
        await Assertions.Expect(ada.Dialog).ToHaveCountAsync(0);
        await ada.RenameAsync(ada.Cards.Last, "The one in the kitchen");
        await ada.TerminateAsync("The one in the kitchen");
        await ada.WaitForCardsAsync(1);
        Assert.True(_said.Count == 0, string.Join('\n', _said));
    }

    [Fact]
    public async Task The_Support_page_does_not_violate_its_content_security_policy()
    {
        await using var site = AccountsSite.Start();
        await site.Get<DemoAccounts>().SeedAsync();
        await using var sam = await Person.OpenAsync(chromium, site);
        await sam.SignInAsync("sam@example.test", password: DemoAccounts.Password);
        Listen(sam.Page);
        await VisitAsync(sam, "/support");
        Assert.True(_said.Count == 0, string.Join('\n', _said));
    }

    [Fact]
    public async Task The_pages_of_administration_do_not_violate_their_content_security_policy()
    {
        await using var site = AccountsSite.Start();
        await site.Get<DemoAccounts>().SeedAsync();
        await using var root = await Person.OpenAsync(chromium, site);
        await root.SignInAsync("root@example.test", password: DemoAccounts.Password);
        Listen(root.Page);
        var account = $"/admin/users/{site.FindUser("ada@example.test")}";
        foreach (var path in new[] { account, $"{account}/role", "/admin/everybody" })
            await VisitAsync(root, path);
        Assert.True(_said.Count == 0, string.Join('\n', _said));
    }

    private static async Task VisitAsync(Person person, string path)
    {
        var answer = (await person.GoAsync(path))!;
        var policy = (await answer.HeaderValueAsync("Content-Security-Policy"))!.Split(';', StringSplitOptions.TrimEntries);
        var ours = policy.Where(rule => rule.Split('-')[0] is "script" or "style");
        Assert.Equal("script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'", string.Join("; ", ours));
        // The policy also applies to what scripts and circuits add after the load.
        await person.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
    }

    private void Listen(IPage page)
    {
        page.PageError += (_, error) => _said.Add($"{page.Url}: {error}");
        page.Console += (_, message) =>
        {
            // A page that answers 404 is itself the resource that failed to load.
            var expected = page.Url.EndsWith("/there-is-no-such-page", StringComparison.Ordinal)
                && message.Text.Contains("status of 404", StringComparison.Ordinal);
            if (!expected && (message.Type is "error" || message.Text.Contains("Content Security Policy", StringComparison.OrdinalIgnoreCase)))
                _said.Add($"{page.Url}: {message.Text}");
        };
    }
}
