
namespace Accounts.Core.Sessions;

/// <summary>Computes when a session expires, from its start, its activity and the options.</summary>
internal static class SessionLifetime
{
    private static readonly TimeSpan RenewAtMostEvery = TimeSpan.FromHours(1);

    // https://pages.nist.gov/800-63-4/sp800-63b.html, AAL2.
    private static readonly TimeSpan StrictIdle = TimeSpan.FromHours(1);
    private static readonly TimeSpan StrictAbsolute = TimeSpan.FromHours(24);

    // The database stores microseconds.
    private static readonly TimeSpan Rounding = TimeSpan.FromMilliseconds(1);

    /// <summary>The idle timeout after the latest activity or the absolute timeout after the start, whichever comes first.</summary>
    public static DateTimeOffset ExpiresAt(SessionOptions options, bool remembered, DateTimeOffset startedAt, DateTimeOffset lastActivityAt)
    {
        var idle = lastActivityAt + Idle(options, remembered);
        var absolute = AbsoluteEnd(options, startedAt);
        return idle < absolute ? idle : absolute;
    }

    /// <summary>The absolute timeout's end, which activity can't move. A remembered session's cookie ends with it too.</summary>
    public static DateTimeOffset AbsoluteEnd(SessionOptions options, DateTimeOffset startedAt) => startedAt + Absolute(options);

    /// <summary>
    /// The expiry after an activity. It moves later at most once an hour, or every twelfth of a shorter idle timeout. An expired session stays
    /// expired. The last step, up to the absolute timeout, may be shorter.
    /// </summary>
    public static DateTimeOffset Renew(SessionOptions options, bool remembered, DateTimeOffset startedAt, DateTimeOffset expiresAt,
        DateTimeOffset activityAt)
    {
        if (activityAt >= expiresAt)
            return expiresAt;

        var renewed = ExpiresAt(options, remembered, startedAt, activityAt);
        var step = Step(Idle(options, remembered));
        var last = renewed == AbsoluteEnd(options, startedAt);
        return renewed - expiresAt >= step || (last && renewed > expiresAt) ? renewed : expiresAt;
    }

    /// <summary>The timeout that ended a session; null if it is unknown because the settings have changed since.</summary>
    public static Expiry? ExpiryOf(SessionOptions options, SessionRow row, DateTimeOffset endedAt)
    {
        var (lasted, unused, idle) = (endedAt - row.StartedAt, endedAt - row.LastActivityAt, Idle(options, row.Remembered));
        if (IsAbout(lasted, Absolute(options), Rounding))
            return new Expiry(true, Absolute(options));
        // Activity moves the end only in whole steps.
        return IsAbout(unused, idle, Step(idle)) ? new Expiry(false, idle) : null;
    }

    private static bool IsAbout(TimeSpan time, TimeSpan full, TimeSpan less) => time <= full + Rounding && time >= full - less;

    private static TimeSpan Step(TimeSpan idle) => idle / 12 < RenewAtMostEvery ? idle / 12 : RenewAtMostEvery;

    private static TimeSpan Idle(SessionOptions options, bool remembered) =>
        Capped(options, remembered ? options.IdleTimeout : options.IdleTimeoutUnremembered, StrictIdle);

    private static TimeSpan Absolute(SessionOptions options) => Capped(options, options.AbsoluteTimeout, StrictAbsolute);

    private static TimeSpan Capped(SessionOptions options, TimeSpan time, TimeSpan strict) =>
        options.Profile == SessionProfile.Strict && time > strict ? strict : time;
}
