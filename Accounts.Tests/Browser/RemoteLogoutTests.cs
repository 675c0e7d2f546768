using Accounts.Tests.Fixtures;
using Microsoft.Playwright;

namespace Accounts.Tests.Browser;

/// <summary>Remote logout ends every session, whatever each browser is doing at that moment.</summary>
[Collection(BrowserTests.Name)]
public sealed class RemoteLogoutTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";

    [Theory]
    [InlineData("/settings/security", "Log out from all devices", "Remote logout")]
    [InlineData("/settings/password", "Log out from all devices", "Remote logout")]
    [InlineData("/settings/account", "Log out of all sessions", "Log out")]
    public async Task Remote_logout_is_on_three_pages_and_waits_for_confirmation(string path, string heading, string button)
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var desktop = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await using var phone = await (await Person.OpenPhoneAsync(chromium, site)).SignInAsync(Ada);
        await desktop.GoAsync(path);
        await Assertions.Expect(desktop.Page.GetByRole(AriaRole.Heading, new() { Name = heading, Exact = true })).ToBeVisibleAsync();
        var press = desktop.Page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true });

        await press.ClickAsync();
        await Assertions.Expect(desktop.Dialog).ToContainTextAsync("Ends 2 sessions, including this one.");
        await Assertions.Expect(desktop.Dialog).ToContainTextAsync("Your password and settings don't change.");
        await desktop.ConfirmAsync("Cancel");
        await Assertions.Expect(desktop.Dialog).ToBeHiddenAsync();
        await phone.OpenAsync("/settings");

        await press.ClickAsync();
        await desktop.ConfirmAsync(button);
        await desktop.WaitForSignedOutAsync();
        await phone.WaitForSignedOutAsync();
        await Assertions.Expect(desktop.Page.GetByText("Someone used Remote logout to end every session.")).ToBeVisibleAsync();

        // The account is unchanged.
        await desktop.SignInAsync(Ada);
    }

    [EachEngineFact]
    public async Task Every_browser_is_signed_out_even_offline_or_closed_ones()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var cable = new Cable(site.Address);
        await using var desktop = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await using var offline = await (await Person.OpenAsync(chromium, cable.Address)).SignInAsync(Ada);
        await using var still = await (await Person.OpenPhoneAsync(chromium, site)).SignInAsync(Ada);
        await still.OpenAsync("/settings/password");
        await using var tabs = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        var second = await tabs.OpenTabAsync("/settings");
        await using var closed = await (await Person.OpenPhoneAsync(chromium, site)).SignInAsync(Ada);
        await closed.Page.CloseAsync();
        await desktop.WaitForCardsAsync(5);
        cable.Cut();
        await offline.Page.GetByText("Connection lost").First.WaitForAsync();

        await desktop.OpenAsync("/settings/security");
        await desktop.Page.GetByRole(AriaRole.Button, new() { Name = "Remote logout" }).ClickAsync();
        await Assertions.Expect(desktop.Dialog).ToContainTextAsync("Ends 5 sessions, including this one.");
        await desktop.ConfirmAsync("Remote logout");

        await desktop.WaitForSignedOutAsync();
        await still.WaitForSignedOutAsync();
        await tabs.WaitForSignedOutAsync();
        await Person.WaitForSignedOutAsync(second);
        cable.Mend();
        await offline.WaitForSignedOutAsync();
        var reopened = await closed.Profile.NewPageAsync();
        await reopened.GotoAsync(new Uri(site.Address, "/settings").AbsoluteUri);
        await Person.WaitForSignedOutAsync(reopened);

        using var rows = site.Rows();
        Assert.Equal(0, rows.Number("SELECT COUNT(*) FROM \"Sessions\" WHERE \"EndedAt\" IS NULL"));
        Assert.Equal(5, rows.Number("SELECT \"Count\" FROM \"AuditEvents\" WHERE \"Action\" = 'user.session_invalidated'"));
        Assert.Equal(1, rows.Number("SELECT COUNT(*) FROM \"AuditEvents\" WHERE \"Action\" = 'user.session_invalidated'"));
    }
}
