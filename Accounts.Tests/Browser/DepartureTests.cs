using Accounts.Core.Live;
using Accounts.Core.Sessions;
using Accounts.Tests.Fixtures;
using Microsoft.Playwright;

namespace Accounts.Tests.Browser;

/// <summary>The card of a session that has just ended says whether its browser really signed out.</summary>
/// <remarks>The third outcome, a confirmed sign-out, is in <see cref="LiveTests"/>.</remarks>
[Collection(BrowserTests.Name)]
public sealed class DepartureTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";

    [EachEngineFact]
    public async Task The_card_says_that_no_page_was_open_and_confirms_a_late_return()
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

    [EachEngineFact]
    public async Task A_browser_that_ignores_the_push_is_disconnected_and_the_card_says_so()
    {
        // The clock stands still, so a message that lasts five seconds stays however slow the browser is.
        var clock = new TestClock(TimeProvider.System.GetUtcNow());
        await using var site = AccountsSite.Start(clock);
        await site.RegisterAsync(Ada);
        using var hostile = await site.SignInAsync(Ada, Visitor.Phone);
        var session = (await site.FindSessionAsync(hostile)).Id;
        await using var circuit = await site.OpenAsync(hostile, "/settings");
        await using var owner = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);

        await owner.TerminateAsync("Safari 19 on iOS 19.1");
        await Assertions.Expect(owner.EndedCards).ToContainTextAsync("Signing out…");

        clock.Advance(Departure.Patience);
        await circuit.Closed.WaitAsync(Patience.Limit);
        using var rows = site.Rows();
        Patience.Until(() => rows.Session(session)["ClosedAt"] is not null);
        // The server stores the departure before it publishes it. Subscribers hear of it after the merge window of a tenth of a second.
        var said = Assertions.Expect(owner.EndedCards).ToContainTextAsync("Connection closed");
        while (!said.IsCompleted)
        {
            clock.Advance(SessionFeed.MergeWindow);
            await owner.Page.EvaluateAsync("null");
        }

        await said;
    }
}
