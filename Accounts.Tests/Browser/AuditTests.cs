using Accounts.Core.Audit;
using Accounts.Core.Live;
using Accounts.Core.Manager;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Accounts.Tests.Fixtures;
using Microsoft.Playwright;

namespace Accounts.Tests.Browser;

/// <summary>The audit log in a real browser.</summary>
[Collection(BrowserTests.Name)]
public sealed class AuditTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";

    [Fact]
    public async Task A_new_event_appears_if_it_matches_the_current_filter()
    {
        await using var site = AccountsSite.Start();
        await using var ada = await StartAsync(site);
        await Assertions.Expect(Rows(ada)).ToHaveCountAsync(2);
        await Assertions.Expect(Rows(ada).First).ToContainTextAsync("This device");

        var text = ada.Page.GetByLabel("Device, location or IP address");
        await text.FillAsync("iPhone or iOS");
        await Assertions.Expect(Status(ada)).ToHaveTextAsync("No matches.");
        await text.FillAsync("iOS");
        using var phone = await site.SignInAsync(Ada, Visitor.Phone, remember: true);
        await Assertions.Expect(Rows(ada)).ToHaveCountAsync(1);
        await Assertions.Expect(Rows(ada).First).ToContainTextAsync("Signed in");

        var (mine, its) = ((await site.Get<SessionAuthenticator>().FindLiveAsync(await site.FindSessionIdAsync(ada)))!.ToCaller(),
            (await site.FindSessionAsync(phone)).Id);
        await site.Get<SessionService>().RenameAsync(mine, its, new RenameSessionInput { Name = "Old phone" });
        await Assertions.Expect(Rows(ada).First).ToContainTextAsync("Safari 19 on iOS 19.1, now “Old phone”");
        await site.Get<SessionService>().TerminateAsync(mine, its);
        await Assertions.Expect(Rows(ada).First).ToContainTextAsync("Ended another session");
        await Assertions.Expect(Rows(ada)).ToHaveCountAsync(3);
        await Assertions.Expect(text).ToBeFocusedAsync();
        await Assertions.Expect(text).ToHaveValueAsync("iOS");
    }

    // Guard: SessionChange.Recorded in SessionService.EndManyAsync.
    [Fact]
    public async Task An_event_that_changes_no_session_appears_too()
    {
        await using var site = AccountsSite.Start();
        await using var ada = await StartAsync(site);
        await ada.Page.GetByLabel("What happened").SelectOptionAsync("user.password_changed");
        await ada.Page.GetByText("No matches.").WaitForAsync();
        var mine = (await site.Get<SessionAuthenticator>().FindLiveAsync(await site.FindSessionIdAsync(ada)))!.ToCaller();
        var outcome = await site.Get<PasswordChange>().ChangeAsync(mine,
            new ChangePasswordInput { CurrentPassword = AccountsSite.Password, NewPassword = "another long passphrase" });
        Assert.IsType<ChangePasswordOutcome.Changed>(outcome);
        await Assertions.Expect(Rows(ada)).ToHaveCountAsync(1);
        await Assertions.Expect(Rows(ada).First).ToContainTextAsync("No sessions ended");
    }

    [Fact]
    public async Task The_log_is_filtered_and_paged_and_the_export_matches_the_filter()
    {
        await using var site = AccountsSite.Start();
        await using var ada = await StartAsync(site, past: 30);
        var (status, next) = (Status(ada), Button(ada, "Next"));
        await Assertions.Expect(status).ToHaveTextAsync("1–25 of 32");
        await next.ClickAsync();
        await Assertions.Expect(status).ToHaveTextAsync("26–32 of 32");
        await Assertions.Expect(Rows(ada)).ToHaveCountAsync(7);
        await Assertions.Expect(next).ToBeFocusedAsync();
        await Assertions.Expect(next).ToHaveAttributeAsync("aria-disabled", "true");

        var what = ada.Page.GetByLabel("What happened");
        await what.SelectOptionAsync("session.terminated");
        await Assertions.Expect(status).ToHaveTextAsync("1–25 of 30");
        foreach (var (link, name, lines) in new[]
        {
            ("Export CSV", "^audit-log-[0-9-]{10}[.]csv$", 31), ("Export JSON Lines", "^audit-log-[0-9-]{10}[.]jsonl$", 30),
        })
        {
            await Export(ada).ClickAsync();
            var download = await ada.Page.RunAndWaitForDownloadAsync(() => ada.Page.GetByRole(AriaRole.Link, new() { Name = link }).ClickAsync());
            Assert.Matches(name, download.SuggestedFilename);
            Assert.Equal(lines, (await File.ReadAllLinesAsync((await download.PathAsync())!)).Length);
        }

        await ada.Page.GetByLabel("Device, location or IP address").FillAsync("nowhere");
        await ada.Page.GetByText("No matches.").WaitForAsync();
        await Button(ada, "Show all").ClickAsync();
        await Assertions.Expect(status).ToHaveTextAsync("1–25 of 32");
        await Assertions.Expect(what).ToHaveValueAsync("");
        await Assertions.Expect(ada.Page.GetByRole(AriaRole.Heading, new() { Name = "Events" })).ToBeFocusedAsync();
    }

    [Fact]
    public async Task The_URL_holds_the_filter_and_page_and_bad_values_are_ignored()
    {
        await using var site = AccountsSite.Start();
        await using var ada = await StartAsync(site, past: 60);
        await ada.Page.GetByLabel("What happened").SelectOptionAsync("session.terminated");
        await ada.Page.GetByLabel("Device, location or IP address").FillAsync("past");
        await Assertions.Expect(Status(ada)).ToHaveTextAsync("1–25 of 60");
        await Button(ada, "Next").ClickAsync();
        await Assertions.Expect(Status(ada)).ToHaveTextAsync("26–50 of 60");
        await Assertions.Expect(ada.Page)
            .ToHaveURLAsync(new Uri(site.Address, "/settings/audit?text=past&action=session.terminated&page=2").AbsoluteUri);
        await ada.Page.ReloadAsync();
        await Assertions.Expect(Status(ada)).ToHaveTextAsync("26–50 of 60");
        await Assertions.Expect(ada.Page.GetByLabel("What happened")).ToHaveValueAsync("session.terminated");

        await ada.GoAsync("/settings/audit?action=user.gone&days=400&page=0&text=a&text=b");
        await Assertions.Expect(Status(ada)).ToHaveTextAsync("1–25 of 62");
    }

    [Fact]
    public async Task One_event_is_expanded_at_a_time_and_stays_expanded_when_others_arrive()
    {
        await using var site = AccountsSite.Start();
        await using var ada = await StartAsync(site);
        await Assertions.Expect(Rows(ada)).ToHaveCountAsync(2);
        var details = ada.Page.Locator(".audit tr.detail");
        await Rows(ada).Nth(0).GetByRole(AriaRole.Button, new() { Name = "Details" }).ClickAsync();
        await Assertions.Expect(details).ToContainTextAsync("user.signed_in");
        await Assertions.Expect(details).ToContainTextAsync($"{await site.FindSessionIdAsync(ada)}");
        await Rows(ada).Last.GetByRole(AriaRole.Button, new() { Name = "Details" }).ClickAsync();
        await Assertions.Expect(details).ToHaveCountAsync(1);
        await Assertions.Expect(details).ToContainTextAsync("user.registered");
        using var phone = await site.SignInAsync(Ada, Visitor.Phone);
        await Assertions.Expect(Rows(ada).First).ToContainTextAsync("iOS");
        await Assertions.Expect(details).ToContainTextAsync("user.registered");
        await ada.Page.Locator("[aria-expanded=true][aria-label^=Details]").ClickAsync();
        await Assertions.Expect(details).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task The_details_name_every_session_that_the_event_ended()
    {
        await using var site = AccountsSite.Start();
        await using var ada = await StartAsync(site);
        var others = await site.StartSessionsAsync(Ada, 7, Visitor.Phone);
        var mine = (await site.Get<SessionAuthenticator>().FindLiveAsync(await site.FindSessionIdAsync(ada)))!.ToCaller();
        Assert.IsType<TerminateManyOutcome.Ended>(await site.Get<SessionService>().TerminateManyAsync(mine, [.. others]));
        await Assertions.Expect(Rows(ada).First).ToContainTextAsync("and 2 more");
        await Rows(ada).First.GetByRole(AriaRole.Button, new() { Name = "Details" }).ClickAsync();
        foreach (var other in others)
            await Assertions.Expect(ada.Page.Locator(".audit tr.detail")).ToContainTextAsync($"Safari 19 on iOS 19.1 {other}");
    }

    [Fact]
    public async Task A_phone_shows_a_list_that_fits_the_screen()
    {
        await using var site = AccountsSite.Start();
        await using var ada = await StartAsync(site, past: 30, phone: true);
        await Assertions.Expect(Rows(ada)).ToHaveCountAsync(25);
        await Rows(ada).First.GetByRole(AriaRole.Button, new() { Name = "Details" }).ClickAsync();
        await Assertions.Expect(ada.Page.GetByText("user.signed_in")).ToBeVisibleAsync();
        await Export(ada).ClickAsync();
        await Assertions.Expect(ada.Page.GetByRole(AriaRole.Link, new() { Name = "Export CSV" })).ToBeInViewportAsync();
        Assert.Equal(390, await ada.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        Assert.Empty(await ada.Page.EvaluateAsync<string[]>(
            "[...document.querySelectorAll('.audit :is(a, button, input, select, summary)')].filter(e => e.checkVisibility() "
                + "&& e.getBoundingClientRect().height < 44).map(e => e.outerHTML)"));
        Assert.Empty(await ada.Page.EvaluateAsync<string[]>(
            "[...document.querySelectorAll('main *')].filter(e => e.checkVisibility() && e.getBoundingClientRect().right > 391 "
                + "|| parseFloat(getComputedStyle(e).fontSize) < 12).map(e => e.outerHTML)"));
    }

    [Fact]
    public async Task A_phone_shows_new_events_as_they_happen()
    {
        await using var site = AccountsSite.Start();
        await using var ada = await StartAsync(site, phone: true);
        await Assertions.Expect(Rows(ada)).ToHaveCountAsync(2);
        using var laptop = await site.SignInAsync(Ada, remember: true);
        await Assertions.Expect(Rows(ada)).ToHaveCountAsync(3);
        await Assertions.Expect(Rows(ada).First).ToContainTextAsync("Chrome 156 on Linux");

        var mine = (await site.Get<SessionAuthenticator>().FindLiveAsync(await site.FindSessionIdAsync(ada)))!.ToCaller();
        await site.Get<SessionService>().TerminateAsync(mine, (await site.FindSessionAsync(laptop)).Id);
        await Assertions.Expect(Rows(ada).First).ToContainTextAsync("Ended another session");
        await Assertions.Expect(Rows(ada).First).ToContainTextAsync("This device");
        await Assertions.Expect(Status(ada)).ToHaveTextAsync("1–4 of 4");
        Assert.Equal(390, await ada.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
    }

    [Fact]
    public async Task A_failed_read_is_reported_and_can_be_tried_again()
    {
        await using var site = AccountsSite.Start();
        await using var ada = await StartAsync(site, past: 30);
        // The circuit has read, and turns pages from now on.
        await Button(ada, "Next").WaitForAsync();
        site.Gate.FailCommand("\"AuditEvents\"");
        await Button(ada, "Next").ClickAsync();
        var problem = ada.Page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "This list may be out of date." });
        await problem.WaitForAsync();
        await Assertions.Expect(Rows(ada)).ToHaveCountAsync(25);
        await problem.GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();
        await Assertions.Expect(Status(ada)).ToHaveTextAsync("26–32 of 32");
        await Assertions.Expect(problem).ToHaveCountAsync(0);
    }

    /// <summary>Opens Ada's audit log: her registration, her sign-in, and the given number of sessions that ended in past hours.</summary>
    private async Task<Person> StartAsync(AccountsSite site, int past = 0, bool phone = false)
    {
        await site.RegisterAsync(Ada);
        var ada = phone ? await Person.OpenPhoneAsync(chromium, site) : await Person.OpenAsync(chromium, site);
        await ada.SignInAsync(Ada);
        var session = (await site.Get<SessionAuthenticator>().FindLiveAsync(await site.FindSessionIdAsync(ada)))!;
        var now = site.Get<TimeProvider>().GetUtcNow();
        await site.Get<AccountsDatabase>().WriteAsync(WritePriority.Ordinary, db =>
        {
            db.AuditEvents.AddRange(
                Enumerable.Range(1, past).Select(i => new AuditEventRow(now.AddHours(-i), AuditAction.SessionTerminated, session.UserId.Value)
                {
                    ActorUserId = session.UserId.Value,
                    ActorSessionId = session.Id.Value,
                    SessionId = Guid.CreateVersion7(now),
                    Details = new AuditDetailsRow(now.AddHours(-i), "127.0.0.1")
                    {
                        ActorDevice = "Chrome 156 on Windows 11", SessionDevice = $"Past {i}",
                    },
                }));
            return Task.FromResult(true);
        });
        // Opened through the page that links to it.
        await ada.GoAsync("/settings/security");
        await ada.Page.GetByRole(AriaRole.Link, new() { Name = "Open audit log" }).ClickAsync();
        await Assertions.Expect(Rows(ada).First).ToBeVisibleAsync();
        return ada;
    }

    private static ILocator Rows(Person person) => person.Page.Locator(".audit tbody tr");

    private static ILocator Export(Person person) => person.Page.Locator(".drop summary").Filter(new() { HasText = "Export" });

    private static ILocator Status(Person person) => person.Page.Locator(".pager [role=status]");

    private static ILocator Button(Person person, string name) => person.Page.GetByRole(AriaRole.Button, new() { Name = name });
}
