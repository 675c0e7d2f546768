using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Web.Sessions;

/// <summary>A change to one session renders one card on the dashboard.</summary>
public sealed class RenderingTests
{
    private const string Ada = "ada@example.test";

    // Guard: ShouldRender in SessionCard.
    [Fact]
    public async Task Only_the_changed_card_renders_again()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        using var first = await site.SignInAsync(Ada, Visitor.Phone);
        using var second = await site.SignInAsync(Ada, Person.Windows);
        using var owner = await site.SignInAsync(Ada);
        await using var page = await site.OpenAsync(owner);
        await page.WaitForBatchAsync(circuit => circuit.Page.Renderings("session-").Count == 3, Patience.Limit);
        Assert.DoesNotContain("7 pages", page.Page.Text, StringComparison.Ordinal);

        for (var visit = 1; visit <= 7; visit++)
            await first.ReadAsync("/settings");
        await page.WaitForBatchAsync(circuit => circuit.Page.Text.Contains("7 pages", StringComparison.Ordinal), Patience.Limit);

        var cards = page.Page.Renderings("session-");
        Assert.Equal(1, cards[$"session-{(await site.FindSessionAsync(second)).Id}"]);
        Assert.InRange(cards[$"session-{(await site.FindSessionAsync(first)).Id}"], 2, 8);
        // The viewer's own page visit counted a moment after it rendered.
        Assert.InRange(cards[$"session-{(await site.FindSessionAsync(owner)).Id}"], 1, 2);
    }
}
