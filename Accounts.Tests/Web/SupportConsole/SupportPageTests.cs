using System.Net;
using Accounts.Core.Administration;
using Accounts.Core.Geolocation;
using Accounts.Demo;
using Accounts.Tests.Fixtures;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using static Accounts.Tests.Fixtures.PageText;

namespace Accounts.Tests.Web.SupportConsole;

/// <summary>The Support page: who may open it, and what it says about the installation.</summary>
public sealed class SupportPageTests
{
    private const string Sam = "sam@example.test";

    [Theory]
    [InlineData(Sam)]
    [InlineData("root@example.test")]
    public async Task Support_and_administrators_find_the_page_in_the_navigation(string email)
    {
        await using var site = await StartAsync();
        using var staff = await site.SignInToDemoAsync(email);
        var page = Parse(await staff.ReadAsync("/settings"));
        var link = Assert.Single(page.QuerySelectorAll("nav ul a"), a => a.TextContent.Trim() is "Support");
        var support = Parse(await staff.ReadAsync("/" + link.GetAttribute("href")));
        Assert.Equal("Support", support.QuerySelector("h1")!.TextContent);
        Assert.Equal("Support", Assert.Single(support.QuerySelectorAll("nav [aria-current=page]")).TextContent.Trim());
        await using var circuit = await site.OpenAsync(staff, "/support");
        Assert.NotEmpty(circuit.Secret);
    }

    [Fact]
    public async Task For_other_users_the_page_does_not_exist()
    {
        await using var site = await StartAsync();
        using var ada = await site.SignInToDemoAsync("ada@example.test");
        Assert.DoesNotContain("support", Parse(await ada.ReadAsync("/settings")).QuerySelector("nav")!.InnerHtml, StringComparison.OrdinalIgnoreCase);

        using var denied = await ada.GetAsync("/support");
        using var unknown = await ada.GetAsync("/there-is-no-such-page");
        Assert.Equal(HttpStatusCode.NotFound, denied.StatusCode);
        Assert.Equal(unknown.StatusCode, denied.StatusCode);
        Assert.Equal(Headers(unknown), Headers(denied));
        Assert.Equal(await WordsAsync(unknown), await WordsAsync(denied));

        using var posted = await ada.PostAsync("/support", new Dictionary<string, string>(StringComparer.Ordinal));
        Assert.Equal(HttpStatusCode.NotFound, posted.StatusCode);
    }

    [Fact]
    public async Task A_signed_out_visitor_is_redirected_to_sign_in_and_back()
    {
        await using var site = await StartAsync();
        using var visitor = site.Visit();
        using var answer = await visitor.GetAsync("/support");
        Assert.Equal("/sign-in?returnUrl=%2Fsupport", new Uri(site.Address, answer.Headers.Location!).PathAndQuery);
    }

    [EachEngineFact]
    public async Task The_page_shows_what_is_in_use()
    {
        await using var site = await StartAsync(
            new TestClock(), settings: [("Network:KnownProxies:0", "10.0.0.0/8"), ("Network:KnownProxies:1", "192.0.2.10")]);
        using var sam = await site.SignInToDemoAsync(Sam);
        var page = Parse(await sam.ReadAsync("/support"));
        Assert.Equal("Available", Fact(page, "Database"));
        Assert.Matches("^[0-9]+[.][0-9]+[.][0-9]+( [(][0-9a-f]{7}[)])?$", Fact(page, "Version"));
        Assert.Matches("^DB-IP Lite [(]bundled[)], DB1 Published [0-9]{1,2} [A-Z][a-z]+ 20[0-9]{2}$", Fact(page, "Geolocation database"));
        Assert.Equal("10.0.0.0/8 192.0.2.10", Fact(page, "Known proxies"));
        Assert.Equal("https://db-ip.com/",
            page.QuerySelectorAll("main a").OfType<IHtmlAnchorElement>().Single(a => a.TextContent is "IP Geolocation by DB-IP").Href);
        Assert.Equal("https://creativecommons.org/licenses/by/4.0/",
            page.QuerySelectorAll("main a").OfType<IHtmlAnchorElement>().Single(a => a.TextContent is "CC BY 4.0").Href);
        Assert.Empty(Notices(page));
    }

    [Fact]
    public async Task A_configured_geolocation_file_is_named_without_the_bundled_licence()
    {
        using var folder = new TempFolder();
        await File.WriteAllBytesAsync(folder.File("own.bin"), PlaceData.Small(type: 3).Write());
        await using var site = await StartAsync(settings: [("Geolocation:Path", folder.File("own.bin"))]);
        using var sam = await site.SignInToDemoAsync(Sam);
        var page = Parse(await sam.ReadAsync("/support"));
        Assert.Equal("own.bin, DB3 Published 1 June 2026", Fact(page, "Geolocation database"));
        Assert.Empty(page.QuerySelectorAll("main .credit"));
    }

    // Guard: TypedText.Isolate in SupportPage.
    [Fact]
    public async Task The_name_and_the_type_of_a_file_reorder_nothing_around_them()
    {
        using var folder = new TempFolder();
        var file = folder.File("\u202Eמקום.bin");
        await File.WriteAllBytesAsync(file, PlaceData.Small(type: 3).Write());
        await using var site = await StartAsync(new TestClock(), settings: [("Geolocation:Path", file)]);
        using var sam = await site.SignInToDemoAsync(Sam);
        var fact = Fact(Parse(await sam.ReadAsync("/support")), "Geolocation database");
        Assert.StartsWith("\u2068מקום.bin\u2069, DB3 ", fact, StringComparison.Ordinal);

        await File.WriteAllBytesAsync(file, MaxMindData.Only(MaxMindData.Map(("isp", "Example")), "מקום"));
        site.Get<PlaceUpkeep>().Check();
        var notice = Words(Assert.Single(Notices(Parse(await sam.ReadAsync("/support")))));
        Assert.Contains("below. \u2068", notice, StringComparison.Ordinal);
        Assert.Contains("'מקום'", notice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "The geolocation data is from 1 June 2026, so places may be wrong. Replace the file with a newer edition.")]
    [InlineData(false, "The bundled geolocation data is from 1 June 2026, so places may be wrong. Update Accounts, or use a file of your own.")]
    public async Task The_page_warns_when_the_geolocation_data_becomes_old(bool isOwn, string says)
    {
        using var folder = new TempFolder();
        await File.WriteAllBytesAsync(folder.File("own.mmdb"), MaxMindData.Sample().Write());
        var clock = new TestClock(new DateTimeOffset(2026, 8, 30, 0, 0, 0, TimeSpan.Zero));
        await using var site = await StartAsync(clock, settings: isOwn ? [("Geolocation:Path", folder.File("own.mmdb"))] : []);
        using var sam = await site.SignInToDemoAsync(Sam);
        Assert.Empty(Notices(Parse(await sam.ReadAsync("/support"))));

        clock.Advance(TimeSpan.FromTicks(1));
        var page = Parse(await sam.ReadAsync("/support"));
        Assert.Equal(says, Words(Assert.Single(Notices(page))));
        Assert.Equal(isOwn ? "own.mmdb, GeoLite2-City Published 1 June 2026" : "DB-IP Lite (bundled), DB1 Published 1 June 2026",
            Fact(page, "Geolocation database"));
    }

    [EachEngineFact]
    public async Task The_page_shows_what_is_wrong()
    {
        var clock = new TestClock();
        var peer = new Peer("127.0.0.1");
        using var folder = new TempFolder();
        var file = folder.File("own.bin");
        await File.WriteAllBytesAsync(file, PlaceData.Small(type: 1).Write());
        await using var site = await StartAsync(clock, peer, ("Network:KnownProxies:0", "192.0.2.10"), ("Geolocation:Path", file));
        await File.WriteAllTextAsync(file, "PK");
        site.Get<PlaceUpkeep>().Check();
        using var sam = await site.SignInToDemoAsync(Sam);
        using (var stranger = site.Visit())
        {
            stranger.Headers["X-Forwarded-For"] = "203.0.113.9";
            peer.Address = "198.51.100.7";
            await stranger.ReadAsync("/sign-in");
            peer.Address = "10.0.0.5";
            await stranger.ReadAsync("/sign-in");
        }

        clock.Advance(TimeSpan.FromSeconds(2));
        site.Gate.FailCommand(DatabaseProbes.Statement);
        var page = Parse(await sam.ReadAsync("/support"));
        Assert.Equal("The database did not answer.", Fact(page, "Database"));
        var tips = Notices(page).Select(Words).ToList();
        Assert.Equal(2, tips.Count);
        Assert.StartsWith("Requests come through 10.0.0.5, which isn't in Network:KnownProxies.", tips[0], StringComparison.Ordinal);
        Assert.Contains("""
            "KnownProxies": ["192.0.2.10", "10.0.0.5"]
            """, tips[0], StringComparison.Ordinal);
        Assert.StartsWith("Accounts can't read the newer geolocation database. It still uses the one below. ", tips[1], StringComparison.Ordinal);
        Assert.Equal("own.bin, DB1 Published 1 June 2026", Fact(page, "Geolocation database"));
        Assert.DoesNotContain("198.51.100.7", page.Body!.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("203.0.113.9", page.Body.TextContent, StringComparison.Ordinal);
    }

    // What <noscript> holds is for other browsers.
    private static IEnumerable<IElement> Notices(IDocument page) =>
        page.QuerySelectorAll("main .notice").Where(notice => notice.Closest("noscript") is null);

    private static async Task<AccountsSite> StartAsync(TimeProvider? clock = null, Peer? peer = null, params (string, string)[] settings)
    {
        var site = AccountsSite.Start(
            clock,
            services =>
            {
                if (peer is not null)
                    services.AddSingleton<IStartupFilter>(peer);
            },
            settings);
        await site.Get<DemoAccounts>().SeedAsync();
        return site;
    }

    private static IHtmlDocument Parse(string html) => new HtmlParser().ParseDocument(html);

    private static string Fact(IHtmlDocument page, string name) =>
        string.Join(' ', page.QuerySelectorAll("main dt").Single(dt => string.Equals(dt.TextContent, name, StringComparison.Ordinal)).ParentElement!
            .QuerySelectorAll("dd").Select(dd => dd.TextContent));

    private static async Task<string> WordsAsync(HttpResponseMessage answer) =>
        Words(Parse(await answer.Content.ReadAsStringAsync()).DocumentElement);

    private static string Headers(HttpResponseMessage answer) =>
        string.Join('\n', answer.Headers.Concat(answer.Content.Headers).Where(header => header.Key is not "Date")
            .Select(header => $"{header.Key}: {string.Join(", ", header.Value)}"));
}
