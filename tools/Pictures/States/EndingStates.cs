using Accounts.AspNetCore.Gate;
using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Stage;
using Microsoft.Playwright;

namespace Accounts.Pictures.States;

/// <summary>The Session manager just after a session has ended, and without a connection or database.</summary>
internal static class EndingStates
{
    public static IEnumerable<State> All =>
    [
        new("sessions", "ended-confirmed", "Just ended: the other browser confirmed", async scene =>
        {
            await OpenElsewhereAsync(scene);
            await TerminateAsync(scene);
            await scene.SeeAsync("Confirmed");
        }, Ended),
        new("sessions", "ended-nothing-open", "Just ended: no page was open there", async scene =>
        {
            await SessionStates.AskAsync(scene);
            await Scene.Button(scene.Dialog, "Terminate").ClickAsync();
            await scene.SeeAsync("No open tab.");
        }, Ended),
        new("sessions", "ended-not-confirmed", "Just ended: the other browser did not confirm", async scene =>
        {
            var other = await OpenElsewhereAsync(scene);
            // The other browser navigates to the signed-out page, but its request is never sent.
            await other.RouteAsync("**/signed-out", _ => Task.CompletedTask);
            await TerminateAsync(scene);
            await scene.SeeAsync("The device hasn't confirmed.", patience: 15_000);
        }, Ended),
        new("sessions", "connection-lost", "The connection is lost", async scene =>
        {
            await SessionStates.OpenAsync(scene);
            // The connection is closed, and no later request arrives.
            await scene.Page.RouteAsync("**/_blazor/**", route => route.AbortAsync());
            await scene.Page.RouteAsync("**/session/state", route => route.AbortAsync());
            scene.Get<SessionConnections>().Abort(scene.Own);
            await scene.SeeAsync("Connection lost");
        }),
        new("sessions", "no-database", "The database did not answer", async scene =>
        {
            await SessionStates.OpenAsync(scene);
            scene.Outage.On = true;
            var now = scene.Clock.GetUtcNow();
            scene.Get<SessionFeed>().Publish(new SessionChange.Started(scene.Ada, SessionId.New(now)));
            await scene.SeeAsync("We can't load the latest.");
        }),
    ];

    private static ILocator Ended(Scene scene) => scene.Card(SessionStates.Phone);

    private static async Task<IPage> OpenElsewhereAsync(Scene scene)
    {
        await scene.AddAsync(Past.Elsewhere(scene.Ada, scene.Clock.GetUtcNow())[1..]);
        var other = await scene.SignInElsewhereAsync(Browsers.Phone);
        await scene.AdvanceAsync(TimeSpan.FromMinutes(1));
        await scene.SignInAsync();
        return other;
    }

    private static async Task TerminateAsync(Scene scene)
    {
        await Scene.Button(scene.Card(SessionStates.Phone), "Terminate").ClickAsync();
        await Scene.Button(scene.Dialog, "Terminate").ClickAsync();
    }
}
