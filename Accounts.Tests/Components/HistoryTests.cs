using Accounts.Core.Sessions;
using Accounts.Tests.Fixtures;
using Accounts.Web.History;
using Bunit;
using Microsoft.AspNetCore.Components;

namespace Accounts.Tests.Components;

/// <summary>The history component, on the real core.</summary>
[OnSqlite]
public sealed class HistoryTests
{
    private static readonly DateTimeOffset Now = TestClock.Start;

    // Guard: _shown of SessionHistory.
    [Theory]
    [InlineData(true, "")]
    [InlineData(true, "?kind=phones&q=laptop")]
    [InlineData(false, "")]
    [InlineData(false, "?kind=phones&q=laptop")]
    public async Task The_history_is_not_loaded_before_you_scroll_near(bool interactive, string address)
    {
        await using var host = CoreHost.Start();
        await using var page = await OpenAsync(host, past: 6, address, interactive);
        var history = page.Render<SessionHistory>();
        Assert.Equal("Show history", history.Find("button, a").TextContent);
        Assert.Empty(history.FindComponents<HistoryList>());
    }

    [Fact]
    public async Task A_request_renders_the_history_that_its_address_asks_for()
    {
        await using var host = CoreHost.Start();
        await using var page = await OpenAsync(host, past: 30, interactive: false);
        var asks = page.Render<SessionHistory>().Find("a");
        page.Navigation.NavigateTo(asks.GetAttribute("href")!);
        var first = page.Context.Render<SessionHistory>();
        Assert.Equal(25, first.FindAll("tbody tr").Count);
        Assert.Equal("1–25 of 31", first.Find(".pager p").TextContent);

        page.Navigation.NavigateTo(first.Find("a[aria-label='Next page']").GetAttribute("href")!);
        var second = page.Context.Render<SessionHistory>();
        Assert.Equal(6, second.FindAll("tbody tr").Count);
        Assert.False(second.Find("a[aria-label='Next page']").HasAttribute("href"));
        Assert.All(second.FindAll("fieldset"), tools => Assert.True(tools.HasAttribute("disabled")));

        page.Navigation.NavigateTo("settings/sessions?text=nowhere");
        var none = page.Context.Render<SessionHistory>();
        Assert.Equal("No matches.", none.Find(".pager p").TextContent);
        page.Navigation.NavigateTo(none.Find(".pager a").GetAttribute("href")!);
        Assert.Equal(25, page.Context.Render<SessionHistory>().FindAll("tbody tr").Count);
    }

    [Fact]
    public async Task The_history_loads_when_the_browser_reports_that_you_are_near()
    {
        await using var host = CoreHost.Start();
        await using var page = await OpenAsync(host, past: 6);
        var near = page.Browser.Setup<bool>("accounts.near", _ => true);
        var history = page.Render<SessionHistory>();
        Assert.Empty(history.FindAll("table"));
        near.SetResult(true);
        history.WaitForAssertion(() => Assert.Equal(7, history.FindAll("tbody tr").Count));
        Assert.Empty(page.Browser.Invocations["accounts.reveal"]);
    }

    [Fact]
    public async Task The_button_loads_the_history_and_scrolls_to_it()
    {
        await using var host = CoreHost.Start();
        await using var page = await OpenAsync(host, past: 6);
        var history = page.Render<SessionHistory>();
        await history.Find("button").ClickAsync();
        history.WaitForAssertion(() => Assert.Equal(7, history.FindAll("tbody tr").Count));
        history.WaitForAssertion(() => Assert.NotNull(Assert.Single(page.Browser.Invocations["accounts.reveal"]).Arguments[0]));
    }

    // Guard: Restore of HistoryAddress.
    [Theory]
    [InlineData("#history", "1 2 3 4 5 6 7 8 9")]
    [InlineData("?text=past%206", "6")]
    [InlineData("?device=past%203&place=203.0", "3")]
    [InlineData("?status=terminated", "4 8")]
    [InlineData("?status=ended&sort=duration&order=asc", "1 2 3 4 5 6 7 8 9")]
    [InlineData("?status=ended&sort=duration", "9 8 7 6 5 4 3 2 1")]
    [InlineData("?status=ENDED&sort=signedIn&order=asc", "9 8 7 6 5 4 3 2 1")]
    [InlineData("?days=7", "1 2 3 4 5 6 7")]
    [InlineData("?from=2026-02-22&to=2026-02-24", "5 6 7")]
    [InlineData("?status=gone&sort=colour&order=up&days=9&from=yesterday&country=Germany&page=x", "1 2 3 4 5 6 7 8 9")]
    [InlineData("?text=3&text=4&page=99999999999", "1 2 3 4 5 6 7 8 9")]
    public async Task The_URL_sets_the_filters_and_unreadable_values_are_ignored(string address, string expected)
    {
        await using var host = CoreHost.Start();
        await using var page = await OpenAsync(host, past: 9, address.StartsWith('#') ? address : address + "&kind=phones#history");
        var history = page.Render<SessionHistory>();
        history.WaitForAssertion(() => Assert.Equal(expected, Shown(history)));
    }

    [Fact]
    public async Task Column_headers_sort_the_history_and_the_URL_follows()
    {
        await using var host = CoreHost.Start();
        await using var page = await OpenAsync(host, past: 30, "?page=2&status=ended&kind=phones");
        var history = page.Render<SessionHistory>();
        history.WaitForAssertion(() => Assert.Equal("26 27 28 29 30", Shown(history)));

        await history.FindAll("th button").Single(button => button.TextContent.StartsWith("Duration", StringComparison.Ordinal)).ClickAsync();
        history.WaitForAssertion(() => Assert.StartsWith("30 29 28", Shown(history), StringComparison.Ordinal));
        Assert.Equal("descending", Assert.Single(history.FindAll("th[aria-sort]")).GetAttribute("aria-sort"));
        Assert.Equal("sort=duration status=ended", page.RememberedQuery);
        await history.FindAll("th button").Single(button => button.TextContent.StartsWith("Duration", StringComparison.Ordinal)).ClickAsync();
        history.WaitForAssertion(() => Assert.StartsWith("1 2 3", Shown(history), StringComparison.Ordinal));
        Assert.Equal("order=asc sort=duration status=ended", page.RememberedQuery);
        await history.Find("[aria-label='Next page']").ClickAsync();
        Assert.Equal("order=asc page=2 sort=duration status=ended", page.RememberedQuery);
    }

    // Guard: OnLocationChanged of LivePages.
    [Fact]
    public async Task The_history_follows_links_to_its_own_page_only()
    {
        await using var host = CoreHost.Start();
        await using var page = await OpenAsync(host, past: 6, "?text=past%206");
        var history = page.Render<SessionHistory>();
        history.WaitForAssertion(() => Assert.Equal("6", Shown(history)));
        page.Navigation.NavigateTo("settings/sessions?device=past+3#history");
        history.WaitForAssertion(() => Assert.Equal("3", Shown(history)));
        Assert.Contains("Device: past 3", history.Find(".chips.set").TextContent, StringComparison.Ordinal);
        page.Navigation.NavigateTo("settings?device=past+4");
        page.Navigation.NavigateTo("settings/sessions#history");
        history.WaitForAssertion(() => Assert.Equal("1 2 3 4 5 6", Shown(history)));
    }

    [Fact]
    public async Task Search_and_export_find_countries_in_the_viewers_language()
    {
        await using var host = CoreHost.Start();
        await using var page = await OpenAsync(host, past: 6, "?text=deutschl");
        var german = new PastSession(page.Caller.Subject, Now.AddDays(-2)) { Name = "Past 99", Address = "193.99.144.80" };
        await PastSession.AddAsync(host.Database, german);
        var names = new Dictionary<string, string?>(StringComparer.Ordinal) { ["DE"] = "Deutschland" };
        page.Browser.Setup<Dictionary<string, string?>?>("viewerCountries", _ => true).SetResult(names);
        var history = page.Render<SessionHistory>();
        history.WaitForAssertion(() => Assert.Equal("99", Shown(history)));
        var file = Uri.UnescapeDataString(history.Find("a.export").GetAttribute("href")!);
        Assert.Equal("settings/sessions/history.csv?text=deutschl&names=DE:Deutschland", file);
    }

    // Guards: TypedText.Isolate in the chips of HistoryFilters.
    [Fact]
    public async Task Chips_from_right_to_left_are_isolated()
    {
        await using var host = CoreHost.Start();
        var address = $"?device={Uri.EscapeDataString("\u202Eמחשב")}&place={Uri.EscapeDataString("ירושלים")}";
        await using var page = await OpenAsync(host, past: 6, address);
        var history = page.Render<SessionHistory>();
        history.WaitForAssertion(() => Assert.Equal(
            "Device: \u2068מחשב\u2069, Location: \u2068ירושלים\u2069",
            string.Join(", ", history.FindAll(".chips.set .chip > span:not(.vh)").Select(chip => chip.TextContent))));
    }

    [Theory]
    [InlineData(0, false, false)]
    [InlineData(1, true, false)]
    [InlineData(3, true, false)]
    [InlineData(4, true, true)]
    public async Task One_session_has_no_timeline_and_a_few_have_no_filters(int past, bool timeline, bool filters)
    {
        await using var host = CoreHost.Start();
        await using var page = await OpenAsync(host, past, "#history");
        var history = page.Render<SessionHistory>();
        history.WaitForAssertion(() => Assert.Equal(past + 1, history.FindAll("tbody tr").Count));
        Assert.Equal((timeline, filters, timeline), (Has(".last-days"), Has(".table-tools"), Has(".pager")));

        bool Has(string selector) => history.FindAll(selector).Count == 1;
    }

    [Fact]
    public async Task Each_chip_counts_what_the_other_filters_leave()
    {
        await using var host = CoreHost.Start();
        await using var page = await OpenAsync(host, past: 9, "?text=past&status=terminated");
        var history = page.Render<SessionHistory>();
        history.WaitForAssertion(() => Assert.Equal("4 8", Shown(history)));
        Assert.Equal("All 9|Active 0|Ended 9", string.Join('|', history.FindAll(".table-tools button.chip").Select(chip => chip.TextContent)));
        Assert.Equal("Ended 9", history.Find(".table-tools button.chip[aria-pressed=true]").TextContent);
        await history.FindAll(".table-tools button.chip")[1].ClickAsync();
        history.WaitForAssertion(() => Assert.Equal("No matches.", history.Find(".pager [role=status]").TextContent));
        await history.Find(".pager button").ClickAsync();
        history.WaitForAssertion(() => Assert.Equal("1–10 of 10", history.Find(".pager [role=status]").TextContent));
        Assert.Equal("", page.RememberedQuery);
    }

    /// <summary>The numbers in the row titles.</summary>
    private static string Shown(IRenderedComponent<IComponent> history) => string.Join(' ', history.FindAll("tbody tr td:first-child b")
        .Select(title => title.TextContent)
        .Where(title => title.StartsWith("Past ", StringComparison.Ordinal)).Select(title => title["Past ".Length..]));

    /// <summary>Opens Ada's page with ended sessions: "Past 1" from yesterday, "Past 2" from the day before.</summary>
    /// <remarks>Each lasted a minute longer than the one before. Every fourth was terminated.</remarks>
    private static async Task<ComponentPage> OpenAsync(CoreHost host, int past, string address = "", bool interactive = true)
    {
        await host.RegisterAsync();
        var ada = await host.SignInAsync();
        await PastSession.AddAsync(host.Database, Enumerable.Range(1, past).Select(i => new PastSession(ada.Caller.Subject, Now.AddDays(-i))
        {
            Name = $"Past {i}",
            Length = TimeSpan.FromMinutes(60 + i),
            Reason = i % 4 == 0 ? EndReason.Terminated : EndReason.SignedOut,
            By = i % 4 == 0 ? ada.Id : null,
        }));

        return await ComponentPage.OpenAsync(host, ada, $"settings/sessions{address}", interactive);
    }
}
