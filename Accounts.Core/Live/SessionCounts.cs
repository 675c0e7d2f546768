using System.Diagnostics.Metrics;
using Accounts.Core.Sessions;
using Accounts.Core.Settings;
using Accounts.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Live;

/// <summary>Counts sessions for operators: how many started, how many ended and why, and how many are live.</summary>
/// <remarks>
/// The number of live sessions is counted in the database, after each sweep. Nothing counts it while nobody reads the instrument.
/// docs/decisions/metrics.md says why.
/// </remarks>
internal sealed class SessionCounts
{
    private const string Kind = "accounts.session.kind";
    private const string Reason = "accounts.session.end_reason";

    private readonly AccountsDatabase _database;
    private readonly TimeProvider _time;
    private readonly Counter<long> _started;
    private readonly Counter<long> _ended;
    private readonly ObservableUpDownCounter<int> _live;
    private int _counted = -1;

    public SessionCounts(AccountsDatabase database, SessionFeed feed, IMeterFactory meters, TimeProvider time)
    {
        _database = database;
        _time = time;
        var meter = meters.Create(AccountsMeter.Name);
        _started = meter.CreateCounter<long>("accounts.sessions.started", "{session}", "Sessions that started.")
            .FromZero(AccountsMeter.Tags<SessionKind>(Kind));
        _ended = meter.CreateCounter<long>("accounts.sessions.ended", "{session}", "Sessions that ended.")
            .FromZero(AccountsMeter.Tags<EndReason>(Reason));
        _live = meter.CreateObservableUpDownCounter("accounts.sessions.live", Observe, "{session}", "Live sessions, as of the last sweep.");
        // Both are singletons and end together.
        _ = feed.Subscribe(change =>
        {
            if (change is SessionChange.Ended ended)
                _ended.Add(1, AccountsMeter.Tag(Reason, ended.Reason));
        });
    }

    /// <summary>Counts a session that started. Call it after the commit.</summary>
    public void CountStarted(SessionKind kind) => _started.Add(1, AccountsMeter.Tag(Kind, kind));

    /// <summary>Counts the live sessions, if anybody reads the number.</summary>
    /// <exception cref="DatabaseUnavailableException">The database did not answer. The earlier number stays.</exception>
    public async Task CountLiveAsync()
    {
        if (!_live.Enabled)
            return;
        var now = _time.GetUtcNow();
        var count = await _database.ReadAsync(db => Live(db, now).CountAsync());
        Volatile.Write(ref _counted, count);
    }

    /// <summary>The live sessions of all users.</summary>
    public static IQueryable<SessionRow> Live(AccountsDbContext db, DateTimeOffset now) =>
        db.Sessions.Where(s => s.EndedAt == null && s.ExpiresAt > now);

    private Measurement<int>[] Observe() => Volatile.Read(ref _counted) is >= 0 and var count ? [new(count)] : [];
}
