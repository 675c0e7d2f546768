using Accounts.Core.Callers;
using Accounts.Core.Sessions;
using Accounts.Tests.Fixtures;
using Accounts.Web.Manager;
using Bunit;

namespace Accounts.Tests.Components;

/// <summary>One card, with a session from the real core.</summary>
[OnSqlite]
public sealed class SessionCardTests
{
    private static readonly DateTimeOffset Now = TestClock.Start;

    [Fact]
    public async Task A_card_shows_what_identifies_a_session()
    {
        await using var host = CoreHost.Start();
        var (page, session) = await OpenAsync(host);
        await using var closing = page;
        var card = Render(page, session).Find("[role=article]").TextContent;

        Assert.All(
            ["Mobile", "Safari 19 on iOS 19.1", "192.168.7.9", "Local network", "Last activity", "1k pages", "Signed in"],
            fact => Assert.Contains(fact, card, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Buttons_name_their_device_and_submit_a_form_without_a_circuit()
    {
        await using var host = CoreHost.Start();
        var (page, session) = await OpenAsync(host);
        await using var closing = page;
        var asked = new List<string>();
        var card = page.Render<SessionCard>(parameters => parameters
            .Add(one => one.Session, session)
            .Add(one => one.Name, "Safari 19 on iOS 19.1, number 2")
            .Add(one => one.OnTerminate, (Session one) => asked.Add($"terminate {one.Id}"))
            .Add(one => one.OnMore, (Session one) => asked.Add($"more {one.Id}")));

        Assert.Equal(["More for Safari 19 on iOS 19.1, number 2", "Terminate Safari 19 on iOS 19.1, number 2"],
            card.FindAll("button").Select(button => button.GetAttribute("aria-label")!), StringComparer.Ordinal);
        var terminate = card.Find("button.ends");
        Assert.Equal(("submit", EndSessionsPage.FormId, "id", session.Id.ToString()),
            (terminate.GetAttribute("type"), terminate.GetAttribute("form"), terminate.GetAttribute("name"), terminate.GetAttribute("value")));
        Assert.Contains("192.168.7.9", card.Find($"#{terminate.GetAttribute("aria-describedby")}").TextContent, StringComparison.Ordinal);
        await terminate.ClickAsync();
        await card.Find("button.icon").ClickAsync();
        Assert.Equal([$"terminate {session.Id}", $"more {session.Id}"], asked, StringComparer.Ordinal);
        Assert.Equal(card.Find("h3").Id, card.Find("[role=article]").GetAttribute("aria-labelledby"));
    }

    [Fact]
    public async Task A_card_renders_again_only_if_something_changed()
    {
        await using var host = CoreHost.Start();
        var (page, session) = await OpenAsync(host);
        await using var closing = page;
        var card = Render(page, session);
        var before = card.RenderCount;

        card.Render(parameters => parameters.Add(one => one.Session, session with { }));
        Assert.Equal(before, card.RenderCount);
        card.Render(parameters => parameters.Add(one => one.Session, session with { PagesVisited = 7 }));
        Assert.InRange(card.RenderCount, before + 1, int.MaxValue);
        Assert.Contains("7 pages", card.Markup, StringComparison.Ordinal);
        card.Render(parameters => parameters.Add(one => one.Picking, true));
        Assert.NotNull(card.Find("input[type=checkbox]"));
    }

    public static TheoryData<Departure, string> Departures { get; } = new()
    {
        { new Departure.Awaited(), "Signing out…" },
        { new Departure.Confirmed(Now), "Signed out. Confirmed " },
        { new Departure.NothingOpen(), "No open tab. It'll be blocked next time it's used." },
        { new Departure.NotConfirmed(null), "The device hasn't confirmed." },
        { new Departure.NotConfirmed(Now), "Connection closed " },
    };

    [Theory]
    [MemberData(nameof(Departures))]
    public async Task An_ended_card_says_whether_its_browser_left_and_has_no_buttons(Departure departure, string says)
    {
        await using var host = CoreHost.Start();
        var (page, session) = await OpenAsync(host);
        await using var closing = page;
        var card = Render(page, session with { NewBrowser = true, Ending = new SessionEnding(Now, EndReason.Terminated, null, departure) });

        Assert.Contains(says, card.Find(".foot").TextContent, StringComparison.Ordinal);
        Assert.Contains("Terminated", card.Find(".foot").TextContent, StringComparison.Ordinal);
        Assert.Equal(departure is Departure.Awaited, card.FindAll(".spin").Count == 1);
        Assert.Empty(card.FindAll("button, input, .badge"));
    }

    [Fact]
    public async Task In_selection_mode_a_card_has_a_checkbox_until_it_ends()
    {
        await using var host = CoreHost.Start();
        var (page, session) = await OpenAsync(host);
        await using var closing = page;
        var picked = new List<SessionId>();
        var card = page.Render<SessionCard>(parameters => parameters
            .Add(one => one.Session, session)
            .Add(one => one.Name, "Safari 19 on iOS 19.1")
            .Add(one => one.Picking, true)
            .Add(one => one.OnPick, (Session one) => picked.Add(one.Id)));

        Assert.Equal("Select Safari 19 on iOS 19.1", card.Find("input[type=checkbox]").GetAttribute("aria-label"));
        await card.Find("input[type=checkbox]").ChangeAsync(true);
        Assert.Equal(session.Id, Assert.Single(picked));
        card.Render(
            parameters => parameters.Add(one => one.Session, session with { Ending = new SessionEnding(Now, EndReason.Expired, null, null) }));
        Assert.Empty(card.FindAll("input"));
    }

    [Theory]
    [InlineData(true, false, true)]
    [InlineData(false, true, true)]
    [InlineData(false, false, false)]
    public async Task A_browser_or_country_new_to_the_account_is_marked(bool browser, bool country, bool marked)
    {
        await using var host = CoreHost.Start();
        var (page, session) = await OpenAsync(host);
        await using var closing = page;
        var card = Render(page, session with { NewBrowser = browser, NewCountry = country });
        Assert.Equal(marked, card.FindAll(".badge").Any(badge => badge.TextContent is "New"));
    }

    [Fact]
    public async Task Browsers_that_look_the_same_are_labelled_unless_one_has_a_name()
    {
        await using var host = CoreHost.Start();
        var (page, session) = await OpenAsync(host);
        await using var closing = page;
        var card = page.Render<SessionCard>(parameters => parameters.Add(one => one.Session, session).Add(one => one.Twin, true));
        Assert.Contains("separate sign-in", card.Markup, StringComparison.Ordinal);
        card.Render(parameters => parameters.Add(one => one.Session, session with { Name = "Kitchen" }));
        Assert.DoesNotContain("separate sign-in", card.Markup, StringComparison.Ordinal);
        Assert.Equal("Kitchen", card.Find("h3").TextContent);
        Assert.Contains("Safari 19 on iOS 19.1", card.Find(".id").TextContent, StringComparison.Ordinal);
    }

    private static IRenderedComponent<SessionCard> Render(ComponentPage page, Session session) =>
        page.Render<SessionCard>(parameters => parameters.Add(card => card.Session, session));

    private static async Task<(ComponentPage Page, Session Session)> OpenAsync(CoreHost host)
    {
        await host.RegisterAsync();
        var phone = await host.SignInAsync(browser: CoreHost.NewBrowser(address: "192.168.7.9", userAgent: Visitor.Phone));
        var session = Assert.Single(await host.Sessions.ListAsync(phone.Caller));
        return (await ComponentPage.OpenAsync(host, phone), session with { PagesVisited = 1_042 });
    }
}
