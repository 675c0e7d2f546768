using Accounts.Stage;
using Microsoft.Playwright;

namespace Accounts.Sheets;

/// <summary>Renders favicon.svg to PNG with Chromium, for systems that don't accept SVG.</summary>
internal static class Icons
{
    private static readonly (string Name, int Size, bool Full)[] All =
    [
        // Phones round the corners themselves, so these two fill the whole square.
        ("apple-touch-icon.png", 180, true),
        ("icon-maskable-512.png", 512, true),
        ("icon-192.png", 192, false),
        ("icon-512.png", 512, false),
    ];

    /// <summary>Writes the PNG files next to favicon.svg.</summary>
    /// <param name="folder">The folder with favicon.svg.</param>
    /// <param name="program">The path of Chromium.</param>
    public static async Task WriteAsync(string folder, string program)
    {
        var drawing = await File.ReadAllTextAsync(Path.Combine(folder, "favicon.svg"));
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await Chromium.StartAsync(playwright, program);
        foreach (var (name, size, full) in All)
        {
            var page = await browser.NewPageAsync(new() { ViewportSize = new ViewportSize { Width = size, Height = size } });
            await page.SetContentAsync($"<style>body {{ margin: 0 }} svg {{ display: block }} {(full ? "rect { rx: 0 }" : "")}</style>{drawing}");
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, name), OmitBackground = true });
            await page.CloseAsync();
        }
    }
}
