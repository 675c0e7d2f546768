using System.Net;
using Accounts.Core.Callers;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Web.Providers;

/// <summary>Linking, unlinking and proving through a provider, request by request.</summary>
public sealed class LinkedAccountPagesTests
{
    private const string Security = "/settings/security";
    private const string LinkStart = "/session/provider/test/link";
    private const string ProofStart = "/session/provider/test/prove?returnUrl=%2Fsettings%2Fpassword";

    [EachEngineFact]
    public async Task A_session_that_ends_on_the_way_links_nothing_and_gets_no_proof()
    {
        await using var provider = await OpenIdProvider.StartAsync();
        await using var site = await StartAsync(provider);
        using var rows = site.Rows();
        using var other = await site.SignInAsync(ViewedSite.Ada);
        foreach (var start in new[] { LinkStart, ProofStart })
        {
            using var visitor = await site.SignInAsync(ViewedSite.Ada);
            var address = await provider.GoAsync(visitor, "a-1", start);
            await site.TerminateAsync(other, visitor);
            using var late = await visitor.GetAsync(address.PathAndQuery);
            ProviderSignInTests.AssertLeads("/signed-out", late);
        }

        // Somebody else has signed in in that browser meanwhile.
        using var shared = await site.SignInAsync(ViewedSite.Ada);
        var links = await provider.GoAsync(shared, "a-1", LinkStart);
        shared.Cookies.Remove(Visitor.SessionCookieName);
        using var switched = await shared.SignInAsync(ViewedSite.Sam, AccountsSite.Password);
        using var foreign = await shared.GetAsync(links.PathAndQuery);
        ProviderSignInTests.AssertLeads($"{Security}?provider=test&outcome=failed", foreign);
        Assert.Equal(0, rows.Number("SELECT COUNT(*) FROM \"LinkedAccounts\""));

        // Control.
        using var right = await provider.ContinueAsync(other, "a-1", LinkStart);
        ProviderSignInTests.AssertLeads($"{Security}?provider=test&outcome=linked", right);
        Assert.Contains("Test ID is linked.", await other.ReadAsync(right.Headers.Location!.OriginalString), StringComparison.Ordinal);
        using var proved = await provider.ContinueAsync(other, "a-1", ProofStart);
        ProviderSignInTests.AssertLeads("/settings/password", proved);
        Assert.True(await other.IsSignedInAsync());
        Assert.Equal((long)SignInMethods.Provider, rows.Number("SELECT MAX(\"ReauthenticatedMethods\") FROM \"Sessions\""));
    }

    [Fact]
    public async Task Another_account_there_proves_nothing_and_one_of_somebody_else_is_not_linked()
    {
        await using var provider = await OpenIdProvider.StartAsync();
        await using var site = await StartAsync(provider);
        using var ada = await site.SignInAsync(ViewedSite.Ada);
        using var sam = await site.SignInAsync(ViewedSite.Sam);
        using var linked = await provider.ContinueAsync(ada, "a-1", LinkStart);
        using var taken = await provider.ContinueAsync(sam, "a-1", LinkStart);
        ProviderSignInTests.AssertLeads($"{Security}?provider=test&outcome=linked-elsewhere", taken);
        Assert.Contains("already linked to another account", await sam.ReadAsync(taken.Headers.Location!.OriginalString), StringComparison.Ordinal);
        using var other = await provider.ContinueAsync(ada, "s-1", ProofStart);
        ProviderSignInTests.AssertLeads($"{Security}?provider=test&outcome=other-account", other);
        using var canceled = await provider.ContinueAsync(ada, "", ProofStart);
        ProviderSignInTests.AssertLeads($"{Security}?provider=test&outcome=canceled", canceled);
    }

    [Fact]
    public async Task An_old_proof_is_asked_for_again_before_linking_and_unlinking()
    {
        var clock = new ShiftedClock();
        await using var provider = await OpenIdProvider.StartAsync();
        await using var site = await StartAsync(provider, clock);
        using var rows = site.Rows();
        using var ada = await site.SignInAsync(ViewedSite.Ada);
        using var linked = await provider.ContinueAsync(ada, "a-1", LinkStart);
        var id = rows.Guid("SELECT \"Id\" FROM \"LinkedAccounts\"");
        clock.PutForward(TimeSpan.FromMinutes(11));
        ada.Headers["Sec-Fetch-Site"] = "same-origin";
        using var link = await ada.GetAsync(LinkStart);
        ProviderSignInTests.AssertLeads("/settings/security/providers/test/link", link);
        ada.Headers.Remove("Sec-Fetch-Site");
        foreach (var page in new[] { "/settings/security/providers/test/link", $"/settings/security/linked/{id}/unlink" })
            Assert.Contains("Enter your password to continue", await ada.ReadAsync(page), StringComparison.Ordinal);
        var unlink = await ada.FillAccountMenuAsync(("_handler", "unlink"));
        using var early = await ada.PostAsync($"/settings/security/linked/{id}/unlink", unlink);
        Assert.Equal(1, rows.Number("SELECT COUNT(*) FROM \"LinkedAccounts\""));

        using var proof = await ada.ReauthenticateAsync(AccountsSite.Password);
        Assert.Equal(HttpStatusCode.NoContent, proof.StatusCode);
        using var done = await ada.SubmitAsync($"/settings/security/linked/{id}/unlink");
        Assert.Equal(HttpStatusCode.Redirect, done.StatusCode);
        Assert.Equal(0, rows.Number("SELECT COUNT(*) FROM \"LinkedAccounts\""));
    }

    // Guards: Refuse in ProviderEndpoints, for the ways of somebody who is signed in.
    [Theory]
    [InlineData(LinkStart, Security + "/providers/test/link")]
    [InlineData(ProofStart, Security)]
    public async Task Only_a_click_on_our_own_page_acts_in_a_session(string start, string page)
    {
        await using var provider = await OpenIdProvider.StartAsync();
        await using var site = await StartAsync(provider);
        using var rows = site.Rows();
        using var ada = await site.SignInAsync(ViewedSite.Ada);
        (string Name, string Value)[] foreign =
        [
            ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "none"), ("Referer", "https://other.example.test/"), ("Accept-Language", "en"),
        ];
        foreach (var (name, value) in foreign)
        {
            ada.Headers[name] = value;
            using var refused = await ada.GetAsync(start);
            ProviderSignInTests.AssertLeads(page, refused);
            ada.Headers.Remove(name);
        }

        Assert.Equal(0, rows.Number("SELECT COUNT(*) FROM \"ProviderRequests\""));
        ada.Headers["Referer"] = new Uri(site.Address, Security).AbsoluteUri;
        using var click = await ada.GetAsync(start);
        Assert.StartsWith(provider.Issuer, click.Headers.Location!.OriginalString, StringComparison.Ordinal);
        // What can't be an address of ours isn't kept.
        using var odd = await ada.GetAsync("/session/provider/test/prove?returnUrl=%2F%00");
        Assert.StartsWith(provider.Issuer, odd.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_view_of_support_sees_the_list_and_changes_nothing()
    {
        await using var provider = await OpenIdProvider.StartAsync();
        await using var site = await StartAsync(provider);
        using var rows = site.Rows();
        using var ada = await site.SignInAsync(ViewedSite.Ada);
        using var linked = await provider.ContinueAsync(ada, "a-1", LinkStart);
        var id = rows.Guid("SELECT \"Id\" FROM \"LinkedAccounts\"");
        using var staff = await site.SignInAsync(ViewedSite.Sam);
        await site.ViewAsync(staff, ViewedSite.Ada);
        var page = await staff.ReadAsync(Security);
        Assert.Contains("Test ID", page, StringComparison.Ordinal);
        // Support sees only the beginnings of an email.
        Assert.DoesNotContain("ada@id.example.test", page, StringComparison.Ordinal);
        Assert.Contains("ada@id.example.test", await ada.ReadAsync(Security), StringComparison.Ordinal);
        Assert.DoesNotContain($"href=\"settings/security/linked/{id}/unlink\"", page, StringComparison.Ordinal);
        staff.Headers["Sec-Fetch-Site"] = "same-origin";
        foreach (var start in new[] { LinkStart, ProofStart })
        {
            using var refused = await staff.GetAsync(start);
            ProviderSignInTests.AssertLeads(Security, refused);
        }

        staff.Headers.Remove("Sec-Fetch-Site");
        var denied = await staff.ReadAsync($"/settings/security/linked/{id}/unlink");
        Assert.Contains("Only the owner of this account can do this.", denied, StringComparison.Ordinal);
        var unlink = await staff.FillAccountMenuAsync(("_handler", "unlink"));
        using var post = await staff.PostAsync($"/settings/security/linked/{id}/unlink", unlink);
        Assert.Equal((1, 0), (rows.Number("SELECT COUNT(*) FROM \"LinkedAccounts\""), rows.Number("SELECT COUNT(*) FROM \"ProviderRequests\"")));
    }

    [Fact]
    public async Task Invalid_settings_stop_the_start_with_a_line_for_each()
    {
        await using var process = AccountsProcess.Run(
            null,
            ("Storage:Path", "/nowhere/accounts.db"),
            ("Providers:one:Authority", "http://id.example.test"),
            ("Providers:one:Scopes", "email"),
            ("Providers:one:ClientSecret", "a secret of one"),
            ("Providers:google:Clientid", "x"),
            ("Providers:google:Secret", "y"),
            ("Providers:Not_an_id:ClientId", "z"));
        Assert.Equal(1, await process.ExitAsync());
        var output = process.Output;
        foreach (var line in new[]
        {
            "Providers:one:DisplayName: must be the provider's name on buttons",
            "Providers:one:Authority: must be the provider's https address, such as https://id.example.com. http is allowed for this machine only. "
                + "It is 'http://id.example.test'.",
            "Providers:one:ClientId: must be the client ID that the provider gave to this site. Register this site there first. It is ''.",
            "Providers:one:Scopes: must contain openid",
            "Providers:google:Secret: unknown setting. "
                + "Use one of DisplayName, Authority, Issuer, ClientId, ClientSecret, Scopes, MayRegister, MayConfirm.",
            "Providers:Not_an_id: must be an id of lower-case letters, digits and hyphens",
        })
        {
            Assert.Contains(line, output, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("a secret of one", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Providers:google:ClientId:", output, StringComparison.Ordinal);
    }

    private static async Task<AccountsSite> StartAsync(OpenIdProvider provider, TimeProvider? clock = null)
    {
        var site = AccountsSite.Start(
            clock, null, [.. provider.Settings, ("TwoFactor:RequiredForStaff", "false"), ("SupportViews:MaskEmail", "true")]);
        await provider.AddSiteAsync(site);
        await site.RegisterStaffAsync();
        await provider.AddAccountAsync("a-1", "ada@id.example.test");
        await provider.AddAccountAsync("s-1", "sam@id.example.test");
        return site;
    }
}
