using Microsoft.Playwright;

namespace Accounts.Pictures.States;

/// <summary>The history below the cards.</summary>
internal static class HistoryStates
{
    public static IEnumerable<State> All =>
    [
        new("history", "plain", "As it opens", OpenAsync, Heading),
        new("history", "filtered", "Filtered by a device", async scene =>
        {
            await FilterAsync(scene, "Firefox");
            await Assertions.Expect(Rows(scene).Filter(new() { HasText = "Edge 154 on Windows 10 or 11" })).ToHaveCountAsync(0);
        }, Tools),
        new("history", "time", "The time filter", async scene =>
        {
            await OpenAsync(scene);
            await scene.Page.Locator(".history .drop summary").First.ClickAsync();
        }, Tools),
        new("history", "none-found", "Nothing found", async scene =>
        {
            await FilterAsync(scene, "Netscape");
            await Assertions.Expect(Rows(scene)).ToHaveCountAsync(0);
        }, Tools),
    ];

    private static async Task OpenAsync(Scene scene)
    {
        await SessionStates.OpenAsync(scene);
        // The page loads the history when you scroll near it.
        // The circuit may replace the heading at this moment: the page scrolls, not the element.
        await scene.Page.EvaluateAsync("() => document.getElementById('history').scrollIntoView()");
        await Rows(scene).First.WaitForAsync();
    }

    private static async Task FilterAsync(Scene scene, string text)
    {
        await OpenAsync(scene);
        await scene.Field("Search history").FillAsync(text);
    }

    private static ILocator Heading(Scene scene) => scene.Named(AriaRole.Heading, "History");

    private static ILocator Tools(Scene scene) => scene.Page.Locator(".history .table-tools");

    private static ILocator Rows(Scene scene) => scene.Page.Locator(".history tbody tr");
}
