using Accounts.AspNetCore.Gate;
using Accounts.Core.Live;
using Accounts.Tests.Core.Live;
using Accounts.Tests.Fixtures;
using Accounts.Web.Sessions;
using Microsoft.Playwright;

namespace Accounts.Tests.Browser;

/// <summary>Every open dashboard shows what happens in other browsers, without a reload.</summary>
[Collection(BrowserTests.Name)]
public sealed class LiveTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";
    private const string Firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";

    // Guards: SessionPush.RefreshAsync and MenuWatch.
    [EachEngineFact]
    public async Task A_new_name_and_role_are_in_force_on_every_open_page()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await site.RegisterAsync("grace@example.test", "Grace Hopper");
        await using var ada = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await using var grace = await (await Person.OpenAsync(chromium, site)).SignInAsync("grace@example.test");
        // A page with cards, and one whose content is static.
        var security = await ada.Profile.NewPageAsync();
        await security.GotoAsync(new Uri(site.Address, "/settings/security").AbsoluteUri);
        await Assertions.Expect(security.Locator("#session-watch i")).ToHaveCountAsync(1);
        IPage[] pages = [ada.Page, security];
        foreach (var page in pages)
        {
            await Assertions.Expect(page.Locator(".me .who b")).ToHaveTextAsync("Ada Lovelace");
            await page.EvaluateAsync("window.stillHere = true");
        }

        var session = (await site.Get<SessionAuthenticator>().FindLiveAsync(await site.FindSessionIdAsync(ada)))!;
        await PrincipalTests.PromoteAsync(site.Get<CommandRunner>(), session.UserId, "Zoë King");

        foreach (var page in pages)
        {
            await Assertions.Expect(page.Locator(".me .who b")).ToHaveTextAsync("Zoë King");
            await Assertions.Expect(page.Locator(".me .avatar")).ToHaveTextAsync("ZK");
            await Assertions.Expect(page.Locator(".menu-who b")).ToHaveTextAsync("Zoë King");
            await Assertions.Expect(page.Locator(".me .who small")).ToHaveTextAsync(Ada);
            Assert.True(await page.EvaluateAsync<bool>("window.stillHere"));
        }

        // The circuits have the new role, not only the menu the new name.
        var circuits = site.Get<SessionCircuits>().Of(session.Id);
        Assert.Equal(2, circuits.Count);
        foreach (var circuit in circuits)
            Assert.True((await circuit.FindUserAsync()).IsInRole(Accounts.Core.Administration.Roles.Support));
        await Assertions.Expect(grace.Page.Locator(".me .who b")).ToHaveTextAsync("Grace Hopper");
    }

    [EachEngineFact]
    public async Task Three_browsers_see_each_others_changes()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var desktop = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await using var phone = await (await Person.OpenPhoneAsync(chromium, site)).SignInAsync(Ada);
        Person[] watchers = [desktop, phone];
        foreach (var watcher in watchers)
            await watcher.Page.EvaluateAsync("window.stillHere = true");

        // A sign-in elsewhere.
        await using var linux = await (await Person.OpenAsync(chromium, site, Firefox)).SignInAsync(Ada);
        var id = await site.FindSessionIdAsync(linux);
        foreach (var watcher in watchers)
        {
            await watcher.WaitForCardsAsync(3);
            await Assertions.Expect(watcher.Page.GetByRole(AriaRole.Status).First).ToContainTextAsync("New sign-in: Firefox 145 on Linux");
            await Assertions.Expect(watcher.CardOf(id)).ToContainTextAsync("New");
        }

        // Pages visited.
        await linux.GoAsync("/settings");
        await linux.GoAsync("/settings/password");
        foreach (var watcher in watchers)
            await Assertions.Expect(watcher.CardOf(id)).ToContainTextAsync("3 pages visited");

        // The phone gives the session a name; the product name moves below it.
        await phone.RenameAsync(phone.CardOf(id), "The old laptop");
        foreach (var watcher in watchers)
        {
            await Assertions.Expect(watcher.CardOf(id).GetByRole(AriaRole.Heading)).ToHaveTextAsync("The old laptop");
            await Assertions.Expect(watcher.CardOf(id)).ToContainTextAsync("Firefox 145 on Linux · Desktop");
        }

        // The session ends, and its browser confirms it.
        await desktop.AskToTerminateAsync(desktop.CardOf(id));
        await desktop.ConfirmAsync("Terminate");
        await linux.WaitForSignedOutAsync();
        foreach (var watcher in watchers)
        {
            await Assertions.Expect(watcher.CardOf(id)).ToContainTextAsync("Terminated");
            await Assertions.Expect(watcher.CardOf(id)).ToContainTextAsync("Signed out. Confirmed");
            await Assertions.Expect(watcher.CardOf(id).GetByRole(AriaRole.Button)).ToHaveCountAsync(0);
            await watcher.WaitForCardsAsync(2);
            Assert.True(await watcher.Page.EvaluateAsync<bool>("window.stillHere"));
        }

        // The name belongs to the browser, so it returns with the next sign-in.
        await linux.SignInAsync(Ada);
        await Assertions.Expect(desktop.Cards.Last.GetByRole(AriaRole.Heading)).ToHaveTextAsync("The old laptop");
    }

    [Fact]
    public async Task An_untouched_dashboard_counts_as_no_activity()
    {
        var clock = new TestClock(TimeProvider.System.GetUtcNow());
        await using var site = AccountsSite.Start(clock);
        await site.RegisterAsync(Ada);
        await using var desktop = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        using var other = await site.SignInAsync(Ada, Visitor.Phone);
        clock.Advance(SessionFeed.MergeWindow);
        await desktop.WaitForCardsAsync(2);
        var (own, others) = (await site.FindSessionIdAsync(desktop), (await site.FindSessionAsync(other)).Id);
        await site.Get<SessionActivity>().FlushAsync();
        using var rows = site.Rows();
        var before = rows.Session(own)["LastActivityAt"];

        // For ten minutes, others' activity changes the page, and the page acknowledges each rendering.
        for (var minute = 1; minute <= 10; minute++)
        {
            clock.Advance(TimeSpan.FromMinutes(1));
            await other.ReadAsync("/settings");
            clock.Advance(SessionFeed.MergeWindow);
            await Assertions.Expect(desktop.CardOf(others)).ToContainTextAsync($"{SessionText.Pages(minute)} visited");
        }

        await site.Get<SessionActivity>().FlushAsync();
        Assert.Equal(before, rows.Session(own)["LastActivityAt"]);
        Assert.NotEqual(before, rows.Session(others)["LastActivityAt"]);

        // Opening a menu is activity.
        await desktop.OpenMenuAsync(desktop.CardOf(own));
        await site.Get<SessionActivity>().FlushAsync();
        Assert.NotEqual(before, rows.Session(own)["LastActivityAt"]);
    }

    [EachEngineFact]
    public async Task The_list_reports_a_failed_read_and_retries_without_a_reload()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var desktop = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        var caller = (await site.Get<SessionAuthenticator>().FindLiveAsync(await site.FindSessionIdAsync(desktop)))!.ToCaller();
        using var other = await site.SignInAsync(Ada, Visitor.Phone);
        await desktop.WaitForCardsAsync(2);

        // The page has read everything that the sign-in changed.
        await Assertions.Expect(desktop.Page.Locator(".history tbody tr")).ToHaveCountAsync(2);
        await Assertions.Expect(desktop.Page.GetByRole(AriaRole.Link, new() { Name = "Session manager" }).Locator("small [aria-hidden]"))
            .ToHaveTextAsync("2");

        // Four parts of the page read on a change: the cards, the history, the count beside the link, and the notice of views of support.
        for (var part = 0; part < 4; part++)
            site.Gate.FailCommand("\"Sessions\"");
        site.Get<SessionFeed>().Publish(new SessionChange.Started(caller.Subject, caller.OwnSession));
        var problem = desktop.Page.Locator("main .problem");
        await Assertions.Expect(problem).ToContainTextAsync("We can't load the latest. This list may be out of date.");
        await desktop.WaitForCardsAsync(2);
        var live = desktop.Page.GetByText("Updates live.", new() { Exact = true });
        await Assertions.Expect(live).ToHaveCountAsync(0);

        await problem.GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();
        await Assertions.Expect(problem).ToHaveCountAsync(0);
        await Assertions.Expect(live).ToBeVisibleAsync();
    }
}
