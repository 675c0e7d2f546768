using Accounts.Core.Mail;
using Accounts.Stage;
using Microsoft.Playwright;

namespace Accounts.Pictures.States;

/// <summary>What emails lead to: links to sign in, to reset the password, to register and to change the email.</summary>
internal static class EmailStates
{
    private const string Link = "/sign-in/link";

    public static IEnumerable<State> All =>
    [
        new("sign-in-link", "ask", "As it opens", scene => scene.Page.GotoAsync(Link)),
        new("sign-in-link", "sent", "The link is on its way", scene => AskAsync(scene.Page, Link)),
        new("sign-in-link", "confirm", "The link is open", async scene =>
        {
            await AskAsync(scene.Page, Link);
            await OpenAsync(scene, MailKind.SignInLink, "Sign in here?");
        }),
        new("sign-in-link", "other-browser", "The link is open in another browser", async scene =>
        {
            await AskAsync(await scene.NewBrowserAsync(Browsers.Phone), Link);
            await OpenAsync(scene, MailKind.SignInLink, "This link was requested in another browser.");
        }),
        new("sign-in-link", "expired", "The link no longer works", async scene =>
        {
            await scene.Page.GotoAsync($"{Link}?token=used");
            await scene.SeeAsync("This link no longer works");
        }),
        new("sign-in-reset", "choose", "The link for a new password is open", async scene =>
        {
            await AskAsync(scene.Page, "/sign-in/reset");
            await OpenAsync(scene, MailKind.ResetLink, "Choose a new password");
        }),
        new("sign-in-restore", "choose", "The link that undoes a change of the email is open", async scene =>
        {
            await scene.SignInAsync("/settings/account/email");
            await scene.Field("New email").FillAsync("ada@example.org");
            await scene.PressAsync("Send link");
            await OpenAsync(scene, MailKind.EmailChangeLink, "for your account from now on?");
            await scene.PressAsync("Use this email");
            await scene.SeeAsync("We told the old one how to undo it.");
            await OpenAsync(scene, MailKind.EmailChanged, "Undo the change of your email");
        }),
        new("register", "choose", "The link is open", async scene =>
        {
            await scene.Page.GotoAsync("/register");
            await scene.Field("Name").FillAsync("Grace Hopper");
            await scene.Field("Email").FillAsync("grace@example.org");
            await scene.PressAsync("Continue");
            await scene.SeeAsync("Check your email");
            await OpenAsync(scene, MailKind.RegistrationLink, "Choose your password");
        }),
        new("settings", "email", "Changing the email", async scene =>
        {
            await scene.SignInAsync("/settings/account/email");
            await scene.SeeAsync("The old email can undo the change");
        }),
    ];

    /// <summary>Asks for a link for Ada.</summary>
    public static async Task AskAsync(IPage page, string path)
    {
        await page.GotoAsync(path);
        await page.GetByLabel(Words.Whole("Email"), new() { Exact = true }).FillAsync(Application.Email);
        await Scene.Button(page.Locator("main"), "Send link").ClickAsync();
        await page.GetByText(Words.Of("Check your email")).First.WaitForAsync();
    }

    private static async Task OpenAsync(Scene scene, MailKind kind, string sees)
    {
        await scene.Page.GotoAsync(await scene.Postman.LinkAsync(kind));
        await scene.SeeAsync(sees);
    }
}
