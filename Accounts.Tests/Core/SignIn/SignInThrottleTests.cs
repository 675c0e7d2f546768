using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using Accounts.Core.Callers;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Accounts.Tests.Fixtures;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Accounts.Tests.Core.SignIn;

public sealed class SignInThrottleTests
{
    private const string Ada = "ADA@EXAMPLE.TEST";
    private const string Address = "203.0.113.7";
    private const string Wrong = "not this passphrase";

    // Guard: the attempt kind in the names of SignInThrottle's counts.
    [Fact]
    public async Task Each_kind_of_attempt_is_counted_separately_per_account_and_browser()
    {
        await using var host = CoreHost.Start(settings: ("SignIn:AttemptsPerAccount", "2"));
        var throttle = host.Get<SignInThrottle>();
        var browser = RandomNumberGenerator.GetBytes(32);
        foreach (var attempt in Enum.GetValues<Attempt>())
        {
            for (var i = 0; i < 2; i++)
            {
                Assert.NotNull(throttle.TryStranger(Ada, Address, out _, attempt));
                Assert.NotNull(throttle.TryKnown(Ada, browser, Address, out _, attempt));
            }

            Assert.Null(throttle.TryStranger(Ada, Address, out _, attempt));
            Assert.Null(throttle.TryKnown(Ada, browser, Address, out _, attempt));
            Assert.NotNull(throttle.TryKnown(Ada, RandomNumberGenerator.GetBytes(32), Address, out _, attempt));
        }
    }

    [Fact]
    public async Task An_IP_address_has_one_count_for_all_kinds()
    {
        await using var host = CoreHost.Start(settings: ("SignIn:AttemptsPerAddress", $"{Enum.GetValues<Attempt>().Length}"));
        var throttle = host.Get<SignInThrottle>();
        foreach (var attempt in Enum.GetValues<Attempt>())
            Assert.NotNull(throttle.TryStranger($"{attempt}@example.test", Address, out _, attempt));
        Assert.Null(throttle.TryStranger(Ada, Address, out _));
        Assert.NotNull(throttle.TryStranger(Ada, "203.0.113.8", out _));
    }

    [Fact]
    public async Task A_strangers_wait_is_told_without_counting_anything()
    {
        await using var host = CoreHost.Start(settings: ("SignIn:AttemptsPerAccount", "2"));
        var throttle = host.Get<SignInThrottle>();
        Assert.NotNull(throttle.TryStranger(Ada, Address, out _));
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        for (var i = 0; i < 3; i++)
            Assert.Null(throttle.WaitOfStranger(Ada));

        Assert.NotNull(throttle.TryStranger(Ada, "198.51.100.9", out _));
        Assert.Equal(TimeSpan.FromMinutes(4), throttle.WaitOfStranger(Ada));
        Assert.Null(throttle.WaitOfStranger("GRACE@EXAMPLE.TEST"));
        Assert.Null(throttle.TryStranger(Ada, Address, out var wait));
        Assert.Equal(wait, throttle.WaitOfStranger(Ada));
        host.Clock.Advance(wait);
        Assert.Null(throttle.WaitOfStranger(Ada));
    }

    // Guard: a known browser's attempts don't use the strangers' count.
    [EachEngineFact]
    public async Task A_known_browser_signs_in_from_a_throttled_IP_address()
    {
        await using var host = CoreHost.Start(settings: ("SignIn:AttemptsPerAddress", "3"));
        await host.RegisterAsync();
        var own = CoreHost.NewBrowser();
        await host.SignInAsync(browser: own);
        SignInOutcome outcome;
        var attempts = 0;
        do
            outcome = await host.TrySignInAsync(CoreHost.NewBrowser(), $"nobody{++attempts}@example.test");
        while (outcome is SignInOutcome.WrongCredentials && attempts < 5);

        Assert.IsType<SignInOutcome.Throttled>(outcome);
        Assert.IsType<SignInOutcome.Throttled>(await host.TrySignInAsync(CoreHost.NewBrowser()));
        Assert.IsType<SignInOutcome.SignedIn>(await host.TrySignInAsync(own));
    }

    // Guard: the limit of known browsers per address.
    [EachEngineFact]
    public async Task Known_browsers_share_a_wider_limit_of_their_IP_address()
    {
        await using var host = CoreHost.Start(settings: ("SignIn:AttemptsPerAddress", "8"));
        await host.RegisterAsync();
        var browsers = new[] { CoreHost.NewBrowser(), CoreHost.NewBrowser(), CoreHost.NewBrowser() };
        foreach (var browser in browsers)
            await host.SignInAsync(browser: browser);
        for (var attempt = 0; attempt < 12; attempt++)
            Assert.IsType<SignInOutcome.WrongCredentials>(await host.TrySignInAsync(browsers[attempt % 3], password: Wrong));

        foreach (var browser in browsers)
        {
            Assert.IsType<SignInOutcome.Throttled>(await host.TrySignInAsync(browser));
            Assert.IsType<SignInOutcome.SignedIn>(await host.TrySignInAsync(browser with { Address = "198.51.100.3" }));
        }

        Assert.IsType<SignInOutcome.SignedIn>(await host.TrySignInAsync(CoreHost.NewBrowser()));
    }

    // Guard: FirstOfBrowser. The neighbours guess at an account of their own, in sessions of their own.
    [EachEngineFact]
    public async Task Guessing_neighbours_leave_a_known_browser_its_first_attempts()
    {
        await using var host = CoreHost.Start(settings: ("SignIn:AttemptsPerAddress", "8"));
        await host.RegisterAsync();
        await host.RegisterAsync("mallory@example.test");
        var own = CoreHost.NewBrowser();
        var (ada, other) = (await host.SignInAsync(browser: own), await host.SignInAsync());
        ReauthenticationOutcome guess;
        do
        {
            var neighbour = await host.SignInAsync("mallory@example.test");
            for (var attempt = 0; attempt < 3; attempt++)
                await host.Reauthentication.ReauthenticateAsync(neighbour.Caller, Wrong);
            guess = await host.Reauthentication.ReauthenticateAsync(neighbour.Caller, Wrong);
        }
        while (guess is not ReauthenticationOutcome.Throttled);

        for (var attempt = 0; attempt < 2; attempt++)
        {
            Assert.IsType<SignInOutcome.WrongCredentials>(await host.TrySignInAsync(own, password: Wrong));
            Assert.IsType<ReauthenticationOutcome.WrongPassword>(await host.Reauthentication.ReauthenticateAsync(other.Caller, Wrong));
        }

        Assert.IsType<ReauthenticationOutcome.Proved>(await host.Reauthentication.ReauthenticateAsync(other.Caller, CoreHost.Password));
        Assert.IsType<SignInOutcome.SignedIn>(await host.TrySignInAsync(own));
        // Whoever keeps guessing must wait like the neighbours.
        Assert.IsType<ReauthenticationOutcome.WrongPassword>(await host.Reauthentication.ReauthenticateAsync(other.Caller, Wrong));
        Assert.IsType<ReauthenticationOutcome.Throttled>(await host.Reauthentication.ReauthenticateAsync(other.Caller, CoreHost.Password));
    }

    // Guard: Dispose takes an attempt back that wasn't kept. Counted attempts would make Ada wait after the outage.
    [EachEngineTheory]
    [InlineData("outage")]
    [InlineData("disconnect")]
    [InlineData("answers")]
    public async Task Attempts_that_check_nothing_do_not_count(string failure)
    {
        await using var host = CoreHost.Start(settings: [("SignIn:AttemptsPerAccount", "2"), ("SignIn:AttemptsPerAddress", "2")]);
        await host.RegisterAsync();
        var own = CoreHost.NewBrowser();
        var ada = await host.SignInAsync(browser: own);
        using var left = new CancellationTokenSource();
        if (failure is "disconnect")
            await left.CancelAsync();
        var change = new ChangePasswordInput { CurrentPassword = Wrong, NewPassword = "yet another passphrase" };
        for (var attempt = 0; attempt < 3; attempt++)
        {
            await FailAsync(() => host.Reauthentication.ReauthenticateAsync(ada.Caller, Wrong, left.Token));
            await FailAsync(() => host.PasswordChange.ChangeAsync(ada.Caller, change, left.Token));
        }

        if (failure is "answers")
            Assert.IsType<ReauthenticationOutcome.Throttled>(await host.Reauthentication.ReauthenticateAsync(ada.Caller, CoreHost.Password));
        else
            Assert.IsType<ReauthenticationOutcome.Proved>(await host.Reauthentication.ReauthenticateAsync(ada.Caller, CoreHost.Password));

        async Task FailAsync(Func<Task> attempt)
        {
            if (failure is "outage")
                host.Gate.FailCommand();
            var thrown = await Record.ExceptionAsync(attempt);
            Assert.Equal(failure is "answers", thrown is null);
        }
    }

    // Guard: the same in PasswordSignIn and Registration. A weak hash is renewed with the right password, which a full disk refuses.
    [EachEngineFact]
    public async Task Sign_ins_and_registrations_that_fail_do_not_count()
    {
        await using var host = CoreHost.Start(
            services: services => services.Configure<PasswordHasherOptions>(hasher => hasher.IterationCount = 2_000),
            settings: [("SignIn:AttemptsPerAccount", "2"), ("SignIn:AttemptsPerAddress", "2")]);
        await host.RegisterAsync();
        var weak = new PasswordHasher<User>(Options.Create(new PasswordHasherOptions { IterationCount = 1_000 }));
        var hash = weak.HashPassword(new User { DisplayName = "" }, CoreHost.Password);
        host.Rows.Execute("UPDATE \"Users\" SET \"PasswordHash\" = @hash", ("@hash", hash));
        for (var attempt = 0; attempt < 3; attempt++)
        {
            host.Gate.FailCommand("UPDATE \"Users\"");
            await Assert.ThrowsAsync<DatabaseUnavailableException>(() => host.TrySignInAsync(CoreHost.NewBrowser()));
            host.Gate.FailBegin();
            await Assert.ThrowsAsync<DatabaseUnavailableException>(() => RegisterAsync(host, "grace@example.test", CoreHost.Password));
        }

        Assert.IsType<SignInOutcome.SignedIn>(await host.TrySignInAsync(CoreHost.NewBrowser()));
        Assert.IsType<RegistrationOutcome.SignedIn>(await RegisterAsync(host, "grace@example.test", CoreHost.Password));
        for (var guess = 0; guess < 2; guess++)
            Assert.IsType<SignInOutcome.WrongCredentials>(await host.TrySignInAsync(CoreHost.NewBrowser(), password: Wrong));
        Assert.IsType<SignInOutcome.Throttled>(await host.TrySignInAsync(CoreHost.NewBrowser()));
    }

    // Guard: Dispose after a sign-in, a re-authentication and a password change.
    [EachEngineFact]
    public async Task A_right_password_counts_nowhere()
    {
        await using var host = CoreHost.Start(settings: [("SignIn:AttemptsPerAccount", "2"), ("SignIn:AttemptsPerAddress", "2")]);
        await host.RegisterAsync();
        var own = CoreHost.NewBrowser();
        var person = await host.SignInAsync(browser: own);
        for (var round = 0; round < 5; round++)
        {
            Assert.IsType<SignInOutcome.SignedIn>(await host.TrySignInAsync(CoreHost.NewBrowser()));
            Assert.IsType<ReauthenticationOutcome.Proved>(await host.Reauthentication.ReauthenticateAsync(person.Caller, CoreHost.Password));
            var change = new ChangePasswordInput { CurrentPassword = CoreHost.Password, NewPassword = CoreHost.Password + "!" };
            Assert.IsType<ChangePasswordOutcome.Changed>(await host.PasswordChange.ChangeAsync(person.Caller, change));
            (change.CurrentPassword, change.NewPassword) = (change.NewPassword, change.CurrentPassword);
            Assert.IsType<ChangePasswordOutcome.Changed>(await host.PasswordChange.ChangeAsync(person.Caller, change));
        }

        // The counts that the successes left alone still count guesses.
        for (var guess = 0; guess < 2; guess++)
            Assert.IsType<SignInOutcome.WrongCredentials>(await host.TrySignInAsync(CoreHost.NewBrowser(), password: Wrong));
        Assert.IsType<SignInOutcome.Throttled>(await host.TrySignInAsync(CoreHost.NewBrowser()));
        for (var guess = 0; guess < 2; guess++)
            Assert.IsType<ReauthenticationOutcome.WrongPassword>(await host.Reauthentication.ReauthenticateAsync(person.Caller, Wrong));
        Assert.IsType<ReauthenticationOutcome.Throttled>(await host.Reauthentication.ReauthenticateAsync(person.Caller, CoreHost.Password));
    }

    // Guard: a refused attempt counts nowhere, and the same password twice in a row is one registration.
    [EachEngineFact]
    public async Task A_registration_counts_once_and_leaves_sign_ins_alone()
    {
        await using var host = CoreHost.Start(settings: ("SignIn:AttemptsPerAddress", "3"));
        for (var number = 0; number < 3; number++)
        {
            Assert.IsType<RegistrationOutcome.Invalid>(await RegisterAsync(host, $"user{number}@example.test", "short"));
            var browser = CoreHost.NewBrowser();
            Assert.IsType<RegistrationOutcome.SignedIn>(await RegisterAsync(host, $"user{number}@example.test", CoreHost.Password, browser));
            if (number < 2)
                Assert.IsType<RegistrationOutcome.SignedIn>(await RegisterAsync(host, $"user{number}@example.test", CoreHost.Password, browser));
        }

        Assert.IsType<RegistrationOutcome.Throttled>(await RegisterAsync(host, "user3@example.test", CoreHost.Password));
        Assert.IsType<SignInOutcome.SignedIn>(await host.TrySignInAsync(CoreHost.NewBrowser(), "user0@example.test"));
        Assert.IsType<SignInOutcome.WrongCredentials>(await host.TrySignInAsync(CoreHost.NewBrowser(), "user0@example.test", Wrong));
    }

    [EachEngineFact]
    public async Task A_registration_with_a_taken_email_is_a_guess_at_its_password()
    {
        await using var host = CoreHost.Start(settings: ("SignIn:AttemptsPerAccount", "2"));
        await host.RegisterAsync();
        for (var guess = 0; guess < 2; guess++)
            Assert.IsType<RegistrationOutcome.EmailTaken>(await RegisterAsync(host, CoreHost.Email, Wrong));
        Assert.IsType<RegistrationOutcome.Throttled>(await RegisterAsync(host, CoreHost.Email, CoreHost.Password));
        Assert.IsType<SignInOutcome.Throttled>(await host.TrySignInAsync(CoreHost.NewBrowser()));
    }

    // Guard: the window's own begin, instead of the whole window.
    [Fact]
    public async Task The_wait_is_the_time_that_is_left_and_then_the_next_attempt_succeeds()
    {
        await using var host = CoreHost.Start(settings: ("SignIn:AttemptsPerAccount", "1"));
        var throttle = host.Get<SignInThrottle>();
        Assert.NotNull(throttle.TryStranger(Ada, Address, out _));
        host.Clock.Advance(TimeSpan.FromMinutes(4));
        Assert.Null(throttle.TryStranger(Ada, Address, out var wait));
        Assert.Equal(TimeSpan.FromMinutes(1), wait);
        host.Clock.Advance(wait);
        Assert.NotNull(throttle.TryStranger(Ada, Address, out _));
        Assert.Null(throttle.TryStranger(Ada, Address, out wait));
        Assert.Equal(TimeSpan.FromMinutes(5), wait);
    }

    // Guard: the limits are taken together. An account's refusal must not use up the address, which others share.
    [Fact]
    public async Task A_refused_attempt_counts_nowhere()
    {
        await using var host = CoreHost.Start(settings: [("SignIn:AttemptsPerAccount", "1"), ("SignIn:AttemptsPerAddress", "2")]);
        var throttle = host.Get<SignInThrottle>();
        Assert.NotNull(throttle.TryStranger(Ada, Address, out _));
        for (var refused = 0; refused < 9; refused++)
            Assert.Null(throttle.TryStranger(Ada, Address, out _));
        Assert.NotNull(throttle.TryStranger("GRACE@EXAMPLE.TEST", Address, out _));
        Assert.Null(throttle.TryStranger("ALAN@EXAMPLE.TEST", Address, out _));
    }

    // Guard: Prune. Anyone can make up accounts, and an IPv6 network has many addresses.
    [Fact]
    public async Task Counts_are_measured_and_forgotten_after_their_window()
    {
        await using var host = CoreHost.Start();
        var throttle = host.Get<SignInThrottle>();
        using var meters = new Meters(host.Get<IMeterFactory>());
        for (var number = 0; number < 1000; number++)
            Assert.NotNull(throttle.TryStranger($"nobody{number}", $"2001:db8:0:{number:x}::1", out _));
        Assert.Equal(2000, meters.Read("accounts.sign_in.throttle_entries"));
        host.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.NotNull(throttle.TryStranger(Ada, Address, out _));
        Assert.Equal(2, meters.Read("accounts.sign_in.throttle_entries"));
    }

    // Guard: the tags of SignInThrottle's counters.
    [Fact]
    public async Task Counters_name_the_limit_that_an_attempt_met_or_counts_against()
    {
        await using var host = CoreHost.Start(settings: [("SignIn:AttemptsPerAccount", "1"), ("SignIn:AttemptsPerAddress", "2")]);
        var throttle = host.Get<SignInThrottle>();
        using var meters = new Meters(host.Get<IMeterFactory>());
        foreach (var account in new[] { Ada, "GRACE@EXAMPLE.TEST" })
        {
            using var wrong = throttle.TryStranger(account, Address, out _);
            wrong!.Keep();
            wrong.Keep();
        }

        Assert.Null(throttle.TryStranger(Ada, "198.51.100.7", out _));
        Assert.Null(throttle.TryStranger("ALAN@EXAMPLE.TEST", Address, out _));
        using (throttle.TryKnown(Ada, [1], Address, out _))
            Assert.Null(throttle.TryKnown(Ada, [1], Address, out _));
        throttle.TryRegistration(Address, out _)!.Keep();

        foreach (var limit in new[] { "account", "address", "browser" })
            Assert.Equal((limit, 1), (limit, meters.Read($"accounts.sign_in.throttled {limit}")));
        // The right password was taken back.
        Assert.Equal((2, 0, 1), (
            meters.Read("accounts.sign_in.counted account"),
            meters.Read("accounts.sign_in.counted browser"),
            meters.Read("accounts.sign_in.counted registration")));
    }

    private static Task<RegistrationOutcome> RegisterAsync(CoreHost host, string email, string password, CallingBrowser? browser = null) =>
        host.Get<Registration>().RegisterAsync(
            browser ?? CoreHost.NewBrowser(), new RegisterInput { Name = "Q", Email = email, Password = password });
}
