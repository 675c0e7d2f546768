using System.Xml.Linq;
using Accounts.Tests.Browser.Kit;
using Accounts.Tests.Fixtures;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using MudBlazor;
using MudBlazor.Services;

namespace Accounts.Tests.Browser;

/// <summary>The purged style sheet looks exactly like the whole one, in light and dark, pixel by pixel.</summary>
[Collection(BrowserTests.Name)]
public sealed class MudBlazorSheetTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";
    private const string Whole = "/the-whole-sheet.css";

    [Theory]
    [InlineData(ColorScheme.Light, false)]
    [InlineData(ColorScheme.Light, true)]
    [InlineData(ColorScheme.Dark, false)]
    [InlineData(ColorScheme.Dark, true)]
    public async Task Every_component_in_use_looks_the_same(ColorScheme colors, bool dialog)
    {
        await using var site = AccountsSite.Start();
        await using var person = await OpenAsync(site, colors);
        var markup = await RenderKitAsync(dialog);
        await person.Page.RouteAsync("**/kit", route => route.FulfillAsync(new() { ContentType = "text/html; charset=utf-8", Body = $"""
            <!DOCTYPE html>
            <html><head>
              <link rel="stylesheet" href="theme.css" /><link rel="stylesheet" href="tokens.css" /><link rel="stylesheet" href="mudblazor.css" />
            </head><body>{markup}</body></html>
            """ }));
        await person.GoAsync("/kit");
        await Assertions.Expect(person.Page.GetByText("Third")).ToBeVisibleAsync();
        await Assertions.Expect(person.Page.GetByText("Careful")).ToHaveCountAsync(dialog ? 1 : 0);
        await CompareAsync(person.Page);
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Pages_look_the_same(ColorScheme colors)
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var other = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await using var ada = await OpenAsync(site, colors);
        await ada.GoAsync("/sign-in");
        await CompareAsync(ada.Page);

        await ada.SignInAsync(Ada);
        foreach (var path in new[] { "/settings", "/settings/audit" })
        {
            await ada.OpenAsync(path);
            await CompareAsync(ada.Page);
        }

        await ada.OpenAsync("/settings/sessions");
        await ada.WaitForCardsAsync(2);
        await CompareAsync(ada.Page);
        await ada.AskToTerminateAsync(ada.Cards.Last);
        await CompareAsync(ada.Page);
    }

    private async Task<Person> OpenAsync(AccountsSite site, ColorScheme colors)
    {
        var person = await Person.OpenAsync(chromium, site);
        await person.Page.EmulateMediaAsync(new() { ColorScheme = colors, ReducedMotion = ReducedMotion.Reduce });
        // Relative times stand still.
        await person.Page.Clock.SetFixedTimeAsync(TimeProvider.System.GetUtcNow().UtcDateTime);
        await person.Page.RouteAsync("**" + Whole, route => route.FulfillAsync(new() { Path = WholeSheet() }));
        return person;
    }

    private static async Task CompareAsync(IPage page)
    {
        // The page is live. Only if it looks the same before and after can a difference in between come from the sheet.
        int? different = null;
        for (var attempt = 0; attempt < 6 && different is not 0; attempt++)
        {
            var purged = await PictureAsync(page);
            await SwapAsync(page, Whole);
            var whole = await PictureAsync(page);
            await SwapAsync(page, "mudblazor.css");
            var again = await PictureAsync(page);
            // Counts the differing pixels only if the files differ: equal pixels make equal files.
            if (purged.AsSpan().SequenceEqual(again))
                different = purged.AsSpan().SequenceEqual(whole) ? 0 : await CountAsync(page, purged, whole);
        }

        Assert.True(different is not null, $"{page.Url} never holds still.");
        Assert.True(different == 0, $"{page.Url}: {different} pixels differ without the rules that were purged.");
    }

    private static async Task<byte[]> PictureAsync(IPage page)
    {
        await page.Mouse.MoveAsync(0, 0);
        return await page.ScreenshotAsync(new() { FullPage = true, Animations = ScreenshotAnimations.Disabled, Caret = ScreenshotCaret.Hide });
    }

    private static Task SwapAsync(IPage page, string sheet) => page.EvaluateAsync("""
        sheet => new Promise((done, failed) => {
          const old = document.querySelector("link[href*='mudblazor'], link[href*='the-whole-sheet']");
          const link = old.cloneNode();
          link.onload = () => { old.remove(); requestAnimationFrame(() => requestAnimationFrame(done)); };
          link.onerror = failed;
          link.href = sheet;
          old.after(link);
        })
        """, sheet);

    private static async Task<int> CountAsync(IPage page, byte[] left, byte[] right)
    {
        var blank = await page.Context.NewPageAsync();
        return await blank.EvaluateAsync<int>("""
            async pictures => {
              const [a, b] = await Promise.all(pictures.map(async text => {
                const picture = await createImageBitmap(new Blob([Uint8Array.from(atob(text), c => c.charCodeAt(0))]));
                const canvas = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
                canvas.drawImage(picture, 0, 0);
                const { data } = canvas.getImageData(0, 0, picture.width, picture.height);
                return { width: picture.width, height: picture.height, pixels: new Uint32Array(data.buffer) };
              }));
              if (a.width !== b.width || a.height !== b.height) return Math.max(a.pixels.length, b.pixels.length);
              return a.pixels.reduce((count, pixel, i) => count + (pixel === b.pixels[i] ? 0 : 1), 0);
            }
            """, new[] { Convert.ToBase64String(left), Convert.ToBase64String(right) });
    }

    private static async Task<string> RenderKitAsync(bool dialog)
    {
        await using var context = new BunitContext();
        context.JSInterop.Mode = JSRuntimeMode.Loose;
        context.Services.AddMudServices();
        var kit = context.Render<Kit.Kit>();
        kit.Find(".mud-menu button").Click();
        await kit.WaitForAssertionAsync(() => Assert.Contains("Third", kit.Markup, StringComparison.Ordinal));
        if (dialog)
        {
            await kit.InvokeAsync(() => context.Services.GetRequiredService<IDialogService>().ShowAsync<KitDialog>());
            await kit.WaitForAssertionAsync(() => Assert.Contains("Careful", kit.Markup, StringComparison.Ordinal));
        }

        return kit.Markup;
    }

    private static string WholeSheet()
    {
        var version = XDocument.Parse(Repository.Read("Directory.Packages.props")).Descendants("PackageVersion")
            .Single(package => (string?)package.Attribute("Include") is "MudBlazor").Attribute("Version")!.Value;
        return Path.Combine(Packages.MachinePackages, "mudblazor", version, "staticwebassets", "MudBlazor.min.css");
    }
}
