using System.Text;
using Accounts.Core.Audit;
using Accounts.Core.Callers;
using Accounts.Core.Geolocation;
using Accounts.Core.Live;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Core.Tables;
using Accounts.Core.Users;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.AuditReading;

/// <summary>Reads the audit log of the caller's account, the latest event first. It never writes.</summary>
/// <remarks>
/// The database filters by time and kind. This class searches for words, in the newest <see cref="Bound"/> of those events, because places are
/// found when an event is read. An event stores its session's name. For older events without it, the session is read while it still exists.
/// </remarks>
public sealed class AuditLog
{
    /// <summary>How many events a search reads at most, the newest of the wanted time and kind: 5,000.</summary>
    public const int Bound = 5_000;

    private readonly AccountsDatabase _database;
    private readonly PlaceFinder _places;
    private readonly FeatureGate _features;
    private readonly SessionAuthenticator _authenticator;

    internal AuditLog(AccountsDatabase database, PlaceFinder places, FeatureGate features, SessionAuthenticator authenticator)
    {
        _authenticator = authenticator;
        _database = database;
        _places = places;
        _features = features;
    }

    /// <summary>Reads one page of the events.</summary>
    /// <returns>Null if the caller's plan doesn't include the audit log; <see cref="FeatureGate"/> says why. Events are written anyway.</returns>
    /// <exception cref="CallerRefusedException">The caller lacks the scope.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public async Task<AuditPage?> PageAsync(Caller caller, AuditQuery query, CancellationToken cancellationToken = default)
    {
        if (await IsLackingAsync(caller, Need.ReadAudit, cancellationToken))
            return null;

        var (found, cut) = await FindAsync(caller, query, cancellationToken);
        var (page, events) = TablePage.Of(found, query.Page);
        return new AuditPage(events, found.Count, page, cut);
    }

    /// <summary>Reads all events that match a query, the latest first, without a limit. A part has at most 500 rows.</summary>
    /// <remarks>Each part is a separate read. Nothing stays open between two parts.</remarks>
    /// <returns>
    /// Null if the caller's plan doesn't include the audit log. Otherwise the matching events in parts, which may be empty. The sequence ends early
    /// if the caller's session ends.
    /// </returns>
    /// <exception cref="CallerRefusedException">The caller lacks the scope.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    /// <exception cref="OperationCanceledException">It was canceled, before the first part or between two.</exception>
    public async Task<IAsyncEnumerable<IReadOnlyList<AuditEvent>>?> ExportAsync(
        Caller caller, AuditQuery query, CancellationToken cancellationToken = default) =>
        await IsLackingAsync(caller, Need.ExportAudit, cancellationToken) ? null
        : Export.ReadAsync<AuditEventRow, AuditEvent>(_authenticator, caller, (last, token) => _database.ReadAsync(async db =>
        {
            var part = await Where(Events(db, caller), query).LatestAfter(last).Take(Export.Part).ToListAsync(token);
            var names = await NamesAsync(db, caller, part, token);
            var people = await PeopleAsync(db, caller, part, token);
            IReadOnlyList<AuditEvent> events = [.. part.Select(row => ToEvent(row, caller, names, people)).Where(one => Matches(one, query.Text))];
            return (part, events);
        }), cancellationToken);

    private async Task<bool> IsLackingAsync(Caller caller, Need need, CancellationToken cancellationToken)
    {
        need.Check(caller);
        return await _features.FindMissingAsync(caller.Subject, Feature.AuditLog, cancellationToken) is not null;
    }

    private Task<(IReadOnlyList<AuditEvent> Found, bool Cut)> FindAsync(
        Caller caller, AuditQuery query, CancellationToken cancellationToken) => _database.ReadAsync(async db =>
    {
        var rows = await Where(Events(db, caller), query)
            .OrderByDescending(e => e.At)
            .Take(Bound + 1)
            .ToListAsync(cancellationToken);
        var cut = rows.Count > Bound;
        var names = await NamesAsync(db, caller, rows, cancellationToken);
        var people = await PeopleAsync(db, caller, rows, cancellationToken);
        IReadOnlyList<AuditEvent> found =
        [
            .. rows.Take(Bound).Select(row => ToEvent(row, caller, names, people)).Where(one => Matches(one, query.Text))
                .OrderByDescending(one => one.At).ThenByDescending(one => one.Id),
        ];
        return (found, cut);
    });

    private static IQueryable<AuditEventRow> Events(AccountsDbContext db, Caller caller) =>
        db.AuditEvents.AsNoTracking().Include(e => e.Details).Where(e => e.UserId == caller.Subject.Value);

    private static IQueryable<AuditEventRow> Where(IQueryable<AuditEventRow> rows, AuditQuery query)
    {
        if (query.Action.Length > 0)
            rows = rows.Where(e => e.Action == query.Action);
        if (query.From is { } from)
            rows = rows.Where(e => e.At >= from);
        if (query.To is { } to)
            rows = rows.Where(e => e.At < to);
        return rows;
    }

    /// <summary>The sessions of events that don't store a device themselves.</summary>
    private static async Task<Dictionary<Guid, AuditedSession>> NamesAsync(
        AccountsDbContext db, Caller caller, List<AuditEventRow> rows, CancellationToken cancellationToken)
    {
        // An event without an address was erased, or is a timeout's. Nothing may come back from elsewhere.
        var known = rows.Where(row => row.Details?.Address is not null).ToList();
        var unnamed = known.Where(row => row.Details!.ActorDevice is null).Select(row => row.ActorSessionId)
            .Concat(known.Where(row => row.Details!.SessionDevice is null).Select(row => row.SessionId))
            .OfType<Guid>().Distinct().ToList();
        if (unnamed.Count == 0)
            return [];

        var sessions = await db.Sessions
            .Where(s => unnamed.Contains(s.Id) && s.UserId == caller.Subject.Value)
            .Select(s => new { s.Id, s.Name, s.UserAgent, s.ClientHints })
            .ToListAsync(cancellationToken);
        return sessions.ToDictionary(s => s.Id, s => new AuditedSession(new SessionId(s.Id), s.Name, AuditRecord.Title(s.UserAgent, s.ClientHints)));
    }

    /// <summary>The names of the other people in these events: staff in an owner's log, and owners in the log of staff.</summary>
    private static async Task<Dictionary<Guid, string>> PeopleAsync(
        AccountsDbContext db, Caller caller, List<AuditEventRow> rows, CancellationToken cancellationToken)
    {
        var others = rows.SelectMany(row => new[] { row.ActorUserId, row.OnUserId }).OfType<Guid>().Where(id => id != caller.Subject.Value)
            .Distinct().ToList();
        return others.Count == 0
            ? []
            : await db.Users.Where(u => others.Contains(u.Id)).ToDictionaryAsync(u => u.Id, u => u.DisplayName, cancellationToken);
    }

    private AuditEvent ToEvent(
        AuditEventRow row, Caller caller, Dictionary<Guid, AuditedSession> names, Dictionary<Guid, string> people)
    {
        var details = row.Details;
        var actor = row switch
        {
            { ActorUserId: null, Kind: CallerKind.Administration } => AuditActor.Operator,
            { ActorUserId: null, Kind: CallerKind.Provider } => AuditActor.Provider,
            { ActorUserId: null } => AuditActor.Clock,
            { ActorUserId: { } by } => by == caller.Subject.Value ? AuditActor.You : AuditActor.SomebodyElse,
        };
        // Neither staff nor owners learn where the other one is.
        var address = actor is AuditActor.SomebodyElse ? null : details?.Address;
        return new AuditEvent(
            row.Id,
            row.At,
            row.Action,
            actor,
            actor is AuditActor.SomebodyElse ? null : Session(row.ActorSessionId, details?.ActorName, details?.ActorDevice),
            address,
            address is null ? null : _places.Find(address),
            row.OnUserId is null || details?.SessionDevice is not null ? Session(row.SessionId, details?.SessionName, details?.SessionDevice) : null,
            row.Count)
        {
            ActorName = Name(row.ActorUserId),
            ActorPseudonym = Deleted(row.ActorUserId),
            OnName = Name(row.OnUserId),
            OnPseudonym = Deleted(row.OnUserId),
            IsOnOther = row.OnUserId is { } other && other != caller.Subject.Value,
            Kind = row.Kind,
            Reason = row.Reason,
            Value = row.Value,
            Methods = row.Methods,
            EndedSessions = [.. Ended(row)],
        };

        string? Name(Guid? id) => id is { } person ? people.GetValueOrDefault(person) : null;

        string? Deleted(Guid? id) =>
            id is { } person && person != caller.Subject.Value && !people.ContainsKey(person) ? Pseudonym.Of(new UserId(person)) : null;

        AuditedSession? Session(Guid? id, string? name, string? device) => (id, device) switch
        {
            (null, null) => null,
            ({ } known, null) when names.TryGetValue(known, out var session) => session,
            _ => new AuditedSession(id is { } value ? new SessionId(value) : null, name, device),
        };
    }

    /// <summary>The sessions that an event lists. Without its details, only their ids are left.</summary>
    private static IEnumerable<AuditedSession> Ended(AuditEventRow row)
    {
        var named = EndedSessionList.Read(row.Details?.EndedSessions).ToDictionary(one => one.Id);
        foreach (var id in row.EndedSessionIds ?? [])
        {
            var one = named.GetValueOrDefault(id);
            yield return new AuditedSession(new SessionId(id), one?.Name, one?.Device);
        }
    }

    private static bool Matches(AuditEvent one, string words)
    {
        if (words.Length == 0)
            return true;

        var text = $"{one.From?.Name} {one.From?.Device} {one.To?.Name} {one.To?.Device} {one.Place?.Name} {one.Address} "
            + $"{one.ActorName} {one.ActorPseudonym} {one.OnName} {one.OnPseudonym} {(one.Address is null ? null : ShortAddress.Show(one.Address))}";
        if (one.EndedSessions.Count > 0)
            text = $"{text} {string.Join(' ', one.EndedSessions.Select(ended => $"{ended.Name} {ended.Device}"))}";
        if (!Ascii.IsValid(text))
            text = TypedText.Clean(text);
        foreach (var word in words.AsSpan().Split(' '))
        {
            if (!text.AsSpan().Contains(words.AsSpan()[word], StringComparison.OrdinalIgnoreCase))
                return false;
        }

        return true;
    }
}
