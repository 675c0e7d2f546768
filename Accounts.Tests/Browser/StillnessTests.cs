using Accounts.Tests.Fixtures;
using Microsoft.Playwright;

namespace Accounts.Tests.Browser;

/// <summary>Nothing jumps: you can't hit another card than the one you aim at, and you lose neither focus nor scroll position.</summary>
[Collection(BrowserTests.Name)]
public sealed class StillnessTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";
    private const string Firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_card_that_arrives_between_press_and_release_does_not_take_the_click(bool phone)
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        using var first = await site.SignInAsync(Ada, Visitor.Phone);
        await using var owner = await (phone ? await Person.OpenPhoneAsync(chromium, site) : await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await owner.WaitForCardsAsync(2);
        var aimed = owner.CardOf((await site.FindSessionAsync(first)).Id);
        var button = aimed.GetByRole(AriaRole.Button, new() { Name = "Terminate" });
        await owner.RenameAsync(aimed, "The one that is meant");

        await PressAsync(owner, button);
        using var second = await site.SignInAsync(Ada, Firefox);
        await owner.WaitForCardsAsync(3);
        await owner.Page.Mouse.UpAsync();

        await Assertions.Expect(owner.Dialog).ToContainTextAsync("The one that is meant");
    }

    [Fact]
    public async Task An_ended_card_disappears_after_a_minute_but_not_during_a_press()
    {
        var clock = new TestClock(TimeProvider.System.GetUtcNow());
        await using var site = AccountsSite.Start(clock);
        await site.RegisterAsync(Ada);
        using var first = await site.SignInAsync(Ada, Visitor.Phone);
        clock.Advance(TimeSpan.FromSeconds(1));
        using var second = await site.SignInAsync(Ada, Firefox);
        await using var owner = await (await Person.OpenPhoneAsync(chromium, site)).SignInAsync(Ada);
        await owner.WaitForCardsAsync(3);
        // The ended card stands above the one that the test presses.
        var (gone, meant) = ((await site.FindSessionAsync(second)).Id, (await site.FindSessionAsync(first)).Id);
        await owner.AskToTerminateAsync(owner.CardOf(gone));
        await owner.ConfirmAsync("Terminate");
        await Assertions.Expect(owner.EndedCards).ToHaveCountAsync(1);
        await Assertions.Expect(owner.Dialog).ToHaveCountAsync(0);
        await owner.Page.EvaluateAsync("accounts.quiet = (quiet => () => { window.asked = true; return quiet(); })(accounts.quiet)");
        var button = owner.CardOf(meant).GetByRole(AriaRole.Button, new() { Name = "Terminate" });
        await PressAsync(owner, button);
        var before = await TopOfAsync(button);

        clock.Advance(TimeSpan.FromMinutes(1));
        // The page is ready to remove the card, and asks whether it may.
        await owner.Page.WaitForFunctionAsync("() => window.asked");
        Assert.Equal(before, await TopOfAsync(button), tolerance: 1);
        await owner.Page.Mouse.UpAsync();
        await Assertions.Expect(owner.Dialog).ToContainTextAsync("Safari 19 on iOS 19.1");
        await Assertions.Expect(owner.EndedCards).ToHaveCountAsync(1);

        // The card disappears once the pointer is gone. The history has it.
        await owner.Dialog.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await owner.Page.Mouse.MoveAsync(5, 5);
        await Assertions.Expect(owner.EndedCards).ToHaveCountAsync(0);
        await owner.WaitForCardsAsync(2);
    }

    [Fact]
    public async Task Focus_and_scroll_stay_in_place_while_everything_changes()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        using var first = await site.SignInAsync(Ada, Visitor.Phone);
        using var second = await site.SignInAsync(Ada, Firefox);
        await using var owner = await (await Person.OpenPhoneAsync(chromium, site)).SignInAsync(Ada);
        await owner.WaitForCardsAsync(3);
        var (one, other) = ((await site.FindSessionAsync(first)).Id, (await site.FindSessionAsync(second)).Id);
        var button = owner.CardOf(one).GetByRole(AriaRole.Button, new() { Name = "Terminate" });
        await button.ScrollIntoViewIfNeededAsync();
        await button.FocusAsync();
        var scrolled = await ScrolledAsync(owner);
        var before = await TopOfAsync(button);
        Assert.NotEqual(0, scrolled);

        // A page visit, a session that ends next to it, and a sign-in.
        await second.ReadAsync("/settings");
        await Assertions.Expect(owner.CardOf(other)).ToContainTextAsync("1 page visited");
        await second.SignOutAsync();
        await Assertions.Expect(owner.CardOf(other)).ToContainTextAsync("Signed out");
        using var third = await site.SignInAsync(Ada);
        await owner.WaitForCardsAsync(3);

        await Assertions.Expect(button).ToBeFocusedAsync();
        Assert.Equal(scrolled, await ScrolledAsync(owner), tolerance: 1);
        Assert.Equal(before, await TopOfAsync(button), tolerance: 1);

        // The button that had the focus disappears with its session: the focus stays on the card.
        await first.SignOutAsync();
        await Assertions.Expect(owner.CardOf(one).GetByRole(AriaRole.Heading)).ToBeFocusedAsync();
        Assert.Equal(scrolled, await ScrolledAsync(owner), tolerance: 1);
    }

    private static async Task<float> TopOfAsync(ILocator button) => (await button.BoundingBoxAsync())!.Y;

    private static Task<double> ScrolledAsync(Person person) => person.Page.EvaluateAsync<double>("scrollY");

    private static async Task PressAsync(Person person, ILocator button)
    {
        // In the middle: on a phone, the bottom bar covers what has just scrolled into view.
        await button.EvaluateAsync("button => button.scrollIntoView({ block: 'center' })");
        // Hovering waits until the button stops moving and nothing covers it.
        await button.HoverAsync();
        await person.Page.Mouse.DownAsync();
    }
}
