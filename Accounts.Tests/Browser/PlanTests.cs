using Accounts.Tests.Fixtures;
using Microsoft.Playwright;

namespace Accounts.Tests.Browser;

/// <summary>A feature that the plan lacks can't be used, and the page says why.</summary>
[Collection(BrowserTests.Name)]
public sealed class PlanTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";
    private const string Why = "Remote logout is part of the Plus, Pro and Enterprise plans. Your plan: Free.";

    private static readonly (string, string)[] Plans =
    [
        ("Features:DefaultPlan", "Free"), ("Features:Plans:Free", ""),
        ("Features:Plans:Plus:0", "RemoteLogout"), ("Features:Plans:Pro:0", "RemoteLogout"), ("Features:Plans:Enterprise:0", "RemoteLogout"),
        ("Features:Plans:Enterprise:1", "AuditLog"),
    ];

    [Theory]
    [InlineData("/settings/security", "Remote logout")]
    [InlineData("/settings/password", "Remote logout")]
    [InlineData("/settings/account", "Log out")]
    public async Task The_page_names_the_plans_that_include_the_feature_instead_of_its_button(string path, string button)
    {
        await using var site = AccountsSite.Start(settings: Plans);
        await site.RegisterAsync(Ada);
        await using var person = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        var press = person.Page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true });

        await person.OpenAsync(path);
        await Assertions.Expect(person.Page.GetByText(Why)).ToBeVisibleAsync();
        await Assertions.Expect(press).ToHaveCountAsync(0);

        using var rows = site.Rows();
        rows.Execute("UPDATE \"Users\" SET \"Plan\" = 'Pro'");
        await person.OpenAsync(path);
        await Assertions.Expect(press).ToBeVisibleAsync();
        await Assertions.Expect(person.Page.GetByText(Why)).ToHaveCountAsync(0);
    }

    // Guard: the first lines of SessionService.RemoteLogoutAsync. The button was rendered before the plan changed.
    [Fact]
    public async Task A_button_rendered_before_the_plan_changed_does_nothing_and_says_why()
    {
        await using var site = AccountsSite.Start(settings: Plans);
        await site.RegisterAsync(Ada);
        using var rows = site.Rows();
        rows.Execute("UPDATE \"Users\" SET \"Plan\" = 'Plus'");
        await using var person = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await person.OpenAsync("/settings/security");
        await person.Page.GetByRole(AriaRole.Button, new() { Name = "Remote logout" }).ClickAsync();
        await person.Dialog.WaitForAsync();
        rows.Execute("UPDATE \"Users\" SET \"Plan\" = NULL");

        await person.ConfirmAsync("Remote logout");

        await Assertions.Expect(person.Page.GetByRole(AriaRole.Alert).Filter(new() { HasText = Why })).ToBeVisibleAsync();
        await Assertions.Expect(person.Dialog).ToBeHiddenAsync();
        Assert.Equal(1, rows.Number("SELECT COUNT(*) FROM \"Sessions\" WHERE \"EndedAt\" IS NULL"));
        rows.Execute("UPDATE \"Users\" SET \"Plan\" = 'Plus'");
        await person.Page.GetByRole(AriaRole.Button, new() { Name = "Remote logout" }).ClickAsync();
        await person.ConfirmAsync("Remote logout");
        await person.WaitForSignedOutAsync();
    }
}
