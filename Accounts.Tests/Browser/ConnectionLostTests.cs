using Accounts.Tests.Fixtures;
using Accounts.Web.Sessions;
using Microsoft.Playwright;

namespace Accounts.Tests.Browser;

/// <summary>A page that has lost its connection says since when, lets nothing be pressed, and comes back by itself with what it missed.</summary>
[Collection(BrowserTests.Name)]
public sealed class ConnectionLostTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";

    [Fact]
    public async Task Nothing_can_be_pressed_while_the_connection_is_lost_and_what_was_missed_comes_without_a_reload()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        using var other = await site.SignInAsync(Ada, Visitor.Phone);
        await using var cable = new Cable(site.Address);
        await using var owner = await (await Person.OpenAsync(chromium, cable.Address)).SignInAsync(Ada);
        await owner.WaitForCardsAsync(2);
        await owner.Page.EvaluateAsync("window.stillHere = true");
        var terminate = owner.Page.GetByRole(AriaRole.Button, new() { Name = "Terminate" });
        await Assertions.Expect(terminate).ToBeEnabledAsync();

        var live = owner.Page.GetByText("Updates live.", new() { Exact = true });
        await Assertions.Expect(live).ToBeVisibleAsync();
        cable.Cut();
        await Assertions.Expect(live).ToBeHiddenAsync();
        await Assertions.Expect(owner.Page.GetByText(new System.Text.RegularExpressions.Regex(
            @"^Connection lost at \d?\d:\d\d [AP]M\. This list may be out of date\.$", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)))).ToBeVisibleAsync();
        foreach (var button in await owner.Page.Locator("main").GetByRole(AriaRole.Button).AllAsync())
            await Assertions.Expect(button).ToBeDisabledAsync();
        using var missed = await site.SignInAsync(Ada);
        await owner.WaitForCardsAsync(2);

        cable.Mend();
        await Assertions.Expect(owner.Page.GetByText("Connection lost")).ToBeHiddenAsync();
        await Assertions.Expect(live).ToBeVisibleAsync();
        await owner.WaitForCardsAsync(3);
        await Assertions.Expect(terminate.First).ToBeEnabledAsync();
        Assert.True(await owner.Page.EvaluateAsync<bool>("window.stillHere"));
        await owner.TerminateAsync("Safari 19 on iOS 19.1");
        await owner.WaitForCardsAsync(2);
    }

    [Fact]
    public async Task A_page_whose_circuit_the_server_has_let_go_comes_back_and_is_still_told_of_its_end()
    {
        await using var site = AccountsSite.Start(services: AccountsSite.LetCircuitsGo);
        await site.RegisterAsync(Ada);
        using var other = await site.SignInAsync(Ada, Visitor.Phone);
        await using var cable = new Cable(site.Address);
        await using var owner = await (await Person.OpenAsync(chromium, cable.Address)).SignInAsync(Ada);
        await owner.WaitForCardsAsync(2);
        var session = await site.FindSessionIdAsync(owner);
        Assert.NotEmpty(site.Get<SessionCircuits>().Of(session));

        cable.Cut();
        Patience.Until(() => site.Get<SessionCircuits>().Of(session).Count == 0);
        using var missed = await site.SignInAsync(Ada);
        cable.Mend();
        await owner.WaitForCardsAsync(3);
        await owner.TerminateAsync("Safari 19 on iOS 19.1");
        await owner.WaitForCardsAsync(2);

        await site.TerminateAsync(missed, session);
        await owner.WaitForSignedOutAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_page_that_was_paused_goes_on_or_leaves(bool ended)
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        using var other = await site.SignInAsync(Ada, Visitor.Phone);
        await using var owner = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await owner.WaitForCardsAsync(2);
        var session = await site.FindSessionIdAsync(owner);

        // Nothing of ours does this, but the framework's script lets whatever runs on the page do it.
        // The page asks at once whether it is still signed in, and is held there until the test has acted.
        var asks = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await owner.Page.RouteAsync("**/session/state", async route =>
        {
            asks.TrySetResult();
            await answer.Task;
            await route.ContinueAsync();
        });
        await owner.Page.EvaluateAsync("() => { Blazor.pauseCircuit(); }");
        await asks.Task.WaitAsync(Patience.Limit);
        Patience.Until(() => site.Get<SessionCircuits>().Of(session).Count == 0);
        if (ended)
        {
            await site.TerminateAsync(other, session);
            answer.SetResult();
            await owner.WaitForSignedOutAsync();
            return;
        }

        using var missed = await site.SignInAsync(Ada);
        answer.SetResult();
        await owner.WaitForCardsAsync(3);
        await owner.TerminateAsync("Safari 19 on iOS 19.1");
        await owner.WaitForCardsAsync(2);
    }
}
