using System.Text.RegularExpressions;
using Accounts.Stage;
using Microsoft.Playwright;
using OtpNet;

namespace Accounts.Pictures.States;

/// <summary>The security page, two-factor and passkeys.</summary>
internal static partial class SecurityStates
{
    private const string Security = "/settings/security";

    public static IEnumerable<State> All =>
    [
        new("security", "plain", "As it opens", scene => OpenAsync(scene, Security)),
        new("security", "whole", "With a passkey and two-factor", async scene =>
        {
            await OpenAsync(scene, $"{Security}/passkeys/add");
            await AddPasskeyAsync(scene);
            await scene.Field("Name").FillAsync("Work laptop");
            await scene.PressAsync("Save");
            await scene.SeeAsync("Add a passkey");
            await TurnOnAsync(scene);
            await scene.Page.GotoAsync(Security);
            await scene.SeeAsync("Recovery codes");
        }),
        new("passkey", "new", "A new passkey", async scene =>
        {
            await OpenAsync(scene, $"{Security}/passkeys/add");
            await AddPasskeyAsync(scene);
        }),
        new("two-factor", "set-up", "Setting it up", scene => OpenAsync(scene, $"{Security}/two-factor")),
        new("two-factor", "codes", "The recovery codes", async scene =>
        {
            await OpenAsync(scene, Security);
            await TurnOnAsync(scene);
        }),
        new("sign-in", "code", "The second step", async scene =>
        {
            await OpenAsync(scene, Security);
            await TurnOnAsync(scene);
            // The cookie of the language stays.
            await scene.Page.Context.ClearCookiesAsync(new() { NameRegex = SessionCookie });
            await scene.Page.GotoAsync("/sign-in");
            await scene.Field("Email").FillAsync(Application.Email);
            await scene.Field("Password").FillAsync(Application.Password);
            await Scene.Button(scene.Page.Locator("main"), "Sign in").ClickAsync();
            await scene.SeeAsync("Enter your code");
        }),
    ];

    [GeneratedRegex("session", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SessionCookie { get; }

    private static async Task OpenAsync(Scene scene, string path)
    {
        await scene.AddAsync(Past.Elsewhere(scene.Ada, scene.Clock.GetUtcNow()));
        await scene.SignInAsync(path);
    }

    private static async Task AddPasskeyAsync(Scene scene)
    {
        await VirtualAuthenticator.AddAsync(scene.Page);
        await scene.PressAsync("Create a passkey");
        await scene.SeeAsync("Passkey added.");
    }

    private static async Task TurnOnAsync(Scene scene)
    {
        await scene.Page.GotoAsync($"{Security}/two-factor");
        var key = Base32Encoding.ToBytes((await scene.Page.Locator(".key code").InnerTextAsync()).Replace(" ", "", StringComparison.Ordinal));
        await scene.Field("Code from the app").FillAsync(new Totp(key).ComputeTotp(scene.Clock.GetUtcNow().UtcDateTime));
        await scene.PressAsync("Turn on");
        await scene.SeeAsync("Save your recovery codes");
    }
}
