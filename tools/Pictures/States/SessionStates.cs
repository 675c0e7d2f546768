using Accounts.Stage;
using Microsoft.Playwright;

namespace Accounts.Pictures.States;

/// <summary>The Session manager before any session has ended.</summary>
internal static class SessionStates
{
    /// <summary>The title of one card.</summary>
    public const string Phone = "Safari 26 on iOS 26";

    public static IEnumerable<State> All =>
    [
        new("sessions", "one", "This device only", scene => scene.SignInAsync()),
        new("sessions", "several", "Several devices", OpenAsync, Wide: true),
        new("sessions", "question", "A sign-in from a new browser", async scene =>
        {
            // The browser in the picture was the account's first, so it may answer.
            await scene.SignInAsync();
            await scene.AddAsync(Past.Elsewhere(scene.Ada, scene.Clock.GetUtcNow()));
            await scene.AdvanceAsync(TimeSpan.FromHours(3));
            var now = scene.Clock.GetUtcNow();
            await scene.AddAsync(
                Past.Live(scene.Ada, now.AddMinutes(-12), now.AddMinutes(-11), Browsers.Android, "143.107.1.0", 2, newBrowser: true));
            await scene.Page.ReloadAsync();
            await scene.SeeAsync("Yes, it was me");
        }, Wide: true),
        new("sessions", "same-browser", "Two sessions in the same kind of browser", async scene =>
        {
            var now = scene.Clock.GetUtcNow();
            await scene.AddAsync(
                Past.Live(scene.Ada, now.AddDays(-3), now.AddMinutes(-40), Browsers.Windows, "131.130.1.0", 12),
                Past.Live(scene.Ada, now.AddDays(-8), now.AddHours(-30), Browsers.Windows, "131.111.8.0", 57));
            await scene.SignInAsync();
        }),
        new("sessions", "menu", "A card's menu", OpenAsync, InEach: OpenMenuHereAsync),
        new("sessions", "rename", "The dialog for a name", async scene =>
        {
            await OpenMenuAsync(scene);
            await scene.Named(AriaRole.Menuitem, "Rename").ClickAsync();
            await scene.Dialog.WaitForAsync();
        }),
        new("sessions", "details", "The details of a session", async scene =>
        {
            await OpenMenuAsync(scene);
            await scene.Named(AriaRole.Menuitem, "Details").ClickAsync();
            await scene.Dialog.WaitForAsync();
        }),
        new("sessions", "terminate", "The dialog before a session ends", AskAsync),
        new("sessions", "terminate-failed", "The database did not answer while ending a session", async scene =>
        {
            await AskAsync(scene);
            scene.Outage.On = true;
            await Scene.Button(scene.Dialog, "Terminate").ClickAsync();
            await scene.SeeAsync("Couldn't terminate it.");
        }),
        new("sessions", "sign-out-everywhere", "The dialog before all other sessions end", async scene =>
        {
            await OpenAsync(scene);
            await scene.PressAsync("Sign out everywhere");
            await scene.Dialog.WaitForAsync();
        }),
        new("sessions", "thirteen", "13 sessions, in groups", scene => OpenManyAsync(scene, 12), Wide: true),
        new("sessions", "thirteen-selected", "3 of 13 sessions selected", async scene =>
        {
            await OpenManyAsync(scene, 12);
            await scene.PressAsync("Select");
            foreach (var card in new[] { 1, 2, 5 })
                await scene.Cards.Nth(card).GetByRole(AriaRole.Checkbox).CheckAsync();
            await scene.SeeAsync("3 selected");
        }, Wide: true),
        new("sessions", "question-new", "A new sign-in, seen from a browser that is too new to answer", async scene =>
        {
            var now = scene.Clock.GetUtcNow();
            await scene.AddAsync(
                Past.Live(scene.Ada, now.AddMinutes(-12), now.AddMinutes(-11), Browsers.Android, "143.107.1.0", 2, newBrowser: true));
            await OpenAsync(scene);
            await scene.SeeAsync("because this session is new too");
        }),
        new("sessions", "six-hundred", "600 sessions", scene => OpenManyAsync(scene, 599), Wide: true),
        new("sessions", "many", "124 sessions", scene => OpenManyAsync(scene, 123), Wide: true),
        new("sessions", "many-rows", "124 sessions, the rows", scene => OpenManyAsync(scene, 123), scene => scene.Page.Locator("#rows"), Wide: true),
        new("sessions", "many-filtered", "124 sessions, filtered", async scene =>
        {
            await OpenManyAsync(scene, 123);
            await Search(scene).FillAsync("iOS 26");
            await Assertions.Expect(scene.Cards.Filter(new() { HasText = "Firefox" })).ToHaveCountAsync(0);
        }, Search),
    ];

    /// <summary>Opens the Session manager with several devices and a history.</summary>
    public static async Task OpenAsync(Scene scene)
    {
        await scene.AddAsync([.. Past.Elsewhere(scene.Ada, scene.Clock.GetUtcNow()), .. Past.History(scene.Ada, scene.Clock.GetUtcNow())]);
        await scene.SignInAsync();
    }

    /// <summary>Clicks Terminate on the phone's session, which opens the dialog.</summary>
    public static async Task AskAsync(Scene scene)
    {
        await OpenAsync(scene);
        await Scene.Button(scene.Card(Phone), "Terminate").ClickAsync();
        await Scene.Button(scene.Dialog, "Terminate").WaitForAsync();
    }

    private static async Task OpenMenuAsync(Scene scene)
    {
        await OpenAsync(scene);
        await OpenMenuHereAsync(scene);
    }

    private static Task OpenMenuHereAsync(Scene scene) => scene.OpenMenuAsync(Scene.Button(scene.Card(Phone), "More for"));

    private static async Task OpenManyAsync(Scene scene, int others)
    {
        await scene.AddAsync(Past.Many(scene.Ada, scene.Clock.GetUtcNow(), others));
        await scene.SignInAsync();
        await Search(scene).WaitForAsync();
    }

    private static ILocator Search(Scene scene) => scene.Named(AriaRole.Searchbox, "Search sessions");
}
