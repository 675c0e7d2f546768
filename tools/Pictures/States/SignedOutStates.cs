using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Manager;
using Accounts.Core.Sessions;
using Accounts.Stage;
using Microsoft.Playwright;

namespace Accounts.Pictures.States;

/// <summary>The pages for users who aren't signed in, or not any more.</summary>
internal static class SignedOutStates
{
    public static IEnumerable<State> All =>
    [
        new("sign-in", "plain", "As it opens", scene => scene.Page.GotoAsync("/sign-in")),
        new("sign-in", "error", "A wrong password", async scene =>
        {
            await scene.Page.GotoAsync("/sign-in");
            await scene.Field("Email").FillAsync(Application.Email);
            await scene.Field("Password").FillAsync("not the password");
            await scene.PressAsync("Sign in");
            await scene.SeeAsync("Wrong email or password.");
        }),
        new("register", "plain", "As it opens", scene => scene.Page.GotoAsync("/register")),
        new("register", "errors", "Submitted with errors", async scene =>
        {
            await scene.Page.GotoAsync("/register");
            await scene.Field("Email").FillAsync("ada at example");
            await scene.PressAsync("Continue");
            await scene.SeeAsync("Enter your name");
        }),
        new("help", "plain", "Can't get in?", scene => scene.Page.GotoAsync("/help/access")),
        new("signed-out", "terminated", "Terminated from another device", async scene =>
        {
            var elsewhere = Past.Elsewhere(scene.Ada, scene.Clock.GetUtcNow());
            await scene.AddAsync(elsewhere);
            await scene.SignInAsync();
            var caller = Caller.InBrowser(
                scene.Ada, new SessionId(elsewhere[0].Id), SessionKey.Mark(elsewhere[0].KeyHash), Browsers.Address, scene.Clock.GetUtcNow());
            await scene.Get<SessionService>().TerminateAsync(caller, scene.Own);
            await scene.SeeAsync("from another device");
        }),
        new("signed-out", "expired", "Expired", async scene =>
        {
            await scene.SignInAsync();
            await scene.AdvanceAsync(TimeSpan.FromDays(2));
            await scene.Get<SessionUpkeep>().SweepAsync();
            await scene.SeeAsync("has expired");
        }),
        new("signed-out", "by-oneself", "Signed out on this device", async scene =>
        {
            await scene.SignInAsync();
            await scene.PressAsync("Account menu");
            await scene.Named(AriaRole.Button, "Sign out").ClickAsync();
            await scene.SeeAsync("You're signed out");
        }),
    ];
}
