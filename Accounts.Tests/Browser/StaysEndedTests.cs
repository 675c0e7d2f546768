using Accounts.Core.Live;
using Accounts.Core.SignIn;
using Accounts.Tests.Fixtures;
using Microsoft.Playwright;

namespace Accounts.Tests.Browser;

/// <summary>A remembered session that has ended stays ended, however its cookie returns.</summary>
[Collection(BrowserTests.Name)]
public sealed class StaysEndedTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";

    [EachEngineFact]
    public async Task A_restored_profile_is_refused_even_after_a_password_change()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var owner = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await using var other = await (await Person.OpenPhoneAsync(chromium, site)).SignInAsync(Ada);
        var backup = await other.Profile.StorageStateAsync();
        await using (var before = await RestoreAsync(backup))
            Assert.Equal("/settings", await OpenAsync(site, before));

        await owner.TerminateAsync("Safari 19 on iOS 19.1");
        await other.WaitForSignedOutAsync();
        await using (var after = await RestoreAsync(backup))
            Assert.Equal("/signed-out", await OpenAsync(site, after));

        // Changing the password can keep the other sessions. A session that had ended before isn't among them.
        using (var rows = site.Rows())
            Assert.Equal(1, rows.Number("SELECT COUNT(*) FROM \"Sessions\" WHERE \"EndedAt\" IS NULL"));
        var caller = (await site.Get<SessionAuthenticator>().FindLiveAsync(await site.FindSessionIdAsync(owner)))!.ToCaller();
        var change = new ChangePasswordInput
        {
            CurrentPassword = AccountsSite.Password, NewPassword = "another passphrase for tests", EndOtherSessions = false,
        };
        Assert.IsType<ChangePasswordOutcome.Changed>(await site.Get<PasswordChange>().ChangeAsync(caller, change));
        await using var late = await RestoreAsync(backup);
        Assert.Equal("/signed-out", await OpenAsync(site, late));
    }

    [EachEngineFact]
    public async Task After_a_server_restart_an_ended_session_is_refused_and_a_live_one_is_not()
    {
        using var database = new TestDatabase();
        (string, string)[] settings = [.. database.Settings, ("ASPNETCORE_ENVIRONMENT", "Development")];
        string ended, live;
        Uri address;
        await using (var first = AccountsProcess.Run(null, settings))
        {
            address = await first.ListeningAsync();
            using var owner = new Visitor(address, Visitor.Chrome);
            using var other = new Visitor(address, Visitor.Phone);
            (await owner.SignInAsync(Ada, "demo-Passphrase-1", remember: true)).Dispose();
            (await other.SignInAsync(Ada, "demo-Passphrase-1", remember: true)).Dispose();
            (live, ended) = (owner.SessionCookie, other.SessionCookie);
            Assert.True(await other.IsSignedInAsync());
            (await other.SignOutAsync()).Dispose();
            await first.KillAsync();
        }

        await using var again = AccountsProcess.Run(null, [.. settings, ("Urls", address.AbsoluteUri)]);
        await again.ListeningAsync();
        using var replayed = new Visitor(address, Visitor.Phone) { SessionCookie = ended };
        Assert.False(await replayed.IsSignedInAsync());
        using var kept = new Visitor(address, Visitor.Chrome) { SessionCookie = live };
        Assert.True(await kept.IsSignedInAsync());
    }

    private Task<IBrowserContext> RestoreAsync(string backup) =>
        chromium.OpenProfileAsync(new BrowserNewContextOptions { StorageState = backup, UserAgent = Visitor.Phone });

    /// <summary>The path a profile ends up on when it opens Settings.</summary>
    private static async Task<string> OpenAsync(AccountsSite site, IBrowserContext profile)
    {
        var page = await profile.NewPageAsync();
        await page.GotoAsync(new Uri(site.Address, "/settings").AbsoluteUri);
        return new Uri(page.Url).AbsolutePath;
    }
}
