using System.Net;
using Accounts.Core.Administration;
using Accounts.Core.Callers;
using Accounts.Core.SignIn;
using Accounts.Tests.Fixtures;
using static Accounts.Tests.Fixtures.ViewedSite;

namespace Accounts.Tests.Web.Administration;

/// <summary>Administrators act on an account by plain forms. For everybody else the pages don't exist.</summary>
public sealed class AccountPageTests
{
    [EachEngineFact]
    public async Task Each_act_asks_for_a_reason_and_says_what_it_did()
    {
        await using var site = await StartAsync();
        using var owner = await site.SignInAsync(Ada);
        using var phone = await site.SignInAsync(Ada, Visitor.Phone);
        var session = (await site.FindSessionAsync(phone)).Id;
        using var root = await site.SignInAsync(Root);
        var account = Account(site, Ada);
        var page = await root.ReadAsync(account);
        Assert.Contains($"{account[1..]}/end-session?session={session}", page, StringComparison.Ordinal);

        using (var refused = await root.SubmitAsync($"{account}/disable", ("Reason", "no")))
        {
            var text = await refused.Content.ReadAsStringAsync();
            Assert.Contains("Use at least 5 characters.", text, StringComparison.Ordinal);
            Assert.Contains("value=\"no\"", text, StringComparison.Ordinal);
        }

        Assert.True(await owner.IsSignedInAsync());
        Assert.Contains("1 session ended.", await ActAsync(root, $"{account}/end-session?session={session}"), StringComparison.Ordinal);
        Assert.False(await phone.IsSignedInAsync());
        Assert.True(await owner.IsSignedInAsync());
        Assert.Contains("1 session ended.", await ActAsync(root, $"{account}/end"), StringComparison.Ordinal);
        Assert.False(await owner.IsSignedInAsync());

        page = await ActAsync(root, $"{account}/disable");
        Assert.Contains("The account is disabled. 0 sessions ended.", page, StringComparison.Ordinal);
        Assert.Contains($"{account[1..]}/enable", page, StringComparison.Ordinal);
        Assert.DoesNotContain($"{account[1..]}/disable", page, StringComparison.Ordinal);
        using (var visitor = site.Visit())
        {
            // Only whoever knows the password learns that the account is disabled.
            using var wrong = await visitor.SignInAsync(Ada, "not the password");
            Assert.Contains("Wrong email or password.", await wrong.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            using var refused = await visitor.SignInAsync(Ada, AccountsSite.Password);
            Assert.Contains("Contact support", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        await site.Get<RefusedAttempts>().FlushAsync();
        using var sam = await site.SignInAsync(Sam);
        var console = await sam.ReadAsync($"/support/users/{site.FindUser(Ada)}");
        Assert.Contains("Only an administrator can enable it.", console, StringComparison.Ordinal);
        Assert.Contains("Right password, account disabled", console, StringComparison.Ordinal);

        Assert.Contains("The account is enabled.", await ActAsync(root, $"{account}/enable"), StringComparison.Ordinal);

        page = await ActAsync(root, $"{account}/role", ("Choice", Roles.Support));
        Assert.Contains("The role is changed.", page, StringComparison.Ordinal);
        Assert.Contains(">Support</b>", page, StringComparison.Ordinal);
        page = await ActAsync(root, $"{account}/plan", ("Choice", "Pro"));
        Assert.Contains("The plan is changed.", page, StringComparison.Ordinal);
        Assert.Contains("Pro", page, StringComparison.Ordinal);
        using (var unknown = await root.SubmitAsync($"{account}/plan", ("Choice", "Gold"), ("Reason", "Ticket 4711")))
            Assert.Contains("Choose one from the list.", await unknown.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [EachEngineFact]
    public async Task The_sign_in_page_asks_for_the_new_password_that_is_required()
    {
        await using var site = await StartAsync();
        using var owner = await site.SignInAsync(Ada);
        using var root = await site.SignInAsync(Root);
        var page = await ActAsync(root, $"{Account(site, Ada)}/new-password");
        Assert.Contains("The next sign-in must choose a new password. 1 session ended.", page, StringComparison.Ordinal);
        Assert.False(await owner.IsSignedInAsync());
        Assert.Contains("Sign in to choose one.", await owner.ReadAsync("/signed-out"), StringComparison.Ordinal);

        using var browser = site.Visit();
        Assert.DoesNotContain("Input.NewPassword", await browser.ReadAsync("/sign-in"), StringComparison.Ordinal);
        using (var asked = await browser.SubmitAsync("/sign-in", ("Input.Email", Ada), ("Input.Password", AccountsSite.Password)))
        {
            var text = await asked.Content.ReadAsStringAsync();
            Assert.Contains("Your account needs a new password.", text, StringComparison.Ordinal);
            Assert.Contains("Input.NewPassword", text, StringComparison.Ordinal);
            Assert.DoesNotContain(AccountsSite.Password, text, StringComparison.Ordinal);
        }

        (string, string)[] fields = [("Input.Email", Ada), ("Input.Password", AccountsSite.Password)];
        using (var weak = await browser.SubmitAsync("/sign-in", [.. fields, ("Input.NewPassword", "short")]))
        {
            var text = await weak.Content.ReadAsStringAsync();
            Assert.Contains("Use at least 12 characters.", text, StringComparison.Ordinal);
            Assert.Contains("Input.NewPassword", text, StringComparison.Ordinal);
        }

        using (var chosen = await browser.SubmitAsync("/sign-in", [.. fields, ("Input.NewPassword", "another passphrase for tests")]))
            Assert.Equal(HttpStatusCode.Redirect, chosen.StatusCode);
        Assert.True(await browser.IsSignedInAsync());
    }

    [EachEngineFact]
    public async Task Only_administrators_find_the_pages_and_none_acts_on_themselves()
    {
        await using var site = await StartAsync();
        using var owner = await site.SignInAsync(Ada);
        using var sam = await site.SignInAsync(Sam);
        using var root = await site.SignInAsync(Root);
        var account = Account(site, Ada);
        foreach (var path in new[] { account, $"{account}/disable", "/admin/everybody" })
        {
            foreach (var visitor in new[] { owner, sam })
            {
                using var refused = await visitor.GetAsync(path);
                Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
            }

            using var found = await root.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, found.StatusCode);
        }

        foreach (var path in new[] { $"{account}/nothing", $"{account}/end-session?session={Guid.NewGuid()}", $"/admin/users/{Guid.NewGuid()}" })
        {
            using var missing = await root.GetAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        }

        // A form that support fills in by hand does nothing.
        var fields = await root.FillAsync($"{account}/disable", ("Reason", "Ticket 4711"));
        using (var forged = await sam.PostAsync($"{account}/disable", fields))
            Assert.Equal(HttpStatusCode.NotFound, forged.StatusCode);
        Assert.True(await owner.IsSignedInAsync());

        var own = await root.ReadAsync(Account(site, Root));
        Assert.Contains("This is your own account.", own, StringComparison.Ordinal);
        Assert.DoesNotContain("/disable", own, StringComparison.Ordinal);
        Assert.DoesNotContain("name=\"Reason\"", await root.ReadAsync($"{Account(site, Root)}/disable"), StringComparison.Ordinal);
    }

    [EachEngineFact]
    public async Task Everybodys_sessions_end_once_the_word_is_typed()
    {
        await using var site = await StartAsync();
        using var owner = await site.SignInAsync(Ada);
        using var sam = await site.SignInAsync(Sam);
        using var root = await site.SignInAsync(Root);
        Assert.Contains("Ends 2 sessions.", await root.ReadAsync("/admin/everybody"), StringComparison.Ordinal);
        using (var refused = await root.SubmitAsync("/admin/everybody", ("Reason", "Keys were leaked"), ("Confirmation", "yes")))
        {
            var text = WebUtility.HtmlDecode(await refused.Content.ReadAsStringAsync());
            Assert.Contains("Type “everybody” to confirm.", text, StringComparison.Ordinal);
        }

        Assert.True(await owner.IsSignedInAsync());

        await using var page = await site.OpenAsync(owner);
        using (var began = await root.SubmitAsync("/admin/everybody", ("Reason", "Keys were leaked"), ("Confirmation", "Everybody")))
            Assert.Equal(HttpStatusCode.Redirect, began.StatusCode);
        Assert.Equal("/signed-out", new Uri(site.Address, await page.NavigationPushed.WaitAsync(Patience.Limit)).AbsolutePath);
        Assert.False(await owner.IsSignedInAsync());
        Assert.True(await root.IsSignedInAsync());
        Assert.Contains("An administrator signed this browser out.", await owner.ReadAsync("/signed-out"), StringComparison.Ordinal);
        Assert.Contains("Keys were leaked", await root.ReadAsync("/admin/everybody"), StringComparison.Ordinal);
    }

    private static async Task<AccountsSite> StartAsync()
    {
        var site = AccountsSite.Start(
            settings: [("Features:Plans:Free:0", "AuditLog"), ("Features:Plans:Pro:0", "AuditLog"), ("Features:DefaultPlan", "Free")]);
        await site.RegisterStaffAsync();
        return site;
    }

    private static string Account(AccountsSite site, string email) => $"/admin/users/{site.FindUser(email)}";

    /// <summary>Acts by the page's form, and returns the account's page with what it says then.</summary>
    private static async Task<string> ActAsync(Visitor root, string path, params (string Name, string Value)[] fields)
    {
        using var answer = await root.SubmitAsync(path, [("Reason", "Ticket 4711"), .. fields]);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return WebUtility.HtmlDecode(await root.ReadAsync(answer.Headers.Location!.OriginalString));
    }
}
