using Accounts.Core.SignIn;
using Accounts.Core.Users;
using Accounts.Tests.Fixtures;
using Microsoft.AspNetCore.Identity;

namespace Accounts.Tests.Core.SignIn;

/// <summary>A password is the same however a keyboard writes it. Hashes of older versions keep working.</summary>
public sealed class TypedPasswordTests
{
    private const string Composed = "M\u00FCller tr\u00E4gt H\u00FCte 9";
    private const string Decomposed = "Mu\u0308ller tra\u0308gt Hu\u0308te 9";
    private const string Hash = "SELECT \"PasswordHash\" FROM \"Users\"";

    // Guards: TypedText.Password in PasswordHashing.HashAsync and in Spellings.
    [EachEngineTheory]
    [InlineData(Decomposed, Composed)]
    [InlineData(Composed, Decomposed)]
    [InlineData("one two three four", "one\u00A0two\u3000three four")]
    [InlineData("\u200Bcorrect horse\uFEFF battery", "correct horse battery")]
    public async Task A_password_in_another_spelling_signs_in_proves_and_changes(string chosen, string typed)
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync(password: chosen);

        var owner = await host.SignInAsync(password: typed);
        Assert.IsType<ReauthenticationOutcome.Proved>(await host.Reauthentication.ReauthenticateAsync(owner.Caller, typed));
        var change = new ChangePasswordInput { CurrentPassword = typed, NewPassword = "Gru\u0308ne A\u0308pfel fu\u0308r 3" };
        Assert.IsType<ChangePasswordOutcome.Changed>(await host.PasswordChange.ChangeAsync(owner.Caller, change));

        await host.SignInAsync(password: "Gr\u00FCne \u00C4pfel f\u00FCr 3");
        Assert.IsType<SignInOutcome.WrongCredentials>(await host.TrySignInAsync(CoreHost.NewBrowser(), password: typed));
    }

    // Guard: EnumerateRunes in TypedText.Password and in Spellings.
    [EachEngineFact]
    public async Task Half_a_surrogate_pair_in_a_password_reads_as_UTF_8_has_it()
    {
        const string Half = "half \uD83D of a pair";
        await using var host = CoreHost.Start();
        await host.RegisterAsync(password: Half);
        var owner = await host.SignInAsync(password: Half);
        Assert.IsType<ReauthenticationOutcome.Proved>(await host.Reauthentication.ReauthenticateAsync(owner.Caller, Half));
        await host.SignInAsync(password: "half \uFFFD of a pair");
        Assert.IsType<SignInOutcome.WrongCredentials>(await host.TrySignInAsync(CoreHost.NewBrowser(), password: "\uDE00"));
    }

    // Guard: the second spelling in PasswordHashing.VerifyAsync.
    [EachEngineTheory]
    [InlineData(Decomposed, Composed)]
    [InlineData("one\u00A0two three four", "one two three four")]
    [InlineData("correct\u200B horse battery", "correct horse battery")]
    [InlineData("a noncharacter \uFFFE in it", "a noncharacter \uFFFD in it")]
    public async Task A_hash_of_the_password_as_it_was_typed_works_and_is_renewed(string typed, string normal)
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        SetHash(host, typed);

        Assert.IsType<SignInOutcome.WrongCredentials>(await host.TrySignInAsync(CoreHost.NewBrowser(), password: normal));
        await host.SignInAsync(password: typed);

        await host.SignInAsync(password: normal);
        await host.SignInAsync(password: typed);
        var renewed = host.Rows.Text(Hash);
        Assert.NotEqual(PasswordVerificationResult.Failed, new PasswordHasher<User>().VerifyHashedPassword(Nobody(), renewed, normal));
    }

    // Guard: both spellings for an account that doesn't exist, and no more than these.
    [EachEngineFact]
    public async Task A_wrong_password_costs_the_same_for_an_unknown_account()
    {
        var hasher = new HeldHasher();
        await using var host = CoreHost.Start(services: hasher.AddTo);
        await host.RegisterAsync();
        foreach (var (password, spellings) in new[] { (Composed, new[] { Composed }), (Decomposed, [Composed, Decomposed]) })
        {
            foreach (var email in new[] { CoreHost.Email, "nobody@example.test" })
            {
                hasher.Hold();
                hasher.ReleaseAll();
                Assert.IsType<SignInOutcome.WrongCredentials>(await host.TrySignInAsync(CoreHost.NewBrowser(), email, password));
                Assert.Equal(spellings, hasher.Begun);
            }
        }
    }

    // Guard: the number of places in PasswordHashing.TryEnter.
    [EachEngineFact]
    public async Task A_password_that_may_need_two_hashes_takes_two_places()
    {
        var hasher = new HeldHasher();
        await using var host = CoreHost.Start(hasher.AddTo, ("PasswordHashing:Concurrency", "1"), ("PasswordHashing:WaitingPerHash", "1"));
        await host.RegisterAsync();
        hasher.Hold();
        var first = host.TrySignInAsync(CoreHost.NewBrowser());
        await hasher.ArrivedAsync();

        Assert.IsType<SignInOutcome.Busy>(await host.TrySignInAsync(CoreHost.NewBrowser(), password: Decomposed));
        var second = host.TrySignInAsync(CoreHost.NewBrowser());
        hasher.ReleaseAll();
        Assert.IsType<SignInOutcome.SignedIn>(await first);
        Assert.IsType<SignInOutcome.SignedIn>(await second);
        // With no other request, it finds its places.
        Assert.IsType<SignInOutcome.WrongCredentials>(await host.TrySignInAsync(CoreHost.NewBrowser(), password: Decomposed));
    }

    // Guard: Math.Min in PasswordHashing.TryEnter.
    [EachEngineFact]
    public async Task A_server_with_one_place_checks_every_password()
    {
        await using var host = CoreHost.Start(null, ("PasswordHashing:Concurrency", "1"), ("PasswordHashing:WaitingPerHash", "0"));
        await host.RegisterAsync(password: Composed);
        await host.SignInAsync(password: Decomposed);
    }

    // Guards: PasswordLength, MustBeOneLine and IsShortEnough in InputRules.
    [EachEngineFact]
    public async Task The_length_counts_code_points_of_the_normal_form()
    {
        await using var host = CoreHost.Start();
        Assert.Equal(new InputError("Password", InputProblem.TooShort, 12), await RefuseAsync("gru\u0308\u200B\u200B\u200B\u200B\u200B\u200B\u200B"));
        Assert.Equal(new InputError("Password", InputProblem.LineBreaks), await RefuseAsync("a password\twith a tab"));
        Assert.Equal(new InputError("Password", InputProblem.TooLong, 256), await RefuseAsync(Long("u\u0308") + "9"));
        Assert.Equal(new InputError("Password", InputProblem.Missing), await RefuseAsync(new('\u200B', 12)));
        await host.RegisterAsync(password: Long("u\u0308"));

        var owner = await host.SignInAsync(password: Long("u\u0308"));
        Assert.IsType<ReauthenticationOutcome.Proved>(await host.Reauthentication.ReauthenticateAsync(owner.Caller, Long("\u00FC")));
        var invalid = Assert.IsType<SignInOutcome.Invalid>(await host.TrySignInAsync(CoreHost.NewBrowser(), password: Long("u\u0308") + "9"));
        Assert.Equal([new InputError("Password", InputProblem.TooLong, 256)], invalid.Errors);

        async Task<InputError> RefuseAsync(string password)
        {
            var input = new RegisterInput { Name = "Ada", Email = "ada@analytical.test", Password = password };
            return Assert.Single(Assert.IsType<RegisterOutcome.Invalid>(await host.Users.RegisterAsync(CoreHost.NewBrowser(), input)).Errors);
        }

        // 256 code points in normal form, with enough different ones.
        static string Long(string letter) => string.Concat(Enumerable.Repeat(letter, 246)) + "kfwrpmzvxq";
    }

    // Guard: the normal forms in ChangePasswordInputValidator.
    [EachEngineFact]
    public async Task The_current_password_in_another_spelling_is_no_new_one()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync(password: Composed);
        var owner = await host.SignInAsync(password: Composed);
        var outcome = await host.PasswordChange.ChangeAsync(
            owner.Caller, new ChangePasswordInput { CurrentPassword = Composed, NewPassword = Decomposed });
        Assert.Equal([new InputError("NewPassword", InputProblem.SamePassword)], Assert.IsType<ChangePasswordOutcome.Invalid>(outcome).Errors);
    }

    private static void SetHash(CoreHost host, string password) => host.Rows.Execute(
        "UPDATE \"Users\" SET \"PasswordHash\" = @hash", ("@hash", new PasswordHasher<User>().HashPassword(Nobody(), password)));

    private static User Nobody() => new() { DisplayName = "" };
}
