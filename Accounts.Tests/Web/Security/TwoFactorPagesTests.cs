using System.Net;
using System.Text.RegularExpressions;
using Accounts.Core.Administration;
using Accounts.Core.SignIn;
using Accounts.Core.TwoFactor;
using Accounts.Tests.Fixtures;
using static Accounts.Tests.Fixtures.ViewedSite;

namespace Accounts.Tests.Web.Security;

/// <summary>Two-factor through the real pages, by plain requests.</summary>
public sealed partial class TwoFactorPagesTests
{
    private const string SetUp = "/settings/security/two-factor";
    private const string Off = "/settings/security/two-factor/off";
    private const string Security = "/settings/security";
    private const string Step = "/sign-in/code";

    // Guards: BeginAsync keeps a key for an hour; the codes are in one response only.
    [EachEngineFact]
    public async Task It_is_set_up_with_a_code_and_the_recovery_codes_are_shown_once()
    {
        var clock = new TestClock();
        await using var site = AccountsSite.Start(clock);
        await site.RegisterAsync(Ada);
        using var owner = await site.SignInAsync(Ada);
        using var phone = await site.SignInAsync(Ada, Visitor.Phone);
        Assert.Contains("A password alone lets people in.", await owner.ReadAsync(Security), StringComparison.Ordinal);

        var key = KeyOf(await owner.ReadAsync(SetUp));
        foreach (var (code, problem) in new[] { ("", "Enter the code."), ("123", "Enter the 6 digits"), ("000000", "Wrong code.") })
        {
            using var refused = await owner.SubmitAsync(SetUp, ("Input.Code", code));
            var text = await refused.Content.ReadAsStringAsync();
            Assert.Contains(problem, text, StringComparison.Ordinal);
            Assert.Equal(key, KeyOf(text));
        }

        Assert.Contains("A password alone lets people in.", await owner.ReadAsync(Security), StringComparison.Ordinal);
        var app = new AuthenticatorApp(key);
        using var on = await owner.SubmitAsync(
            SetUp, ("Input.Code", app.CodeAt(clock.GetUtcNow())), ("Input.EndOtherSessions", "true"));
        Assert.Contains("no-store", on.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        var codes = RecoveryCode().Matches(await on.Content.ReadAsStringAsync()).Select(match => match.Value).ToList();
        // Each stands on the page, and once more for all of them in the Copy button.
        Assert.Equal(10, codes.Distinct(StringComparer.Ordinal).Count());
        Assert.True(await owner.IsSignedInAsync());
        Assert.False(await phone.IsSignedInAsync());

        var after = await owner.ReadAsync(Security);
        Assert.Contains("10 codes left", after, StringComparison.Ordinal);
        Assert.DoesNotContain(codes[0], after, StringComparison.Ordinal);
        using var again = await owner.GetAsync(SetUp);
        Assert.Equal(HttpStatusCode.Redirect, again.StatusCode);
    }

    // Guards: BrowserHash, the deletion of the pending row, and the redirect of the second step without one.
    [EachEngineFact]
    public async Task The_second_step_follows_the_password_in_the_same_browser_only()
    {
        var clock = new TestClock();
        await using var site = AccountsSite.Start(clock);
        var (app, codes) = await TurnOnAsync(site, clock);

        using var visitor = site.Visit();
        using (var wrong = await visitor.SignInAsync(Ada, "not this passphrase"))
            Assert.DoesNotContain(Step, await wrong.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await AssertRedirectsAsync(visitor.GetAsync(Step), "/sign-in");
        await AssertRedirectsAsync(visitor.SubmitAsync(
            "/sign-in?ReturnUrl=%2Fsettings", ("Input.Email", Ada), ("Input.Password", AccountsSite.Password)), $"{Step}?returnUrl=%2Fsettings");
        Assert.False(await visitor.IsSignedInAsync());
        var page = await visitor.ReadAsync(Step);
        Assert.Contains("Enter your code", page, StringComparison.Ordinal);
        Assert.Contains($"Signing in as {Ada}", page, StringComparison.Ordinal);
        using (var refused = await visitor.SubmitAsync(Step, ("Input.Code", "000000")))
            Assert.Contains("Wrong code.", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        // A copy of the step's cookie is worth nothing in another browser.
        using var thief = site.Visit();
        await thief.ReadAsync("/sign-in");
        foreach (var (name, value) in visitor.Cookies.Where(cookie => cookie.Key.Contains("step", StringComparison.Ordinal)).ToList())
            thief.Cookies[name] = value;
        await AssertRedirectsAsync(thief.GetAsync(Step), "/sign-in");

        var filled = await visitor.FillAsync(Step, ("Input.Code", app.CodeAt(clock.GetUtcNow()).Insert(3, " ")));
        var cookies = visitor.Cookies.ToDictionary(StringComparer.Ordinal);
        await AssertRedirectsAsync(visitor.PostAsync($"{Step}?ReturnUrl=%2Fsettings", filled), "/settings");
        Assert.True(await visitor.IsSignedInAsync());
        // The same form once more, as it was.
        using var replay = site.Visit();
        foreach (var (name, value) in cookies)
            replay.Cookies[name] = value;
        await AssertRedirectsAsync(replay.PostAsync(Step, filled), "/sign-in");
        Assert.False(await replay.IsSignedInAsync());

        using var lost = site.Visit();
        using (var asked = await lost.SignInAsync(Ada, AccountsSite.Password))
            Assert.Equal(HttpStatusCode.Redirect, asked.StatusCode);
        Assert.Contains("Enter one of the codes you saved", await lost.ReadAsync($"{Step}?recovery=true"), StringComparison.Ordinal);
        await AssertRedirectsAsync(
            lost.SubmitAsync($"{Step}?recovery=true", ("Input.Code", codes[4].ToLowerInvariant())), "/settings/sessions");
        Assert.Contains("9 codes left", await lost.ReadAsync(Security), StringComparison.Ordinal);
    }

    // Guards: WriteTrust and ReadTrust, ForgetBrowsersAsync in remote logout.
    [EachEngineFact]
    public async Task A_trusted_browser_skips_the_code_until_remote_logout()
    {
        var clock = new TestClock();
        await using var site = AccountsSite.Start(clock);
        var (app, _) = await TurnOnAsync(site, clock);
        using var visitor = site.Visit();
        await SignInAsync(visitor, app, clock, trust: true);
        Assert.Contains("1 browser skips the code", await visitor.ReadAsync(Security), StringComparison.Ordinal);
        using (await visitor.SignOutAsync())
        using (var back = await visitor.SignInAsync(Ada, AccountsSite.Password))
            Assert.EndsWith("/settings/sessions", back.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.True(await visitor.IsSignedInAsync());

        // Forget all.
        using (await visitor.SubmitAsync(Security))
            Assert.DoesNotContain("skips the code", await visitor.ReadAsync(Security), StringComparison.Ordinal);
        using (await visitor.SignOutAsync())
            await SignInAsync(visitor, app, clock, trust: true);
        var caller = (await site.FindSessionAsync(visitor)).ToCaller();
        await site.Get<Accounts.Core.Manager.SessionService>().RemoteLogoutAsync(caller);
        Assert.False(await visitor.IsSignedInAsync());
        using var asked = await visitor.SignInAsync(Ada, AccountsSite.Password);
        Assert.EndsWith(Step, asked.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.True(Assert.IsType<TwoFactorState>(
            await site.Get<TwoFactorSettings>().FindAsync(caller)).IsOn);
    }

    // Guards: Both in ProofForm, BothFactors in CommandRunner.
    [EachEngineFact]
    public async Task Turning_it_off_asks_for_both_factors()
    {
        var clock = new TestClock();
        await using var site = AccountsSite.Start(clock);
        var (app, _) = await TurnOnAsync(site, clock);
        using var visitor = site.Visit();
        await SignInAsync(visitor, app, clock);
        clock.Advance(TimeSpan.FromMinutes(11));
        foreach (var (password, code, problem) in new[]
        {
            ("", "", "Enter your password."), (AccountsSite.Password, "", "Enter the code."), ("not it", "000000", "Wrong password."),
            (AccountsSite.Password, "000000", "Wrong code."),
        })
        {
            using var refused = await visitor.SubmitAsync(Off, ("Password", password), ("Code", code));
            Assert.Contains(problem, await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        using (var proved = await visitor.SubmitAsync(Off, ("Password", AccountsSite.Password), ("Code", app.CodeAt(clock.GetUtcNow()))))
            Assert.Equal(HttpStatusCode.Redirect, proved.StatusCode);
        Assert.DoesNotContain("name=\"Password\"", await visitor.ReadAsync(Off), StringComparison.Ordinal);
        await AssertRedirectsAsync(visitor.SubmitAsync(Off, ("Input.EndOtherSessions", "true")), Security);
        Assert.Contains("A password alone lets people in.", await visitor.ReadAsync(Security), StringComparison.Ordinal);
        Assert.Contains("Turned off two-factor", await visitor.ReadAsync("/settings/audit"), StringComparison.Ordinal);
    }

    // Guards: ReauthenticateAsync of a code, and RecordProof.
    [EachEngineFact]
    public async Task A_code_alone_confirms_who_you_are_before_you_end_sessions()
    {
        var clock = new TestClock();
        await using var site = AccountsSite.Start(clock);
        var (app, _) = await TurnOnAsync(site, clock);
        using var visitor = site.Visit();
        await SignInAsync(visitor, app, clock);
        clock.Advance(TimeSpan.FromMinutes(11));
        var code = app.CodeAt(clock.GetUtcNow());
        foreach (var (typed, status) in new[]
        {
            ("000000", HttpStatusCode.UnprocessableEntity), (code, HttpStatusCode.NoContent), (code, HttpStatusCode.UnprocessableEntity),
        })
        {
            using var answer = await visitor.PostAsync("/session/reauthenticate", await visitor.FillAccountMenuAsync(("code", typed)));
            Assert.Equal(status, answer.StatusCode);
        }
    }

    // Guard: the condition in PasswordAdvice and PasswordPage.
    [EachEngineFact]
    public async Task Advice_leads_to_two_factor_while_it_is_off()
    {
        const string Link = "<a href=\"settings/security/two-factor\">";
        const string Changed = "Password changed.";
        var clock = new TestClock();
        await using var site = AccountsSite.Start(clock);
        await site.RegisterAsync(Ada);
        using var phone = await site.SignInAsync(Ada, Visitor.Phone);
        using (var wrong = await site.Visit().SignInAsync(Ada, "not this passphrase"))
            Assert.Equal(HttpStatusCode.OK, wrong.StatusCode);
        await site.Get<RefusedAttempts>().FlushAsync();
        using var owner = await site.SignInAsync(Ada);
        var page = await owner.ReadAsync("/settings/sessions");
        Assert.Contains("change your password</a> and " + Link, page, StringComparison.Ordinal);
        var text = await ChangePasswordAsync(owner, AccountsSite.Password, "another passphrase for tests");
        Assert.Contains(Changed, text, StringComparison.Ordinal);
        Assert.Contains(Link, text, StringComparison.Ordinal);
        await ChangePasswordAsync(owner, "another passphrase for tests", AccountsSite.Password);

        var app = new AuthenticatorApp(KeyOf(await owner.ReadAsync(SetUp)));
        using (await owner.SubmitAsync(SetUp, ("Input.Code", app.CodeAt(clock.GetUtcNow()))))
            page = await owner.ReadAsync("/settings/sessions");
        Assert.Contains("change your password</a>.", page, StringComparison.Ordinal);
        Assert.DoesNotContain(Link, page, StringComparison.Ordinal);
        text = await ChangePasswordAsync(owner, AccountsSite.Password, "another passphrase for tests");
        Assert.Contains(Changed, text, StringComparison.Ordinal);
        Assert.DoesNotContain(Link, text, StringComparison.Ordinal);
    }

    // Guards: TwoFactorResetAt of SupportAccount, and the two acts of AccountActPage.
    [EachEngineFact]
    public async Task An_administrator_turns_it_off_after_a_delay_and_the_owner_reads_of_it_before()
    {
        var clock = new TestClock();
        await using var site = AccountsSite.Start(clock);
        var (app, _) = await TurnOnAsync(site, clock);
        await site.RegisterAsync(Root);
        await site.Get<RoleGrants>().GrantAsync(Root, Roles.Administrator);
        using var owner = site.Visit();
        await SignInAsync(owner, app, clock);
        using var root = await site.SignInAsync(Root);
        var account = $"/admin/users/{site.FindUser(Ada)}";
        Assert.Contains("Two-factor is off", await root.ReadAsync($"/admin/users/{site.FindUser(Root)}"), StringComparison.Ordinal);
        var page = await root.ReadAsync(account);
        Assert.Contains("Two-factor is on", page, StringComparison.Ordinal);
        Assert.DoesNotContain("keep-two-factor", page, StringComparison.Ordinal);

        Assert.Contains("The owner is told on their pages.", await ActAsync("reset-two-factor"), StringComparison.Ordinal);
        Assert.Contains("Two-factor turns off", await root.ReadAsync(account), StringComparison.Ordinal);
        const string Warning = "as an administrator asked";
        foreach (var path in new[] { Security, "/settings/sessions" })
            Assert.Contains(Warning, await owner.ReadAsync(path), StringComparison.Ordinal);
        Assert.Contains("Two-factor stays on.", await ActAsync("keep-two-factor"), StringComparison.Ordinal);
        Assert.DoesNotContain(Warning, await owner.ReadAsync(Security), StringComparison.Ordinal);
        await ActAsync("reset-two-factor");

        // The second step says so, too.
        using var other = site.Visit();
        await AssertRedirectsAsync(other.SignInAsync(Ada, AccountsSite.Password), Step);
        Assert.Contains(Warning, await other.ReadAsync(Step), StringComparison.Ordinal);
        clock.Advance(TimeSpan.FromDays(1));
        await site.Get<TwoFactorUpkeep>().RunAsync();
        await AssertRedirectsAsync(other.SignInAsync(Ada, AccountsSite.Password), "/settings/sessions");
        Assert.Contains("as an administrator had asked", await other.ReadAsync("/settings/audit"), StringComparison.Ordinal);

        async Task<string> ActAsync(string act)
        {
            using var done = await root.SubmitAsync($"{account}/{act}", ("Reason", "Ticket 4711"));
            Assert.Equal(HttpStatusCode.Redirect, done.StatusCode);
            return WebUtility.HtmlDecode(await root.ReadAsync(new Uri(site.Address, done.Headers.Location!).PathAndQuery));
        }
    }

    // Guard: MayActAsStaff. The page says what is missing, and the account's own pages work.
    [EachEngineFact]
    public async Task Staff_with_one_factor_are_told_what_they_need()
    {
        var clock = new TestClock();
        await using var site = AccountsSite.Start(clock, settings: [("TwoFactor:RequiredForStaff", "true")]);
        var (app, _) = await TurnOnAsync(site, clock);
        await site.RegisterAsync(Root);
        foreach (var email in new[] { Ada, Root })
            await site.Get<RoleGrants>().GrantAsync(email, Roles.Administrator);
        using var one = await site.SignInAsync(Root);
        foreach (var path in new[] { "/admin", "/support?find=ada", $"/admin/users/{site.FindUser(Ada)}" })
        {
            using var refused = await one.GetAsync(path);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
            var text = await refused.Content.ReadAsStringAsync();
            Assert.Contains("Two-factor needed", text, StringComparison.Ordinal);
            Assert.Contains("Turn it on, or sign in again with a code", text, StringComparison.Ordinal);
        }

        Assert.Contains("A password alone lets people in.", await one.ReadAsync(Security), StringComparison.Ordinal);

        using var two = site.Visit();
        await SignInAsync(two, app, clock);
        using var opened = await two.GetAsync("/admin");
        Assert.Equal(HttpStatusCode.OK, opened.StatusCode);
    }

    private static async Task<(AuthenticatorApp App, List<string> Codes)> TurnOnAsync(AccountsSite site, TestClock clock)
    {
        await site.RegisterAsync(Ada);
        using var owner = await site.SignInAsync(Ada);
        var app = new AuthenticatorApp(KeyOf(await owner.ReadAsync(SetUp)));
        using var on = await owner.SubmitAsync(SetUp, ("Input.Code", app.CodeAt(clock.GetUtcNow())));
        List<string> codes = [.. RecoveryCode().Matches(await on.Content.ReadAsStringAsync()).Select(match => match.Value)];
        clock.Advance(TimeSpan.FromSeconds(30));
        return (app, codes);
    }

    private static async Task<string> ChangePasswordAsync(Visitor visitor, string from, string to)
    {
        using var answer = await visitor.SubmitAsync(
            "/settings/password", ("Input.CurrentPassword", from), ("Input.NewPassword", to), ("Input.EndOtherSessions", "false"));
        return await answer.Content.ReadAsStringAsync();
    }

    private static async Task SignInAsync(Visitor visitor, AuthenticatorApp app, TestClock clock, bool trust = false)
    {
        await AssertRedirectsAsync(visitor.SignInAsync(Ada, AccountsSite.Password), Step);
        await AssertRedirectsAsync(
            visitor.SubmitAsync(Step, ("Input.Code", app.CodeAt(clock.GetUtcNow())), ("Input.TrustBrowser", trust ? "true" : "false")),
            "/settings/sessions");
        clock.Advance(TimeSpan.FromSeconds(30));
    }

    private static async Task AssertRedirectsAsync(Task<HttpResponseMessage> sending, string path)
    {
        using var answer = await sending;
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.EndsWith(path, answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    private static string KeyOf(string page) => Key().Match(page).Groups["key"].Value;

    [GeneratedRegex("<code[^>]*>(?<key>[A-Z2-7 ]{30,})</code>", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Key();

    [GeneratedRegex("[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", RegexOptions.None, 1000)]
    private static partial Regex RecoveryCode();
}
