using Accounts.Core.Devices;
using Accounts.Core.Geolocation;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Sessions;

/// <summary>Reads a person's history: filtered, sorted, a page at a time.</summary>
/// <remarks>
/// Time and status are asked of the database. Device and place are named when they are read, from what the row holds, so the rest of the filter and the
/// sorting happen here, over the few columns that they need of the newest <see cref="Bound"/> sessions; whole rows are read for the page alone.
/// </remarks>
public sealed class HistoryReader
{
    /// <summary>How many sessions are looked at, the newest: 5,000. Somebody who signs in three times a day gets there in four and a half years.</summary>
    public const int Bound = 5_000;

    private readonly AccountsDatabase _database;
    private readonly SessionRegistry _registry;
    private readonly PlaceFinder _places;
    private readonly SessionOptions _options;
    private readonly TimeProvider _time;

    internal HistoryReader(AccountsDatabase database, SessionRegistry registry, PlaceFinder places, SessionOptions options, TimeProvider time)
    {
        _database = database;
        _registry = registry;
        _places = places;
        _options = options;
        _time = time;
    }

    /// <summary>One page of the caller's sessions.</summary>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    public async Task<HistoryPage> PageAsync(Caller caller, HistoryQuery query)
    {
        var now = _time.GetUtcNow();
        return await _database.ReadAsync(async db =>
        {
            var found = await FindAsync(db, caller, query, now);
            var page = Math.Clamp(query.Page, 1, HistoryPage.PagesOf(found.Ids.Count));
            var entries = await ReadAsync(db, caller, [.. found.Ids.Skip((page - 1) * HistoryQuery.PageSize).Take(HistoryQuery.PageSize)], now);
            return new HistoryPage(entries, found.Ids.Count, page, found.Countries, found.Cut);
        });
    }

    /// <summary>All pages of the caller's sessions at once, <see cref="Bound"/> rows at most.</summary>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    public async Task<IReadOnlyList<HistoryEntry>> AllAsync(Caller caller, HistoryQuery query)
    {
        var now = _time.GetUtcNow();
        return await _database.ReadAsync(async db => await ReadAsync(db, caller, (await FindAsync(db, caller, query, now)).Ids, now));
    }

    private async Task<Found> FindAsync(AccountsDbContext db, Caller caller, HistoryQuery query, DateTimeOffset now)
    {
        var rows = await Where(db.Sessions.AsNoTracking().Where(s => s.UserId == caller.UserId.Value), query, now)
            .OrderByDescending(s => s.StartedAt)
            .Take(Bound + 1)
            .Select(s => new HistoryCandidate.Columns(s.Id, s.Name, s.UserAgent, s.ClientHints, s.SignInAddress, s.LastAddress, s.StartedAt, s.EndedAt, s.ExpiresAt, s.EndReason))
            .ToListAsync();
        var cut = rows.Count > Bound;
        var devices = new Dictionary<(string, string?), Device>();
        var candidates = rows.Take(Bound).Select(row => new HistoryCandidate(row, DeviceOf(row), _places.Find(AddressOf(row)), AddressOf(row), now)).ToList();
        var countries = candidates.Where(c => c.Place.CountryCode is not null)
            .Select(c => new HistoryCountry(c.Place.CountryCode!, c.Place.Country ?? c.Place.CountryCode!))
            .DistinctBy(country => country.Code, StringComparer.Ordinal)
            .OrderBy(country => country.Name, StringComparer.Ordinal);
        return new Found([.. Sort(candidates.Where(c => c.Matches(query)), query).Select(c => c.Row.Id)], [.. countries], cut);

        // A person has few browsers, however often they signed in with them.
        Device DeviceOf(HistoryCandidate.Columns row) =>
            devices.TryGetValue((row.UserAgent, row.ClientHints), out var known) ? known
            : devices[(row.UserAgent, row.ClientHints)] = DeviceDetector.Detect(new DeviceSignals(row.UserAgent, ClientHints.Parse(row.ClientHints)));
    }

    private async Task<IReadOnlyList<HistoryEntry>> ReadAsync(AccountsDbContext db, Caller caller, IReadOnlyList<Guid> ids, DateTimeOffset now)
    {
        var mine = db.Sessions.AsNoTracking().Where(s => s.UserId == caller.UserId.Value);
        var rows = await mine.Where(s => ids.Contains(s.Id)).ToDictionaryAsync(s => s.Id);
        var enders = rows.Values.Select(s => s.EndedBySessionId).OfType<Guid>().Distinct().Where(id => !rows.ContainsKey(id)).ToList();
        var others = enders.Count == 0 ? [] : await mine.Where(s => enders.Contains(s.Id)).ToDictionaryAsync(s => s.Id);
        return [.. ids.Where(rows.ContainsKey).Select(id => Entry(rows[id]))];

        HistoryEntry Entry(SessionRow row)
        {
            var session = Session.From(row, now, _places, _registry.Peek(new SessionId(row.Id)));
            var ender = row.EndedBySessionId is { } by ? rows.GetValueOrDefault(by) ?? others.GetValueOrDefault(by) : null;
            return new HistoryEntry(
                session,
                (session.Ending?.At ?? now) - row.StartedAt,
                ender is null ? null : new SessionEnder(new SessionId(ender.Id), Session.From(ender, now, _places).Title),
                session.Ending is { Reason: EndReason.Expired, At: var at } ? SessionLifetime.ExpiryOf(_options, row, at) : null);
        }
    }

    // Between its expiry and the sweeper's next round a session is over, though its row does not say so yet.
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
            // Live ones, then by how they ended.
            HistorySort.Status => By(c => c.EndedAt is null ? 0 : (int)c.Reason, Comparer<int>.Default),
            _ => By(c => c.Row.StartedAt, Comparer<DateTimeOffset>.Default),
        };
        return sorted.ThenByDescending(c => c.Row.StartedAt).ThenBy(c => c.Row.Id);

        IOrderedEnumerable<HistoryCandidate> By<T>(Func<HistoryCandidate, T> key, IComparer<T> comparer) =>
            query.Descending ? found.OrderByDescending(key, comparer) : found.OrderBy(key, comparer);
    }

    // What was done since the last flush is in memory.
    private string AddressOf(HistoryCandidate.Columns row) => _registry.Peek(new SessionId(row.Id))?.Address ?? row.LastAddress;

    private sealed record Found(IReadOnlyList<Guid> Ids, IReadOnlyList<HistoryCountry> Countries, bool Cut);
}
