using System.Net;
using Accounts.Core.Callers;
using Accounts.Core.Manager;
using Accounts.Core.Sessions;
using Accounts.Core.Support;
using Accounts.Tests.Fixtures;
using static Accounts.Tests.Fixtures.ViewedSite;

namespace Accounts.Tests.Web.SupportConsole;

/// <summary>The cookie of a view keeps the session in which it began, and the browser gets that back whatever ends the view.</summary>
public sealed class ViewTests
{
    [EachEngineFact]
    public async Task The_form_begins_a_view_and_its_button_ends_it()
    {
        await using var site = await StartAsync();
        using var staff = await site.SignInAsync(Sam);
        var own = staff.SessionCookie;
        await site.ViewAsync(staff, Ada);
        Assert.NotEqual(own, staff.SessionCookie, StringComparer.Ordinal);

        var page = await staff.ReadAsync("/settings");
        Assert.Contains("Viewing Ada Lovelace, read-only", page, StringComparison.Ordinal);
        Assert.Contains("Ticket 4711, can&#x27;t see the tablet", page, StringComparison.Ordinal);
        Assert.DoesNotContain("This device", page, StringComparison.Ordinal);
        Assert.DoesNotContain("href=\"support\"", page, StringComparison.Ordinal);
        // A page of staff leads to the account, and to no other one.
        foreach (var path in new[] { "/support", site.ViewForm(Root) })
            AssertLeads(await staff.GetAsync(path), "/settings/sessions");

        using var ended = await EndAsync(staff);
        AssertLeads(ended, $"/support?ended={ViewId(site)}");
        Assert.Equal(Sam, (await site.FindSessionAsync(staff)).Principal.FindFirst(System.Security.Claims.ClaimTypes.Email)!.Value);
        var console = await staff.ReadAsync(ended.Headers.Location!.OriginalString);
        Assert.Contains("You ended your view of Ada Lovelace", console, StringComparison.Ordinal);
        Assert.DoesNotContain("Viewing", await staff.ReadAsync("/settings"), StringComparison.Ordinal);
    }

    [EachEngineFact]
    public async Task A_browser_whose_view_has_ended_gets_its_own_session_back()
    {
        await using var site = await StartAsync();
        using var owner = await site.SignInAsync(Ada);
        using var staff = await site.SignInAsync(Sam);
        await site.ViewAsync(staff, Ada);
        // A second tab, and a browser that was restored, have the view's cookie too.
        using var tab = site.Visit();
        Copy(staff, tab);
        var view = (await site.FindSessionAsync(staff)).Id;
        var caller = (await site.FindSessionAsync(owner)).ToCaller();
        Assert.Equal(EndViewOutcome.Ended, await site.Get<SupportViews>().EndAsync(caller, view));

        foreach (var browser in new[] { staff, tab })
        {
            AssertLeads(await browser.GetAsync("/settings/audit"), "/signed-out");
            AssertLeads(await browser.GetAsync("/signed-out"), $"/support?ended={view}");
            var page = await browser.ReadAsync($"/support?ended={view}");
            Assert.Contains("Ada Lovelace ended your view", page, StringComparison.Ordinal);
            Assert.Contains("Nothing of Ada Lovelace is open in this browser", page, StringComparison.Ordinal);
        }

        // The page where the view ended made no support code: it would be one of the owner's account. A page of the owner makes one.
        Assert.Equal(0, CountCodes(site));
        using var ending = await site.SignInAsync(Ada);
        await site.TerminateAsync(owner, (await site.FindSessionAsync(ending)).Id);
        await ending.ReadAsync("/signed-out");
        Assert.Equal(1, CountCodes(site));

        // The owner learns that the browser has left.
        Assert.IsType<Departure.Confirmed>(Assert.Single(
            await site.Get<SessionService>().FindAsync(caller, [view])).Ending!.Departure);
        Assert.True(await owner.IsSignedInAsync());
        // Nobody else learns anything of it.
        using var other = await site.SignInAsync(Root);
        Assert.DoesNotContain("ended your view", await other.ReadAsync($"/support?ended={view}"), StringComparison.Ordinal);
    }

    [EachEngineFact]
    public async Task Signing_out_in_a_view_ends_both_sessions()
    {
        await using var site = await StartAsync();
        using var owner = await site.SignInAsync(Ada);
        using var staff = await site.SignInAsync(Sam);
        using var copy = site.Visit();
        Copy(staff, copy);
        await site.ViewAsync(staff, Ada);
        AssertLeads(await staff.SignOutAsync(), "/signed-out");
        Assert.False(staff.Cookies.ContainsKey(Visitor.SessionCookieName));
        Assert.False(await copy.IsSignedInAsync());
        Assert.Equal(EndReason.StaffSessionEnded, await ReasonAsync(site, owner));
        Assert.True(await owner.IsSignedInAsync());
    }

    [EachEngineFact]
    public async Task A_session_that_was_ended_elsewhere_takes_its_view_along_and_the_browser_learns_why()
    {
        await using var site = await StartAsync();
        using var owner = await site.SignInAsync(Ada);
        using var elsewhere = await site.SignInAsync(Sam);
        using var staff = await site.SignInAsync(Sam);
        var parent = (await site.FindSessionAsync(staff)).Id;
        await site.ViewAsync(staff, Ada);
        await site.TerminateAsync(elsewhere, parent);

        AssertLeads(await staff.GetAsync("/settings"), "/signed-out");
        var page = await staff.ReadAsync("/signed-out");
        Assert.Contains("Someone signed this browser out from another device", page, StringComparison.Ordinal);
        Assert.Equal(EndReason.StaffSessionEnded, await ReasonAsync(site, owner));
        // The device that ended it sees that the browser has left.
        var ended = await site.Get<SessionService>().FindAsync((await site.FindSessionAsync(elsewhere)).ToCaller(), [parent]);
        Assert.IsType<Departure.Confirmed>(Assert.Single(ended).Ending!.Departure);
    }

    [EachEngineFact]
    public async Task Signing_in_over_a_view_ends_the_session_in_which_it_began()
    {
        await using var site = await StartAsync();
        using var staff = await site.SignInAsync(Sam);
        using var form = site.Visit();
        var fields = await form.FillAsync("/sign-in", ("Input.Email", Root), ("Input.Password", AccountsSite.Password));
        using var copy = site.Visit();
        Copy(staff, copy);
        await site.ViewAsync(staff, Ada);
        using var view = site.Visit();
        Copy(staff, view);
        Copy(form, staff, except: Visitor.SessionCookieName);
        staff.Headers["Sec-Fetch-Site"] = "same-origin";
        using var answer = await staff.PostAsync("/sign-in", fields);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal(Root, (await site.FindSessionAsync(staff)).Principal.FindFirst(System.Security.Claims.ClaimTypes.Email)!.Value);
        Assert.False(await copy.IsSignedInAsync());
        Assert.False(await view.IsSignedInAsync());
    }

    [EachEngineFact]
    public async Task The_form_asks_for_a_fresh_proof_and_says_what_is_wrong()
    {
        var clock = new TestClock();
        await using var site = AccountsSite.Start(clock);
        await site.RegisterStaffAsync();
        using var staff = await site.SignInAsync(Sam);
        clock.Advance(TimeSpan.FromMinutes(11));
        var form = site.ViewForm(Ada);
        Assert.Contains("Enter your password to continue", await staff.ReadAsync(form), StringComparison.Ordinal);
        using (var refused = await staff.SubmitAsync(form, ("Password", "not the password")))
            Assert.Contains("Wrong password", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        AssertLeads(await staff.SubmitAsync(form, ("Password", AccountsSite.Password)), form);

        using (var refused = await staff.SubmitAsync(form, ("Reason", "no")))
        {
            var page = await refused.Content.ReadAsStringAsync();
            Assert.Equal(HttpStatusCode.OK, refused.StatusCode);
            Assert.Contains("Use at least 5 characters.", page, StringComparison.Ordinal);
            Assert.Contains("value=\"no\"", page, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("name=\"Reason\"", await staff.ReadAsync(site.ViewForm(Root)), StringComparison.Ordinal);
        await site.ViewAsync(staff, Ada);
    }

    [EachEngineFact]
    public async Task Only_staff_find_the_form()
    {
        await using var site = await StartAsync();
        using var owner = await site.SignInAsync(Ada);
        using var refused = await owner.GetAsync(site.ViewForm(Root));
        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        // The button of a view does nothing to any other session.
        using var end = await owner.PostAsync("/support/view/end", await owner.FillAccountMenuAsync());
        AssertLeads(end, "/signed-out");
        Assert.True(await owner.IsSignedInAsync());
    }

    [EachEngineFact]
    public async Task A_view_is_over_when_its_time_is()
    {
        var clock = new TestClock();
        await using var site = AccountsSite.Start(clock);
        await site.RegisterStaffAsync();
        using var staff = await site.SignInAsync(Sam);
        await site.ViewAsync(staff, Ada);
        var view = (await site.FindSessionAsync(staff)).Id;
        clock.Advance(TimeSpan.FromMinutes(30));
        AssertLeads(await staff.GetAsync("/settings"), "/signed-out");
        AssertLeads(await staff.GetAsync("/signed-out"), $"/support?ended={view}");
        Assert.Contains("because its time was up", await staff.ReadAsync($"/support?ended={view}"), StringComparison.Ordinal);
    }

    private static async Task<AccountsSite> StartAsync()
    {
        var site = AccountsSite.Start();
        await site.RegisterStaffAsync();
        return site;
    }

    private static async Task<HttpResponseMessage> EndAsync(Visitor staff) =>
        await staff.PostAsync("/support/view/end", await staff.FillAccountMenuAsync());

    private static void AssertLeads(HttpResponseMessage answer, string address) =>
        Assert.Equal((HttpStatusCode.Redirect, address), (answer.StatusCode, Local(answer.Headers.Location)));

    private static string? Local(Uri? location) => location is { IsAbsoluteUri: true } ? location.PathAndQuery : location?.OriginalString;

    private static SessionId ViewId(AccountsSite site)
    {
        using var rows = site.Rows();
        return new SessionId(rows.Guid("SELECT \"Id\" FROM \"Sessions\" WHERE \"Kind\" = 3"));
    }

    private static long CountCodes(AccountsSite site)
    {
        using var rows = site.Rows();
        return rows.Number("SELECT COUNT(*) FROM \"SupportCodes\"");
    }

    private static async Task<EndReason?> ReasonAsync(AccountsSite site, Visitor owner)
    {
        var view = ViewId(site);
        var found = await site.Get<SessionService>().FindAsync((await site.FindSessionAsync(owner)).ToCaller(), [view]);
        return Assert.Single(found).Ending?.Reason;
    }

    private static void Copy(Visitor from, Visitor to, string? except = null)
    {
        foreach (var (name, value) in from.Cookies.Where(cookie => !string.Equals(cookie.Key, except, StringComparison.Ordinal)))
            to.Cookies[name] = value;
    }
}
