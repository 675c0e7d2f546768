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
        new("support", "several", "Several accounts for one name", SeveralAsync),
        new("support", "none", "No account for a code", scene => FindAsync(scene, "2345-6789", "Codes expire after an hour.")),
        new("support", "account", "One account, for a call", scene => FindAsync(scene, "ada@example.test", "Live sessions")),
        new("support", "staff", "An account of staff", scene => FindAsync(scene, "root", "This account belongs to staff")),
        new("support", "end-all", "Ending all sessions of an account", EndAsync),
        // This state comes last, because the application doesn't forget a noticed proxy.
        new("support", "unknown-proxy", "A proxy that isn't configured", scene =>
        {
            scene.Get<UnknownProxies>().Notice(IPAddress.Parse("10.0.0.5"));
            return OpenAsync(scene);
        }),
    ];

    private static async Task OpenAsync(Scene scene)
    {
        await SignInAsync(scene);
        await scene.SeeAsync("This installation");
        await scene.Page.Locator(".side small").GetByText("1", new() { Exact = true }).First.WaitForAsync();
    }

    private static async Task FindAsync(Scene scene, string typed, string sees)
    {
        await SignInAsync(scene);
        await scene.Page.GotoAsync($"/support?find={Uri.EscapeDataString(typed)}");
        await scene.SeeAsync(sees);
    }

    private static async Task SeveralAsync(Scene scene)
    {
        await SignInAsync(scene);
        await scene.Page.GotoAsync("/support?find=a");
        await scene.Page.GetByText("Root Admin").WaitForAsync();
    }

    private static async Task EndAsync(Scene scene)
    {
        await FindAsync(scene, "ada@example.test", "Live sessions");
        await scene.Page.Locator(".acts .mud-button-outlined-error").ClickAsync();
        await scene.SeeAsync("The account and its password stay.");
    }

    private static async Task SignInAsync(Scene scene)
    {
        await scene.Get<DemoAccounts>().SeedAsync();
        await scene.Page.GotoAsync("/sign-in?returnUrl=/support");
        await scene.Field("Email").FillAsync("sam@example.test");
        await scene.Field("Password").FillAsync(DemoAccounts.Password);
        await Scene.Button(scene.Page.Locator("main"), "Sign in").ClickAsync();
        await scene.SeeAsync("This installation");
    }
}
