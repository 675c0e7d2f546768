using System.Net;
using Accounts.Tests.Fixtures;
using Microsoft.Playwright;

namespace Accounts.Tests.Samples;

/// <summary>The sample IdentityUsers in two real browsers: its users stay in its own database.</summary>
[Collection(BrowserTests.Name)]
public sealed class IdentityUsersTests(Chromium chromium, SamplePrograms samples)
    : IClassFixture<SamplePrograms>, IDisposable
{
    private const string Email = "ada@example.test";
    private const string Password = "Passw0rd-of-the-shop";

    private readonly TempFolder _folder = new();

    // Guard: _begun in SessionCircuitHandler.
    [Fact]
    public async Task The_applications_own_user_ends_a_session_and_the_other_browser_leaves()
    {
        await using var shop = await RunAsync();
        var site = await shop.ListeningAsync();
        await using var owner = await SignInAsync(site, "wrong", Visitor.Chrome);
        await Assertions.Expect(owner.Page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("The email or the password is wrong.");
        await SignInAsync(owner, Password);
        await Assertions.Expect(owner.Page.GetByRole(AriaRole.Heading, new() { Name = $"Hello, {Email}" })).ToBeVisibleAsync();
        await Assertions.Expect(owner.Page.GetByText("You’re a buyer")).ToBeVisibleAsync();

        await using var victim = await SignInAsync(site, Password, Visitor.Phone);
        await Assertions.Expect(victim.Page.GetByText("Safari 19 on iOS 19.1")).ToBeVisibleAsync();
        await victim.WaitForWatchAsync();
        await owner.GoAsync("/");
        await owner.PressAsync("End session");
        await Person.WaitForPathAsync(victim.Page, "/SignedOut");
        await Assertions.Expect(victim.Page.GetByText("Another of your devices ended this session.")).ToBeVisibleAsync();
        await Assertions.Expect(owner.Page.GetByRole(AriaRole.Status)).ToHaveTextAsync("The session has ended.");
        await Assertions.Expect(owner.Page.GetByText("Safari 19")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_password_change_in_the_application_signs_out_the_other_browser()
    {
        const string Next = "An0ther-password-of-the-shop";
        await using var shop = await RunAsync();
        var site = await shop.ListeningAsync();
        await using var owner = await SignInAsync(site, Password, Visitor.Chrome);
        await using var other = await SignInAsync(site, Password, Visitor.Phone);
        await Assertions.Expect(other.Page.GetByText("This device")).ToBeVisibleAsync();
        await other.WaitForWatchAsync();

        await owner.GoAsync("/Password");
        await owner.FillAsync(("Current password", Password), ("New password", Next));
        await owner.PressAsync("Change the password");
        await Assertions.Expect(owner.Page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("The password has changed. Other sessions that have ended: 1.");
        await Person.WaitForPathAsync(other.Page, "/SignedOut");

        await owner.GoAsync("/");
        await Assertions.Expect(owner.Page.GetByText("This device")).ToBeVisibleAsync();
        await other.GoAsync("/SignIn");
        await SignInAsync(other, Password);
        await Assertions.Expect(other.Page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("The email or the password is wrong.");
        await SignInAsync(other, Next);
        await Assertions.Expect(other.Page.GetByText("This device")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task An_old_sign_in_changes_the_password_and_ends_the_others_in_one_go()
    {
        const string Next = "An0ther-password-of-the-shop";
        (string, string)[] databases = [
            ("Accounts:Storage:Path", _folder.File("accounts.db")), ("ConnectionStrings:Shop", $"Data Source={_folder.File("shop.db")}")];
        await using var before = await samples.RunAsync("IdentityUsers", databases);
        var site = await before.ListeningAsync();
        using var first = new Visitor(site, Visitor.Chrome);
        using var second = new Visitor(site, Visitor.Phone);
        foreach (var visitor in (Visitor[])[first, second])
        {
            using var entered = await visitor.SubmitAsync("/SignIn", ("email", Email), ("password", Password));
            Assert.Equal("/", entered.Headers.Location?.OriginalString);
        }

        // Both signed in twenty minutes ago, as the next start reads it.
        await before.KillAsync();
        using (var rows = new DatabaseRows(_folder.File("accounts.db")))
            Assert.Equal(2, rows.Execute("UPDATE Sessions SET StartedAt = StartedAt - 1200000000"));
        await using var shop = await samples.RunAsync("IdentityUsers", [.. databases, ("Urls", site.AbsoluteUri)]);
        await shop.ListeningAsync();

        await second.ReadAsync("/");
        var key = first.SessionCookie;
        using var changed = await first.SubmitAsync("/Password", ("current", Password), ("next", Next));
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.NotEqual(key, first.SessionCookie, StringComparer.Ordinal);
        Assert.Contains("Other sessions that have ended: 1.", await changed.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        using var left = await second.GetAsync("/");
        Assert.Equal("/SignedOut", left.Headers.Location?.OriginalString);
        await first.ReadAsync("/");
    }

    [Fact]
    public async Task A_wrong_or_missing_password_is_refused()
    {
        await using var shop = await RunAsync();
        using var visitor = new Visitor(await shop.ListeningAsync(), Visitor.Chrome);
        foreach (var (email, password) in (IEnumerable<(string, string)>)[("", ""), (Email, ""), (Email, "wrong")])
        {
            using var refused = await visitor.SubmitAsync("/SignIn", ("email", email), ("password", password));
            Assert.Contains("The email or the password is wrong.", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        using var entered = await visitor.SubmitAsync("/SignIn", ("email", Email), ("password", Password));
        Assert.Equal("/", entered.Headers.Location?.OriginalString);
        foreach (var (current, next, answer) in (IEnumerable<(string, string, string)>)
        [
            ("", "An0ther-password", "The current password is wrong."), ("wrong", "An0ther-password", "The current password is wrong."),
            (Password, "", "Passwords must be at least 6 characters."),
        ])
        {
            using var refused = await visitor.SubmitAsync("/Password", ("current", current), ("next", next));
            Assert.Contains(answer, await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    public void Dispose() => _folder.Dispose();

    private Task<AccountsProcess> RunAsync() =>
        samples.RunAsync("IdentityUsers", ("ConnectionStrings:Shop", $"Data Source={_folder.File($"{Guid.NewGuid():N}.db")}"));

    private async Task<Person> SignInAsync(Uri site, string password, string userAgent)
    {
        var person = await Person.OpenAsync(chromium, site, userAgent);
        await person.GoAsync("/");
        await Person.WaitForPathAsync(person.Page, "/SignIn");
        await SignInAsync(person, password);
        return person;
    }

    private static async Task SignInAsync(Person person, string password)
    {
        await person.FillAsync(("Email", Email), ("Password", password));
        await person.PressAsync("Sign in");
    }
}
