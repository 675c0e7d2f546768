using Accounts.Core.Sessions;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.Sessions;

/// <summary>When a session expires. All times are in hours after its start.</summary>
public sealed class SessionLifetimeTests
{
    private static readonly SessionOptions Options = new();

    private static DateTimeOffset At(double hours) => TestClock.Start.AddHours(hours);

    [Theory]
    [InlineData(true, 0, 28 * 24)]
    [InlineData(true, 100, (28 * 24) + 100)]
    [InlineData(false, 0, 24)]
    [InlineData(false, 10, 34)]
    [InlineData(true, 179 * 24, 180 * 24)]
    [InlineData(false, (180 * 24) - 1, 180 * 24)]
    [InlineData(true, 200 * 24, 180 * 24)]
    public void A_session_expires_at_the_idle_or_absolute_timeout_whichever_comes_first(bool remembered, double activity, double expected) =>
        Assert.Equal(At(expected), SessionLifetime.ExpiresAt(Options, remembered, At(0), At(activity)));

    [Theory]
    // Remembered, 28 days: at most once an hour.
    [InlineData(true, 28 * 24, 0.99, 28 * 24)]
    [InlineData(true, 28 * 24, 1, (28 * 24) + 1)]
    [InlineData(true, 28 * 24, 27 * 24, 55 * 24)]
    [InlineData(true, (28 * 24) + 5, 5.5, (28 * 24) + 5)]
    [InlineData(true, (28 * 24) + 5, 6, (28 * 24) + 6)]
    // Not remembered, 24 hours: a twelfth is two hours, so one hour applies.
    [InlineData(false, 24, 0.99, 24)]
    [InlineData(false, 24, 1, 25)]
    [InlineData(false, 24, 23.75, 47.75)]
    // An expired session is never renewed, not even at the exact moment.
    [InlineData(false, 24, 24, 24)]
    [InlineData(false, 24, 24.01, 24)]
    [InlineData(true, 28 * 24, 28 * 24, 28 * 24)]
    [InlineData(true, 28 * 24, 100 * 24, 28 * 24)]
    // The last renewal reaches the absolute timeout, however short it is. After that there is none.
    [InlineData(true, (180 * 24) - 0.25, (152 * 24) + 0.5, 180 * 24)]
    [InlineData(true, 180 * 24, 170 * 24, 180 * 24)]
    public void Activity_renews_a_session(bool remembered, double expires, double activity, double expected) =>
        Assert.Equal(At(expected), SessionLifetime.Renew(Options, remembered, At(0), At(expires), At(activity)));

    [Theory]
    [InlineData(9, 120)]
    [InlineData(10, 130)]
    [InlineData(119, 239)]
    public void A_short_idle_timeout_is_renewed_at_most_once_per_twelfth(double activityMinutes, double expectedMinutes)
    {
        var options = new SessionOptions { IdleTimeout = TimeSpan.FromMinutes(120) };
        var renewed = SessionLifetime.Renew(options, remembered: true, At(0), At(2), At(activityMinutes / 60));
        Assert.Equal(TestClock.Start.AddMinutes(expectedMinutes), renewed);
    }

    // Guard: Capped in SessionLifetime.
    [Theory]
    [InlineData(true, 0, 1)]
    [InlineData(false, 0, 1)]
    [InlineData(true, 5, 6)]
    [InlineData(false, 23.5, 24)]
    public void The_strict_profile_allows_an_hour_without_activity_and_a_day_in_all(bool remembered, double activity, double expected)
    {
        var strict = new SessionOptions { Profile = SessionProfile.Strict };
        Assert.Equal(At(expected), SessionLifetime.ExpiresAt(strict, remembered, At(0), At(activity)));
        Assert.Equal(At(24), SessionLifetime.AbsoluteEnd(strict, At(0)));
    }

    [Fact]
    public void The_strict_profile_keeps_shorter_timeouts()
    {
        var strict =
            new SessionOptions { Profile = SessionProfile.Strict, IdleTimeout = TimeSpan.FromMinutes(30), AbsoluteTimeout = TimeSpan.FromHours(8) };
        Assert.Equal(At(0.5), SessionLifetime.ExpiresAt(strict, remembered: true, At(0), At(0)));
        Assert.Equal(At(8), SessionLifetime.AbsoluteEnd(strict, At(0)));
    }

    [Fact]
    public void Late_activity_does_not_shorten_a_session() =>
        Assert.Equal(At(30), SessionLifetime.Renew(Options, remembered: false, At(0), At(30), At(2)));

    [Fact]
    public void A_remembered_sessions_cookie_ends_with_the_absolute_timeout() =>
        Assert.Equal(At(180 * 24), SessionLifetime.AbsoluteEnd(Options, At(0)));
}
