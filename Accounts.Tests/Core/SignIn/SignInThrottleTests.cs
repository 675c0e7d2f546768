using System.Security.Cryptography;
using Accounts.Core.SignIn;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.SignIn;

public sealed class SignInThrottleTests
{
    private const string Ada = "ADA@EXAMPLE.TEST";
    private const string Address = "203.0.113.7";

    // Guard: the attempt in the names of the partitions of SignInThrottle.
    [Fact]
    public void Each_kind_of_attempt_has_a_count_of_its_own_for_an_account_and_a_browser()
    {
        using var throttle = new SignInThrottle(new SignInOptions { AttemptsPerAccount = 2 });
        var browser = RandomNumberGenerator.GetBytes(32);
        foreach (var attempt in Enum.GetValues<Attempt>())
        {
            for (var i = 0; i < 2; i++)
            {
                Assert.Null(throttle.TryStranger(Ada, Address, attempt));
                Assert.Null(throttle.TryKnown(Ada, browser, attempt));
            }

            Assert.NotNull(throttle.TryStranger(Ada, Address, attempt));
            Assert.NotNull(throttle.TryKnown(Ada, browser, attempt));
            Assert.Null(throttle.TryKnown(Ada, RandomNumberGenerator.GetBytes(32), attempt));
        }
    }

    [Fact]
    public void An_address_has_one_count_for_all_kinds()
    {
        using var throttle = new SignInThrottle(new SignInOptions { AttemptsPerAddress = 4 });
        foreach (var attempt in Enum.GetValues<Attempt>())
            Assert.Null(throttle.TryStranger($"{attempt}@example.test", Address, attempt));
        Assert.NotNull(throttle.TryStranger(Ada, Address));
        Assert.NotNull(throttle.TryAddress(Address));
        Assert.Null(throttle.TryAddress("203.0.113.8"));
    }

    // Guard: a known browser takes nothing from the address's count.
    [Fact]
    public async Task A_known_browser_signs_in_from_an_address_whose_attempts_others_have_used_up()
    {
        await using var host = CoreHost.Start(settings: ("SignIn:AttemptsPerAddress", "3"));
        await host.RegisterAsync();
        var own = CoreHost.Client();
        await host.SignInAsync(client: own);
        SignInOutcome outcome;
        var attempts = 0;
        do
            outcome = await host.TrySignInAsync(CoreHost.Client(), $"nobody{++attempts}@example.test");
        while (outcome is SignInOutcome.WrongCredentials && attempts < 5);

        Assert.IsType<SignInOutcome.Throttled>(outcome);
        Assert.IsType<SignInOutcome.Throttled>(await host.TrySignInAsync(CoreHost.Client()));
        Assert.IsType<SignInOutcome.SignedIn>(await host.TrySignInAsync(own));
    }

    // Guard: the container makes it, and so disposes of it. Each of its limiters has a timer that ticks ten times a second.
    [Fact]
    public async Task Its_limiters_end_with_the_application()
    {
        var host = CoreHost.Start();
        var throttle = host.Get<SignInThrottle>();
        Assert.Null(throttle.TryAddress(Address));
        await host.DisposeAsync();
        Assert.Throws<ObjectDisposedException>(() => throttle.TryAddress(Address));
    }
}
