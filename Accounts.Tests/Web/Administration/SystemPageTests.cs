using System.Globalization;
using System.Net;
using Accounts.Core.Geolocation;
using Accounts.Core.Storage;
using Accounts.Demo;
using Accounts.Tests.Fixtures;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using static Accounts.Tests.Fixtures.PageText;

namespace Accounts.Tests.Web.Administration;

/// <summary>The System page: who may open it, what it shows, and what it warns of.</summary>
public sealed class SystemPageTests
{
    private const string Root = "root@example.test";
    private const string Path = "/admin/system";

    [EachEngineFact]
    public async Task An_administrator_sees_how_the_installation_is_doing()
    {
        await using var site = await StartAsync(new TestClock());
        using var root = await site.SignInToDemoAsync(Root);
        var users = await ReadAsync(root, "/admin");
        Assert.Equal("admin/system", users.QuerySelector("main .tabs a:not([aria-current])")!.GetAttribute("href"));
        var page = await ReadAsync(root);
        Assert.Equal("Administration", page.QuerySelector("h1")!.TextContent);
        Assert.Equal("System", Words(page.QuerySelector("main .tabs [aria-current=page]")!));
        Assert.Null(page.QuerySelector("main .warnings"));
        var before = Figure(page, "Live sessions");
        Assert.Equal((0, "–"), (Figure(page, "Open pages"), FigureText(page, "Push, 95 %")));

        // An open page of an ended session is told at once: the clock stands still.
        using var ada = await site.SignInToDemoAsync("ada@example.test");
        await using (var open = await site.OpenAsync(ada))
        {
            page = await ReadAsync(root);
            Assert.Equal((before + 1, 1), (Figure(page, "Live sessions"), Figure(page, "Open pages")));
            Assert.Contains("1 circuit", Words(page.QuerySelector("main .figures")!), StringComparison.Ordinal);
            using var other = await site.SignInToDemoAsync("ada@example.test");
            await site.TerminateAsync(other, ada);
            await open.NavigationPushed.WaitAsync(Patience.Limit);
        }

        await Patience.UntilAsync(async () => FigureText(await ReadAsync(root), "Push, 95 %") is not "–");
        page = await ReadAsync(root);
        Assert.Equal((before + 1, "0 ms"), (Figure(page, "Live sessions"), FigureText(page, "Push, 95 %")));
        var endings = page.QuerySelectorAll("main .endings > div").Select(ending => string.Join(' ', ending.Children.Select(Words)));
        Assert.Contains("Terminated 1", endings, StringComparer.Ordinal);
        Assert.True(Figure(page, "Ended sessions") >= 1);

        var isPostgreSql = TestEngine.Current == StorageProvider.PostgreSql;
        Assert.Matches(isPostgreSql ? @"^PostgreSQL 1[0-9.]+ · Available [0-9.]+ MB$" : @"^SQLite 3[0-9.]+ · Available [0-9.,]+ [kM]B$",
            Fact(page, "Database"));
        Assert.Matches(isPostgreSql ? "^Watch the disk on the database server[.]" : "^Disk of .*accounts[.]db.* [0-9.,]+ [GT]B free$",
            Fact(page, "Free space"));
        Assert.Matches("^[0-9]{4}_.* none pending$", Fact(page, "Migrations"));
        Assert.Matches("^DB-IP Lite [(]bundled[)], DB1 · Published 1 June 2026 [0-9]+ days? old$", Fact(page, "Geolocation database"));
        Assert.Equal("Half of the pages were told within 0 ms, 99 % within 0 ms the last page", Fact(page, "Push"));
        Assert.Equal("No hash waits 0 forms wait", Fact(page, "Password hashing"));
        Assert.Equal("1 Mar 2026, 12:00 UTC", Fact(page, "Server clock"));
        Assert.Equal("Not encrypted in the database. Keep backups as safe as the database.", Fact(page, "Cookie keys"));
        Assert.Equal("Off: no sign-in links, no password reset, no notices", Fact(page, "Email"));
        Assert.Equal(["Email", "Cookie keys"], page.QuerySelectorAll("main .note dt").Select(Words), StringComparer.Ordinal);
        Assert.Matches("^Accounts [0-9]+[.][0-9]+[.][0-9]+.* · [.]NET 10[.].* · .+ up less than a minute$", Fact(page, "Version"));
    }

    [Theory]
    [InlineData("ada@example.test")]
    [InlineData("sam@example.test")]
    public async Task For_others_the_page_does_not_exist(string email)
    {
        await using var site = await StartAsync();
        using var other = await site.SignInToDemoAsync(email);
        using var denied = await other.GetAsync(Path);
        Assert.Equal(HttpStatusCode.NotFound, denied.StatusCode);
        Assert.DoesNotContain("Live sessions", await denied.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        // Control.
        using var root = await site.SignInToDemoAsync(Root);
        Assert.Contains("Live sessions", await root.ReadAsync(Path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signed_out_visitor_is_redirected_to_sign_in_and_back()
    {
        await using var site = await StartAsync();
        using var visitor = site.Visit();
        using var answer = await visitor.GetAsync(Path);
        Assert.Equal("/sign-in?returnUrl=%2Fadmin%2Fsystem", new Uri(site.Address, answer.Headers.Location!).PathAndQuery);
    }

    [Fact]
    public async Task The_page_warns_of_geolocation_data_that_is_refused_or_old()
    {
        using var folder = new TempFolder();
        var file = folder.File("own.bin");
        await File.WriteAllBytesAsync(file, PlaceData.Small(type: 1).Write());
        var clock = new TestClock(new DateTimeOffset(2026, 8, 30, 0, 0, 0, TimeSpan.Zero));
        await using var site = await StartAsync(clock, settings: [("Geolocation:Path", file)]);
        using var root = await site.SignInToDemoAsync(Root);
        await CheckFineAsync(root);

        File.Delete(file);
        site.Get<PlaceUpkeep>().Check();
        Assert.StartsWith(
            "The newer geolocation file can't be used Accounts can't read the newer geolocation database. It still uses the one below. ",
            await OnlyAsync(root, "Geolocation database"), StringComparison.Ordinal);
        await File.WriteAllBytesAsync(file, PlaceData.Small(type: 3).Write());
        site.Get<PlaceUpkeep>().Check();
        await CheckFineAsync(root);

        clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(
            "The geolocation data is 90 days old "
                + "The geolocation data is from 1 June 2026, so places may be wrong. Replace the file with a newer edition.",
            await OnlyAsync(root, "Geolocation database"));
    }

    // Guard: Note in QueuedForms.
    [Fact]
    public async Task The_page_warns_for_a_day_of_a_sign_in_over_plain_http()
    {
        var clock = new TestClock();
        await using var site = await StartAsync(clock);
        using var root = await site.SignInAsync(Root, remember: true, password: DemoAccounts.Password);
        await CheckFineAsync(root);
        using (var stranger = site.Visit())
        {
            stranger.Headers["Host"] = "app.example.test";
            var form = await stranger.FillAsync("/sign-in");
            stranger.Headers["Origin"] = "http://app.example.test";
            using var refused = await stranger.PostAsync("/sign-in", form);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        }

        Assert.Equal(
            "A sign-in over plain http was refused, last 1 Mar 2026, 12:00 UTC "
                + "Serve the site over https only, and redirect http to it. The log names the host.",
            await OnlyAsync(root, "HTTPS"));
        clock.Advance(TimeSpan.FromDays(1));
        await CheckFineAsync(root);
    }

    [Fact]
    public async Task The_page_names_a_proxy_that_is_missing_from_the_settings()
    {
        var peer = new Peer("127.0.0.1");
        await using var site = await StartAsync(new TestClock(), peer, ("Network:KnownProxies:0", "192.0.2.10"));
        using var root = await site.SignInToDemoAsync(Root);
        Assert.Equal("192.0.2.10", Fact(await CheckFineAsync(root), "Known proxies"));
        using (var stranger = site.Visit())
        {
            stranger.Headers["X-Forwarded-For"] = "203.0.113.9";
            peer.Address = "10.0.0.5";
            await stranger.ReadAsync("/sign-in");
        }

        Assert.Contains("""
            "KnownProxies": ["192.0.2.10", "10.0.0.5"]
            """, await OnlyAsync(root, "Known proxies"), StringComparison.Ordinal);
    }

    [EachEngineFact]
    public async Task The_page_says_what_is_wrong_with_the_database()
    {
        var clock = new TestClock();
        await using var site = await StartAsync(clock);
        using var root = await site.SignInToDemoAsync(Root);
        await CheckFineAsync(root);
        // An answer counts for a second.
        clock.Advance(TimeSpan.FromSeconds(1));
        site.Gate.FailCommand(DatabaseProbes.Statement);
        Assert.Equal("The database saves nothing The database did not answer. Start it, or find what locks it.", await OnlyAsync(root, "Database"));
        clock.Advance(TimeSpan.FromSeconds(1));
        await CheckFineAsync(root);

        using var rows = site.Rows();
        rows.Execute("DELETE FROM \"__EFMigrationsHistory\" WHERE \"MigrationId\" LIKE '0016%'");
        Assert.Equal(
            "1 migration is missing from the database "
                + "Another database was put in place while Accounts ran. Stop Accounts, put the right database in place, and start it.",
            await OnlyAsync(root, "Migrations"));
    }

    // Guard: the catch in SystemPage.
    [EachEngineFact]
    public async Task Without_an_answer_of_the_database_the_page_shows_what_is_known_anyway()
    {
        await using var site = await StartAsync(new TestClock());
        using var root = await site.SignInToDemoAsync(Root);
        site.Gate.FailCommand("FILTER (WHERE");
        using (var answer = await root.GetAsync(Path))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            var page = new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync());
            Assert.StartsWith("The database doesn't answer", Words(page.QuerySelector("main .notice.failed")!), StringComparison.Ordinal);
            Assert.Contains("Version", page.QuerySelectorAll("main dt").Select(Words), StringComparer.Ordinal);
            Assert.Null(page.QuerySelector("main .figures"));
        }

        await CheckFineAsync(root);
    }

    private static async Task<IHtmlDocument> CheckFineAsync(Visitor root)
    {
        var page = await ReadAsync(root);
        Assert.Empty(page.QuerySelectorAll("main .warnings .notice").Select(Words));
        Assert.Empty(page.QuerySelectorAll("main .look").Select(Words));
        Assert.Equal("System", Words(page.QuerySelector("main .tabs [aria-current=page]")!));
        return page;
    }

    /// <summary>The only warning. One line of the page's points to it.</summary>
    private static async Task<string> OnlyAsync(Visitor root, string looks)
    {
        var page = await ReadAsync(root);
        Assert.Equal(looks, Words(Assert.Single(page.QuerySelectorAll("main .look dt"))));
        Assert.StartsWith("Look at this: ", page.QuerySelector("main .look dd")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("1 warning", Words(page.QuerySelector("main .tabs [aria-current=page] .vh")!));
        return string.Join(' ', Assert.Single(page.QuerySelectorAll("main .warnings .notice")).QuerySelectorAll("p").Select(Words));
    }

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

    private static async Task<IHtmlDocument> ReadAsync(Visitor visitor, string path = Path) =>
        new HtmlParser().ParseDocument(await visitor.ReadAsync(path));

    private static string FigureText(IHtmlDocument page, string name) =>
        page.QuerySelectorAll("main .figures dt").Single(dt => string.Equals(dt.TextContent, name, StringComparison.Ordinal)).ParentElement!
            .QuerySelector(".figure")!.TextContent;

    private static int Figure(IHtmlDocument page, string name) => int.Parse(FigureText(page, name), CultureInfo.InvariantCulture);

    private static string Fact(IHtmlDocument page, string name) =>
        string.Join(' ', page.QuerySelectorAll("main .facts dt").Single(dt => string.Equals(Words(dt), name, StringComparison.Ordinal)).ParentElement!
            .QuerySelectorAll("dd").Select(Words));
}
