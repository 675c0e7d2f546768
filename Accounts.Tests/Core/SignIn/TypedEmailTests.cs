using Accounts.Core.Administration;
using Accounts.Core.SignIn;
using Accounts.Core.Users;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.SignIn;

/// <summary>An email is the same however it is typed. Accounts of older versions are found by what their users typed.</summary>
public sealed class TypedEmailTests
{
    // Guards: EmailKey.Of in User.New, EmailKey.FindByEmailAsync in the three look-ups.
    [EachEngineTheory]
    [InlineData("\u200Bx@example.test", "x@example.test")]
    [InlineData("x@example.test", "\u202Ax@example.test\u202C ")]
    [InlineData("x@example.test", "X\u00AD@EXAMPLE\u2060.test\uFEFF")]
    [InlineData("x@example.test", "ｘ＠ｅｘａｍｐｌｅ．ｔｅｓｔ")]
    [InlineData("re\u0301ne@example.test", "R\u00C9NE@example.test")]
    [InlineData("x@m\u00FCller.test", "x@xn--mller-kva.test")]
    [InlineData("x@xn--mller-kva.test", "x@MU\u0308LLER.test")]
    [InlineData("x@例え。test", "x@xn--r8jz45g.test")]
    public async Task An_email_in_another_spelling_is_the_same(string registered, string typed)
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync(registered);

        await host.SignInAsync(typed);
        Assert.IsType<RegisterOutcome.EmailTaken>(await RegisterAsync(host, typed));
        Assert.Equal(GrantOutcome.Granted, await host.Get<RoleGrants>().GrantAsync(typed, Roles.Support));
        Assert.Equal(GrantOutcome.AlreadyHas, await host.Get<RoleGrants>().GrantAsync(registered, Roles.Support));
        Assert.Equal(TypedText.Email(registered), host.Rows.Text("SELECT \"Email\" FROM \"Users\""));
    }

    // Guard: the second and the third key in EmailKey.All.
    [EachEngineTheory]
    [InlineData("\u200Bx@example.test", "\u200BX@EXAMPLE.TEST", "\u200BX@Example.test")]
    [InlineData("x@m\u00FCller.test", "X@M\u00DCLLER.TEST", "x@Mu\u0308ller.test")]
    [InlineData("x@m\u00FCller.test", "X@M\u00DCLLER.TEST", "\u200Bx@m\u00FCller.test")]
    [InlineData("ｘ@example.test", "Ｘ@EXAMPLE.TEST", " ｘ@example.test ")]
    [InlineData("x\u00A8@example.test", "X\u00A8@EXAMPLE.TEST", "x\u00A8@example.test")]
    [InlineData("x@-\u00FC.test", "X@-\u00DC.TEST", "x@-\u00FC.test")]
    public async Task An_account_of_an_older_version_is_found_by_what_was_typed(string email, string key, string typed)
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        host.Rows.Execute(
            "UPDATE \"Users\" SET \"Email\" = @email, \"UserName\" = @email, \"NormalizedEmail\" = @key, \"NormalizedUserName\" = @key",
            ("@email", email), ("@key", key));

        await host.SignInAsync(typed);
        Assert.Equal(GrantOutcome.Granted, await host.Get<RoleGrants>().GrantAsync(typed, Roles.Support));
        Assert.IsNotType<RegisterOutcome.Registered>(await RegisterAsync(host, typed));
    }

    // Guard: EmailKey.RenewOld in AccountsStart. Otherwise a new account would come before the older one.
    [EachEngineTheory]
    [InlineData("x@m\u00FCller.test", "X@M\u00DCLLER.TEST", "x@xn--mller-kva.test")]
    [InlineData("ｘ@example.test", "Ｘ@EXAMPLE.TEST", "x@example.test")]
    [InlineData("\u200Bx@example.test", "\u200BX@EXAMPLE.TEST", "x@example.test")]
    public async Task An_account_of_an_older_version_keeps_its_email_from_others(string email, string key, string other)
    {
        using var database = new TestDatabase();
        await using (var host = CoreHost.Start(database))
        {
            await host.RegisterAsync();
            host.Rows.Execute(
                "UPDATE \"Users\" SET \"Email\" = @email, \"UserName\" = @email, \"NormalizedEmail\" = @key, \"NormalizedUserName\" = @key",
                ("@email", email), ("@key", key));
        }

        await using var later = CoreHost.Start(database);
        Assert.IsType<RegisterOutcome.EmailTaken>(await RegisterAsync(later, other));
        await later.SignInAsync(email);
        await later.SignInAsync(other);
        Assert.Equal(email, later.Rows.Text("SELECT \"Email\" FROM \"Users\""));
    }

    [EachEngineFact]
    public async Task Two_accounts_of_an_older_version_with_one_email_stay_as_they_are()
    {
        using var database = new TestDatabase();
        await using (var host = CoreHost.Start(database))
        {
            await host.RegisterAsync("x@example.test", password: "the older passphrase");
            host.Rows.Execute("UPDATE \"Users\" SET \"Email\" = 'ｘ@example.test', \"NormalizedEmail\" = 'Ｘ@EXAMPLE.TEST', "
                + "\"NormalizedUserName\" = 'Ｘ@EXAMPLE.TEST'");
            await host.RegisterAsync("x@example.test");
        }

        await using var later = CoreHost.Start(database);
        Assert.Equal(1, later.Rows.Number("SELECT count(*) FROM \"Users\" WHERE \"NormalizedEmail\" = 'Ｘ@EXAMPLE.TEST'"));
        await later.SignInAsync("x@example.test");
    }

    [EachEngineFact]
    public async Task The_account_with_the_normal_form_comes_before_an_older_one()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync("x@example.test", password: "the older passphrase");
        host.Rows.Execute("UPDATE \"Users\" SET \"NormalizedEmail\" = '\u200BX@EXAMPLE.TEST', \"NormalizedUserName\" = '\u200BX@EXAMPLE.TEST'");
        await host.RegisterAsync("x@example.test");

        await host.SignInAsync("\u200Bx@example.test");
        Assert.IsType<SignInOutcome.WrongCredentials>(
            await host.TrySignInAsync(CoreHost.NewBrowser(), "\u200Bx@example.test", "the older passphrase"));
    }

    // Guard: the rules of MustBeEmail and MustBeGivenEmail. No input throws.
    [EachEngineTheory]
    [InlineData("x\uFFFD@example.test", InputProblem.NotAnEmail)]
    [InlineData("x\uFFFE@example.test", InputProblem.NotAnEmail)]
    [InlineData("x@-\u00FC.test", InputProblem.NotAnEmail)]
    [InlineData("\u200B@example.test", InputProblem.NotAnEmail)]
    [InlineData("\u200B\u202E", InputProblem.Missing)]
    [InlineData("x\u00A0y@example.test", InputProblem.Spaces)]
    [InlineData("x\u2028y@example.test", InputProblem.Spaces)]
    public async Task A_new_account_gets_no_odd_email(string email, InputProblem problem)
    {
        await using var host = CoreHost.Start();
        var invalid = Assert.IsType<RegisterOutcome.Invalid>(await RegisterAsync(host, email));
        Assert.Equal([new InputError("Email", problem)], invalid.Errors);
        Assert.IsNotType<SignInOutcome.SignedIn>(await host.TrySignInAsync(CoreHost.NewBrowser(), email));
        Assert.Equal(GrantOutcome.UnknownAccount, await host.Get<RoleGrants>().GrantAsync(email, Roles.Support));
    }

    [EachEngineFact]
    public async Task Half_a_surrogate_pair_in_an_email_is_refused()
    {
        await using var host = CoreHost.Start();
        var invalid = Assert.IsType<RegisterOutcome.Invalid>(await RegisterAsync(host, "x\uD83D@example.test"));
        Assert.Equal([new InputError("Email", InputProblem.NotAnEmail)], invalid.Errors);
        Assert.IsType<SignInOutcome.WrongCredentials>(await host.TrySignInAsync(CoreHost.NewBrowser(), "x\uD83D@example.test"));
        Assert.Equal(GrantOutcome.UnknownAccount, await host.Get<RoleGrants>().GrantAsync("x\uD83D@example.test", Roles.Support));
    }

    // Guard: the account's key, not the typed email, in PasswordSignIn.FindAsync.
    [EachEngineFact]
    public async Task Other_spellings_of_an_email_are_no_further_guesses()
    {
        await using var host = CoreHost.Start(null, ("SignIn:AttemptsPerAccount", "2"));
        await host.RegisterAsync();
        foreach (var email in new[] { "\u200Bada@example.test", "ａｄａ@example.test" })
            Assert.IsType<SignInOutcome.WrongCredentials>(await host.TrySignInAsync(CoreHost.NewBrowser(), email, "not the passphrase"));
        Assert.IsType<SignInOutcome.Throttled>(await host.TrySignInAsync(CoreHost.NewBrowser(), "ada@\u2060example.test", "not the passphrase"));
    }

    [Fact]
    public void The_users_of_an_application_have_names_and_emails_in_normal_form()
    {
        var user = new ExternalUser("a\u0308", "\u202EGra\u0308ce\u00A0 Hopper", "\u200Bgrace@example.test");
        Assert.Equal(("a\u0308", "Gr\u00E4ce Hopper", "grace@example.test"), (user.Id, user.Name, user.Email));
        Assert.Equal(string.Concat(Enumerable.Repeat("e\u0323\u0302\u0301", 100)).Normalize(),
            new ExternalUser("1", string.Concat(Enumerable.Repeat("e\u0323\u0302\u0301", 101)), null).Name);
        Assert.Equal("Name", Assert.Throws<ArgumentException>(() => new ExternalUser("1", "\u200B\u2060", null)).ParamName);
    }

    private static Task<RegisterOutcome> RegisterAsync(CoreHost host, string email) =>
        host.Users.RegisterAsync(CoreHost.NewBrowser(), new RegisterInput { Name = "Eve", Email = email, Password = CoreHost.Password });
}
