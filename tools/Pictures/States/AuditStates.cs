using Accounts.Core.Administration;
using Accounts.Core.Audit;
using Accounts.Demo;
using Microsoft.Playwright;

namespace Accounts.Pictures.States;

/// <summary>The audit log.</summary>
internal static class AuditStates
{
    public static IEnumerable<State> All =>
    [
        new("audit", "plain", "As it opens", OpenAsync),
        new("audit", "filtered", "Filtered by action", async scene =>
        {
            await OpenAsync(scene);
            await scene.Page.GetByLabel(Words.Of("What happened")).SelectOptionAsync(AuditAction.SessionExpired);
            await Assertions.Expect(Rows(scene)).ToHaveCountAsync(2);
        }),
        new("audit", "open", "One event open", async scene =>
        {
            await OpenAsync(scene);
            await Rows(scene).Nth(1).GetByRole(AriaRole.Button).ClickAsync();
            await scene.Page.Locator(".audit tr.detail").WaitForAsync();
        }),
        new("audit", "none-found", "Nothing found", async scene =>
        {
            await OpenAsync(scene);
            await scene.Field("Device, location or IP address").FillAsync("Netscape");
            await scene.SeeAsync("No matches.");
        }),
        new("audit", "no-database", "The database did not answer", async scene =>
        {
            await OpenAsync(scene);
            scene.Outage.On = true;
            await scene.PressAsync("Next");
            await scene.SeeAsync("This list may be out of date.");
        }),
    ];

    private static async Task OpenAsync(Scene scene)
    {
        // The scene itself has registered the account.
        var sessions = DemoHistory.Of(scene.Ada.Value, scene.Clock.GetUtcNow()).ToList();
        await scene.AddAsync([.. sessions]);
        await scene.AddAsync(DemoHistory.EventsOf(sessions).Where(row => row.Action is not AuditAction.Registered));
        await scene.SignInAsync("/settings/audit");
        await Rows(scene).First.WaitForAsync();
    }

    private static ILocator Rows(Scene scene) => scene.Page.Locator(".audit tbody tr");
}
