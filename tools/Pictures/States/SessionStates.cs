using Accounts.Stage;
using Microsoft.Playwright;

namespace Accounts.Pictures.States;

/// <summary>The Session manager while nothing has ended yet.</summary>
internal static class SessionStates
{
    /// <summary>The title of one of the cards.</summary>
    public const string Phone = "Safari 26 on iOS 26";

    public static IEnumerable<State> All =>
    [
        new("sessions", "one", "This device only", scene => scene.SignInAsync()),
        new("sessions", "several", "Several devices", OpenAsync),
        new("sessions", "new-browser", "A sign-in from a browser that is new", async scene =>
        {
            var now = scene.Clock.GetUtcNow();
            await scene.AddAsync(Past.Live(scene.Ada, now.AddMinutes(-12), now.AddMinutes(-11), Browsers.Android, "143.107.1.0", 2, newBrowser: true));
            await OpenAsync(scene);
        }),
        new("sessions", "same-browser", "Two of the same program", async scene =>
        {
            var now = scene.Clock.GetUtcNow();
            await scene.AddAsync(
                Past.Live(scene.Ada, now.AddDays(-3), now.AddMinutes(-40), Browsers.Windows, "131.130.1.0", 12),
                Past.Live(scene.Ada, now.AddDays(-8), now.AddHours(-30), Browsers.Windows, "131.111.8.0", 57));
            await scene.SignInAsync();
        }),
        new("sessions", "rename", "The question for a name", async scene =>
        {
            await OpenAsync(scene);
            await Scene.Button(scene.Card(Phone), "Rename").ClickAsync();
            await scene.Dialog.WaitForAsync();
        }),
        new("sessions", "terminate", "The question before an ending", AskAsync),
        new("sessions", "terminate-failed", "The database did not answer to it", async scene =>
        {
            await AskAsync(scene);
            scene.Outage.On = true;
            await Scene.Button(scene.Dialog, "Terminate").ClickAsync();
            await scene.SeeAsync("Not terminated");
        }),
        new("sessions", "sign-out-everywhere", "The question before all end", async scene =>
        {
            await OpenAsync(scene);
            await scene.PressAsync("Sign out everywhere");
            await scene.Dialog.WaitForAsync();
        }),
        new("sessions", "many", "More than twelve", OpenManyAsync),
        new("sessions", "many-rows", "More than twelve, the rows", OpenManyAsync, scene => scene.Page.GetByRole(AriaRole.Heading, new() { Name = "Less active" })),
        new("sessions", "many-filtered", "More than twelve, filtered", async scene =>
        {
            await OpenManyAsync(scene);
            await Filter(scene).FillAsync("iOS 26");
            await Assertions.Expect(scene.Cards.Filter(new() { HasText = "Firefox" })).ToHaveCountAsync(0);
        }, Filter),
    ];

    /// <summary>Opens the Session manager with several devices and a history.</summary>
    public static async Task OpenAsync(Scene scene)
    {
        await scene.AddAsync([.. Past.Elsewhere(scene.Ada, scene.Clock.GetUtcNow()), .. Past.History(scene.Ada, scene.Clock.GetUtcNow())]);
        await scene.SignInAsync();
    }

    /// <summary>Asks for the phone's session to be terminated.</summary>
    public static async Task AskAsync(Scene scene)
    {
        await OpenAsync(scene);
        await Scene.Button(scene.Card(Phone), "Terminate").ClickAsync();
        await Scene.Button(scene.Dialog, "Terminate").WaitForAsync();
    }

    private static async Task OpenManyAsync(Scene scene)
    {
        await scene.AddAsync(Past.Many(scene.Ada, scene.Clock.GetUtcNow(), 24));
        await scene.SignInAsync();
        await Filter(scene).WaitForAsync();
    }

    private static ILocator Filter(Scene scene) => scene.Page.GetByLabel("Filter", new() { Exact = true }).First;
}
