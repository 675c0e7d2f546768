using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;
using Accounts.Core.Callers;
using Accounts.Core.Geolocation;
using Accounts.Core.Sessions;
using Accounts.Core.Settings;

namespace Accounts.Core.Live;

/// <summary>The sessions in this process's memory: live ones, and the tombstones of ended ones.</summary>
/// <remarks>
/// Ending a session always adds a tombstone, even for an unknown id. A load only adds an entry where there is none. So a load that read "live"
/// just before the ending committed can't bring the session back. A tombstone outlives the longest load (<see cref="LongestLoad"/>).
/// </remarks>
internal sealed class SessionRegistry
{
    /// <summary>A load that took longer doesn't count: a tombstone may have been forgotten since it began.</summary>
    public static readonly TimeSpan LongestLoad = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan TombstoneAge = 2 * LongestLoad;
    private static readonly TimeSpan IdleAge = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<SessionId, Entry> _entries = new();
    private readonly TimeProvider _time;
    private readonly Counter<long> _unknown;
    private readonly GateRefusals _refusals;
    private int _generation;
    private long _changes;

    public SessionRegistry(IMeterFactory meters, TimeProvider time)
    {
        _time = time;
        var meter = meters.Create(AccountsMeter.Name);
        meter.CreateObservableUpDownCounter("accounts.sessions.in_memory", () => _entries.Count, "{session}", "Sessions in memory.");
        _unknown = meter.CreateCounter<long>("accounts.sessions.unknown", "{request}", "Requests of a session that isn't in the database.")
            .FromZero();
        _refusals = new GateRefusals(meters);
    }

    /// <summary>Whether memory knows the session.</summary>
    /// <param name="id">The session's id.</param>
    /// <param name="live">The session; null if it has ended, or isn't known.</param>
    public bool TryFind(SessionId id, out LiveSession? live)
    {
        var known = _entries.TryGetValue(id, out var entry);
        live = entry?.Live;
        return known;
    }

    /// <summary>The live session in memory; null if it isn't there or has ended.</summary>
    public LiveSession? Peek(SessionId id) => _entries.TryGetValue(id, out var entry) ? entry.Live : null;

    /// <summary>The users with a live session in memory. All who have used one within the hour are among them.</summary>
    public HashSet<UserId> FindUsers() => [.. _entries.Values.Select(entry => entry.Live?.UserId).OfType<UserId>()];

    /// <summary>Counts a request of a session that the database doesn't have.</summary>
    /// <remarks>Memory keeps nothing of it, because anyone could fill it with such ids.</remarks>
    public void CountUnknown()
    {
        _unknown.Add(1);
        _refusals.Count(GateRefusal.Unknown);
    }

    /// <summary>Counts a key that was refused, although the database has its session.</summary>
    public void CountRefused(GateRefusal reason) => _refusals.Count(reason);

    /// <summary>Begins a load. Call it before you read the database.</summary>
    public Load BeginLoad() => new(_time.GetTimestamp(), Volatile.Read(ref _generation), Interlocked.Read(ref _changes));

    /// <summary>
    /// Numbers a change of a user's profile or of a session's key. Call it in the change's transaction, under the lock of the user's or the
    /// session's row.
    /// </summary>
    /// <remarks>So of two changes of one row, the one that committed later has the higher number, whatever the clock says.</remarks>
    public long NextChange() => Interlocked.Increment(ref _changes);

    /// <summary>A session as its user sees it, with the activity since the last flush.</summary>
    public Session View(SessionRow row, DateTimeOffset now, PlaceFinder places)
    {
        var session = Session.From(row, now, places);
        return Peek(session.Id) is { } live ? live.ToSeen(places).Apply(session) : session;
    }

    /// <summary>Adds what a load read, unless there is an entry already.</summary>
    /// <param name="id">The session's id.</param>
    /// <param name="loaded">The session; null if it had ended.</param>
    /// <param name="load">The load.</param>
    /// <param name="live">What memory says now; null if the session has ended.</param>
    /// <returns>False if the load doesn't count, because it took too long or what it read may have changed. Then load again.</returns>
    public bool TryAdd(SessionId id, LiveSession? loaded, Load load, out LiveSession? live)
    {
        live = null;
        if (_time.GetElapsedTime(load.Since) > LongestLoad || load.Generation != Volatile.Read(ref _generation))
            return false;
        var added = new Entry(loaded, load.Since);
        var standing = _entries.GetOrAdd(id, added);
        // The load may have been voided since the check above. Whoever voided it found no entry to change.
        if (load.Generation != Volatile.Read(ref _generation) && _entries.TryRemove(KeyValuePair.Create(id, added)))
            return false;
        live = standing.Live;
        return true;
    }

    /// <summary>Voids every load that is under way: what it reads may have changed since. Call it after the commit of such a change.</summary>
    public void VoidLoads() => Interlocked.Increment(ref _generation);

    /// <summary>Forgets every live session, so that each is read again. Call it when the database may have changed without saying so.</summary>
    public void Forget()
    {
        VoidLoads();
        foreach (var entry in _entries.Where(entry => entry.Value.Live is not null))
            _entries.TryRemove(entry);
    }

    /// <summary>Marks a session as ended. From now on every check in this process refuses it.</summary>
    public void MarkEnded(SessionId id)
    {
        var tombstone = new Entry(null, _time.GetTimestamp());
        _entries.AddOrUpdate(id, tombstone, (_, standing) =>
        {
            standing.Live?.MarkEnded();
            return tombstone;
        });
    }

    /// <summary>Notes that the pages of a session that has just ended are told, and must answer.</summary>
    public void NoteTold(SessionId id)
    {
        if (_entries.TryGetValue(id, out var entry))
            entry.IsTold = true;
    }

    /// <summary>How long ago a session ended here, right after the commit; null if its tombstone is gone already.</summary>
    /// <param name="id">The session.</param>
    /// <param name="told">Whether to answer only if its pages were told.</param>
    public TimeSpan? SinceEnding(SessionId id, bool told) =>
        _entries.TryGetValue(id, out var entry) && entry.Live is null && (entry.IsTold || !told) ? _time.GetElapsedTime(entry.Since) : null;

    /// <summary>Removes tombstones that have outlived every load, and sessions without activity for an hour.</summary>
    public void Prune()
    {
        var now = _time.GetUtcNow();
        foreach (var (id, entry) in _entries)
        {
            var forget = entry.Live is { } live ? now - live.LastActivityAt > IdleAge : _time.GetElapsedTime(entry.Since) > TombstoneAge;
            if (forget)
                _entries.TryRemove(KeyValuePair.Create(id, entry));
        }
    }

    /// <summary>A load of a session from the database.</summary>
    /// <param name="Since">The timestamp of its beginning.</param>
    /// <param name="Generation">How often loads had been voided before it.</param>
    /// <param name="Change">The latest number of a change.</param>
    [StructLayout(LayoutKind.Auto)]
    public readonly record struct Load(long Since, int Generation, long Change);

    /// <param name="Live">The session; null for a tombstone.</param>
    /// <param name="Since">The timestamp of the entry's creation.</param>
    private sealed record Entry(LiveSession? Live, long Since)
    {
        /// <summary>Whether open pages of the ended session were told.</summary>
        public bool IsTold { get; set; }
    }
}
