using Accounts.Tests.Fixtures;
using Accounts.Tests.Fixtures.Circuits;
using Accounts.Web.Sessions;
using Microsoft.Extensions.DependencyInjection;

namespace Accounts.Tests.Web.Sessions;

/// <summary>What was opened with a key that another one has replaced is cut, and comes back with the new cookie alone.</summary>
public sealed class ReplacedKeyTests
{
    private const string Ada = "ada@example.test";

    // Guard: AbortOlder in SessionPush.
    [Fact]
    public async Task A_thief_with_a_copy_of_the_cookie_is_cut_when_the_owner_proves_who_they_are()
    {
        await using var site = await StartAsync(new TestClock());
        using var owner = await site.SignInAsync(Ada);
        using var victim = await site.SignInAsync(Ada, Visitor.Phone);
        using var thief = site.Visit();
        thief.SessionCookie = owner.SessionCookie;
        await using var circuit = await site.OpenAsync(thief);
        await circuit.WaitForBatchAsync(c => c.FindClickHandler("Terminate") is not null, Patience.Limit);

        using (await owner.ReauthenticateAsync(AccountsSite.Password))
        {
            // The new key is given out and not seen yet: everything goes on.
            await circuit.ClickAsync("Terminate");
            await circuit.WaitForBatchAsync(c => c.FindClickHandler("Cancel") is not null, Patience.Limit);
            Assert.True(await thief.IsSignedInAsync());
        }

        // The first request with it.
        Assert.True(await owner.IsSignedInAsync());

        await circuit.Closed.WaitAsync(Patience.Limit);
        Assert.NotEqual(ClickOutcome.Done, await circuit.TryClickAsync("Cancel"));
        Assert.False(await thief.IsSignedInAsync());
        var refused = await Assert.ThrowsAsync<RawCircuitException>(() => RawCircuit.ConnectAsync(site.Address, thief.CookieHeader));
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, refused.Status);
        Assert.True(await owner.IsSignedInAsync());
        Assert.True(await victim.IsSignedInAsync());
    }

    // Guard: IsDue in LiveSession.HasKeyMark, and EndFirstKeyAsync in SessionRegistry.Offer.
    [Fact]
    public async Task What_the_old_key_opened_is_cut_after_a_minute_even_if_the_answer_with_the_new_one_was_lost()
    {
        var clock = new TestClock();
        await using var site = await StartAsync(clock);
        using var owner = await site.SignInAsync(Ada);
        using var thief = site.Visit();
        thief.SessionCookie = owner.SessionCookie;
        await using var circuit = await site.OpenAsync(thief);
        using (await owner.ReauthenticateAsync(AccountsSite.Password))
            owner.SessionCookie = thief.SessionCookie;

        clock.Advance(TimeSpan.FromSeconds(59));
        Assert.True(await thief.IsSignedInAsync());
        Assert.False(circuit.Closed.IsCompleted);

        clock.Advance(TimeSpan.FromSeconds(1));
        await circuit.Closed.WaitAsync(Patience.Limit);
        Assert.False(await thief.IsSignedInAsync());
        Assert.False(await owner.IsSignedInAsync());
        Assert.Contains("This browser&#x27;s sign-in is no longer valid.", await owner.ReadAsync("/signed-out"), StringComparison.Ordinal);
    }

    // Guard: WriteTicketAsync in PasswordPage.
    [Fact]
    public async Task A_thief_with_a_copy_of_the_cookie_is_out_when_the_owner_changes_the_password()
    {
        await using var site = await StartAsync(new TestClock());
        using var owner = await site.SignInAsync(Ada);
        using var thief = site.Visit();
        thief.SessionCookie = owner.SessionCookie;
        await using var circuit = await site.OpenAsync(thief);
        Assert.True(await thief.IsSignedInAsync());

        using (var answer = await owner.SubmitAsync(
            "/settings/password", ("Input.CurrentPassword", AccountsSite.Password), ("Input.NewPassword", "another passphrase for tests")))
            Assert.Contains("Password changed.", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        Assert.True(await owner.IsSignedInAsync());
        await circuit.Closed.WaitAsync(Patience.Limit);
        Assert.False(await thief.IsSignedInAsync());
        Assert.True(await owner.IsSignedInAsync());
    }

    // Guard: HasKeyMark in SessionHubFilter.
    [Fact]
    public async Task A_connection_of_the_old_key_can_do_nothing_even_if_it_is_not_cut()
    {
        await using var site = await StartAsync(new TestClock(), services => services.Remove(services.Single(service => service.ImplementationType == typeof(SessionPush))));
        using var owner = await site.SignInAsync(Ada);
        using var victim = await site.SignInAsync(Ada, Visitor.Phone);
        using var thief = site.Visit();
        thief.SessionCookie = owner.SessionCookie;
        await using var circuit = await site.OpenAsync(thief);
        await circuit.WaitForBatchAsync(c => c.FindClickHandler("Terminate") is not null, Patience.Limit);
        await circuit.ClickAsync("Terminate");
        await circuit.WaitForBatchAsync(c => c.FindClickHandler("Cancel") is not null, Patience.Limit);

        using (await owner.ReauthenticateAsync(AccountsSite.Password))
            Assert.True(await owner.IsSignedInAsync());

        Assert.Equal(ClickOutcome.Refused, await circuit.TryClickAsync("Cancel"));
        Assert.False(circuit.Closed.IsCompleted);
    }

    // Guard: the dialog acts when its own page says so, not when the session has been proved.
    [Fact]
    public async Task A_thief_who_waits_at_the_question_does_not_act_on_the_owners_proof_and_the_owner_goes_on()
    {
        var clock = new TestClock();
        await using var site = await StartAsync(clock);
        using var owner = await site.SignInAsync(Ada);
        using var victim = await site.SignInAsync(Ada, Visitor.Phone);
        using var thief = site.Visit();
        thief.SessionCookie = owner.SessionCookie;
        clock.Advance(TimeSpan.FromMinutes(11));
        await using var thiefs = await site.OpenAsync(thief);
        await using var owners = await site.OpenAsync(owner);
        foreach (var page in new[] { thiefs, owners })
            await AskAsync(page);
        Assert.True(await victim.IsSignedInAsync());

        using (await owner.ReauthenticateAsync(AccountsSite.Password))
            Assert.True(await owner.IsSignedInAsync());

        await thiefs.Closed.WaitAsync(Patience.Limit);
        await owners.Closed.WaitAsync(Patience.Limit);
        Assert.NotEqual(ClickOutcome.Done, await thiefs.TryClickAsync(thiefs.FindClickHandler("Go on")!.Value));
        Assert.True(await victim.IsSignedInAsync());

        // The owner's page comes back with the new cookie, the dialog as it was, and goes on.
        await using var returned = await RawCircuit.ConnectAsync(site.Address, owner.CookieHeader);
        Assert.True(await returned.ConnectCircuitAsync(owners.Secret, owners));
        Assert.Equal(ClickOutcome.Done, await returned.TryClickAsync("Go on"));
        await returned.WaitForBatchAsync(c => c.Page.Text.Contains("You're only signed in here", StringComparison.Ordinal), Patience.Limit);
        Assert.False(await victim.IsSignedInAsync());
    }

    [Fact]
    public async Task A_second_page_of_the_owner_is_cut_too_and_comes_back()
    {
        await using var site = await StartAsync(new TestClock());
        using var owner = await site.SignInAsync(Ada);
        await using var page = await site.OpenAsync(owner, "/settings/password");
        using (await owner.ReauthenticateAsync(AccountsSite.Password))
            Assert.True(await owner.IsSignedInAsync());

        await page.Closed.WaitAsync(Patience.Limit);
        await using var returned = await RawCircuit.ConnectAsync(site.Address, owner.CookieHeader);
        Assert.True(await returned.ConnectCircuitAsync(page.Secret, page));
        Assert.False(returned.Closed.IsCompleted);
        Assert.Empty(page.Navigations);
    }

    private static async Task AskAsync(RawCircuit page)
    {
        await page.WaitForBatchAsync(c => c.FindClickHandler("Terminate") is not null, Patience.Limit);
        await page.ClickAsync("Terminate");
        await page.WaitForBatchAsync(c => c.FindClickHandler("Cancel") is not null, Patience.Limit);
        Assert.Equal(ClickOutcome.Done, await page.TryClickAsync("Terminate"));
        await page.WaitForBatchAsync(c => c.Page.Text.Contains("Enter your password to continue", StringComparison.Ordinal), Patience.Limit);
    }

    private static async Task<AccountsSite> StartAsync(TestClock clock, Action<IServiceCollection>? services = null)
    {
        var site = AccountsSite.Start(clock, services);
        await site.RegisterAsync(Ada);
        return site;
    }
}
