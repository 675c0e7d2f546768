using System.Text.RegularExpressions;
using Accounts.Core.Callers;
using Accounts.Core.Geolocation;
using Accounts.Core.Live;
using Accounts.Core.Sessions;
using Accounts.Tests.Fixtures;
using Accounts.Tests.Fixtures.Circuits;
using Accounts.Web.Sessions;
using Microsoft.Extensions.Logging.Abstractions;

namespace Accounts.Tests.Web.Sessions;

/// <summary>A prerendered page contains the cards, and hands them only to its own circuit.</summary>
public sealed class HandoverTests
{
    private const string Ada = "ada@example.test";

    [Fact]
    public async Task The_first_HTML_contains_the_cards_and_its_state_only_a_ticket()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        using var other = await site.SignInAsync(Ada, Visitor.Phone);
        using var owner = await site.SignInAsync(Ada);

        var html = await owner.ReadAsync("/settings/sessions");
        Assert.Contains("Safari 19 on iOS 19.1", html, StringComparison.Ordinal);
        Assert.Contains("2 sessions.</span>", html, StringComparison.Ordinal);
        Assert.Contains($"session-{(await site.FindSessionAsync(other)).Id}", html, StringComparison.Ordinal);
        // The page's state is as long with two sessions as with one: it holds a ticket, not a list.
        await other.SignOutAsync();
        Assert.Equal(StateOf(html).Length, StateOf(await owner.ReadAsync("/settings/sessions")).Length, tolerance: 8);
        Assert.InRange(StateOf(html).Length, 1, 2_000);
    }

    // A browser ends a paragraph at the first block inside it. So the request's page would look different from the circuit's.
    [Fact]
    public async Task The_first_HTML_nests_as_a_browser_reads_it()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        using var other = await site.SignInAsync(Ada, Visitor.Phone);
        using var owner = await site.SignInAsync(Ada);
        // The card of a new browser has a badge.
        using var later = await site.SignInAsync(Ada, Visitor.Phone);
        Assert.Contains("badge new", await owner.ReadAsync("/settings/sessions"), StringComparison.Ordinal);
        foreach (var path in new[]
        {
            "/settings", "/settings/security", "/settings/password", "/settings/audit", "/settings/sessions?history=shown", "/help/access",
            "/settings/sessions/end?all=true", "/settings/sessions/end?remote=true",
        })
        {
            var paragraphs = Regex.Matches(await owner.ReadAsync(path), "<p[ >].*?</p>", RegexOptions.Singleline, Patience.Limit);
            Assert.NotEmpty(paragraphs);
            Assert.All(paragraphs, paragraph =>
                Assert.DoesNotMatch("(?s)<(div|p|ul|ol|dl|table|section|fieldset|form|h[1-6])[ >]", paragraph.Value[2..]));
        }
    }

    [EachEngineFact]
    public async Task A_circuit_takes_over_its_pages_list_without_reading_again()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        using var owner = await site.SignInAsync(Ada);
        var handovers = site.Get<Handovers>();
        Assert.Equal(0, handovers.Count);
        var address = new Uri(site.Address, "/settings/sessions");
        var html = await owner.ReadAsync("/settings/sessions");
        Assert.Equal(1, handovers.Count);
        // No event announces this change: only a new read finds it.
        using (var database = site.Rows())
            database.Execute("UPDATE \"Sessions\" SET \"Name\" = 'Read again'");

        await using var page = await RawCircuit.OpenAsync(address, owner.CookieHeader, html);
        await page.WaitForBatchAsync(circuit => circuit.Page.Text.Contains("This device", StringComparison.Ordinal), Patience.Limit);
        Assert.Equal(0, handovers.Count);
        Assert.DoesNotContain("Read again", page.Page.Text, StringComparison.Ordinal);

        // The same page again: its ticket is spent, so its circuit reads.
        await using var late = await RawCircuit.OpenAsync(address, owner.CookieHeader, html);
        await late.WaitForBatchAsync(circuit => circuit.Page.Text.Contains("Read again", StringComparison.Ordinal), Patience.Limit);
    }

    [Fact]
    public void A_ticket_works_once_for_its_own_session_within_twenty_seconds()
    {
        var clock = new TestClock();
        var feed = Feed(clock);
        using var handovers = new Handovers(feed, clock);
        var (ada, grace) = (Person(), Person());

        var first = handovers.Begin(ada, acts: true);
        Assert.Null(handovers.Take(first.Ticket, grace.OwnSession));
        Assert.Null(handovers.Take(null, ada.OwnSession));
        Assert.Null(handovers.Take("00", ada.OwnSession));
        Assert.Same(first, handovers.Take(first.Ticket, ada.OwnSession));
        Assert.Null(handovers.Take(first.Ticket, ada.OwnSession));

        var late = handovers.Begin(ada, acts: true);
        Assert.NotEqual(first.Ticket, late.Ticket, StringComparer.Ordinal);
        clock.Advance(Handovers.Waits - TimeSpan.FromSeconds(1));
        Assert.Equal(1, handovers.Count);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, handovers.Count);
        Assert.Null(handovers.Take(late.Ticket, ada.OwnSession));
        // An unclaimed handover no longer listens.
        feed.Publish(new SessionChange.Started(ada.Subject, SessionId.New(clock.GetUtcNow())));
        clock.Advance(SessionFeed.MergeWindow);
        Assert.False(late.Changes.Reader.TryRead(out _));
    }

    [Fact]
    public void Changes_between_the_read_and_the_circuit_are_not_lost()
    {
        var clock = new TestClock();
        var feed = Feed(clock);
        using var handovers = new Handovers(feed, clock);
        var ada = Person();
        var handover = handovers.Begin(ada, acts: true);

        var (one, two) = (SessionId.New(clock.GetUtcNow()), SessionId.New(clock.GetUtcNow()));
        feed.Publish(new SessionChange.Started(ada.Subject, one));
        clock.Advance(SessionFeed.MergeWindow);
        var taken = handovers.Take(handover.Ticket, ada.OwnSession)!;
        feed.Publish(new SessionChange.Ended(ada.Subject, two, EndReason.Terminated));
        clock.Advance(SessionFeed.MergeWindow);

        var told = new List<SessionChange>();
        while (taken.Changes.Reader.TryRead(out var batch))
            told.AddRange(batch);
        Assert.Equal([one, two], told.Select(change => change.SessionId));
    }

    [Fact]
    public void A_session_has_at_most_four_handovers_and_the_oldest_is_dropped()
    {
        var clock = new TestClock();
        using var handovers = new Handovers(Feed(clock), clock);
        var (ada, grace) = (Person(), Person());
        var others = handovers.Begin(grace, acts: true);
        var own = Enumerable.Range(0, 6).Select(_ => handovers.Begin(ada, acts: true)).ToList();

        Assert.Equal(Handovers.PerSession + 1, handovers.Count);
        Assert.Null(handovers.Take(own[1].Ticket, ada.OwnSession));
        Assert.NotNull(handovers.Take(own[2].Ticket, ada.OwnSession));
        Assert.NotNull(handovers.Take(others.Ticket, grace.OwnSession));
    }

    private static string StateOf(string html)
    {
        const string Mark = "<!--Blazor-Server-Component-State:";
        var at = html.IndexOf(Mark, StringComparison.Ordinal);
        Assert.True(at > 0, "The page keeps no state.");
        return html[(at + Mark.Length)..html.IndexOf("-->", at, StringComparison.Ordinal)];
    }

    private static SessionFeed Feed(TimeProvider clock) => new(new PlaceFinder(), clock, NullLogger<SessionFeed>.Instance);

    private static Caller Person() => Caller.InBrowser(new UserId(Guid.NewGuid()), new SessionId(Guid.NewGuid()), "", "127.0.0.1");
}
