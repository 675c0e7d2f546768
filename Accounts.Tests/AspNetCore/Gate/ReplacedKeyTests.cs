using Accounts.AspNetCore.Gate;
using Accounts.Tests.Fixtures;
using Accounts.Tests.Fixtures.Circuits;
using Microsoft.Extensions.DependencyInjection;

namespace Accounts.Tests.AspNetCore.Gate;

/// <summary>The server closes connections opened with a replaced key. They come back only with the new cookie.</summary>
public sealed class ReplacedKeyTests
{
    private const string Ada = "ada@example.test";

    // Guard: AbortOlder in SessionPush.
    [EachEngineFact]
    public async Task Re_authentication_disconnects_a_thief_with_a_copied_cookie()
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
            // The new key has been issued but not used yet, so everything still works.
            await circuit.ClickAsync("Terminate");
            await circuit.WaitForBatchAsync(c => c.FindClickHandler("Cancel") is not null, Patience.Limit);
            Assert.True(await thief.IsSignedInAsync());
        }

        // The first request with the new key.
        Assert.True(await owner.IsSignedInAsync());

        await circuit.Closed.WaitAsync(Patience.Limit);
        Assert.NotEqual(ClickOutcome.Done, await circuit.TryClickAsync("Cancel"));
        Assert.False(await thief.IsSignedInAsync());
        var refused = await Assert.ThrowsAsync<RawCircuitException>(() => RawCircuit.ConnectAsync(site.Address, thief.CookieHeader));
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, refused.Status);
        Assert.True(await owner.IsSignedInAsync());
        Assert.True(await victim.IsSignedInAsync());
    }

    // Guard: IsDue in LiveSession.HasKeyMark, and EndFirstKeyLater in KeyRotation.OfferAsync.
    [EachEngineFact]
    public async Task Connections_with_the_old_key_close_after_a_minute_even_without_the_new_one()
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
        Assert.Contains("This session is no longer valid.", await owner.ReadAsync("/signed-out"), StringComparison.Ordinal);
    }

    // Guard: WriteTicketAsync in PasswordPage.
    [EachEngineFact]
    public async Task A_password_change_signs_out_a_thief_with_a_copied_cookie()
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
    [EachEngineFact]
    public async Task A_connection_with_the_old_key_can_do_nothing_even_if_it_stays_open()
    {
        await using var site = await StartAsync(new TestClock());
        // It hears of no change any more, so it cuts nothing.
        await site.Get<SessionPush>().StopAsync(TestContext.Current.CancellationToken);
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

    // Guard: the dialog acts on its own page's proof, not on the session's.
    [EachEngineFact]
    public async Task A_thief_at_the_open_dialog_cannot_use_the_owners_proof()
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
        Assert.NotEqual(ClickOutcome.Done, await thiefs.TryClickAsync(thiefs.FindClickHandler("Continue")!.Value));
        Assert.True(await victim.IsSignedInAsync());

        // The owner's page reconnects with the new cookie, finds its dialog unchanged, and continues.
        await using var returned = await RawCircuit.ConnectAsync(site.Address, owner.CookieHeader);
        Assert.True(await returned.ConnectCircuitAsync(owners.Secret, owners));
        Assert.Equal(ClickOutcome.Done, await returned.TryClickAsync("Continue"));
        await returned.WaitForBatchAsync(c => c.Page.Text.Contains("You're only signed in here", StringComparison.Ordinal), Patience.Limit);
        Assert.False(await victim.IsSignedInAsync());
    }

    [EachEngineFact]
    public async Task The_owners_second_page_is_disconnected_too_and_reconnects()
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

    // Guards: the key in SessionStatements.IsLive, MayGoOnAsync in HttpContext.FindCallerAsync, and the request's principal in WriteSessionAsync.
    [Theory]
    [InlineData("/sign-out", false)]
    [InlineData("/sign-out", true)]
    [InlineData("/sign-in", false)]
    [InlineData("/sign-in", true)]
    [InlineData("/settings/password", false)]
    [InlineData("/settings/password", true)]
    [InlineData("/session/reauthenticate", false)]
    [InlineData("/session/reauthenticate", true)]
    public async Task A_form_whose_body_comes_after_the_key_was_replaced_does_nothing(string path, bool replaced)
    {
        await using var site = await StartAsync(new TestClock());
        await site.RegisterAsync("grace@example.test");
        using var owner = await site.SignInAsync(Ada);
        using var thief = site.Visit();
        thief.SessionCookie = owner.SessionCookie;
        var form = path switch
        {
            "/sign-in" => await FillSignInAsync(site, thief),
            "/settings/password" => await thief.FillAsync(
                path, ("Input.CurrentPassword", AccountsSite.Password), ("Input.NewPassword", "another passphrase for tests")),
            _ => await thief.FillAccountMenuAsync(("password", AccountsSite.Password)),
        };
        var body = new SlowBody();
        var posted = thief.PostSlowlyAsync(path, form, body);
        await body.Arrived;
        if (replaced)
        {
            using (await owner.ReauthenticateAsync(AccountsSite.Password))
                Assert.True(await owner.IsSignedInAsync());
        }

        var before = site.Rows().Number("SELECT COUNT(*) FROM \"AuditEvents\" WHERE \"Action\" <> 'user.signed_in'");
        body.Release();
        using var answer = await posted;

        // The control: without the new key, each of them does something to the owner's session or account.
        var after = site.Rows().Number("SELECT COUNT(*) FROM \"AuditEvents\" WHERE \"Action\" <> 'user.signed_in'");
        Assert.Equal(replaced ? 0 : 1, after - before);
        if (replaced)
            Assert.True(await owner.IsSignedInAsync());
        Assert.Equal(path is "/sign-in" && !replaced, path is "/sign-in" && await thief.IsSignedInAsync());
    }

    // Guard: the request's principal in WriteSessionAsync. A sign-in ends the session that was in this browser, if the key is still the session's.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_slow_sign_in_with_a_copied_cookie_ends_nothing_after_the_key_was_replaced(bool replaced)
    {
        await using var site = await StartAsync(new TestClock());
        await site.RegisterAsync("grace@example.test");
        using var owner = await site.SignInAsync(Ada);
        using var thief = site.Visit();
        thief.SessionCookie = owner.SessionCookie;
        var form = await FillSignInAsync(site, thief);
        var account = site.Gate.StopCommand("\"Users\"");
        var posted = thief.PostAsync("/sign-in", form);
        await account.Arrived;
        if (replaced)
        {
            using (await owner.ReauthenticateAsync(AccountsSite.Password))
                Assert.True(await owner.IsSignedInAsync());
        }

        account.Release();
        using var answer = await posted;
        // Either way, they get a session of their own.
        Assert.True(await thief.IsSignedInAsync());
        Assert.Equal(replaced, await owner.IsSignedInAsync());
    }

    // The form of a signed-out page, with the token of a signed-in one: the page itself isn't shown to a signed-in user.
    private static async Task<IReadOnlyDictionary<string, string>> FillSignInAsync(AccountsSite site, Visitor thief)
    {
        using var stranger = site.Visit();
        var form = await stranger.FillAsync("/sign-in", ("Input.Email", "grace@example.test"), ("Input.Password", AccountsSite.Password));
        return form.Concat(await thief.FillAccountMenuAsync())
            .GroupBy(field => field.Key, StringComparer.Ordinal)
            .ToDictionary(same => same.Key, same => same.Last().Value, StringComparer.Ordinal);
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
