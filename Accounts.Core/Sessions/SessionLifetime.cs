namespace Accounts.Core.Sessions;

/// <summary>When a session expires: pure functions of its start, its activity and the options.</summary>
internal static class SessionLifetime
{
    private static readonly TimeSpan RenewAtMostEvery = TimeSpan.FromHours(1);

    /// <summary>The idle timeout after the latest activity, or the absolute timeout after the start, whichever comes first.</summary>
    public static DateTimeOffset ExpiresAt(SessionOptions options, bool remembered, DateTimeOffset startedAt, DateTimeOffset lastActivityAt)
    {
        var idle = lastActivityAt + Idle(options, remembered);
        var absolute = AbsoluteEnd(options, startedAt);
        return idle < absolute ? idle : absolute;
    }

    /// <summary>The moment after which no activity keeps a session; also the end of a remembered session's cookie.</summary>
    public static DateTimeOffset AbsoluteEnd(SessionOptions options, DateTimeOffset startedAt) => startedAt + options.AbsoluteTimeout;

    /// <summary>
    /// What activity makes of a session's expiry: later, but at most once an hour (or a twelfth of a shorter idle timeout), and never
    /// anything for a session that had already expired. The last step, up to the absolute timeout, is taken however short it is.
    /// </summary>
    public static DateTimeOffset Renew(SessionOptions options, bool remembered, DateTimeOffset startedAt, DateTimeOffset expiresAt, DateTimeOffset activityAt)
    {
        if (activityAt >= expiresAt)
            return expiresAt;

        var renewed = ExpiresAt(options, remembered, startedAt, activityAt);
        var step = Idle(options, remembered) / 12;
        if (step > RenewAtMostEvery)
            step = RenewAtMostEvery;
        var last = renewed == AbsoluteEnd(options, startedAt);
        return renewed - expiresAt >= step || (last && renewed > expiresAt) ? renewed : expiresAt;
    }

    private static TimeSpan Idle(SessionOptions options, bool remembered) => remembered ? options.IdleTimeout : options.IdleTimeoutUnremembered;
}
