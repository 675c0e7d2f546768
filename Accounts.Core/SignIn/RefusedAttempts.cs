using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;
using Accounts.Core.Callers;
using Accounts.Core.Devices;
using Accounts.Core.Live;
using Accounts.Core.Settings;
using Accounts.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Accounts.Core.SignIn;

/// <summary>Collects refused attempts in memory and writes them in batches.</summary>
/// <remarks>
/// A request only adds to a dictionary, whether the email has an account or not, so its duration doesn't reveal which. The flush drops attempts
/// without an account. Attempts of one kind from one browser on one account share an entry, and later a row. Entries, rows per account and rows
/// per network are limited, so nobody fills the memory or the disk. A crash loses the last seconds' attempts.
/// </remarks>
internal sealed partial class RefusedAttempts
{
    /// <summary>The maximum number of entries that wait for a flush. What doesn't fit is counted and lost.</summary>
    internal const int Capacity = 4096;

    /// <summary>The maximum number of entries of one network whose browsers are told apart. Made-up browsers take no more room than that.</summary>
    internal const int BrowsersPerNetwork = 50;

    /// <summary>The maximum number of rows of each kind and reason that an account gets in <see cref="AccountWindow"/>.</summary>
    /// <remarks>Further attempts join the newest of these rows. Strangers can't use up the rows of a signed-in session's proofs.</remarks>
    internal const int RowsPerAccount = 10;

    /// <summary>The maximum number of rows that one network causes in <see cref="NetworkWindow"/>, in all accounts.</summary>
    internal const int RowsPerNetwork = 100;

    /// <summary>Entries per transaction.</summary>
    private const int BatchSize = 100;

    /// <summary>The time in which an account's rows are limited.</summary>
    internal static readonly TimeSpan AccountWindow = TimeSpan.FromDays(1);

    /// <summary>The time in which a network's rows are limited. It begins with the first of them.</summary>
    internal static readonly TimeSpan NetworkWindow = TimeSpan.FromHours(1);

    /// <summary>A run goes on while the pause between its attempts isn't longer.</summary>
    internal static readonly TimeSpan Pause = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _flushing = new(1, 1);
    private readonly Dictionary<string, NetworkRows> _networks = new(StringComparer.Ordinal);
    private readonly AccountsDatabase _database;
    private readonly SessionFeed _feed;
    private readonly TimeProvider _time;
    private readonly ILogger<RefusedAttempts> _logger;
    private readonly Counter<long> _lost;
    private readonly Dictionary<string, int> _waitingOfNetworks = new(StringComparer.Ordinal);
    private Dictionary<Key, Entry> _waiting = [];
    private long _lostInARow;

    public RefusedAttempts(AccountsDatabase database, SessionFeed feed, IMeterFactory meters, TimeProvider time, ILogger<RefusedAttempts> logger)
    {
        _database = database;
        _feed = feed;
        _time = time;
        _logger = logger;
        _lost = meters.Create(AccountsMeter.Name).CreateCounter<long>(
            "accounts.refused_attempts.lost", "{attempt}", "Refused attempts that were not recorded, because there were too many.");
    }

    /// <summary>Records a refused sign-in.</summary>
    /// <param name="user">The account; null if the email has none.</param>
    /// <param name="browser">The browser.</param>
    /// <param name="reason">Why it was refused.</param>
    /// <param name="kind">At which step.</param>
    public void RecordSignIn(
        Guid? user, CallingBrowser browser, RefusedAttemptReason reason, RefusedAttemptKind kind = RefusedAttemptKind.SignIn) =>
        Record(user, kind, reason, browser.Address, null, browser.Signals);

    /// <summary>Records a refused proof of a signed-in user.</summary>
    public void RecordProof(Caller caller, RefusedAttemptKind kind, RefusedAttemptReason reason) =>
        Record(caller.Subject.Value, kind, reason, caller.Address, caller.OwnSession.Value, null);

    /// <summary>Writes all attempts that were recorded before the call.</summary>
    /// <exception cref="DatabaseUnavailableException">The database did not answer. The next flush writes the attempts.</exception>
    public async Task FlushAsync()
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

    private void Record(
        Guid? user, RefusedAttemptKind kind, RefusedAttemptReason reason, string address, Guid? session, DeviceSignals? signals)
    {
        // Attempts without an account share one entry. So made-up emails take no room from accounts.
        var network = ClientNetwork.Of(address);
        var key = user is null
            ? new Key(null, kind, reason, "", null, null)
            : new Key(user, kind, reason, network, signals?.UserAgent, session);
        Add(key, new Entry(_time.GetUtcNow(), 1, address, signals));
    }

    private void Add(Key key, Entry added)
    {
        bool first;
        lock (_gate)
        {
            if (!_waiting.ContainsKey(key) && _waitingOfNetworks.GetValueOrDefault(key.Network) >= BrowsersPerNetwork)
                key = key with { Agent = null };
            var known = _waiting.TryGetValue(key, out var entry);
            if (known || _waiting.Count < Capacity)
            {
                _waiting[key] = entry?.With(added) ?? added;
                if (!known)
                    CollectionsMarshal.GetValueRefOrAddDefault(_waitingOfNetworks, key.Network, out _)++;
                return;
            }

            first = _lostInARow == 0;
            _lostInARow += added.Count;
        }

        _lost.Add(added.Count);
        if (first)
            Log.Full(_logger);
    }

    private List<KeyValuePair<Key, Entry>> TakeWaiting()
    {
        Dictionary<Key, Entry> waiting;
        var lost = 0L;
        lock (_gate)
        {
            if (_waiting.Count == 0)
                return [];
            waiting = _waiting;
            _waiting = [];
            _waitingOfNetworks.Clear();
            if (waiting.Count < Capacity)
                (lost, _lostInARow) = (_lostInARow, 0);
        }

        if (lost > 0)
            Log.Fits(_logger, lost);
        return [.. waiting.Where(one => one.Key.User is not null)];
    }

    private async Task FlushAsync(List<KeyValuePair<Key, Entry>> waiting)
    {
        var done = 0;
        try
        {
            while (done < waiting.Count)
            {
                var batch = waiting.GetRange(done, Math.Min(BatchSize, waiting.Count - done));
                var written = await _database.WriteAsync(WritePriority.Ordinary, db => WriteAsync(db, batch));
                done += batch.Count;
                Announce(written);
            }
        }
        finally
        {
            foreach (var (key, entry) in waiting.Skip(done))
                Add(key, entry);
        }
    }

    private void Announce(Written written)
    {
        foreach (var (network, rows) in written.RowsOfNetworks)
            Open(network).Count += rows;
        if (written.Lost > 0)
            _lost.Add(written.Lost);
        foreach (var user in written.Users)
            _feed.Publish(new SessionChange.AttemptRefused(new UserId(user)));
    }

    private async Task<Written> WriteAsync(AccountsDbContext db, List<KeyValuePair<Key, Entry>> batch)
    {
        Prune();
        var wanted = batch.Select(one => one.Key.User!.Value).Distinct().ToList();
        var users = await db.Users.Where(u => wanted.Contains(u.Id)).Select(u => u.Id).ToListAsync();
        var since = _time.GetUtcNow() - AccountWindow;
        var rows = await db.RefusedAttempts.Where(r => wanted.Contains(r.UserId) && r.At > since).ToListAsync();
        var signals = await FindSignalsAsync(db, [.. batch.Select(one => one.Key.Session).OfType<Guid>().Distinct()]);

        var written = new Written([], new Dictionary<string, int>(StringComparer.Ordinal), 0);
        foreach (var (key, entry) in batch.Where(one => users.Contains(one.Key.User!.Value)).OrderBy(one => one.Value.At))
        {
            var alike = rows.Where(row => row.UserId == key.User && row.Kind == key.Kind && row.Reason == key.Reason).ToList();
            var row = alike.Where(row => key.IsRunOf(row) && entry.At - row.At <= Pause).MaxBy(row => row.At);
            if (row is null && (alike.Count >= RowsPerAccount || IsFull(key.Network, written)))
                row = alike.MaxBy(row => row.At);
            else if (row is null)
            {
                row = new RefusedAttemptRow
                {
                    Id = Guid.CreateVersion7(entry.At), UserId = key.User!.Value, Kind = key.Kind, Reason = key.Reason,
                };
                rows.Add(row);
                db.RefusedAttempts.Add(row);
                CollectionsMarshal.GetValueRefOrAddDefault(written.RowsOfNetworks, key.Network, out _)++;
            }

            if (row is null)
            {
                written = written with { Lost = written.Lost + entry.Count };
                continue;
            }

            var (agent, hints) = entry.Signals is { } own
                ? (own.UserAgent, own.Hints.ToText())
                : signals.GetValueOrDefault(key.Session ?? default, ("", null));
            row.Add(entry.At, entry.Count, entry.Address, key.Session, agent, hints);
            written.Users.Add(row.UserId);
        }

        return written;
    }

    /// <summary>How the browsers of sessions describe themselves.</summary>
    private static async Task<Dictionary<Guid, (string UserAgent, string? Hints)>> FindSignalsAsync(AccountsDbContext db, List<Guid> sessions) =>
        sessions.Count == 0
            ? []
            : await db.Sessions.Where(s => sessions.Contains(s.Id)).Select(s => new { s.Id, s.UserAgent, s.ClientHints })
                .ToDictionaryAsync(s => s.Id, s => (s.UserAgent, s.ClientHints));

    private bool IsFull(string network, Written written) =>
        (_networks.GetValueOrDefault(network)?.Count ?? 0) + written.RowsOfNetworks.GetValueOrDefault(network) >= RowsPerNetwork;

    private NetworkRows Open(string network)
    {
        ref var rows = ref CollectionsMarshal.GetValueRefOrAddDefault(_networks, network, out _);
        return rows ??= new NetworkRows(_time.GetTimestamp());
    }

    private void Prune()
    {
        var now = _time.GetTimestamp();
        foreach (var (network, rows) in _networks)
        {
            if (_time.GetElapsedTime(rows.Since, now) >= NetworkWindow)
                _networks.Remove(network);
        }
    }

    /// <summary>What attempts share if they are one run.</summary>
    /// <param name="User">The account; null if there is none.</param>
    /// <param name="Kind">What was refused.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="Network">The network.</param>
    /// <param name="Agent">The browser's User-Agent; null if browsers aren't told apart.</param>
    /// <param name="Session">The signed-in session; null for a sign-in.</param>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Key(Guid? User, RefusedAttemptKind Kind, RefusedAttemptReason Reason, string Network, string? Agent, Guid? Session)
    {
        /// <summary>Whether a row of the same account, kind and reason has the rest in common, too.</summary>
        public bool IsRunOf(RefusedAttemptRow row) =>
            row.SessionId == Session
            && (Agent is null || string.Equals(Agent, row.UserAgent, StringComparison.Ordinal))
            && string.Equals(ClientNetwork.Of(row.Address), Network, StringComparison.Ordinal);
    }

    /// <summary>Attempts that wait.</summary>
    /// <param name="At">The time of the latest one.</param>
    /// <param name="Count">How many.</param>
    /// <param name="Address">The address of the latest one.</param>
    /// <param name="Signals">What its browser said about itself; null if the session's row says it.</param>
    private sealed record Entry(DateTimeOffset At, int Count, string Address, DeviceSignals? Signals)
    {
        public Entry With(Entry other) => (other.At < At ? this : other) with { Count = Count + other.Count };
    }

    /// <summary>What one transaction wrote.</summary>
    /// <param name="Users">The accounts.</param>
    /// <param name="RowsOfNetworks">How many new rows each network caused.</param>
    /// <param name="Lost">How many attempts found no row, because their network had caused too many.</param>
    private sealed record Written(HashSet<Guid> Users, Dictionary<string, int> RowsOfNetworks, int Lost);

    /// <param name="since">The timestamp of the first row.</param>
    private sealed class NetworkRows(long since)
    {
        public long Since => since;

        public int Count { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Refused attempts started to get lost: too many were waiting to be recorded")]
        public static partial void Full(ILogger logger);

        [LoggerMessage(2, LogLevel.Warning, "Refused attempts were recorded again; {Count} had been lost")]
        public static partial void Fits(ILogger logger, long count);
    }
}
