using Accounts.Core.Storage;

namespace Accounts.Core.Sessions;

/// <summary>Compares the server's clock with the sessions: those from a time that hasn't come yet last longer than they should.</summary>
internal static class SessionClock
{
    /// <summary>Servers' clocks differ by less: 1 minute.</summary>
    private static readonly TimeSpan Notable = TimeSpan.FromMinutes(1);

    /// <summary>When the newest session started; null if there is none.</summary>
    public static IQueryable<DateTimeOffset?> Newest(AccountsDbContext db) =>
        // Ids of sessions begin with their time.
        db.Sessions.OrderByDescending(s => s.Id).Select(s => (DateTimeOffset?)s.StartedAt);

    /// <summary>How far the clock is behind the newest session; null if it isn't, or by less than a minute.</summary>
    public static TimeSpan? FindLag(DateTimeOffset? newest, DateTimeOffset now) => newest - now is { } lag && lag >= Notable ? lag : null;
}
