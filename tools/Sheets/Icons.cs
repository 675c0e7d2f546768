using Accounts.Stage;
using Microsoft.Playwright;

namespace Accounts.Sheets;

/// <summary>The mark as pictures, for systems that take no drawing: favicon.svg as Chromium shows it.</summary>
internal static class Icons
{
    private static readonly (string Name, int Size, bool Full)[] All =
    [
        // Phones cut their own corners: these two reach to the edge.
        ("apple-touch-icon.png", 180, true),
        ("icon-maskable-512.png", 512, true),
        ("icon-192.png", 192, false),
        ("icon-512.png", 512, false),
    ];

    /// <summary>Writes the pictures beside the drawing.</summary>
    /// <param name="folder">Where favicon.svg is.</param>
    /// <param name="program">Chromium.</param>
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
