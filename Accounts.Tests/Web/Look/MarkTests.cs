using System.Buffers.Binary;
using System.Net;
using System.Text.Json;
using Accounts.Tests.Fixtures;
using Accounts.Web.Look;
using AngleSharp.Html.Parser;
using MudBlazor.Utilities;

namespace Accounts.Tests.Web.Look;

/// <summary>The product's mark wherever it appears: in a tab, on a home screen, as an installed application.</summary>
public sealed class MarkTests
{
    [Fact]
    public void Pages_and_tabs_show_the_same_mark()
    {
        Assert.Contains($"d=\"{Mark.Outline}\"", Repository.Read("Accounts.Web/wwwroot/favicon.svg"), StringComparison.Ordinal);
        Assert.Contains($"d=\"{Mark.Outline}\"", Mark.Drawing.Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_icon_that_a_page_names_is_served_without_signing_in()
    {
        await using var site = AccountsSite.Start();
        using var visitor = site.Visit();
        var page = new HtmlParser().ParseDocument(await visitor.ReadAsync("/sign-in"));
        string Href(string rel) => page.QuerySelector($"link[rel={rel}]")!.GetAttribute("href")!;

        Assert.Equal("<svg "u8.ToArray(), (await FetchAsync(visitor, Href("icon"), "image/svg+xml"))[..5]);
        Assert.Equal((180, 180), SizeOf(await FetchAsync(visitor, Href("apple-touch-icon"), "image/png")));

        using var manifest = JsonDocument.Parse(await FetchAsync(visitor, Href("manifest"), "application/manifest+json"));
        string Text(string name) => manifest.RootElement.GetProperty(name).GetString()!;
        var background = AccountsTheme.Theme.PaletteLight.Background.ToString(MudColorOutputFormats.Hex);
        Assert.Equal(
            ("Accounts", "/settings/sessions", "standalone", background, background),
            (Text("name"), Text("start_url"), Text("display"), Text("theme_color"), Text("background_color")));
        var icons = manifest.RootElement.GetProperty("icons").EnumerateArray().ToList();
        Assert.Equal(3, icons.Count);
        foreach (var icon in icons)
        {
            var (width, height) = SizeOf(await FetchAsync(visitor, icon.GetProperty("src").GetString()!, icon.GetProperty("type").GetString()!));
            Assert.Equal(icon.GetProperty("sizes").GetString(), $"{width}x{height}");
        }
    }

    private static async Task<byte[]> FetchAsync(Visitor visitor, string path, string type)
    {
        using var answer = await visitor.GetAsync("/" + path);
        Assert.Equal((path, HttpStatusCode.OK, type), (path, answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        return await answer.Content.ReadAsByteArrayAsync();
    }

    // https://www.w3.org/TR/png-3/#11IHDR
    private static (int Width, int Height) SizeOf(byte[] png)
    {
        Assert.Equal("IHDR"u8.ToArray(), png[12..16]);
        return (BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20)));
    }
}
