using Accounts.Stage;
using Microsoft.Playwright;

namespace Accounts.Pictures.States;

/// <summary>Settings, the account menu and the password.</summary>
internal static class SettingsStates
{
    public static IEnumerable<State> All =>
    [
        new("settings", "plain", "With sessions elsewhere", scene => OpenAsync(scene, "/settings")),
        new("settings", "account-menu", "The account menu", async scene =>
        {
            await OpenAsync(scene, "/settings");
            await scene.PressAsync("Account menu");
            await scene.Named(AriaRole.Button, "Sign out").WaitForAsync();
        }),
        new("settings", "session-menu", "This session's menu", scene => OpenAsync(scene, "/settings"),
            scene => scene.Named(AriaRole.Heading, "Recent sessions"),
            InEach: scene => scene.OpenMenuAsync(Scene.Button(scene.Page.Locator("body"), "More for this session"))),
        new("settings", "delete", "Deleting the account", async scene =>
        {
            await OpenAsync(scene, "/settings/account/delete");
            await scene.SeeAsync("Every device is signed out at once");
        }),
        new("password", "plain", "As it opens", scene => OpenAsync(scene, "/settings/password")),
        new("password", "error", "A wrong current password", async scene =>
        {
            await OpenAsync(scene, "/settings/password");
            await ChangeAsync(scene, "not the password", "another long passphrase");
            await scene.SeeAsync("Wrong password.");
        }),
        new("password", "done", "Password changed", async scene =>
        {
            await OpenAsync(scene, "/settings/password");
            await ChangeAsync(scene, Application.Password, "another long passphrase");
            await scene.SeeAsync("Password changed");
        }),
    ];

    private static async Task OpenAsync(Scene scene, string path)
    {
        await scene.AddAsync(Past.Elsewhere(scene.Ada, scene.Clock.GetUtcNow()));
        await scene.SignInAsync(path);
    }

    private static async Task ChangeAsync(Scene scene, string current, string next)
    {
        await scene.Field("Current password").FillAsync(current);
        await scene.Field("New password").FillAsync(next);
        await scene.PressAsync("Change password");
    }
}
