using Accounts.Core.SignIn;
using Accounts.Core.Users;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.SignIn;

public sealed class PasswordSignInTests
{
    [EachEngineFact]
    public async Task The_right_password_signs_in_with_any_spelling_of_the_email()
    {
        await using var host = CoreHost.Start();
        var ada = await host.RegisterAsync();
        var browser = await host.SignInAsync("ADA@Example.TEST");
        Assert.Equal(ada, browser.Caller.Subject);
        Assert.NotNull(await host.RequestAsync(browser));
    }

    [EachEngineFact]
    public async Task A_wrong_password_and_an_unknown_email_get_the_same_answer()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();

        var wrong = await host.TrySignInAsync(CoreHost.NewBrowser(), password: "not this passphrase");
        var unknown = await host.TrySignInAsync(CoreHost.NewBrowser(), "nobody@example.test");

        Assert.Equal(new SignInOutcome.WrongCredentials(), wrong);
        Assert.Equal(wrong, unknown);
        Assert.Equal(0, host.Rows.Number("SELECT COUNT(*) FROM \"Sessions\""));
    }

    [EachEngineTheory]
    [InlineData("", "x", "Email", InputProblem.Missing, null)]
    [InlineData("ada", "x", "Email", InputProblem.NotAnEmail, null)]
    [InlineData("ada@example.test", "", "Password", InputProblem.Missing, null)]
    public async Task Invalid_input_is_answered_with_the_field_and_the_rule(string email, string password, string field,
        InputProblem problem, int? limit)
    {
        await using var host = CoreHost.Start();
        var outcome = await host.TrySignInAsync(CoreHost.NewBrowser(), email, password);
        Assert.Equal([new InputError(field, problem, limit)], Assert.IsType<SignInOutcome.Invalid>(outcome).Errors);
    }

    [EachEngineFact]
    public async Task A_one_megabyte_password_is_refused_before_it_is_hashed()
    {
        await using var host = CoreHost.Start();
        var outcome = await host.TrySignInAsync(CoreHost.NewBrowser(), password: new string('x', 1 << 20));
        Assert.Equal([new InputError("Password", InputProblem.TooLong, 256)], Assert.IsType<SignInOutcome.Invalid>(outcome).Errors);
    }

    [EachEngineFact]
    public async Task Unknown_browsers_are_throttled_while_a_known_browser_still_signs_in()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var own = CoreHost.NewBrowser();
        await host.SignInAsync(browser: own);

        // The sign-in above came from an unknown browser too, but a right password doesn't count.
        for (var attempt = 1; attempt <= 10; attempt++)
            Assert.IsType<SignInOutcome.WrongCredentials>(
                await host.TrySignInAsync(CoreHost.NewBrowser(address: $"198.51.100.{attempt}"), password: "a guess or two"));

        // The eleventh attempt isn't even checked: the right password is refused as well.
        var throttled = Assert.IsType<SignInOutcome.Throttled>(await host.TrySignInAsync(CoreHost.NewBrowser(address: "198.51.100.99")));
        Assert.InRange(throttled.Wait, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));
        Assert.IsType<SignInOutcome.SignedIn>(await host.TrySignInAsync(own));
        // Other accounts aren't affected.
        await host.RegisterAsync("grace@example.test", "Grace Hopper");
        Assert.IsType<SignInOutcome.SignedIn>(await host.TrySignInAsync(CoreHost.NewBrowser(), "grace@example.test"));
    }

    [EachEngineFact]
    public async Task A_known_browser_has_ten_attempts_of_its_own()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var own = CoreHost.NewBrowser();
        await host.SignInAsync(browser: own);
        for (var attempt = 1; attempt <= 10; attempt++)
            Assert.IsType<SignInOutcome.WrongCredentials>(await host.TrySignInAsync(own, password: "forgotten, it seems"));
        Assert.IsType<SignInOutcome.Throttled>(await host.TrySignInAsync(own));
        // Unknown browsers' attempts are counted separately.
        Assert.IsType<SignInOutcome.SignedIn>(await host.TrySignInAsync(CoreHost.NewBrowser()));
    }

    [EachEngineFact]
    public async Task An_unknown_email_is_throttled_like_a_known_one()
    {
        await using var host = CoreHost.Start();
        for (var attempt = 1; attempt <= 10; attempt++)
            Assert.IsType<SignInOutcome.WrongCredentials>(await host.TrySignInAsync(CoreHost.NewBrowser(), "nobody@example.test"));
        Assert.IsType<SignInOutcome.Throttled>(await host.TrySignInAsync(CoreHost.NewBrowser(), "NOBODY@example.test"));
    }

    [EachEngineTheory]
    [InlineData("198.51.100.1", "198.51.100.1", true)]
    [InlineData("198.51.100.1", "198.51.100.2", false)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("::ffff:198.51.100.1", "198.51.100.1", true)]
    [InlineData("::ffff:198.51.100.1", "::ffff:198.51.100.2", false)]
    public async Task One_IP_address_can_try_a_limited_number_of_accounts(string one, string two, bool same)
    {
        await using var host = CoreHost.Start(settings: ("SignIn:AttemptsPerAddress", "3"));
        for (var attempt = 1; attempt <= 3; attempt++)
            Assert.IsType<SignInOutcome.WrongCredentials>(
                await host.TrySignInAsync(CoreHost.NewBrowser(address: one), $"nobody{attempt}@example.test"));

        var outcome = await host.TrySignInAsync(CoreHost.NewBrowser(address: two), "nobody4@example.test");

        Assert.Equal(same ? typeof(SignInOutcome.Throttled) : typeof(SignInOutcome.WrongCredentials), outcome.GetType());
    }
}
