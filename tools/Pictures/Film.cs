using Accounts.Pictures.States;
using Accounts.Stage;
using Microsoft.Playwright;

namespace Accounts.Pictures;

/// <summary>The README's animation: two browsers side by side. One terminates the other's session, and the other leaves.</summary>
internal static class Film
{
    public const string File = "terminated.png";

    private const int Height = 720;
    private const int Gap = 24;
    private const int Paper = 0xFFFFFF;

    public static async Task MakeAsync(Scene scene, string folder)
    {
        await scene.Page.SetViewportSizeAsync(1040, Height);
        await scene.SignInAsync();
        await scene.AddAsync(Past.Elsewhere(scene.Ada, scene.Clock.GetUtcNow())[1..]);
        await scene.AdvanceAsync(TimeSpan.FromMinutes(3));
        var other = await scene.SignInElsewhereAsync(Browsers.Phone);
        await other.SetViewportSizeAsync(390, Height);
        await scene.AdvanceAsync(TimeSpan.FromMinutes(1));
        await scene.Page.ReloadAsync();
        await scene.SeeAsync("Yes, it was me");
        // Holds the other browser's navigation until its picture is taken.
        var leave = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await other.RouteAsync("**/signed-out", async route =>
        {
            await leave.Task;
            await route.ContinueAsync();
        });

        List<(Picture, TimeSpan)> frames = [];
        // A page can't be captured during a navigation, though it still shows its old content.
        var there = await PictureAsync(other);
        await TakeAsync(2.0);
        await Scene.Button(scene.Card(SessionStates.Phone), "Terminate").ClickAsync();
        await Scene.Button(scene.Dialog, "Terminate").WaitForAsync();
        await TakeAsync(1.6);
        await Scene.Button(scene.Dialog, "Terminate").ClickAsync();
        await scene.SeeAsync("Signing out…");
        await Assertions.Expect(scene.Dialog).ToHaveCountAsync(0);
        await TakeAsync(0.7);
        leave.SetResult();
        await scene.SeeAsync("Confirmed");
        await other.GetByRole(AriaRole.Heading, new() { Level = 1 }).WaitForAsync();
        there = await PictureAsync(other);
        await TakeAsync(3.5);
        await System.IO.File.WriteAllBytesAsync(Path.Combine(folder, File), Png.Film(frames));

        async Task TakeAsync(double seconds) =>
            frames.Add(((await PictureAsync(scene.Page)).Beside(there, Gap, Paper), TimeSpan.FromSeconds(seconds)));
    }

    private static async Task<Picture> PictureAsync(IPage page) =>
        Png.Read(await page.ScreenshotAsync(new() { Animations = ScreenshotAnimations.Disabled, Caret = ScreenshotCaret.Hide }));
}
