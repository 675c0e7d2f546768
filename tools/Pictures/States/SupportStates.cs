using System.Net;
using Accounts.AspNetCore.Network;
using Accounts.Core.Administration;
using Accounts.Demo;

namespace Accounts.Pictures.States;

/// <summary>The Support page for staff.</summary>
internal static class SupportStates
{
    public static IEnumerable<State> All =>
    [
        new("support", "plain", "As support sees it", OpenAsync),
        // This state comes last, because the application doesn't forget a noticed proxy.
        new("support", "unknown-proxy", "A proxy that isn't configured", scene =>
        {
            scene.Get<UnknownProxies>().Notice(IPAddress.Parse("10.0.0.5"));
            return OpenAsync(scene);
        }),
    ];

    private static async Task OpenAsync(Scene scene)
    {
        await scene.Get<DemoAccounts>().SeedAsync();
        await scene.Page.GotoAsync("/sign-in?returnUrl=/support");
        await scene.Field("Email").FillAsync("sam@example.test");
        await scene.Field("Password").FillAsync(DemoAccounts.Password);
        await Scene.Button(scene.Page.Locator("main"), "Sign in").ClickAsync();
        await scene.SeeAsync("This installation");
        await scene.Page.Locator(".side small").GetByText("1", new() { Exact = true }).First.WaitForAsync();
    }
}
