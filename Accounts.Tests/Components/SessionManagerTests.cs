using Accounts.Core.Audit;
using Accounts.Core.AuditReading;
using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Manager;
using Accounts.Core.Storage;
using Accounts.Tests.Fixtures;
using Accounts.Web.Manager;
using Bunit;
using Microsoft.Extensions.DependencyInjection;

namespace Accounts.Tests.Components;

/// <summary>The dashboard component, on the real core.</summary>
[OnSqlite]
public sealed class SessionManagerTests
{
    private const string MayHaveWorked = "This may or may not have worked. Check your sessions, and try again if needed.";

    [Theory]
    [InlineData(1, 0, 0, "You're only signed in here. Sign in on another device and it appears here.")]
    [InlineData(3, 2, 0, "3 sessions. Updates live.")]
    [InlineData(13, 12, 0, "13 sessions. Updates live.")]
    [InlineData(18, 17, 0, "18 sessions. Updates live.")]
    [InlineData(40, 24, 10, "40 sessions. Updates live.")]
    public async Task This_device_is_a_strip_and_other_sessions_are_cards_then_rows(int sessions, int cards, int rows, string summary)
    {
        await using var host = Start();
        await using var page = await OpenAsync(host, sessions);
        var manager = page.Render<SessionManager>();

        Assert.Single(manager.FindComponents<ThisDevice>());
        Assert.Equal((cards, rows), (manager.FindComponents<SessionCard>().Count, manager.FindComponents<Accounts.Web.Manager.SessionRow>().Count));
        Assert.Equal(summary, manager.Find("header p").TextContent);
        Assert.Equal(sessions > 1, manager.FindAll(".all button").Count == 1);
    }

    [Fact]
    public async Task A_change_to_one_session_renders_only_its_card()
    {
        await using var host = Start();
        await using var page = await OpenAsync(host, 9);
        var manager = page.Render<SessionManager>();
        var cards = manager.FindComponents<SessionCard>();
        var before = cards.Select(card => card.RenderCount).ToList();
        var one = cards[3].Instance.Session;

        await host.Sessions.RenameAsync(page.Caller, one.Id, new RenameSessionInput { Name = "Kitchen" });
        await TellAsync(host, manager, () => manager.Markup.Contains("Kitchen", StringComparison.Ordinal));
        manager.WaitForAssertion(() =>
            Assert.Equal(one.Id, Assert.Single(cards.Where((card, at) => card.RenderCount > before[at])).Instance.Session.Id));
    }

    [Fact]
    public async Task A_session_that_ends_keeps_its_place_and_the_count_drops()
    {
        await using var host = Start();
        await using var page = await OpenAsync(host, 4);
        var manager = page.Render<SessionManager>();
        var order = Order(manager);
        await host.Sessions.TerminateAsync(page.Caller, order[1]);

        await TellAsync(host, manager, () => manager.FindAll(".session.ended").Count == 1);
        Assert.Equal(order, Order(manager));
        Assert.Equal($"session-{order[1]}", manager.Find(".session.ended").GetAttribute("aria-labelledby"));
        Assert.Equal("3 sessions. Updates live.", manager.Find("header p").TextContent);
    }

    [Fact]
    public async Task Chips_and_search_filter_the_cards_and_the_URL_follows()
    {
        await using var host = Start();
        await using var page = await OpenAsync(host, 8, phones: 2);
        var manager = page.Render<SessionManager>();
        Assert.Equal(["All others 7", "Computers 5", "Phones 2", "New 7"], manager.FindAll(".tools .chip").Select(chip => chip.TextContent),
            StringComparer.Ordinal);

        await manager.FindAll(".tools .chip")[2].ClickAsync();
        Assert.Equal(2, manager.FindComponents<SessionCard>().Count);
        Assert.Equal("kind=phones", page.RememberedQuery);
        await manager.Find("input[type=search]").InputAsync("nowhere");
        Assert.Empty(manager.FindComponents<SessionCard>());
        Assert.Equal("kind=phones q=nowhere", page.RememberedQuery);
        await manager.Find(".none button").ClickAsync();
        Assert.Equal(7, manager.FindComponents<SessionCard>().Count);
        Assert.Equal("", page.RememberedQuery);
    }

    [Fact]
    public async Task Selected_sessions_are_named_in_the_dialog_and_end_together()
    {
        await using var host = Start();
        await using var page = await OpenAsync(host, 8, phones: 2);
        var manager = page.Render<SessionManager>();
        await manager.Find("button.pick-many").ClickAsync();
        Assert.Equal("0 selected", manager.Find(".bar [role=status]").TextContent);
        Assert.True(manager.Find(".bar .go").HasAttribute("disabled"));

        await manager.FindAll("input[type=checkbox]")[0].ChangeAsync(true);
        await manager.FindAll("input[type=checkbox]")[1].ChangeAsync(true);
        await manager.FindAll("input[type=checkbox]")[6].ChangeAsync(true);
        await manager.FindAll("input[type=checkbox]")[6].ChangeAsync(false);
        Assert.Equal("2 selected", manager.Find(".bar [role=status]").TextContent);
        var chosen = Order(manager)[..2];
        await manager.Find(".bar .go").ClickAsync();

        page.Dialogs.WaitForElement("[role=dialog]");
        Assert.Equal("Terminate 2 sessions?", page.Dialogs.Find("h2").TextContent);
        Assert.Equal(2, page.Dialogs.FindAll(".subject li").Count);
        await Button(page, "Terminate 2").ClickAsync();
        await TellAsync(host, manager, () => manager.FindAll(".session.ended").Count == 2);
        Assert.Equal(chosen.Select(id => $"session-{id}"), manager.FindAll(".session.ended").Select(card => card.GetAttribute("aria-labelledby")!),
            StringComparer.Ordinal);
        Assert.Equal("Signed out 2 sessions.", manager.Find(".toast p").TextContent);
        Assert.Empty(manager.FindAll("input[type=checkbox]"));

        var told = Assert.Single((await host.EventsAsync(page.Caller, new AuditQuery { Action = AuditAction.SessionsTerminated }))!);
        Assert.Equal(2, told.EndedSessions.Count);
    }

    [Fact]
    public async Task You_can_select_all_shown_sessions_and_leave_the_selection()
    {
        await using var host = Start();
        await using var page = await OpenAsync(host, 8, phones: 2);
        var manager = page.Render<SessionManager>();
        await manager.FindAll(".tools .chip")[2].ClickAsync();
        await manager.Find("button.pick-many").ClickAsync();
        await manager.FindAll(".bar button").Single(button => button.TextContent is "Select all 2").ClickAsync();
        Assert.Equal("2 selected", manager.Find(".bar [role=status]").TextContent);
        await manager.Find("[aria-label='Stop selecting']").ClickAsync();
        Assert.Empty(manager.FindAll("input[type=checkbox], .bar"));
        Assert.Equal(8, (await host.Sessions.ListAsync(page.Caller)).Count);
    }

    [Fact]
    public async Task Yes_removes_the_question_and_the_mark()
    {
        await using var host = Start();
        await using var page = await OpenAsync(host, 2);
        var manager = page.Render<SessionManager>();
        Assert.Contains("New browser", manager.Find(".question h2").TextContent, StringComparison.Ordinal);
        Assert.NotEmpty(manager.FindAll(".badge.new"));

        await manager.FindAll(".question button").Single(button => button.TextContent is "Yes, it was me").ClickAsync();
        manager.WaitForAssertion(() => Assert.Empty(manager.FindAll(".question, .badge.new")));
        Assert.False((await host.Sessions.ListAsync(page.Caller)).Single(session => session.Id != page.Caller.SessionId).IsFlagged);
        Assert.Single((await host.EventsAsync(page.Caller, new AuditQuery { Action = AuditAction.SessionRecognized }))!);
    }

    [Fact]
    public async Task No_signs_the_session_out_and_opens_the_password_page()
    {
        await using var host = Start();
        await using var page = await OpenAsync(host, 2);
        var manager = page.Render<SessionManager>();
        await manager.FindAll(".question button").Single(button => button.TextContent is "No, sign it out").ClickAsync();
        page.Dialogs.WaitForElement("[role=dialog]");
        Assert.StartsWith("Sign out ", page.Dialogs.Find("h2").TextContent, StringComparison.Ordinal);
        // Nothing happens before it is confirmed.
        Assert.Equal(2, (await host.Sessions.ListAsync(page.Caller)).Count);
        await Button(page, "Sign out").ClickAsync();

        manager.WaitForAssertion(() => Assert.EndsWith("/settings/password", page.Navigation.Uri, StringComparison.Ordinal));
        Assert.Single(await host.Sessions.ListAsync(page.Caller));
        Assert.Single((await host.EventsAsync(page.Caller, new AuditQuery { Action = AuditAction.SessionDenied }))!);
    }

    [Fact]
    public async Task Before_the_circuit_starts_the_cards_are_there_and_their_buttons_work()
    {
        await using var host = Start();
        await using var page = await OpenAsync(host, 8, interactive: false);
        var manager = page.Render<SessionManager>();
        Assert.Equal(7, manager.FindComponents<SessionCard>().Count);
        Assert.True(manager.Find("fieldset.tools").HasAttribute("disabled"));
        Assert.All(manager.FindAll("[aria-haspopup]"), menu => Assert.True(menu.HasAttribute("disabled")));
        Assert.All(manager.FindAll(".session button.ends"), button => Assert.Equal(EndSessionsPage.FormId, button.GetAttribute("form")));
        Assert.Empty(manager.FindComponents<MudBlazor.MudMenu>());
    }

    [Fact]
    public async Task Without_a_circuit_a_link_leads_to_the_other_rows()
    {
        await using var host = Start();
        await using var page = await OpenAsync(host, 90, interactive: false);
        var manager = page.Render<SessionManager>();
        Assert.Equal(10, manager.FindComponents<Accounts.Web.Manager.SessionRow>().Count);
        Assert.Equal("Show 50 more", manager.Find(".more a").TextContent.Trim());
        page.Navigation.NavigateTo(manager.Find(".more a").GetAttribute("href")!);
        Assert.Equal(60, page.Context.Render<SessionManager>().FindComponents<Accounts.Web.Manager.SessionRow>().Count);
    }

    // Guard: the number in SessionNames.
    [Fact]
    public async Task No_two_sessions_have_buttons_of_the_same_name_and_names_stay()
    {
        await using var host = Start();
        await using var page = await OpenAsync(host, 40);
        var manager = page.Render<SessionManager>();
        var before = Names();
        Assert.Equal(34, before.Count(name => name.StartsWith("Terminate ", StringComparison.Ordinal)));
        Assert.Equal(before.Count, before.Distinct(StringComparer.Ordinal).Count());

        var one = manager.FindComponents<SessionCard>()[3].Instance.Session;
        await host.Sessions.TerminateAsync(page.Caller, one.Id);
        await TellAsync(host, manager, () => manager.FindAll(".session.ended").Count == 1);
        Assert.Equal(before.Count - 2, Names().Count);
        Assert.Subset(before.ToHashSet(StringComparer.Ordinal), Names().ToHashSet(StringComparer.Ordinal));

        List<string> Names() => [.. manager.FindAll("button[aria-label]").Select(button => button.GetAttribute("aria-label")!)];
    }

    // Guards: ChangeAsync in LiveSessions, and where the dashboard's actions use it.
    [EachEngineTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_an_ending_without_an_answer_the_list_is_read_again(bool saved)
    {
        var answers = new LostAnswers();
        await using var host = Start(answers);
        await using var page = await OpenAsync(host, 3);
        var manager = page.Render<SessionManager>();
        manager.WaitForElement(".session");
        var target = Order(manager)[0];
        await manager.Find($"[aria-labelledby='session-{target}'] button.ends").ClickAsync();
        page.Dialogs.WaitForElement("[role=dialog]");
        answers.LoseNext(saved);
        await Button(page, "Terminate").ClickAsync();

        Assert.Equal(MayHaveWorked, page.Dialogs.Find(".notice").TextContent);
        manager.WaitForAssertion(() =>
        {
            Assert.Equal(saved ? 1 : 0, manager.FindAll(".session.ended").Count);
            Assert.Empty(manager.FindAll(".problem"));
        });

        // The dialog's advice works: a repeated click ends what is left to end.
        await Button(page, "Terminate").ClickAsync();
        page.Dialogs.WaitForAssertion(() => Assert.Empty(page.Dialogs.FindAll("[role=dialog]")));
        Assert.Equal(2, (await host.Sessions.ListAsync(page.Caller)).Count);
    }

    [EachEngineTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_to_the_question_without_the_databases_answer_reads_the_list_again(bool saved)
    {
        var answers = new LostAnswers();
        await using var host = Start(answers);
        await using var page = await OpenAsync(host, 2);
        var manager = page.Render<SessionManager>();
        manager.WaitForElement(".question");
        answers.LoseNext(saved);
        await manager.FindAll(".question button").Single(button => button.TextContent is "Yes, it was me").ClickAsync();

        manager.WaitForAssertion(() => Assert.Equal(MayHaveWorked, manager.Find(".toast p").TextContent));
        manager.WaitForAssertion(() =>
        {
            Assert.Equal(!saved, manager.FindAll(".question").Count == 1);
            Assert.Empty(manager.FindAll(".problem"));
        });
    }

    // These tests sign in many times at once.
    private static CoreHost Start(LostAnswers? answers = null) => CoreHost.Start(
        services: services => services.AddSingleton(new ContextInterceptor(answers ?? new LostAnswers())),
        settings: [("SignIn:AttemptsPerAccount", "1000"), ("SignIn:AttemptsPerAddress", "1000")]);

    private static List<SessionId> Order(IRenderedComponent<SessionManager> manager) =>
        [.. manager.FindComponents<SessionCard>().Select(card => card.Instance.Session.Id)];

    private static AngleSharp.Dom.IElement Button(ComponentPage page, string text) =>
        page.Dialogs.FindAll("button").Single(button => string.Equals(button.TextContent, text, StringComparison.Ordinal));

    /// <summary>Makes the feed publish its merged changes, and waits until the page shows them.</summary>
    private static Task TellAsync(CoreHost host, IRenderedComponent<SessionManager> manager, Func<bool> shown)
    {
        host.Clock.Advance(SessionFeed.MergeWindow);
        return manager.WaitForStateAsync(shown);
    }

    /// <summary>Opens Ada's page in the browser that she used first. Each of her other sessions has its own browser.</summary>
    private static async Task<ComponentPage> OpenAsync(CoreHost host, int sessions, int phones = 0, bool interactive = true)
    {
        await host.RegisterAsync();
        var own = await host.SignInAsync();
        for (var i = 1; i < sessions; i++)
        {
            host.Clock.Advance(TimeSpan.FromSeconds(1));
            await host.SignInAsync(browser: CoreHost.NewBrowser(userAgent: i <= phones ? Visitor.Phone : CoreHost.Chrome));
        }

        return await ComponentPage.OpenAsync(host, own, interactive: interactive);
    }
}
