using Accounts.Core.Storage;
using Accounts.Core.Users;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Sessions;

/// <summary>Follows the browsers of ended sessions until they have shown that they left, or did not.</summary>
/// <remarks>
/// Whoever holds the connections says how many pages were told, and later that none is left open; the browser itself says that it has left.
/// Each of the three is written once, and the feed told after it; of the first it is told beforehand too, so that no answer overtakes the question.
/// </remarks>
public sealed class SessionDepartures
{
    /// <summary>How long a browser whose pages were told has to show that it left: 5 seconds.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly AccountsDatabase _database;
    private readonly SessionFeed _feed;
    private readonly TimeProvider _time;
    private readonly SessionOptions _options;

    internal SessionDepartures(AccountsDatabase database, SessionFeed feed, TimeProvider time, SessionOptions options)
    {
        _options = options;
        _database = database;
        _feed = feed;
        _time = time;
    }

    /// <summary>Tells the feed how many open pages of an ended session are about to be told to leave. Call it before they are: their answer may come at once.</summary>
    public void Announce(SessionChange.Ended ended, int pages)
    {
        if (IsAsked(ended))
            Tell(ended, pages == 0 ? new Departure.NothingOpen() : new Departure.Awaited());
    }

    /// <summary>Keeps how many open pages of an ended session were told to leave, and tells the feed that it can be read.</summary>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed.</exception>
    public async Task RecordToldAsync(SessionChange.Ended ended, int pages)
    {
        if (!IsAsked(ended))
            return;

        await _database.WriteAsync(WritePriority.Ordinary, db => Over(db, ended.SessionId)
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.PagesTold, s => (s.PagesTold ?? 0) + pages)));
        Announce(ended, pages);
    }

    /// <summary>The patience is over: unless the browser has shown that it left, it is kept that it did not, and when its connections were closed.</summary>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed.</exception>
    public async Task RecordClosedAsync(SessionChange.Ended ended, DateTimeOffset closedAt)
    {
        if (!IsAsked(ended))
            return;

        var kept = await _database.WriteAsync(WritePriority.Ordinary, db => Over(db, ended.SessionId)
            .Where(s => s.LeftAt == null && s.ClosedAt == null && s.PagesTold > 0)
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.ClosedAt, closedAt)));
        if (kept == 1)
            Tell(ended, new Departure.NotConfirmed(closedAt));
    }

    /// <summary>What the signed-out page may say to a browser that holds the key of an ended session; its asking confirms that it has left.</summary>
    /// <param name="id">The session in the browser's ticket.</param>
    /// <param name="key">The key in it.</param>
    /// <returns>Null if there is no such session, the key is not its key, or it is not over.</returns>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    public async Task<EndedNotice?> ConfirmLeftAsync(SessionId id, string key)
    {
        var now = _time.GetUtcNow();
        var row = await _database.ReadAsync(db => db.Sessions.AsNoTracking().SingleOrDefaultAsync(s => s.Id == id.Value));
        if (row is null || !row.HasKey(key) || SessionEnding.Of(row, now) is not { } ending)
            return null;

        if (row.EndedAt is not null && row.LeftAt is null)
        {
            var first = await _database.WriteAsync(WritePriority.Ordinary, db => Over(db, id)
                .Where(s => s.LeftAt == null)
                .ExecuteUpdateAsync(set => set.SetProperty(s => s.LeftAt, now)));
            if (first == 1)
                _feed.Publish(new SessionChange.Departed(new UserId(row.UserId), id, new Departure.Confirmed(now)));
        }

        return new EndedNotice(ending.At, ending.Reason, ending.Reason == EndReason.Expired ? SessionLifetime.ExpiryOf(_options, row, ending.At) : null);
    }

    private static IQueryable<SessionRow> Over(AccountsDbContext db, SessionId id) => db.Sessions.Where(s => s.Id == id.Value && s.EndedAt != null);

    // It is asked where a person ended it from elsewhere: not where the browser itself did, nor where time did.
    private static bool IsAsked(SessionChange.Ended ended) => ended.Reason is not (EndReason.SignedOut or EndReason.Replaced or EndReason.Expired);

    private void Tell(SessionChange.Ended ended, Departure departure) => _feed.Publish(new SessionChange.Departed(ended.UserId, ended.SessionId, departure));
}

/// <summary>What the signed-out page may tell whoever holds the key of an ended session: no place, no device, no name.</summary>
/// <param name="At">When it ended.</param>
/// <param name="Reason">Why.</param>
/// <param name="Expiry">Which of its times ran out; null if none did or if it can't be told.</param>
public sealed record EndedNotice(DateTimeOffset At, EndReason Reason, Expiry? Expiry = null);
