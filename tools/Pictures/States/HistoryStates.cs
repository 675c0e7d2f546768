using Microsoft.Playwright;

namespace Accounts.Pictures.States;

/// <summary>The history below the cards.</summary>
internal static class HistoryStates
{
    public static IEnumerable<State> All =>
    [
        new("history", "plain", "As it opens", SessionStates.OpenAsync, Heading),
        new("history", "filtered", "Filtered by a device", async scene =>
        {
            await FilterAsync(scene, "Firefox");
            await Assertions.Expect(Rows(scene).Filter(new() { HasText = "Edge 154 on Windows 10 or 11" })).ToHaveCountAsync(0);
        }, Heading),
        new("history", "none-found", "Nothing found", async scene =>
        {
            await FilterAsync(scene, "Netscape");
            await Assertions.Expect(Rows(scene)).ToHaveCountAsync(0);
        }, Heading),
    ];

    private static async Task FilterAsync(Scene scene, string text)
    {
        await SessionStates.OpenAsync(scene);
        await Field(scene).FillAsync(text);
        await Field(scene).PressAsync("Enter");
    }

    private static ILocator Heading(Scene scene) => scene.Page.GetByRole(AriaRole.Heading, new() { Name = "History", Exact = true });

    private static ILocator Rows(Scene scene) => Section(scene).Locator("tbody tr");

    private static ILocator Section(Scene scene) => scene.Page.Locator("section").Filter(new() { Has = Heading(scene) }).Last;

    // The first field that takes text: which device.
    private static ILocator Field(Scene scene) => Section(scene).Locator("input[type=search], input[type=text], input:not([type])").First;
}
