using Accounts.Core.Mail;
using Accounts.Demo;
using Accounts.Stage;
using Microsoft.Playwright;

namespace Accounts.Pictures.States;

/// <summary>The pages of administrators, and what support sees of an account.</summary>
internal static class AdministrationStates
{
    public static IEnumerable<State> All =>
    [
        new("administration", "users", "The users", scene => SignInAsync(scene, "root@example.test", "/admin", "Last seen")),
        new("administration", "account", "One account", AccountAsync),
        new("administration", "delete", "Deleting an account", scene => ActAsync(scene, "Delete…", "the owner's personal data is erased")),
        new("administration", "everybody", "Ending everybody's sessions", scene =>
            SignInAsync(scene, "root@example.test", "/admin/everybody", "You stay signed in here.")),
        new("administration", "system", "How the system is doing", scene =>
            SignInAsync(scene, "root@example.test", "/admin/system", "Health")),
        new("support-view", "sessions", "What support sees in a view", ViewAsync),
        // The last one: from now on, the application waits before it tries to send an email.
        new("administration", "mail", "No email can be sent", async scene =>
        {
            await SignInAsync(scene, "root@example.test", "/admin/system", "Health");
            scene.Postman.Down = "smtp.example.com:587 takes no emails: 421 Service not available";
            await EmailStates.AskAsync(await scene.NewBrowserAsync(Browsers.Phone), "/sign-in/link");
            for (var tries = 0; scene.Get<MailHealth>().Problem is null; tries++)
            {
                if (tries == 3000)
                    throw new TimeoutException("Sending the email didn't fail.");
                await Task.Delay(20);
            }

            await scene.Page.ReloadAsync();
            await scene.SeeAsync("No email can be sent");
            await LiveAsync(scene);
        }),
    ];

    private static async Task AccountAsync(Scene scene)
    {
        await SignInAsync(scene, "root@example.test", "/admin", "Last seen");
        await scene.Page.GetByRole(AriaRole.Link, new() { Name = "Ada Lovelace" }).First.ClickAsync();
        await scene.SeeAsync("The owner reads the reason in the audit log.");
    }

    private static async Task ActAsync(Scene scene, string act, string sees)
    {
        await AccountAsync(scene);
        await scene.Page.GetByRole(AriaRole.Link, new() { NameRegex = Words.Beginning(act) }).First.ClickAsync();
        await scene.SeeAsync(sees);
    }

    private static async Task ViewAsync(Scene scene)
    {
        await SignInAsync(scene, "sam@example.test", "/support", "This installation");
        await scene.Page.GotoAsync("/support?find=ada@example.test");
        await scene.Page.Locator(".acts .mud-button-filled").First.ClickAsync();
        await scene.Field("Reason").FillAsync(Words.Of("Ticket 4711"));
        await Scene.Button(scene.Page.Locator("main"), "View as").ClickAsync();
        await scene.SeeAsync("Viewing");
        await LiveAsync(scene);
    }

    private static async Task SignInAsync(Scene scene, string email, string path, string sees)
    {
        await scene.Get<DemoAccounts>().SeedAsync();
        await scene.Page.GotoAsync($"/sign-in?returnUrl={Uri.EscapeDataString(path)}");
        await scene.Field("Email").FillAsync(email);
        await scene.Field("Password").FillAsync(DemoAccounts.Password);
        await Scene.Button(scene.Page.Locator("main"), "Sign in").ClickAsync();
        await scene.SeeAsync(sees);
        await LiveAsync(scene);
    }

    // Until the page is live, it may say that it's still connecting.
    private static Task LiveAsync(Scene scene) =>
        scene.Page.Locator("#session-watch > i").WaitForAsync(new() { State = WaitForSelectorState.Attached });
}
