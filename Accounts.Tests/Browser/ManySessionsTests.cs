using Accounts.Tests.Fixtures;
using Microsoft.Playwright;

namespace Accounts.Tests.Browser;

/// <summary>F1, F4: one session, two of a kind, and more than anybody wants to read.</summary>
[Collection(BrowserTests.Name)]
public sealed class ManySessionsTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";

    [Fact]
    public async Task With_one_device_there_is_nothing_to_end()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var owner = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);

        await Assertions.Expect(owner.Page.GetByText("Only this device is signed in.")).ToBeVisibleAsync();
        await Assertions.Expect(owner.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out everywhere" })).ToHaveCountAsync(0);
        await Assertions.Expect(owner.Page.GetByText("Don't recognise one?")).ToHaveCountAsync(0);
        using var other = await site.SignInAsync(Ada, Visitor.Phone);
        await Assertions.Expect(owner.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out everywhere" })).ToBeVisibleAsync();
        await Assertions.Expect(owner.Page.GetByText("Ends 1 other session. You stay signed in here.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Two_of_the_same_browser_program_are_told_apart_and_a_new_one_is_pointed_out()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var owner = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        // The same program, one version behind.
        using var twin = site.Visit(Person.Windows.Replace("Chrome/156", "Chrome/155", StringComparison.Ordinal));
        (twin.Headers["Sec-CH-UA"], twin.Headers["Sec-CH-UA-Mobile"], twin.Headers["Sec-CH-UA-Platform"]) = ("\"Chromium\";v=\"155\"", "?0", "\"Windows\"");
        await twin.SignInAsync(Ada, AccountsSite.Password);
        using var other = await site.SignInAsync(Ada, Visitor.Phone);

        await owner.WaitForCardsAsync(3);
        var note = owner.Page.GetByText("Looks like this device, but is a separate sign-in.");
        await Assertions.Expect(note).ToHaveCountAsync(1);
        await Assertions.Expect(owner.CardOf((await site.FindSessionAsync(twin)).Id)).ToContainTextAsync("Looks like this device");
        await Assertions.Expect(owner.Page.GetByText("New browser")).ToHaveCountAsync(2);

        // Something is new: the advice stands above the cards. From the newest, nothing is.
        await Assertions.Expect(owner.Page.Locator(".tip + .cards")).ToHaveCountAsync(1);
        await owner.TerminateAsync("Safari 19 on iOS 19.1");
        await owner.AskToTerminateAsync(owner.CardOf((await site.FindSessionAsync(twin)).Id));
        await owner.ConfirmAsync("Terminate");
        await owner.Page.Mouse.MoveAsync(5, 5);
        await Assertions.Expect(owner.Page.Locator(".tip")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Of_sixty_sessions_twelve_are_cards_the_rest_are_lines_and_the_filter_finds_each()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        var ids = await site.StartSessionsAsync(Ada, 59, Visitor.Chrome);
        // A week later none of them is new.
        using (var rows = site.Rows())
            rows.Execute("UPDATE \"Sessions\" SET \"NewBrowser\" = 0");
        await using var owner = await (await Person.OpenPhoneAsync(chromium, site)).SignInAsync(Ada);

        await Assertions.Expect(owner.Page.GetByText("60 devices are signed in.")).ToBeVisibleAsync();
        await Assertions.Expect(owner.Page.Locator(".cards article")).ToHaveCountAsync(12);
        await Assertions.Expect(owner.Page.Locator(".lines article")).ToHaveCountAsync(25);
        await owner.Page.GetByRole(AriaRole.Button, new() { Name = "Show 23 more" }).ClickAsync();
        await Assertions.Expect(owner.Page.Locator(".lines article")).ToHaveCountAsync(48);

        // A line can be ended like a card, and stays in its place.
        var line = owner.Page.Locator(".lines article").Nth(30);
        await owner.AskToTerminateAsync(line);
        await owner.ConfirmAsync("Terminate");
        await Assertions.Expect(line).ToContainTextAsync("Terminated");
        await Assertions.Expect(owner.Page.GetByText("59 devices are signed in.")).ToBeVisibleAsync();

        await owner.RenameAsync(owner.Page.Locator(".cards article").Nth(5), "Kitchen tablet");
        await owner.Page.GetByLabel("Filter").FillAsync("kitchen");
        await Assertions.Expect(owner.Page.GetByText("1 of 60 sessions match.")).ToBeVisibleAsync();
        await Assertions.Expect(owner.Page.Locator("article")).ToHaveCountAsync(1);
        await owner.Page.GetByLabel("Filter").FillAsync("no such thing");
        await Assertions.Expect(owner.Page.GetByText("0 of 60 sessions match.")).ToBeVisibleAsync();
        await owner.Page.GetByLabel("Filter").FillAsync("");
        await Assertions.Expect(owner.Page.Locator(".cards article")).ToHaveCountAsync(12);
        Assert.Equal(59, ids.Count);
    }
}
