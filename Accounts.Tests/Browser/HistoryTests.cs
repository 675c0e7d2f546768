using System.Globalization;
using Accounts.Core.Live;
using Accounts.Core.Manager;
using Accounts.Core.Storage;
using Accounts.Tests.Fixtures;
using Microsoft.Playwright;

namespace Accounts.Tests.Browser;

/// <summary>The history in a real browser.</summary>
[Collection(BrowserTests.Name)]
public sealed class HistoryTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";

    [Fact]
    public async Task Sorting_filtering_and_paging_keep_the_focus()
    {
        await using var site = AccountsSite.Start();
        await using var ada = await StartAsync(site, past: 30);
        var (rows, status, next) = (Rows(ada), Status(ada), Button(ada, "Next"));
        await Assertions.Expect(status).ToHaveTextAsync("1–25 of 31");
        await Assertions.Expect(rows).ToHaveCountAsync(25);
        await Assertions.Expect(rows.First).ToContainTextAsync("This device");

        await next.ClickAsync();
        await Assertions.Expect(status).ToHaveTextAsync("26–31 of 31");
        await Assertions.Expect(rows).ToHaveCountAsync(6);
        await Assertions.Expect(next).ToBeFocusedAsync();
        // The button is marked as disabled and does nothing.
        await Assertions.Expect(next).ToHaveAttributeAsync("aria-disabled", "true");
        await Button(ada, "Previous").ClickAsync();
        await Assertions.Expect(status).ToHaveTextAsync("1–25 of 31");

        var signedIn = Column(ada, "Signed in");
        await Assertions.Expect(signedIn).ToHaveAttributeAsync("aria-sort", "descending");
        await signedIn.GetByRole(AriaRole.Button).ClickAsync();
        await Assertions.Expect(signedIn).ToHaveAttributeAsync("aria-sort", "ascending");
        await Assertions.Expect(rows.First).ToContainTextAsync("Past 30");
        var duration = Column(ada, "Duration");
        await duration.GetByRole(AriaRole.Button).ClickAsync();
        await Assertions.Expect(duration).ToHaveAttributeAsync("aria-sort", "descending");
        await Assertions.Expect(signedIn).Not.ToHaveAttributeAsync("aria-sort", "ascending");
        await Assertions.Expect(rows.First).ToContainTextAsync("Past 30");
        await Assertions.Expect(duration.GetByRole(AriaRole.Button)).ToBeFocusedAsync();

        var search = Search(ada);
        await search.PressSequentiallyAsync("past 17");
        await Assertions.Expect(status).ToHaveTextAsync("1–1 of 1");
        await Assertions.Expect(rows.First).ToContainTextAsync("Past 17");
        await Assertions.Expect(search).ToBeFocusedAsync();
        await Button(ada, "Active 0").ClickAsync();
        await Assertions.Expect(status).ToHaveTextAsync("No matches.");
        await Button(ada, "Show all").ClickAsync();
        await Assertions.Expect(status).ToHaveTextAsync("1–25 of 31");
        await Assertions.Expect(search).ToHaveValueAsync("");
        await Assertions.Expect(Heading(ada)).ToBeFocusedAsync();
    }

    [Fact]
    public async Task The_drop_down_chips_filter_by_time_and_reason()
    {
        await using var site = AccountsSite.Start();
        await using var ada = await StartAsync(site, past: 30);
        var time = ada.Page.Locator(".drop summary").Filter(new() { HasText = "Any time" });
        await time.ClickAsync();
        await Button(ada, "Last 7 days").ClickAsync();
        await Assertions.Expect(Button(ada, "Last 7 days")).ToBeHiddenAsync();
        var chosen = ada.Page.Locator(".drop summary").Filter(new() { HasText = "Last 7 days" });
        await Assertions.Expect(chosen).ToBeFocusedAsync();

        await chosen.ClickAsync();
        await ada.Page.GetByLabel("From", new() { Exact = true }).FillAsync("2026-02-02");
        await ada.Page.GetByLabel("To", new() { Exact = true }).FillAsync("2026-01-01");
        await Assertions.Expect(ada.Page.GetByText("The first day is after the last.")).ToBeVisibleAsync();
        await Assertions.Expect(Status(ada)).ToHaveTextAsync("No matches.");
        await ada.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(ada.Page.GetByText("The first day is after the last.")).ToBeHiddenAsync();
        await Button(ada, "Show all").ClickAsync();

        await ada.Page.Locator(".drop summary").Filter(new() { HasText = "More filters" }).ClickAsync();
        await ada.Page.GetByLabel("How it ended").SelectOptionAsync("signedOut");
        await Assertions.Expect(Status(ada)).ToHaveTextAsync("1–25 of 30");
        await Assertions.Expect(Button(ada, "Ended 30")).ToHaveAttributeAsync("aria-pressed", "true");
        // A press outside closes it.
        await Button(ada, "Remove filter Signed out").ClickAsync();
        await Assertions.Expect(ada.Page.GetByLabel("How it ended")).ToBeHiddenAsync();
        await Assertions.Expect(Status(ada)).ToHaveTextAsync("1–25 of 31");
    }

    // Guard: the wait for accounts.near in SessionHistory. Twelve cards and a long list stand above it.
    [Fact]
    public async Task Scrolling_near_loads_the_history_and_is_no_activity()
    {
        // The clock starts today: a cookie that expires in months would be over otherwise.
        var clock = new TestClock(TimeProvider.System.GetUtcNow());
        await using var site = AccountsSite.Start(clock);
        await site.RegisterAsync(Ada);
        await site.StartSessionsAsync(Ada, 60, Visitor.Chrome);
        await using var ada = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        var session = (await site.Get<SessionAuthenticator>().FindLiveAsync(await site.FindSessionIdAsync(ada)))!;
        await Assertions.Expect(Button(ada, "Show history")).ToHaveCountAsync(1);
        clock.Advance(TimeSpan.FromMinutes(1));
        var before = session.LastActivityAt;
        await Assertions.Expect(Rows(ada)).ToHaveCountAsync(0);

        await Heading(ada).ScrollIntoViewIfNeededAsync();
        await Assertions.Expect(Rows(ada)).ToHaveCountAsync(25);
        Assert.Equal(before, session.LastActivityAt);
        // Sorting is activity, so the session's time changes.
        await Column(ada, "Device").GetByRole(AriaRole.Button).ClickAsync();
        await Assertions.Expect(Column(ada, "Device")).ToHaveAttributeAsync("aria-sort", "ascending");
        Assert.Equal(clock.GetUtcNow(), session.LastActivityAt);
    }

    [Fact]
    public async Task A_link_opens_the_history_and_the_URL_holds_what_it_shows()
    {
        await using var site = AccountsSite.Start();
        await using var ada = await StartAsync(site, past: 60, address: "?kind=computers&q=a%20b#history");
        await Assertions.Expect(Heading(ada)).ToBeFocusedAsync();
        await Assertions.Expect(Heading(ada)).ToBeInViewportAsync();
        var session = (await site.Get<SessionAuthenticator>().FindLiveAsync(await site.FindSessionIdAsync(ada)))!;
        var pages = session.PagesVisited;

        await Search(ada).PressSequentiallyAsync("past ü");
        await Search(ada).FillAsync("past");
        await Button(ada, "Ended 60").ClickAsync();
        // The list is rendered again: a click on its old head would be lost.
        var ended = new Uri(site.Address, "/settings/sessions?kind=computers&q=a+b&text=past&status=ended#history");
        await Assertions.Expect(ada.Page).ToHaveURLAsync(ended.AbsoluteUri);
        await Column(ada, "Device").GetByRole(AriaRole.Button).ClickAsync();
        await Assertions.Expect(Rows(ada).First).ToContainTextAsync("Past 1");
        await Button(ada, "Next").ClickAsync();
        await Assertions.Expect(Status(ada)).ToHaveTextAsync("26–50 of 60");
        await Assertions.Expect(ada.Page).ToHaveURLAsync(
            new Uri(site.Address, "/settings/sessions?kind=computers&q=a+b&text=past&status=ended&sort=device&page=2#history").AbsoluteUri);
        var shown = await Rows(ada).AllInnerTextsAsync();
        Assert.Equal(pages, session.PagesVisited);

        await ada.Page.ReloadAsync();
        await Assertions.Expect(Status(ada)).ToHaveTextAsync("26–50 of 60");
        await Assertions.Expect(Search(ada)).ToHaveValueAsync("past");
        Assert.Equal(shown, await Rows(ada).AllInnerTextsAsync());

        // The last letters survive a visit to another page and back.
        await Search(ada).FillAsync("past 58");
        await Assertions.Expect(Status(ada)).ToHaveTextAsync("1–1 of 1");
        await ada.Page.GetByRole(AriaRole.Link, new() { Name = "Audit log" }).ClickAsync();
        await Assertions.Expect(ada.Page.GetByRole(AriaRole.Heading, new() { Name = "Audit log" })).ToBeVisibleAsync();
        Assert.Equal("", new Uri(ada.Page.Url).Query);
        await ada.Page.GoBackAsync();
        await Assertions.Expect(Status(ada)).ToHaveTextAsync("1–1 of 1");
        await Assertions.Expect(Search(ada)).ToHaveValueAsync("past 58");
    }

    [Fact]
    public async Task The_page_ignores_bad_values_in_its_URL_and_the_export_refuses_them()
    {
        const string bad = "?status=gone&country=Germany&from=yesterday&sort=colour&order=up&page=-3&text=a&text=b";
        await using var site = AccountsSite.Start();
        await using var ada = await StartAsync(site, past: 30, address: bad);
        await Assertions.Expect(Status(ada)).ToHaveTextAsync("1–25 of 31");
        await Assertions.Expect(Column(ada, "Signed in")).ToHaveAttributeAsync("aria-sort", "descending");
        Assert.Equal(400, (await ada.Page.APIRequest.GetAsync(new Uri(site.Address, $"/settings/sessions/history.csv{bad}").AbsoluteUri)).Status);
    }

    [Fact]
    public async Task A_change_elsewhere_appears_if_it_matches_the_current_filter()
    {
        await using var site = AccountsSite.Start();
        await using var ada = await StartAsync(site, past: 4);
        var search = Search(ada);
        await search.FillAsync("iPhone");
        await Assertions.Expect(Status(ada)).ToHaveTextAsync("No matches.");

        using var phone = await site.SignInAsync(Ada, Visitor.Phone, remember: true);
        await Assertions.Expect(Rows(ada)).ToHaveCountAsync(1);
        await Assertions.Expect(Rows(ada).First).ToContainTextAsync("Active");
        var (mine, its) = (await site.FindSessionIdAsync(ada), (await site.FindSessionAsync(phone)).Id);
        var caller = (await site.Get<SessionAuthenticator>().FindLiveAsync(mine))!.ToCaller();
        await site.Get<SessionService>().RenameAsync(caller, its, new RenameSessionInput { Name = "Old phone" });
        await Assertions.Expect(Rows(ada).First).ToContainTextAsync("Old phone");
        await site.Get<SessionService>().TerminateAsync(caller, its);
        await Assertions.Expect(Rows(ada).First).ToContainTextAsync("Terminated");
        await Assertions.Expect(Rows(ada).First).ToContainTextAsync("By you, from this device");
        await Assertions.Expect(Rows(ada).First).ToContainTextAsync("No open tab");
        await Assertions.Expect(ada.Page.Locator(".track .cut")).ToHaveCountAsync(1);
        await Assertions.Expect(search).ToBeFocusedAsync();
        await Assertions.Expect(search).ToHaveValueAsync("iPhone");
    }

    [Fact]
    public async Task The_export_contains_what_the_filter_shows()
    {
        await using var site = AccountsSite.Start();
        await using var ada = await StartAsync(site, past: 30);
        await Search(ada).FillAsync("past");
        await Assertions.Expect(Status(ada)).ToHaveTextAsync("1–25 of 30");
        var download = await ada.Page.RunAndWaitForDownloadAsync(() => ada.Page.GetByRole(AriaRole.Link, new() { Name = "Export CSV" }).ClickAsync());
        Assert.Matches("^sessions-[0-9-]{10}[.]csv$", download.SuggestedFilename);
        Assert.Equal(31, (await File.ReadAllLinesAsync((await download.PathAsync())!)).Length);
    }

    // Guard: ExportEndpoint. A redirect to the sign-in page would be saved in the file's place.
    [Fact]
    public async Task The_browser_saves_no_page_as_the_export_once_its_cookie_is_gone()
    {
        await using var site = AccountsSite.Start();
        await using var ada = await StartAsync(site, past: 30);
        await ada.Profile.ClearCookiesAsync();
        var download = await ada.Page.RunAndWaitForDownloadAsync(() => ada.Page.GetByRole(AriaRole.Link, new() { Name = "Export CSV" }).ClickAsync());
        Assert.NotNull(await download.FailureAsync());
        await Person.WaitForPathAsync(ada.Page, "/settings/sessions");

        // Opened as a page, the address says what to do.
        var answer = await ada.GoAsync("/settings/sessions/history.csv");
        Assert.Equal(401, answer!.Status);
        await ada.Page.GetByRole(AriaRole.Link, new() { Name = "Sign in" }).ClickAsync();
        await Person.WaitForPathAsync(ada.Page, "/sign-in");
    }

    [Fact]
    public async Task Days_begin_at_midnight_in_the_viewers_time_zone()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        // A single session has no timeline.
        await site.StartSessionsAsync(Ada, 1, Visitor.Phone);
        // These two zones are a day apart, so they never agree on when today begins.
        foreach (var (zone, ahead) in new[] { ("Pacific/Kiritimati", 14), ("Pacific/Honolulu", -10) })
        {
            await using var ada = await (await Person.OpenAsync(chromium, site, zone: zone)).SignInAsync(Ada);
            await ada.GoAsync("/settings/sessions#history");
            var day = ada.Page.Locator(".days time").First;
            await Assertions.Expect(day).ToHaveAttributeAsync("datetime", new System.Text.RegularExpressions.Regex(
                $"T{(24 - ahead) % 24:00}:00:00", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)));
        }
    }

    [Fact]
    public async Task A_phone_shows_a_list_by_day_instead_of_the_timeline_and_fits_the_screen()
    {
        await using var site = AccountsSite.Start();
        await using var ada = await StartAsync(site, past: 30, phone: true);
        await Assertions.Expect(ada.Page.Locator(".drawing")).ToBeHiddenAsync();
        await Assertions.Expect(ada.Page.GetByText("And 1 more session in the table.")).ToBeVisibleAsync();
        var list = ada.Page.Locator(".by-day");
        await Assertions.Expect(list.GetByRole(AriaRole.Heading).First).ToHaveTextAsync("Today");
        await Assertions.Expect(list.GetByRole(AriaRole.Listitem)).ToHaveCountAsync(12);

        var sort = ada.Page.GetByLabel("Sort by");
        await Assertions.Expect(sort).ToBeHiddenAsync();
        await ada.Page.Locator(".drop summary").Filter(new() { HasText = "More filters" }).ClickAsync();
        await sort.SelectOptionAsync("SignedIn-asc");
        await Assertions.Expect(Rows(ada).First).ToContainTextAsync("Past 30");
        Assert.Equal(390, await ada.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        var small = await ada.Page.EvaluateAsync<string[]>(
            "[...document.querySelectorAll('.history :is(a, button, input, select, summary)')].filter(e => e.checkVisibility() "
                + "&& e.getBoundingClientRect().height < 44).map(e => e.outerHTML)");
        Assert.Empty(small);
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task The_timelines_bars_have_enough_contrast(ColorScheme colours)
    {
        await using var site = AccountsSite.Start();
        await using var ada = await StartAsync(site, past: 2);
        await ada.Page.EmulateMediaAsync(new() { ColorScheme = colours });
        var ground = await ColourAsync(ada.Page, ".last-days", "backgroundColor");
        foreach (var part in new[] { ".track .bar.on", ".track .bar:not(.on)" })
            Assert.True(Contrast(await ColourAsync(ada.Page, part, "backgroundColor"), ground) >= 3, part);
        Assert.True(Contrast(await ColourAsync(ada.Page, ".legend .cut", "borderTopColor"), ground) >= 3);
    }

    [Fact]
    public async Task A_failed_read_is_reported_and_can_be_tried_again()
    {
        await using var site = AccountsSite.Start();
        await using var ada = await StartAsync(site, past: 30);
        // The circuit has read, and turns pages from now on.
        await Button(ada, "Next").WaitForAsync();
        site.Gate.FailCommand("\"StartedAt\" DESC");
        await Button(ada, "Next").ClickAsync();
        var problem = ada.Page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "This history may be out of date." });
        await problem.WaitForAsync();
        await Assertions.Expect(Rows(ada)).ToHaveCountAsync(25);
        await problem.GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();
        await Assertions.Expect(Status(ada)).ToHaveTextAsync("26–31 of 31");
        await Assertions.Expect(problem).ToHaveCountAsync(0);
    }

    /// <summary>Signs Ada in, with ended sessions: "Past 1" 5 hours ago, "Past 2" 10 hours ago, each a minute longer than the last.</summary>
    private async Task<Person> StartAsync(AccountsSite site, int past, bool phone = false, string address = "?kind=all#history")
    {
        await site.RegisterAsync(Ada);
        var ada = phone ? await Person.OpenPhoneAsync(chromium, site, Person.NoonTimeZone()) : await Person.OpenAsync(chromium, site);
        await ada.SignInAsync(Ada);
        var session = (await site.Get<SessionAuthenticator>().FindLiveAsync(await site.FindSessionIdAsync(ada)))!;
        var now = site.Get<TimeProvider>().GetUtcNow();
        // All in one browser: 12 lanes can't hold more, and the list by day covers only 14 days.
        var browser = new byte[32];
        await PastSession.AddAsync(site.Get<AccountsDatabase>(),
            Enumerable.Range(1, past).Select(i => new PastSession(session.UserId, now.AddHours(-i * (phone && i > 12 ? 30 : 5)))
            {
                Name = $"Past {i}", Length = TimeSpan.FromMinutes(60 + i), Browser = browser,
            }));
        // Changing only the fragment would load nothing.
        await ada.GoAsync($"/settings/sessions{address}");
        await Assertions.Expect(Rows(ada)).ToHaveCountAsync(Math.Min(25, past + 1));
        return ada;
    }

    // The session rows above have columns too.
    private static ILocator Column(Person person, string name) =>
        person.Page.Locator(".history").GetByRole(AriaRole.Columnheader, new() { Name = name });

    private static ILocator Rows(Person person) => person.Page.Locator(".history tbody tr");

    private static ILocator Heading(Person person) => person.Page.GetByRole(AriaRole.Heading, new() { Name = "History", Exact = true });

    private static ILocator Search(Person person) => person.Page.GetByLabel("Search history");

    private static ILocator Status(Person person) => person.Page.Locator(".pager [role=status]");

    private static ILocator Button(Person person, string name) => person.Page.GetByRole(AriaRole.Button, new() { Name = name });

    private static async Task<double[]> ColourAsync(IPage page, string selector, string property)
    {
        var text = await page.Locator(selector).First.EvaluateAsync<string>($"e => getComputedStyle(e).{property}");
        return [.. text.Split('(', ')')[1].Split(',').Take(3).Select(part => double.Parse(part, CultureInfo.InvariantCulture) / 255)];
    }

    // WCAG 2.2, relative luminance.
    private static double Contrast(double[] one, double[] other)
    {
        var (a, b) = (Luminance(one), Luminance(other));
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);

        static double Luminance(double[] colour) => (0.2126 * Linear(colour[0])) + (0.7152 * Linear(colour[1])) + (0.0722 * Linear(colour[2]));

        static double Linear(double part) => part <= 0.04045 ? part / 12.92 : Math.Pow((part + 0.055) / 1.055, 2.4);
    }
}
