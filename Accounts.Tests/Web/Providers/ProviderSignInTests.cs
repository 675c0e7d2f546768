using System.Net;
using Accounts.Core.Callers;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Web.Providers;

/// <summary>Signing in through a real provider, request by request.</summary>
public sealed class ProviderSignInTests
{
    private const string Ada = "ada@example.test";
    private const string NonceCookie = "__Host-accounts-provider-nonce-";
    private const string BrowserCookie = "__Host-accounts-new-browser";

    [EachEngineTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_person_without_an_account_gets_one_and_signs_in_to_it_again(bool claimsAtEndpoint)
    {
        await using var provider = await OpenIdProvider.StartAsync(claimsAtEndpoint);
        await using var site = await StartAsync(provider);
        using var rows = site.Rows();
        await provider.AddAccountAsync("g-1", "Grace@Example.test", name: "  Grace\nHopper ");
        using var visitor = site.Visit();
        Assert.Contains("Continue with Test ID", await visitor.ReadAsync("/sign-in"), StringComparison.Ordinal);
        using var first = await provider.ContinueAsync(visitor, "g-1", $"{OpenIdProvider.Start}?returnUrl=%2Fsettings%2Fsecurity");
        AssertLeads("/settings/security", first);
        Assert.True(await visitor.IsSignedInAsync());
        // Only our own cookies stay.
        Assert.Equal(
            ["__Host-accounts-browser", BrowserCookie, Visitor.SessionCookieName],
            visitor.Cookies.Keys.Where(name => !name.StartsWith("__Host-accounts-form", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
            StringComparer.Ordinal);
        var user = rows.Query("SELECT \"Email\", \"DisplayName\", \"EmailConfirmed\", \"PasswordHash\" FROM \"Users\"").Single();
        Assert.Equal(("Grace@Example.test", "Grace Hopper", null), ((string)user["Email"]!, (string)user["DisplayName"]!, user["PasswordHash"]));
        Assert.True(Convert.ToBoolean(user["EmailConfirmed"], System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal((long)SignInMethods.Provider, rows.Number("SELECT \"Method\" FROM \"Sessions\""));

        // The email there has changed. The account is the same.
        await provider.AddAccountAsync("g-1", "hopper@example.test", name: "Admiral Hopper");
        using var other = site.Visit();
        using var second = await provider.ContinueAsync(other, "g-1");
        AssertLeads("/settings/sessions", second);
        Assert.Equal((1, 1, 2), (rows.Number("SELECT COUNT(*) FROM \"Users\""), rows.Number("SELECT COUNT(*) FROM \"LinkedAccounts\""),
            rows.Number("SELECT COUNT(*) FROM \"Sessions\" WHERE \"EndedAt\" IS NULL")));
        Assert.Equal(0, rows.Number("SELECT COUNT(*) FROM \"ProviderRequests\""));
    }

    [EachEngineTheory]
    [InlineData(true, "not-linked", "This Test ID account isn&#x27;t linked yet. Sign in another way first, then link it under Security.")]
    [InlineData(false, "not-verified", "Test ID hasn&#x27;t verified your email")]
    public async Task An_account_with_the_same_email_is_neither_signed_in_to_nor_linked(bool verified, string outcome, string sentence)
    {
        await using var provider = await OpenIdProvider.StartAsync();
        await using var site = await StartAsync(provider);
        using var rows = site.Rows();
        await site.RegisterAsync(Ada);
        await provider.AddAccountAsync("a-1", "ADA@example.test", verified);
        using var visitor = site.Visit();
        using var answer = await provider.ContinueAsync(visitor, "a-1");
        AssertRefused(outcome, answer);
        Assert.Contains(sentence, await visitor.ReadAsync(answer.Headers.Location!.OriginalString), StringComparison.Ordinal);
        Assert.Equal((0, 0, 1), (rows.Number("SELECT COUNT(*) FROM \"Sessions\""), rows.Number("SELECT COUNT(*) FROM \"LinkedAccounts\""),
            rows.Number("SELECT COUNT(*) FROM \"Users\"")));
    }

    [Fact]
    public async Task Nobody_gets_an_account_without_a_verified_email_or_if_the_settings_say_so()
    {
        await using var provider = await OpenIdProvider.StartAsync();
        await using var site = await StartAsync(provider);
        using var rows = site.Rows();
        await provider.AddAccountAsync("u-1", "grace@example.test", verified: false);
        await provider.AddAccountAsync("u-2");
        using var visitor = site.Visit();
        foreach (var sub in new[] { "u-1", "u-2" })
        {
            using var answer = await provider.ContinueAsync(visitor, sub);
            AssertRefused("not-verified", answer);
        }

        Assert.Equal(0, rows.Number("SELECT COUNT(*) FROM \"Users\""));
        await using var closed = AccountsSite.Start(null, null, [.. provider.Settings, ("Providers:test:MayRegister", "false")]);
        await provider.AddSiteAsync(closed);
        await provider.AddAccountAsync("u-3", "grace@example.test");
        using var guest = closed.Visit();
        using var refused = await provider.ContinueAsync(guest, "u-3");
        AssertRefused("no-account", refused);
    }

    // Guards: the deletion in ProviderRequests.BurnAsync, and its three conditions.
    [EachEngineFact]
    public async Task An_answer_counts_once_in_the_browser_that_asked_and_for_ten_minutes()
    {
        var clock = new ShiftedClock();
        await using var provider = await OpenIdProvider.StartAsync();
        await using var site = await StartAsync(provider, clock);
        using var rows = site.Rows();
        await provider.AddAccountAsync("g-1", "grace@example.test");

        // Twenty at once.
        using var visitor = site.Visit();
        var address = await provider.GoAsync(visitor, "g-1");
        var before = visitor.Cookies.ToDictionary(StringComparer.Ordinal);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => CopyOf(site, before).GetAsync(address.PathAndQuery)));
        Assert.Single(answers, answer => answer.Headers.Location!.OriginalString.Equals("/settings/sessions", StringComparison.Ordinal));
        Assert.Equal(1, rows.Number("SELECT COUNT(*) FROM \"Sessions\""));
        // Again.
        using var again = await CopyOf(site, before).GetAsync(address.PathAndQuery);
        Assert.StartsWith("/sign-in?", again.Headers.Location!.OriginalString, StringComparison.Ordinal);

        // In another browser, which has the handler's cookies.
        using var victim = site.Visit();
        address = await provider.GoAsync(victim, "g-1");
        var stolen = victim.Cookies.Where(cookie => !cookie.Key.Equals(BrowserCookie, StringComparison.Ordinal)
            && !cookie.Key.Equals("__Host-accounts-browser", StringComparison.Ordinal));
        using var elsewhere = await CopyOf(site, stolen).GetAsync(address.PathAndQuery);
        AssertRefused("expired", elsewhere);
        // The first answer used it up.
        using var mine = await victim.GetAsync(address.PathAndQuery);
        AssertRefused(null, mine);

        // Late.
        address = await provider.GoAsync(victim, "g-1");
        clock.PutForward(TimeSpan.FromMinutes(10));
        using var late = await victim.GetAsync(address.PathAndQuery);
        AssertRefused("expired", late);
        Assert.Equal(1, rows.Number("SELECT COUNT(*) FROM \"Sessions\""));
        // Control: a moment earlier it counts.
        address = await provider.GoAsync(victim, "g-1");
        clock.PutForward(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(30));
        using var inTime = await victim.GetAsync(address.PathAndQuery);
        AssertLeads("/settings/sessions", inTime);
    }

    [Fact]
    public async Task A_forged_wrong_or_refused_answer_leads_back_to_the_sign_in_page()
    {
        await using var provider = await OpenIdProvider.StartAsync();
        await using var site = await StartAsync(provider);
        using var rows = site.Rows();
        await provider.AddAccountAsync("g-1", "grace@example.test");
        using var visitor = site.Visit();
        foreach (var query in new[] { "", "?code=x", "?code=x&state=y", "?error=server_error", "?state=x&error=access_denied" })
        {
            using var forged = await visitor.GetAsync(OpenIdProvider.Start + "/callback" + query);
            AssertRefused("failed", forged);
        }

        // The state of another browser.
        using var other = site.Visit();
        var foreign = await provider.GoAsync(other, "g-1");
        using var swapped = await visitor.GetAsync(foreign.PathAndQuery);
        AssertRefused("failed", swapped);
        // Without the nonce that was sent.
        var address = await provider.GoAsync(visitor, "g-1");
        foreach (var name in visitor.Cookies.Keys.Where(name => name.StartsWith(NonceCookie, StringComparison.Ordinal)).ToList())
            visitor.Cookies.Remove(name);
        using var noNonce = await visitor.GetAsync(address.PathAndQuery);
        AssertRefused("failed", noNonce);
        // Canceled there.
        using var canceled = await provider.ContinueAsync(visitor, "", OpenIdProvider.Start + "?returnUrl=%2Fsettings%2Fsecurity");
        Assert.Equal("/sign-in?ReturnUrl=%2Fsettings%2Fsecurity&provider=test&outcome=canceled", canceled.Headers.Location!.OriginalString,
            ignoreCase: true);
        Assert.Equal((0, 0), (rows.Number("SELECT COUNT(*) FROM \"Sessions\""), rows.Number("SELECT COUNT(*) FROM \"Users\"")));
        // Control.
        using var right = await provider.ContinueAsync(visitor, "g-1");
        AssertLeads("/settings/sessions", right);
    }

    // Guards: the issuer of the settings, in the handler of sign-ins and in that of logout tokens.
    [Fact]
    public async Task A_provider_speaks_for_the_issuer_of_the_settings_only()
    {
        await using var provider = await OpenIdProvider.StartAsync();
        await provider.AddAccountAsync("g-1", "grace@example.test");
        foreach (var (issuer, works) in new[] { ("https://accounts.google.com", false), (provider.Issuer + "/", true) })
        {
            await using var site = AccountsSite.Start(null, null, [.. provider.Settings, ("Providers:test:Issuer", issuer)]);
            await provider.AddSiteAsync(site);
            using var rows = site.Rows();
            using var visitor = site.Visit();
            using var answer = await provider.ContinueAsync(visitor, "g-1");
            if (works)
                AssertLeads("/settings/sessions", answer);
            else
                AssertRefused("failed", answer);
            // It's kept in one spelling.
            var linked = rows.Query("SELECT \"Issuer\" FROM \"LinkedAccounts\"").Select(row => (string)row["Issuer"]!);
            Assert.Equal(works ? [provider.Issuer] : [], linked, StringComparer.Ordinal);
            Assert.Equal(works, await visitor.IsSignedInAsync());
            Assert.Equal(works ? HttpStatusCode.OK : HttpStatusCode.BadRequest, await BackChannelLogoutTests.LogOutAsync(provider, site));
            Assert.False(await visitor.IsSignedInAsync());
        }
    }

    [EachEngineFact]
    public async Task An_owner_without_a_password_can_keep_a_deleted_account()
    {
        await using var provider = await OpenIdProvider.StartAsync();
        await using var site = await StartAsync(provider);
        using var rows = site.Rows();
        await provider.AddAccountAsync("g-1", "grace@example.test");
        using var visitor = site.Visit();
        using var first = await provider.ContinueAsync(visitor, "g-1");
        using var deleted = await visitor.SubmitAsync("/settings/account/delete", ("Email", "grace@example.test"));
        Assert.Equal(1, rows.Number("SELECT COUNT(*) FROM \"Users\" WHERE \"DeletedByOwner\" = TRUE"));
        using var refused = await provider.ContinueAsync(visitor, "g-1");
        AssertRefused("deleted", refused);
        var page = await visitor.ReadAsync(refused.Headers.Location!.OriginalString);
        Assert.Contains("To keep it, go on with Test ID once more.", page, StringComparison.Ordinal);
        Assert.Contains("href=\"sign-in/provider/test?keep=true\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("autocomplete=\"current-password\"", page, StringComparison.Ordinal);
        using var kept = await provider.ContinueAsync(visitor, "g-1", OpenIdProvider.Start + "?keep=true");
        AssertLeads("/settings/sessions", kept);
        Assert.Equal(0, rows.Number("SELECT COUNT(*) FROM \"Users\" WHERE \"DeletionDueAt\" IS NOT NULL"));
    }

    [Theory]
    [InlineData("Sec-Purpose", "prefetch", HttpStatusCode.ServiceUnavailable)]
    [InlineData("Sec-Purpose", "prefetch;prerender", HttpStatusCode.ServiceUnavailable)]
    [InlineData("Sec-Fetch-Site", "cross-site", HttpStatusCode.Redirect)]
    [InlineData("Sec-Fetch-Site", "same-site", HttpStatusCode.Redirect)]
    [InlineData("Sec-Fetch-Site", "none", HttpStatusCode.Redirect)]
    [InlineData("Sec-Fetch-Mode", "no-cors", HttpStatusCode.Redirect)]
    public async Task Only_a_click_on_our_own_page_leads_to_a_provider(string header, string value, HttpStatusCode expected)
    {
        await using var provider = await OpenIdProvider.StartAsync();
        await using var site = await StartAsync(provider);
        using var rows = site.Rows();
        using var visitor = site.Visit();
        visitor.Headers[header] = value;
        using var refused = await visitor.GetAsync(OpenIdProvider.Start);
        Assert.Equal(expected, refused.StatusCode);
        if (expected is HttpStatusCode.Redirect)
            AssertLeads("/sign-in", refused);
        Assert.Equal(0, rows.Number("SELECT COUNT(*) FROM \"ProviderRequests\""));
        Assert.DoesNotContain(visitor.Cookies.Keys, name => name.Contains("provider", StringComparison.Ordinal));

        visitor.Headers.Remove(header);
        (visitor.Headers["Sec-Fetch-Site"], visitor.Headers["Sec-Fetch-Mode"]) = ("same-origin", "navigate");
        using var click = await visitor.GetAsync(OpenIdProvider.Start);
        Assert.StartsWith(provider.Issuer, click.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal(1, rows.Number("SELECT COUNT(*) FROM \"ProviderRequests\""));
    }

    [Fact]
    public async Task Without_a_provider_there_is_no_button_and_no_address()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        using var visitor = await site.SignInAsync(Ada);
        using var stranger = site.Visit();
        Assert.DoesNotContain("Continue with", await stranger.ReadAsync("/sign-in"), StringComparison.Ordinal);
        Assert.DoesNotContain("Linked accounts", await visitor.ReadAsync("/settings/security"), StringComparison.Ordinal);
        foreach (var path in new[]
        {
            OpenIdProvider.Start, OpenIdProvider.Start + "/callback", "/session/provider/test/prove", "/session/provider/test/link",
            "/settings/security/providers/test/link",
        })
        {
            using var answer = await visitor.GetAsync(path);
            Assert.Equal((path, HttpStatusCode.NotFound), (path, answer.StatusCode));
        }

        var empty = new Dictionary<string, string>(StringComparer.Ordinal);
        using var logout = await visitor.PostAsync(OpenIdProvider.Start + "/backchannel-logout", empty);
        using var nothing = await visitor.PostAsync("/sign-in/no-such-address", empty);
        Assert.Equal(nothing.StatusCode, logout.StatusCode);
    }

    [Fact]
    public async Task A_provider_that_cannot_be_reached_is_said()
    {
        await using var provider = await OpenIdProvider.StartAsync();
        await using var site = await StartAsync(provider);
        await using var later = await StartAsync(provider);
        using var rows = site.Rows();
        using var visitor = site.Visit();
        // The other site has read what the provider says of itself.
        using var guest = later.Visit();
        using var before = await guest.GetAsync(OpenIdProvider.Start);
        Assert.StartsWith(provider.Issuer, before.Headers.Location!.OriginalString, StringComparison.Ordinal);
        await provider.StopAsync();
        using var then = await guest.GetAsync(OpenIdProvider.Start);
        AssertRefused("unreachable", then);
        using var answer = await visitor.GetAsync(OpenIdProvider.Start);
        AssertRefused("unreachable", answer);
        Assert.Contains("Test ID can&#x27;t be reached right now.", await visitor.ReadAsync(answer.Headers.Location!.OriginalString),
            StringComparison.Ordinal);
        Assert.Equal(0, rows.Number("SELECT COUNT(*) FROM \"ProviderRequests\""));
    }

    internal static async Task<AccountsSite> StartAsync(OpenIdProvider provider, TimeProvider? clock = null)
    {
        var site = AccountsSite.Start(clock, null, provider.Settings);
        await provider.AddSiteAsync(site);
        return site;
    }

    internal static void AssertLeads(string path, HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal(path, answer.Headers.Location!.OriginalString, StringComparer.Ordinal);
    }

    private static void AssertRefused(string? outcome, HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        if (outcome is null)
            Assert.StartsWith("/sign-in?provider=test&outcome=", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
        else
            Assert.Equal($"/sign-in?provider=test&outcome={outcome}", answer.Headers.Location!.OriginalString, StringComparer.Ordinal);
    }

    private static Visitor CopyOf(AccountsSite site, IEnumerable<KeyValuePair<string, string>> cookies)
    {
        var copy = site.Visit();
        foreach (var (name, value) in cookies)
            copy.Cookies[name] = value;
        return copy;
    }
}
