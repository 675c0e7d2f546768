using Accounts.Core.Live;
using Accounts.Tests.Fixtures;
using Microsoft.Playwright;

namespace Accounts.Tests.Browser;

/// <summary>The strict profile: an hour without activity signs you out, remembered or not, and signing in returns you to your page.</summary>
[Collection(BrowserTests.Name)]
public sealed class StrictTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";

    [Fact]
    public async Task An_hour_without_activity_ends_even_a_remembered_session()
    {
        // The clock starts now: browsers expire the cookie by their own clock.
        var clock = new TestClock(TimeProvider.System.GetUtcNow());
        await using var site = AccountsSite.Start(clock, settings: ("Sessions:Profile", "Strict"));
        await site.RegisterAsync(Ada);
        await using var ada = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada, remember: true);

        // Activity within the hour extends the session by another.
        for (var i = 0; i < 2; i++)
        {
            clock.Advance(TimeSpan.FromMinutes(50));
            await site.Get<SessionUpkeep>().SweepAsync();
            await ada.OpenAsync("/settings/audit");
            await Assertions.Expect(ada.Page.GetByRole(AriaRole.Heading, new() { Name = "Audit log" })).ToBeVisibleAsync();
            await site.Get<SessionActivity>().FlushAsync();
        }

        clock.Advance(TimeSpan.FromMinutes(61));
        await site.Get<SessionUpkeep>().SweepAsync();
        await ada.WaitForSignedOutAsync();
        await Assertions.Expect(ada.Page.GetByRole(AriaRole.Heading, new() { Name = "Your session has expired" })).ToBeVisibleAsync();

        await ada.Page.GetByRole(AriaRole.Link, new() { Name = "Sign in again" }).ClickAsync();
        await ada.Page.GetByLabel("Email").FillAsync(Ada);
        await ada.Page.GetByLabel("Password", new() { Exact = true }).FillAsync(AccountsSite.Password);
        await ada.Page.Keyboard.PressAsync("Enter");
        await Person.WaitForPathAsync(ada.Page, "/settings/audit");
        await Assertions.Expect(ada.Page.Locator(".audit tbody").GetByText("Session expired")).ToBeVisibleAsync();
    }
}
