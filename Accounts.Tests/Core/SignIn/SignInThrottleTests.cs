using System.Security.Cryptography;
using Accounts.Core.SignIn;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.SignIn;

public sealed class SignInThrottleTests
{
    private const string Ada = "ADA@EXAMPLE.TEST";
    private const string Address = "203.0.113.7";

    // Guard: the attempt kind in the names of SignInThrottle's partitions.
    [Fact]
    public void Each_kind_of_attempt_is_counted_separately_per_account_and_browser()
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
    public void An_IP_address_has_one_count_for_all_kinds()
    {
        using var throttle = new SignInThrottle(new SignInOptions { AttemptsPerAddress = 4 });
        foreach (var attempt in Enum.GetValues<Attempt>())
            Assert.Null(throttle.TryStranger($"{attempt}@example.test", Address, attempt));
        Assert.NotNull(throttle.TryStranger(Ada, Address));
        Assert.NotNull(throttle.TryAddress(Address));
        Assert.Null(throttle.TryAddress("203.0.113.8"));
    }

    // Guard: a known browser's attempts don't count towards the address.
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

    // Guard: the container creates the throttle and so disposes of it. Each limiter has a timer that ticks ten times a second.
    [EachEngineFact]
    public async Task The_limiters_are_disposed_with_the_application()
    {
        var host = CoreHost.Start();
        var throttle = host.Get<SignInThrottle>();
        Assert.Null(throttle.TryAddress(Address));
        await host.DisposeAsync();
        Assert.Throws<ObjectDisposedException>(() => throttle.TryAddress(Address));
    }
}
