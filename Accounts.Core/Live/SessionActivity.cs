using System.Collections.Concurrent;
using System.Data;
using System.Diagnostics.Metrics;
using Accounts.Core.Devices;
using Accounts.Core.Sessions;
using Accounts.Core.Settings;
using Accounts.Core.Storage;

namespace Accounts.Core.Live;

/// <summary>Counts users' activity in memory and writes it in batches. The same write also renews the sessions.</summary>
/// <remarks>A crash may lose the last seconds of activity, but never the end of a session.</remarks>
public sealed class SessionActivity
{
    /// <summary>Rows per transaction. It is short because ending a session waits for it. Scattered rows cost one disk page each.</summary>
    private const int BatchSize = 100;

    // The conditions skip a session that had ended or expired at the time of the activity, and times only move forward.
    private const string Update = """
        UPDATE "Sessions" SET
            "LastActivityAt" = CASE WHEN "LastActivityAt" < @at THEN @at ELSE "LastActivityAt" END,
            "PagesVisited" = "PagesVisited" + @pages,
            "LastAddress" = @address,
            "UserAgent" = CASE WHEN @agent IS NULL THEN "UserAgent" ELSE @agent END,
            "ClientHints" = CASE WHEN @agent IS NULL THEN "ClientHints" ELSE @hints END
        WHERE "Id" = @id AND "EndedAt" IS NULL AND "ExpiresAt" > @at
        """;

    // A session that has expired since its activity stays expired.
    private const string Renewal = """
        UPDATE "Sessions" SET "ExpiresAt" = @expires
        WHERE "Id" = @id AND "EndedAt" IS NULL AND "ExpiresAt" > @now AND "ExpiresAt" < @expires
        RETURNING "ExpiresAt"
        """;

    private static readonly (string Name, DbType Type)[] UpdateParameters =
    [
        ("@id", DbType.Guid), ("@at", DbType.Int64), ("@pages", DbType.Int32), ("@address", DbType.String), ("@agent", DbType.String),
        ("@hints", DbType.String),
    ];

    private static readonly (string Name, DbType Type)[] RenewalParameters =
        [("@id", DbType.Guid), ("@expires", DbType.Int64), ("@now", DbType.Int64)];

    private readonly ConcurrentQueue<LiveSession> _dirty = new();
    private readonly SemaphoreSlim _flushing = new(1, 1);
    private readonly AccountsDatabase _database;
    private readonly SessionRegistry _registry;
    private readonly SessionOptions _options;
    private readonly TimeProvider _time;
    private readonly SessionFeed _feed;
    private readonly Histogram<int> _flushSize;

    internal SessionActivity(
        AccountsDatabase database, SessionRegistry registry, SessionFeed feed, SessionOptions options, IMeterFactory meters, TimeProvider time)
    {
        _registry = registry;
        _flushSize = meters.Create(AccountsMeter.Name).CreateHistogram(
            "accounts.activity.flush.size", "{session}", "Sessions whose activity one flush wrote.", null,
            new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000] });
        _feed = feed;
        _database = database;
        _options = options;
        _time = time;
    }

    /// <summary>Counts a user's activity, such as a click or a call. It takes no lock and doesn't wait.</summary>
    /// <remarks>
    /// A view of support leaves no trace in the account. What happens in it is activity of the session in which it began, if that is in memory.
    /// </remarks>
    public void Record(LiveSession session, string address)
    {
        if (session.View is null)
            Record(session, address, pages: 0);
        else if (_registry.Peek(session.View.Parent) is { } parent)
            Record(parent, address, pages: 0);
    }

    /// <summary>Counts an activity that opened a page.</summary>
    /// <param name="session">The session.</param>
    /// <param name="address">The IP address that requested the page.</param>
    /// <param name="signals">What the browser said about itself; null if unknown. An updated browser is then shown with its new version.</param>
    public void RecordPage(LiveSession session, string address, DeviceSignals? signals = null)
    {
        if (session.View is not null)
        {
            Record(session, address);
            return;
        }

        if (signals is not null)
            session.Hear(signals);
        Record(session, address, pages: 1);
    }

    /// <summary>Writes all activity that was counted before the call.</summary>
    /// <exception cref="DatabaseUnavailableException">The database did not answer. The next flush writes the activity.</exception>
    internal async Task FlushAsync()
    {
        await _flushing.WaitAsync();
        try
        {
            await FlushAsync(TakeWaiting());
        }
        finally
        {
            _flushing.Release();
        }
    }

    private async Task FlushAsync(List<LiveSession> waiting)
    {
        var begun = 0;
        try
        {
            while (begun < waiting.Count)
            {
                var batch = waiting.GetRange(begun, Math.Min(BatchSize, waiting.Count - begun));
                begun += batch.Count;
                await FlushBatchAsync(batch);
            }

            // Most flushes of a quiet server find nothing.
            if (begun > 0)
                _flushSize.Record(begun);
        }
        finally
        {
            foreach (var session in waiting.Skip(begun))
                _dirty.Enqueue(session);
        }
    }

    /// <summary>The waiting sessions, sorted by id and so by age. Neighbors in the table share disk pages, so a batch writes few pages.</summary>
    /// <remarks>It doesn't wait for an empty queue: under load the queue is never empty, and the flush would never end.</remarks>
    private List<LiveSession> TakeWaiting()
    {
        var waiting = new List<LiveSession>();
        for (var left = _dirty.Count; left > 0 && _dirty.TryDequeue(out var session); left--)
            waiting.Add(session);
        waiting.Sort((one, other) => one.Id.Value.CompareTo(other.Id.Value));
        return waiting;
    }

    private void Record(LiveSession session, string address, int pages)
    {
        if (session.Count(_time.GetUtcNow(), address, pages))
            _dirty.Enqueue(session);
        _feed.PublishSeen(session);
    }

    private async Task FlushBatchAsync(List<LiveSession> sessions)
    {
        var batch = sessions.ConvertAll(session =>
        {
            var (pages, at, address, signals) = session.Take();
            return new Change(session, pages, at, address, signals,
                SessionLifetime.Renew(_options, session.Remembered, session.StartedAt, session.ExpiresAt, at));
        });

        List<(LiveSession Session, DateTimeOffset ExpiresAt)> renewed;
        try
        {
            renewed = await _database.WriteAsync(WritePriority.Ordinary, db => WriteAsync(db, batch));
        }
        catch
        {
            foreach (var change in batch.Where(change => change.Session.GiveBack(change.Pages, change.Signals)))
                _dirty.Enqueue(change.Session);
            throw;
        }

        foreach (var (session, expiresAt) in renewed)
            session.Renewed(expiresAt);
    }

    /// <returns>The sessions that the statement renewed, with the expiry that their rows have now.</returns>
    private async Task<List<(LiveSession Session, DateTimeOffset ExpiresAt)>> WriteAsync(AccountsDbContext db, List<Change> batch)
    {
        await db.ExecuteEachAsync(Update, UpdateParameters, batch.ConvertAll(change => new object?[]
        {
            change.Session.Id.Value,
            Microseconds.FromTime(change.At),
            change.Pages,
            change.Address,
            change.Signals?.UserAgent,
            change.Signals?.Hints.ToText(),
        }));

        // Read the time under the rows' lock: a session that was refused as expired before this moment stays refused.
        var now = Microseconds.FromTime(_time.GetUtcNow());
        var due = batch.FindAll(change => change.ExpiresAt > change.Session.ExpiresAt);
        var renewed = await db.ExecuteEachAsync(
            Renewal, RenewalParameters,
            due.ConvertAll(change => new object?[] { change.Session.Id.Value, Microseconds.FromTime(change.ExpiresAt), now }));
        return [.. due.Zip(renewed).Where(one => one.Second is long).Select(one => (one.First.Session, Microseconds.ToTime((long)one.Second!)))];
    }

    private sealed record Change(LiveSession Session, int Pages, DateTimeOffset At, string Address, DeviceSignals? Signals, DateTimeOffset ExpiresAt);
}
