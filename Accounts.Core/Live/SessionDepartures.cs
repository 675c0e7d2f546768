using System.Diagnostics.Metrics;
using Accounts.Core.Callers;
using Accounts.Core.Sessions;
using Accounts.Core.Settings;
using Accounts.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Live;

/// <summary>Tracks whether the browser of an ended session has left.</summary>
/// <remarks>
/// The class with the connections reports how many pages were told, and later that no connection is open. The browser reports that it left.
/// Each report is written once and then published. The first one is also published before it is written, so that no answer overtakes it.
/// </remarks>
public sealed class SessionDepartures
{
    private readonly AccountsDatabase _database;
    private readonly CommandRunner _commands;
    private readonly SessionFeed _feed;
    private readonly TimeProvider _time;
    private readonly SessionOptions _options;
    private readonly SessionRegistry _registry;
    private readonly ToldReports _reports;
    private readonly Histogram<double> _told;
    private readonly Histogram<double> _confirmed;
    private readonly RecentDurations _recentlyTold = new();

    internal SessionDepartures(AccountsDatabase database, CommandRunner commands, SessionFeed feed, SessionRegistry registry, IMeterFactory meters,
        TimeProvider time, SessionOptions options)
    {
        _registry = registry;
        var meter = meters.Create(AccountsMeter.Name);
        _told = meter.CreateHistogram(
            "accounts.push.told.duration", "s", "Time from an ending's commit until an open page was told.", null, AccountsMeter.Seconds);
        _confirmed = meter.CreateHistogram(
            "accounts.push.confirmed.duration", "s", "Time from an ending's commit until the browser confirmed it.", null, AccountsMeter.Seconds);
        _database = database;
        _commands = commands;
        _reports = new ToldReports(commands);
        _feed = feed;
        _time = time;
        _options = options;
    }

    /// <summary>How long the pages waited that were told last; null if none was.</summary>
    internal PushTimes? RecentlyTold => _recentlyTold.Summarize();

    /// <summary>Publishes how many open pages of an ended session will be told to leave. Call it first: the pages may answer at once.</summary>
    public void Announce(SessionChange.Ended ended, int pages)
    {
        if (!IsAsked(ended))
            return;
        if (pages > 0)
            _registry.NoteTold(ended.SessionId);
        _feed.Publish(Departed(ended, Departure.Told(pages)));
    }

    /// <summary>Measures how long after the ending's commit an open page was told. Call it when the page's circuit has sent it away.</summary>
    public void MeasureTold(SessionChange.Ended ended)
    {
        if (_registry.SinceEnding(ended.SessionId, told: false) is not { } since)
            return;
        _told.Record(since.TotalSeconds);
        _recentlyTold.Add(since);
    }

    /// <summary>Stores how many open pages of an ended session were told to leave, and publishes it.</summary>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; nothing changed.</exception>
    public async Task RecordToldAsync(SessionChange.Ended ended, int pages, CancellationToken cancellationToken = default)
    {
        if (!IsAsked(ended))
            return;

        await _reports.WriteAsync(ended, pages, cancellationToken);
    }

    /// <summary>Stores, after the wait, that the browser did not leave and when its connections were closed. If it left, does nothing.</summary>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; nothing changed.</exception>
    public async Task RecordClosedAsync(SessionChange.Ended ended, DateTimeOffset closedAt, CancellationToken cancellationToken = default)
    {
        if (!IsAsked(ended))
            return;

        await _commands.RunAsync(WritePriority.Ordinary, async work =>
        {
            var kept = await Over(work.Db, ended.SessionId)
                .Where(s => s.LeftAt == null && s.ClosedAt == null && s.PagesTold > 0)
                .ExecuteUpdateAsync(set => set.SetProperty(s => s.ClosedAt, closedAt));
            if (kept == 1)
                work.Report(Departed(ended, new Departure.NotConfirmed(closedAt)));
            return kept;
        }, cancellationToken);
    }

    /// <summary>Returns the notice for the signed-out page. The request itself confirms that the browser left.</summary>
    /// <param name="id">The session in the browser's ticket.</param>
    /// <param name="key">The key in the browser's ticket.</param>
    /// <param name="cancellationToken">Cancels the call until it may write.</param>
    /// <returns>Null if the session doesn't exist or hasn't ended, or if the key is wrong.</returns>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; nothing was confirmed.</exception>
    public async Task<EndedNotice?> ConfirmLeftAsync(SessionId id, string key, CancellationToken cancellationToken = default)
    {
        var now = _time.GetUtcNow();
        var since = _registry.SinceEnding(id, told: true);
        var row = await _database.ReadAsync(db => db.Sessions.AsNoTracking().SingleOrDefaultAsync(s => s.Id == id.Value, cancellationToken));
        if (row is null || !row.HasKey(key) || SessionEnding.Of(row, now) is not { } ending)
            return null;

        if (row.EndedAt is not null && row.LeftAt is null)
        {
            var confirmed = await _commands.RunAsync(WritePriority.Ordinary, async work =>
            {
                var first = await Over(work.Db, id).Where(s => s.LeftAt == null).ExecuteUpdateAsync(set => set.SetProperty(s => s.LeftAt, now));
                if (first == 1)
                    work.Report(new SessionChange.Departed(new UserId(row.UserId), id, new Departure.Confirmed(now)));
                return first;
            }, cancellationToken);
            if (confirmed == 1 && since is { } waited)
                _confirmed.Record(waited.TotalSeconds);
        }

        return new EndedNotice(ending.At, ending.Reason,
            ending.Reason == EndReason.Expired ? SessionLifetime.ExpiryOf(_options, row, ending.At) : null);
    }

    private static IQueryable<SessionRow> Over(AccountsDbContext db, SessionId id) => db.Sessions.Where(s => s.Id == id.Value && s.EndedAt != null);

    // Ask only if the user ended the session from elsewhere. If its own side or a timeout ended it, there is no doubt.
    private static bool IsAsked(SessionChange.Ended ended) =>
        ended.Reason is not (EndReason.SignedOut or EndReason.Replaced or EndReason.Expired or EndReason.StaffSessionEnded);

    private static SessionChange.Departed Departed(SessionChange.Ended ended, Departure departure) => new(ended.UserId, ended.SessionId, departure);
}

/// <summary>What the signed-out page shows to a browser with an ended session's key. It has no place, device or name.</summary>
/// <param name="At">When the session ended.</param>
/// <param name="Reason">Why it ended.</param>
/// <param name="Expiry">The timeout that ended it; null if none did, or if it is unknown.</param>
public sealed record EndedNotice(DateTimeOffset At, EndReason Reason, Expiry? Expiry = null);
