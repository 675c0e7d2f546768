using Accounts.Core.Sessions;
using Accounts.Tests.Fixtures;
using Microsoft.Playwright;

namespace Accounts.Tests.Browser;

/// <summary>The card of a session that has just ended says whether its browser really left.</summary>
/// <remarks>The third outcome, that it confirmed, is in <see cref="LiveTests"/>.</remarks>
[Collection(BrowserTests.Name)]
public sealed class DepartureTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";

    [Fact]
    public async Task Where_no_page_was_open_the_card_says_so_and_a_late_return_is_confirmed_on_it()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        using var closed = await site.SignInAsync(Ada, Visitor.Phone);
        await using var owner = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);

        await owner.TerminateAsync("Safari 19 on iOS 19.1");
        await Assertions.Expect(owner.EndedCards).ToContainTextAsync("No open tab. It'll be blocked next time it's used.");

        await closed.ReadAsync("/signed-out");
        await Assertions.Expect(owner.EndedCards).ToContainTextAsync("Signed out. Confirmed");
    }

    [Fact]
    public async Task A_browser_that_ignores_the_push_is_waited_for_and_then_said_to_have_been_cut_off()
    {
        // It stands still: what is said for five seconds is seen however long the browser takes.
        var clock = new TestClock(TimeProvider.System.GetUtcNow());
        await using var site = AccountsSite.Start(clock);
        await site.RegisterAsync(Ada);
        using var hostile = await site.SignInAsync(Ada, Visitor.Phone);
        var session = (await site.FindSessionAsync(hostile)).Id;
        await using var circuit = await site.OpenAsync(hostile, "/settings");
        await using var owner = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);

        await owner.TerminateAsync("Safari 19 on iOS 19.1");
        await Assertions.Expect(owner.EndedCards).ToContainTextAsync("Signing out…");

        clock.Advance(SessionDepartures.Patience);
        await circuit.Closed.WaitAsync(Patience.Limit);
        using var rows = site.Rows();
        Patience.Until(() => rows.Session(session)["ClosedAt"] is not null);
        // It is written first and told then, and what is told waits a tenth of a second for company.
        var said = Assertions.Expect(owner.EndedCards).ToContainTextAsync("Connection closed at");
        while (!said.IsCompleted)
        {
            clock.Advance(SessionFeed.MergeWindow);
            await owner.Page.EvaluateAsync("null");
        }

        await said;
    }
}
