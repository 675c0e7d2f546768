using System.Net;
using Accounts.Core.Live;
using Accounts.Core.Sessions;
using Accounts.Tests.Fixtures;
using static Accounts.Tests.Fixtures.ViewedSite;

namespace Accounts.Tests.Walks;

/// <summary>docs/walks/view-as.md describes the view's real path: it names every type that the view passes, and no other.</summary>
public sealed class ViewAsWalkTests
{
    // What the button says to screen readers, without the name.
    private const string EndView = "End the view by";

    // The last page, the support console, also shows how the installation is.
    private static readonly TypeWalk Page = new(
        "docs/walks/view-as.md", "Installation", "Section", "DatabaseCheck", "DatabaseProbe", "SignInThrottle");

    [Fact]
    public async Task The_page_names_the_types_that_the_view_passes() =>
        // The trail is specific: types unrelated to a view aren't on it.
        Page.AssertNamesTypesOf(await WalkAsync(), "PasswordChange", "SessionStarter", "ConfirmDialog");

    private static async Task<Trail> WalkAsync()
    {
        var trail = new Trail();
        await using var site = TypeWalk.Start(trail);
        await site.RegisterStaffAsync();
        using var owner = await site.SignInAsync(Ada);
        using var staff = await site.SignInAsync(Sam);
        await using var ownersPage = await site.OpenAsync(owner);
        await using var staffsPage = await site.OpenAsync(staff, "/settings/password");
        await ownersPage.WaitForBatchAsync(page => page.Pushes.Contains("accounts.near", StringComparer.Ordinal), Patience.Limit);
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var subscription = site.Get<SessionFeed>().Subscribe(change =>
        {
            if (change is SessionChange.Departed { Departure: Departure.Confirmed })
                left.TrySetResult();
        });

        trail.Recording = true;
        await site.ViewAsync(staff, Ada);
        var view = site.ReadTicket(staff.SessionCookie).Id;
        // Both the notice and the view's card have this button.
        await ownersPage.WaitForBatchAsync(page => page.Page.ClickHandlers(EndView).Count is 2, Patience.Limit);

        await using var viewsPage = await site.OpenAsync(staff);
        await staffsPage.WaitForBatchAsync(
            page => page.Pushes.Any(push => push.EndsWith("refresh", StringComparison.OrdinalIgnoreCase)), Patience.Limit);
        await viewsPage.WaitForBatchAsync(page => page.FindClickHandler("Terminate") is not null, Patience.Limit);
        await viewsPage.ClickAsync("Terminate");
        await staffsPage.Closed.WaitAsync(Patience.Limit);

        await ownersPage.ClickAsync(ownersPage.Page.ClickHandlers(EndView)[^1]);
        var pushed = new Uri(site.Address, await viewsPage.NavigationPushed.WaitAsync(Patience.Limit)).PathAndQuery;
        Assert.Equal($"/signed-out?view={view}", pushed);
        using var back = await staff.GetAsync(pushed);
        Assert.Equal(HttpStatusCode.Redirect, back.StatusCode);
        Assert.Equal($"/support?ended={view}", new Uri(site.Address, back.Headers.Location!).PathAndQuery);
        Assert.Contains("Ada Lovelace ended your view", await staff.ReadAsync($"/support?ended={view}"), StringComparison.Ordinal);
        await left.Task.WaitAsync(Patience.Limit);
        await ownersPage.WaitForBatchAsync(page => page.Page.ClickHandlers(EndView).Count is 0, Patience.Limit);
        await viewsPage.Closed.WaitAsync(Patience.Limit);
        trail.Recording = false;
        return trail;
    }
}
