using Accounts.AspNetCore.Gate;
using Accounts.Tests.Fixtures;
using Microsoft.Playwright;

namespace Accounts.Tests.Browser;

/// <summary>A page that loses its connection says since when, disables its buttons, and recovers with what it missed.</summary>
[Collection(BrowserTests.Name)]
public sealed class ConnectionLostTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";

    [Fact]
    public async Task A_disconnected_page_disables_its_buttons_and_catches_up_without_a_reload()
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
            @"^Connection lost at \d?\d:\d\d [AP]M\. This list may be out of date\.$", System.Text.RegularExpressions.RegexOptions.None,
            TimeSpan.FromSeconds(1)))).ToBeVisibleAsync();
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
    public async Task A_page_recovers_from_a_discarded_circuit_and_still_leaves_when_its_session_ends()
    {
        await using var site = AccountsSite.Start(services: AccountsSite.DiscardLostCircuits);
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
    public async Task A_paused_page_resumes_or_leaves_if_its_session_has_ended(bool ended)
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        using var other = await site.SignInAsync(Ada, Visitor.Phone);
        await using var owner = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await owner.WaitForCardsAsync(2);
        var session = await site.FindSessionIdAsync(owner);

        // Our code never pauses a circuit, but the framework lets any script on the page do it.
        // The page asks at once whether it is still signed in. The test holds that request until it has acted.
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
