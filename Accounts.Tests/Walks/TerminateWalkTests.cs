using Accounts.Core.Live;
using Accounts.Core.Sessions;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Walks;

/// <summary>docs/walks/terminate.md describes the click's real path: it names every type that the click passes, and no other.</summary>
public sealed class TerminateWalkTests
{
    private static readonly TypeWalk Page = new("docs/walks/terminate.md");

    [Fact]
    public async Task The_page_names_the_types_that_the_click_passes() =>
        // The trail is specific: types unrelated to ending a session aren't on it.
        Page.AssertNamesTypesOf(await WalkAsync(), "PasswordChange", "SessionStarter");

    private static async Task<Trail> WalkAsync()
    {
        var trail = new Trail();
        await using var site = TypeWalk.Start(trail);
        await site.RegisterAsync("ada@example.test");
        using var owner = await site.SignInAsync("ada@example.test");
        using var other = await site.SignInAsync("ada@example.test", Visitor.Phone);
        await using var ownersPage = await site.OpenAsync(owner);
        await using var othersPage = await site.OpenAsync(other, "/settings/password");
        await ownersPage.WaitForBatchAsync(page => page.FindClickHandler("Terminate") is not null, Patience.Limit);
        // The history asks the page's script once whether it's near. That isn't part of the walk.
        await ownersPage.WaitForBatchAsync(page => page.Pushes.Contains("accounts.near", StringComparer.Ordinal), Patience.Limit);

        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var subscription = site.Get<SessionFeed>().Subscribe(change =>
        {
            if (change is SessionChange.Departed { Departure: Departure.Confirmed })
                left.TrySetResult();
        });

        trail.Recording = true;
        await ownersPage.ClickAsync("Terminate");
        await ownersPage.WaitForBatchAsync(page => page.FindClickHandler("Cancel") is not null, Patience.Limit);
        await ownersPage.ConfirmAsync("Terminate");
        await othersPage.NavigationPushed.WaitAsync(Patience.Limit);
        await other.ReadAsync("/signed-out");
        await left.Task.WaitAsync(Patience.Limit);
        await ownersPage.WaitForBatchAsync(page => page.Page.Text.Contains("You're only signed in here", StringComparison.Ordinal), Patience.Limit);
        // The server disconnects a client that stays two seconds later: the walk's last step.
        await othersPage.Closed.WaitAsync(Patience.Limit);
        trail.Recording = false;
        return trail;
    }
}
