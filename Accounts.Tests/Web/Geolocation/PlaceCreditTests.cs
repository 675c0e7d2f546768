using Accounts.Core.Geolocation;
using Accounts.Core.Settings;
using Accounts.Tests.Fixtures;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Microsoft.Extensions.Configuration;

namespace Accounts.Tests.Web.Geolocation;

/// <summary>The credit that the database's licence requires on pages with places.</summary>
public sealed class PlaceCreditTests : IDisposable
{
    private const string Words = "Places by Example <Lite>";
    private const string GeoLite = "This product includes GeoLite Data created by MaxMind, available from https://www.maxmind.com";
    private const string Link = "https://places.example/lite";

    private readonly TempFolder _folder = new();

    private string Own => _folder.File("own.bin");

    [Fact]
    public async Task The_bundled_database_keeps_its_own_credit_whatever_the_settings()
    {
        Assert.Equal(("IP Geolocation by DB-IP", "https://db-ip.com/"), await CreditAsync());
        Assert.Equal(("IP Geolocation by DB-IP", "https://db-ip.com/"), await CreditAsync(Given));
    }

    [Fact]
    public async Task A_configured_file_shows_the_configured_credit()
    {
        await File.WriteAllBytesAsync(Own, PlaceData.Small(type: 3).Write());
        Assert.Equal((Words, Link), await CreditAsync([("Geolocation:Path", Own), .. Given]));
        Assert.Equal((null, null), await CreditAsync(("Geolocation:Path", Own)));
    }

    [Theory]
    [InlineData("GeoLite2-City", GeoLite, "https://www.maxmind.com/")]
    [InlineData("DBIP-City-Lite", "IP Geolocation by DB-IP", "https://db-ip.com/")]
    [InlineData("GeoIP2-City", Words, Link)]
    public async Task A_MaxMind_file_shows_the_credit_of_its_type_before_the_configured_one(string type, string text, string link)
    {
        await File.WriteAllBytesAsync(Own, MaxMindData.Sample(type: type).Write());
        Assert.Equal((text, link), await CreditAsync([("Geolocation:Path", Own), .. Given]));
    }

    [Fact]
    public async Task The_readiness_answer_has_the_credit_even_after_a_replacement()
    {
        await File.WriteAllBytesAsync(Own, PlaceData.Small(type: 3).Write());
        await using var site = AccountsSite.Start(settings: [("Geolocation:Path", Own), .. Given]);
        await File.WriteAllBytesAsync(Own, PlaceData.Small(type: 1).Write());
        site.Get<PlaceUpkeep>().Check();
        using var watcher = site.Visit();
        var answer = await watcher.ReadAsync("/health/ready");
        Assert.Contains("\"type\":\"DB1\"", answer, StringComparison.Ordinal);
        Assert.Contains($", {Link}\"", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("licence", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Words, Link, true)]
    [InlineData("", "", true)]
    [InlineData(Words, "", false)]
    [InlineData("", Link, false)]
    [InlineData("  ", Link, false)]
    [InlineData("two\nlines", Link, false)]
    [InlineData(Words, "http://places.example/", false)]
    [InlineData(Words, "javascript:alert(1)", false)]
    [InlineData(Words, "https://name:word@places.example/", false)]
    [InlineData(Words, "/places", false)]
    [InlineData(Words, "https://", false)]
    public void Text_needs_an_https_link_and_a_link_needs_text(string text, string link, bool isGood) => Assert.Equal(isGood, IsGood(text, link));

    [Fact]
    public void Text_and_link_have_maximum_lengths()
    {
        Assert.True(IsGood(new string('w', 200), Link));
        Assert.False(IsGood(new string('w', 201), Link));
        Assert.True(IsGood(Words, "https://places.example/".PadRight(500, 'x')));
        Assert.False(IsGood(Words, "https://places.example/".PadRight(501, 'x')));
    }

    public void Dispose() => _folder.Dispose();

    private static (string, string)[] Given => [("Geolocation:AttributionText", Words), ("Geolocation:AttributionLink", Link)];

    private static bool IsGood(string text, string link) =>
        SettingsOf.Problems(("Geolocation:AttributionText", text), ("Geolocation:AttributionLink", link)).Length == 0;

    private static async Task<(string? Text, string? Link)> CreditAsync(params (string, string)[] settings)
    {
        await using var site = AccountsSite.Start(settings: settings);
        await site.RegisterAsync("ada@example.test");
        using var ada = await site.SignInAsync("ada@example.test");
        var page = new HtmlParser().ParseDocument(await ada.ReadAsync("/settings"));
        var credit = page.QuerySelectorAll(".credit a").OfType<IHtmlAnchorElement>().SingleOrDefault();
        return (credit?.TextContent, credit?.Href);
    }
}
