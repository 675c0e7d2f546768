using Accounts.Core.Callers;
using Accounts.Core.Devices;
using Accounts.Core.Geolocation;
using Accounts.Core.Live;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Core.Tables;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.History;

/// <summary>Reads a user's history: filtered, sorted and in pages.</summary>
/// <remarks>
/// The database filters by time. Devices and places are detected when a row is read. So this class filters and sorts the rest, on a few columns of
/// the newest <see cref="Bound"/> sessions. It reads whole rows only for the page.
/// </remarks>
public sealed class HistoryReader
{
    /// <summary>How many sessions a search reads at most, the newest: 5,000. At three sign-ins a day that is four and a half years.</summary>
    public const int Bound = 5_000;

    private readonly AccountsDatabase _database;
    private readonly SessionAuthenticator _authenticator;
    private readonly SessionRegistry _registry;
    private readonly PlaceFinder _places;
    private readonly SessionOptions _options;
    private readonly TimeProvider _time;

    internal HistoryReader(
        AccountsDatabase database,
        SessionAuthenticator authenticator,
        SessionRegistry registry,
        PlaceFinder places,
        SessionOptions options,
        TimeProvider time)
    {
        _database = database;
        _authenticator = authenticator;
        _registry = registry;
        _places = places;
        _options = options;
        _time = time;
    }

    /// <summary>Reads one page of the caller's sessions.</summary>
    /// <exception cref="CallerRefusedException">The caller lacks the scope.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public async Task<HistoryPage> PageAsync(Caller caller, HistoryQuery query, CancellationToken cancellationToken = default)
    {
        Need.ReadHistory.Check(caller);
        var now = _time.GetUtcNow();
        return await _database.ReadAsync(async db =>
        {
            var found = await FindAsync(db, caller, query, now, cancellationToken);
            var (page, ids) = TablePage.Of(found.Ids, query.Page);
            var all = query.IsFiltered
                ? await db.Sessions.CountAsync(s => s.UserId == caller.Subject.Value, cancellationToken)
                : found.Live + found.Over;
            return new HistoryPage(await ReadAsync(db, caller, ids, now, cancellationToken), found.Ids.Count, page, found.Countries, found.Cut)
            {
                Live = found.Live,
                Over = found.Over,
                All = all,
            };
        });
    }

    /// <summary>Reads all pages at once, at most <see cref="Bound"/> rows. <see cref="ExportAsync"/> has no limit.</summary>
    /// <exception cref="CallerRefusedException">The caller lacks the scope.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public async Task<IReadOnlyList<HistoryEntry>> AllAsync(Caller caller, HistoryQuery query, CancellationToken cancellationToken = default)
    {
        Need.ReadHistory.Check(caller);
        var now = _time.GetUtcNow();
        return await _database.ReadAsync(async db =>
        {
            var found = await FindAsync(db, caller, query, now, cancellationToken);
            return await ReadAsync(db, caller, found.Ids, now, cancellationToken);
        });
    }

    /// <summary>Reads all of the caller's sessions that match a query, by sign-in time and without a limit.</summary>
    /// <remarks>Each part is a separate read. Nothing stays open between two parts. Only the query's direction counts, not its sort column.</remarks>
    /// <returns>
    /// The matching sessions in parts of at most 500 rows, which may be empty. The sequence ends early if the caller's session
    /// ends.
    /// </returns>
    /// <exception cref="CallerRefusedException">The caller lacks the scope.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    /// <exception cref="OperationCanceledException">It was canceled, before the first part or between two.</exception>
    public IAsyncEnumerable<IReadOnlyList<HistoryEntry>> ExportAsync(Caller caller, HistoryQuery query, CancellationToken cancellationToken = default)
    {
        Need.ExportHistory.Check(caller);
        var now = _time.GetUtcNow();
        return Export.ReadAsync<HistoryCandidate.Columns, HistoryEntry>(_authenticator, caller, (last, token) => _database.ReadAsync(async db =>
        {
            var rows = Where(db.Sessions.AsNoTracking().Where(s => s.UserId == caller.Subject.Value), query, now);
            if (last is not null)
            {
                // The first comparison is the range of the index where the part begins.
                rows = query.Descending
                    ? rows.Where(s => s.StartedAt <= last.StartedAt && (s.StartedAt < last.StartedAt || s.Id < last.Id))
                    : rows.Where(s => s.StartedAt >= last.StartedAt && (s.StartedAt > last.StartedAt || s.Id > last.Id));
            }

            var sorted = query.Descending
                ? rows.OrderByDescending(s => s.StartedAt).ThenByDescending(s => s.Id)
                : rows.OrderBy(s => s.StartedAt).ThenBy(s => s.Id);
            var part = await Columns(sorted.Take(Export.Part)).ToListAsync(token);
            var ids = Candidates(part, now).Where(c => c.Matches(query)).Select(c => c.Row.Id);
            return (part, await ReadAsync(db, caller, [.. ids], now, token));
        }), cancellationToken);
    }

    /// <summary>Reads the details of one of the caller's sessions, live or ended; null if they have no such session.</summary>
    /// <exception cref="CallerRefusedException">The caller lacks the scope.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public async Task<SessionDetails?> FindDetailsAsync(Caller caller, SessionId id, CancellationToken cancellationToken = default)
    {
        Need.ReadHistory.Check(caller);
        var now = _time.GetUtcNow();
        return await _database.ReadAsync(async db =>
        {
            var mine = db.Sessions.AsNoTracking().Where(s => s.UserId == caller.Subject.Value);
            if (await mine.SingleOrDefaultAsync(s => s.Id == id.Value, cancellationToken) is not { } row)
                return null;

            var before = row.BrowserHash is null ? [] : await mine
                .Where(s => s.BrowserHash == row.BrowserHash && s.Id != row.Id && s.StartedAt <= row.StartedAt)
                .OrderByDescending(s => s.StartedAt).Take(SessionDetails.BeforeLimit).Select(s => s.Id).ToListAsync(cancellationToken);
            return new SessionDetails(
                _registry.View(row, now, _places),
                row.ExpiresAt,
                SessionLifetime.AbsoluteEnd(_options, row.StartedAt),
                row.Remembered,
                await ReadAsync(db, caller, before, now, cancellationToken));
        });
    }

    private async Task<Found> FindAsync(
        AccountsDbContext db, Caller caller, HistoryQuery query, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Read every status, because the page shows how many sessions each has.
        var mine = Where(db.Sessions.AsNoTracking().Where(s => s.UserId == caller.Subject.Value), query with { Live = null, Reason = null }, now);
        var rows = await Columns(mine.OrderByDescending(s => s.StartedAt).Take(Bound + 1)).ToListAsync(cancellationToken);
        var cut = rows.Count > Bound;
        var candidates = Candidates(rows.Take(Bound), now);
        var countries = candidates.Where(c => c.Place.CountryCode is not null)
            .Select(c => new HistoryCountry(c.Place.CountryCode!, c.Place.Country ?? c.Place.CountryCode!))
            .DistinctBy(country => country.Code, StringComparer.Ordinal)
            .OrderBy(country => country.Name, StringComparer.Ordinal);
        var matching = candidates.Where(c => c.Matches(query)).ToList();
        var live = matching.Count(c => c.EndedAt is null);
        var ids = Sort(matching.Where(c => c.HasStatus(query)), query).Select(c => c.Row.Id);
        return new Found([.. ids], [.. countries], live, matching.Count - live, cut);
    }

    private static IQueryable<HistoryCandidate.Columns> Columns(IQueryable<SessionRow> rows) => rows.Select(
        s => new HistoryCandidate.Columns(s.Id, s.Name, s.UserAgent, s.ClientHints, s.SignInAddress, s.LastAddress, s.StartedAt, s.EndedAt,
            s.ExpiresAt, s.EndReason));

    private List<HistoryCandidate> Candidates(IEnumerable<HistoryCandidate.Columns> rows, DateTimeOffset now)
    {
        var devices = new Dictionary<(string, string?), Device>();
        return [.. rows.Select(row => new HistoryCandidate(row, DeviceOf(row), _places.Find(AddressOf(row)), AddressOf(row), now))];

        // A user has few browsers, so few devices need detection.
        Device DeviceOf(HistoryCandidate.Columns row) =>
            devices.TryGetValue((row.UserAgent, row.ClientHints), out var known) ? known
            : devices[(row.UserAgent, row.ClientHints)] = DeviceDetector.Detect(new DeviceSignals(row.UserAgent, ClientHints.Parse(row.ClientHints)));
    }

    private async Task<IReadOnlyList<HistoryEntry>> ReadAsync(
        AccountsDbContext db, Caller caller, IReadOnlyList<Guid> ids, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (ids.Count == 0)
            return [];
        var mine = db.Sessions.AsNoTracking().Where(s => s.UserId == caller.Subject.Value);
        var rows = await mine.Where(s => ids.Contains(s.Id)).ToDictionaryAsync(s => s.Id, cancellationToken);
        var enders = rows.Values.Select(s => s.EndedBySessionId).OfType<Guid>().Distinct().Where(id => !rows.ContainsKey(id)).ToList();
        var others = enders.Count == 0 ? [] : await mine.Where(s => enders.Contains(s.Id)).ToDictionaryAsync(s => s.Id, cancellationToken);
        return [.. ids.Where(rows.ContainsKey).Select(id => Entry(rows[id]))];

        HistoryEntry Entry(SessionRow row)
        {
            var session = _registry.View(row, now, _places);
            var ender = row.EndedBySessionId is { } by ? rows.GetValueOrDefault(by) ?? others.GetValueOrDefault(by) : null;
            return new HistoryEntry(
                session,
                (session.Ending?.At ?? now) - row.StartedAt,
                ender is null ? null : new SessionEnder(new SessionId(ender.Id), ender.Name, Session.From(ender, now, _places).Device),
                session.Ending is { Reason: EndReason.Expired, At: var at } ? SessionLifetime.ExpiryOf(_options, row, at) : null);
        }
    }

    // A session ends with its expiry, though the row says so only after the next sweep.
    private static IQueryable<SessionRow> Where(IQueryable<SessionRow> rows, HistoryQuery query, DateTimeOffset now)
    {
        if (query.Live is true)
            rows = rows.Where(s => s.EndedAt == null && s.ExpiresAt > now);
        else if (query.Live is false)
            rows = rows.Where(s => s.EndedAt != null || s.ExpiresAt <= now);
        if (query.Reason is EndReason.Expired)
            rows = rows.Where(s => s.EndReason == EndReason.Expired || (s.EndedAt == null && s.ExpiresAt <= now));
        else if (query.Reason is { } reason)
            rows = rows.Where(s => s.EndReason == reason);
        if (query.From is { } from)
            rows = rows.Where(s => s.EndedAt >= from || (s.EndedAt == null && s.ExpiresAt >= from && now >= from));
        if (query.To is { } to)
            rows = rows.Where(s => s.StartedAt < to);
        return rows;
    }

    private static IEnumerable<HistoryCandidate> Sort(IEnumerable<HistoryCandidate> found, HistoryQuery query)
    {
        var sorted = query.Sort switch
        {
            HistorySort.Device => By(c => c.Title, StringComparer.OrdinalIgnoreCase),
            HistorySort.Location => By(c => c.Place.Name + "\n" + c.Address, StringComparer.OrdinalIgnoreCase),
            HistorySort.Duration => By(c => c.Duration, Comparer<TimeSpan>.Default),
            // Live sessions first, then by reason.
            HistorySort.Status => By(c => c.EndedAt is null ? 0 : (int)c.Reason, Comparer<int>.Default),
            _ => By(c => c.Row.StartedAt, Comparer<DateTimeOffset>.Default),
        };
        return sorted.ThenByDescending(c => c.Row.StartedAt).ThenBy(c => c.Row.Id);

        IOrderedEnumerable<HistoryCandidate> By<T>(Func<HistoryCandidate, T> key, IComparer<T> comparer) =>
            query.Descending ? found.OrderByDescending(key, comparer) : found.OrderBy(key, comparer);
    }

    // Memory has the activity since the last flush.
    private string AddressOf(HistoryCandidate.Columns row) => _registry.Peek(new SessionId(row.Id))?.Address ?? row.LastAddress;

    private sealed record Found(IReadOnlyList<Guid> Ids, IReadOnlyList<HistoryCountry> Countries, int Live, int Over, bool Cut);
}
