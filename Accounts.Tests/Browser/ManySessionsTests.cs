using Accounts.Tests.Fixtures;
using Microsoft.Playwright;

namespace Accounts.Tests.Browser;

/// <summary>One session, two alike, and a very long list.</summary>
[Collection(BrowserTests.Name)]
public sealed class ManySessionsTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";

    [Fact]
    public async Task With_one_device_there_is_nothing_to_sign_out()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var owner = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);

        await Assertions.Expect(owner.Page.GetByText("You're only signed in here.")).ToBeVisibleAsync();
        await Assertions.Expect(owner.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out everywhere" })).ToHaveCountAsync(0);
        await Assertions.Expect(owner.Page.GetByText("Don't recognize a device?")).ToHaveCountAsync(0);
        using var other = await site.SignInAsync(Ada, Visitor.Phone);
        await Assertions.Expect(owner.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out everywhere" })).ToBeVisibleAsync();
        await Assertions.Expect(owner.Page.GetByText("Signs out 1 other session. You stay signed in.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Two_similar_browsers_are_distinguished_and_new_ones_are_marked()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var owner = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        // The same program, one version behind.
        using var twin = site.Visit(Person.Windows.Replace("Chrome/156", "Chrome/155", StringComparison.Ordinal));
        (twin.Headers["Sec-CH-UA"], twin.Headers["Sec-CH-UA-Mobile"], twin.Headers["Sec-CH-UA-Platform"]) =
            ("\"Chromium\";v=\"155\"", "?0", "\"Windows\"");
        await twin.SignInAsync(Ada, AccountsSite.Password);
        using var other = await site.SignInAsync(Ada, Visitor.Phone);

        await owner.WaitForCardsAsync(3);
        await Assertions.Expect(owner.Page.GetByText("separate sign-in")).ToHaveCountAsync(1);
        await Assertions.Expect(owner.CardOf((await site.FindSessionAsync(twin)).Id)).ToContainTextAsync("separate sign-in");
        await Assertions.Expect(owner.Page.GetByText("New", new() { Exact = true })).ToHaveCountAsync(2);

        // The page asks about new sessions above the cards, one at a time. Without a new session it asks nothing.
        await Assertions.Expect(owner.Page.GetByText("Was this you?")).ToHaveCountAsync(1);
        await owner.TerminateAsync("Safari 19 on iOS 19.1");
        await owner.AskToTerminateAsync(owner.CardOf((await site.FindSessionAsync(twin)).Id));
        await owner.ConfirmAsync("Terminate");
        await owner.Page.Mouse.MoveAsync(5, 5);
        await Assertions.Expect(owner.Page.GetByText("Was this you?")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Sixty_sessions_become_twelve_cards_and_rows_and_search_finds_each()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        var ids = await site.StartSessionsAsync(Ada, 59, Visitor.Chrome);
        // A week later, none of them is new.
        using (var database = site.Rows())
            database.Execute("UPDATE \"Sessions\" SET \"NewBrowser\" = FALSE");
        await using var owner = await (await Person.OpenPhoneAsync(chromium, site)).SignInAsync(Ada);

        await Assertions.Expect(owner.Page.GetByText("60 sessions. Updates live.")).ToBeVisibleAsync();
        // This device, twelve cards, and rows.
        var cards = owner.Page.GetByRole(AriaRole.Article);
        var rows = owner.Page.Locator("tr[aria-labelledby^=session-]");
        await Assertions.Expect(cards).ToHaveCountAsync(13);
        await Assertions.Expect(rows).ToHaveCountAsync(10);
        // On a phone, a row has three short lines with its buttons beside them. On a desktop it is a table row.
        await Assertions.Expect(owner.Page.Locator("#devices thead")).ToBeHiddenAsync();
        await AssertRowLayoutAsync(rows, atMost: 100);
        await owner.Page.SetViewportSizeAsync(1280, 800);
        await Assertions.Expect(owner.Page.Locator("#devices thead")).ToBeVisibleAsync();
        await AssertRowLayoutAsync(rows, atMost: 60);
        await owner.Page.SetViewportSizeAsync(390, 844);
        await owner.Page.GetByRole(AriaRole.Button, new() { Name = "Show 37 more" }).ClickAsync();
        await Assertions.Expect(rows).ToHaveCountAsync(47);

        // A row can be ended like a card, and keeps its place.
        var row = rows.Nth(30);
        await owner.AskToTerminateAsync(row);
        // On a phone, the dialog is within the thumb's reach.
        await owner.Page.WaitForFunctionAsync(
            "() => Math.abs(innerHeight - document.querySelector('.mud-dialog').getBoundingClientRect().bottom) < 12");
        await owner.ConfirmAsync("Terminate");
        await Assertions.Expect(row).ToContainTextAsync("Terminated");
        await Assertions.Expect(owner.Page.GetByText("59 sessions. Updates live.")).ToBeVisibleAsync();

        await owner.RenameAsync(cards.Nth(5), "Kitchen tablet");
        var search = owner.Page.GetByRole(AriaRole.Searchbox, new() { Name = "Search sessions" });
        await search.FillAsync("kitchen");
        await Assertions.Expect(cards).ToHaveCountAsync(2);
        await Assertions.Expect(cards.Nth(1)).ToContainTextAsync("Kitchen tablet");
        await Assertions.Expect(rows).ToHaveCountAsync(0);
        // The URL holds the search: a reload shows the same.
        await Assertions.Expect(owner.Page).ToHaveURLAsync(new Uri(site.Address, "/settings/sessions?q=kitchen").AbsoluteUri);
        await owner.Page.ReloadAsync();
        await Person.WaitForCircuitAsync(owner.Page);
        await Assertions.Expect(cards).ToHaveCountAsync(2);
        await search.FillAsync("no such thing");
        await Assertions.Expect(owner.Page.GetByText("No matches.")).ToBeVisibleAsync();
        await owner.Page.GetByRole(AriaRole.Button, new() { Name = "Show all" }).ClickAsync();
        await Assertions.Expect(cards).ToHaveCountAsync(13);
        await Assertions.Expect(owner.Page).ToHaveURLAsync(new Uri(site.Address, "/settings/sessions").AbsoluteUri);
        Assert.Equal(59, ids.Count);
    }

    /// <summary>No row is taller than its lines, and each has its buttons at its right edge.</summary>
    private static async Task AssertRowLayoutAsync(ILocator rows, double atMost)
    {
        foreach (var row in await rows.AllAsync())
        {
            var (box, more) = ((await row.BoundingBoxAsync())!,
                (await row.GetByRole(AriaRole.Button, new() { Name = "More for" }).BoundingBoxAsync())!);
            Assert.InRange(box.Height, 40, atMost);
            Assert.InRange(box.X + box.Width - more.X - more.Width, 0, 24);
            Assert.InRange(more.Y, box.Y, box.Y + box.Height - more.Height);
        }
    }
}
