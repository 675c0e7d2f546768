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
        await OwnLookTests.WaitForWatchAsync(victim.Page);
        await owner.GoAsync("/");
        await OwnLookTests.PressAsync(owner.Page, "End session");
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
        await OwnLookTests.WaitForWatchAsync(other.Page);

        await owner.GoAsync("/Password");
        await OwnLookTests.FillAsync(owner.Page, ("Current password", Password), ("New password", Next));
        await OwnLookTests.PressAsync(owner.Page, "Change the password");
        await Assertions.Expect(owner.Page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("The password has changed, and 1 other sessions have ended.");
        await Person.WaitForPathAsync(other.Page, "/SignedOut");

        await owner.GoAsync("/");
        await Assertions.Expect(owner.Page.GetByText("This device")).ToBeVisibleAsync();
        await other.GoAsync("/SignIn");
        await SignInAsync(other, Password);
        await Assertions.Expect(other.Page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("The email or the password is wrong.");
        await SignInAsync(other, Next);
        await Assertions.Expect(other.Page.GetByText("This device")).ToBeVisibleAsync();
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
        await OwnLookTests.FillAsync(person.Page, ("Email", Email), ("Password", password));
        await OwnLookTests.PressAsync(person.Page, "Sign in");
    }
}
