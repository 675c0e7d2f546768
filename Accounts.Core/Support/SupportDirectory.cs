using Accounts.Core.Audit;
using Accounts.Core.Callers;
using Accounts.Core.Geolocation;
using Accounts.Core.Live;
using Accounts.Core.Sessions;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Support;

/// <summary>Finds accounts for staff, shows what helps an owner who calls, and ends the sessions of a misused account.</summary>
/// <remarks>
/// Every look-up is recorded before anything is shown: in the account's log and in the log of the member of staff. An account that is looked up again
/// in the same session within 10 minutes isn't recorded again. What was typed is recorded nowhere.
/// </remarks>
public sealed class SupportDirectory
{
    /// <summary>How many accounts a search lists at most: 20.</summary>
    public const int Most = 20;

    /// <summary>How many of the last endings and refused sign-ins an account shows: 5.</summary>
    public const int Last = 5;

    /// <summary>Maximum length of what a member of staff types, in characters: that of an email.</summary>
    public const int TypedLimit = 254;

    /// <summary>How long a look-up counts: 10 minutes. After that, another one is recorded.</summary>
    internal static readonly TimeSpan LookUpCounts = TimeSpan.FromMinutes(10);

    private readonly AccountsDatabase _database;
    private readonly CommandRunner _commands;
    private readonly SessionRegistry _registry;
    private readonly SessionOptions _options;
    private readonly PlaceFinder _places;
    private readonly FeatureGate _features;
    private readonly SignInThrottle _throttle;
    private readonly RefusedAttemptReader _refused;
    private readonly TimeProvider _time;

    internal SupportDirectory(
        AccountsDatabase database,
        CommandRunner commands,
        SessionRegistry registry,
        SessionOptions options,
        PlaceFinder places,
        FeatureGate features,
        SignInThrottle throttle,
        RefusedAttemptReader refused,
        TimeProvider time)
    {
        _database = database;
        _commands = commands;
        _registry = registry;
        _options = options;
        _places = places;
        _features = features;
        _throttle = throttle;
        _refused = refused;
        _time = time;
    }

    /// <summary>Finds accounts by a support code, an email, a session's id, an IP address or the beginning of a name.</summary>
    /// <param name="caller">The member of staff.</param>
    /// <param name="typed">What they typed. Its form says what it is.</param>
    /// <param name="cancellationToken">Cancels the call until it may write.</param>
    /// <exception cref="CallerRefusedException">The caller isn't a member of staff in a browser; nothing was read.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write.</exception>
    public async Task<FindAccountOutcome> FindAsync(Caller caller, string typed, CancellationToken cancellationToken = default)
    {
        Need.LookUp.Check(caller);
        var text = TypedText.Clean(typed);
        if (text.Length == 0)
            return new FindAccountOutcome.Invalid(new InputError(nameof(typed), InputProblem.Missing));
        if (!TypedText.Fits(text, TypedLimit))
            return new FindAccountOutcome.Invalid(new InputError(nameof(typed), InputProblem.TooLong, TypedLimit));

        var now = _time.GetUtcNow();
        var searches = SupportSearch.Of(text);
        return await _commands.RunAsync<FindAccountOutcome>(caller, Need.LookUp, null, _ => new FindAccountOutcome.CallerEnded(), async work =>
        {
            foreach (var search in searches)
            {
                switch (await FindAsync(work.Db, search, now))
                {
                    case [var only]:
                        await RecordAsync(work.Db, caller, new UserId(only), now);
                        return new FindAccountOutcome.Found(new UserId(only), search.Key);
                    case { Count: > 1 } ids:
                        var accounts = await ListAsync(work.Db, [.. ids.Take(Most)], now);
                        await work.Db.RecordAsync(caller, now, AuditAction.Searched, count: accounts.Count);
                        return new FindAccountOutcome.Several(accounts, search.Key, ids.Count > Most);
                }
            }

            await work.Db.RecordAsync(caller, now, AuditAction.Searched, count: 0);
            return new FindAccountOutcome.None([.. searches.Select(search => search.Key)]);
        }, cancellationToken);
    }

    /// <summary>Opens an account: reads what answers its owner's call.</summary>
    /// <param name="caller">The member of staff.</param>
    /// <param name="account">The account.</param>
    /// <param name="typed">The support code or the session's id by which it was found; null if it was found otherwise.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="CallerRefusedException">The caller isn't a member of staff in a browser; nothing was read.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public async Task<OpenAccountOutcome> OpenAsync(
        Caller caller, UserId account, string? typed = null, CancellationToken cancellationToken = default)
    {
        var now = _time.GetUtcNow();
        return await LookUpAsync(caller, account, now, cancellationToken) switch
        {
            null => new OpenAccountOutcome.CallerEnded(),
            true => await _database.ReadAsync(db => ReadAsync(db, caller, account, typed, now, cancellationToken)) is { } read
                ? new OpenAccountOutcome.Opened(read)
                : new OpenAccountOutcome.NotFound(),
            _ => new OpenAccountOutcome.NotFound(),
        };
    }

    /// <summary>An account's live sessions without views of support, the most recently active first. It's a look-up as well.</summary>
    /// <returns>Null if the caller's own session had ended. Empty for an unknown account.</returns>
    /// <exception cref="CallerRefusedException">The caller isn't a member of staff in a browser; nothing was read.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public async Task<IReadOnlyList<Session>?> ListSessionsAsync(Caller caller, UserId account, CancellationToken cancellationToken = default)
    {
        var now = _time.GetUtcNow();
        return await LookUpAsync(caller, account, now, cancellationToken) switch
        {
            null => null,
            true => await _database.ReadAsync(db => SessionsAsync(db, account, now, cancellationToken)),
            _ => [],
        };
    }

    /// <summary>Whether the caller must prove who they are before they end an account's sessions. A page can then ask for it at once.</summary>
    public bool NeedsProof(Caller caller) => _commands.NeedsProof(caller, Need.EndAccount);

    /// <summary>
    /// Ends every session of an account that somebody misuses, views of support included. A sign-in that hasn't started its session yet is refused.
    /// The account, its password and its settings stay.
    /// </summary>
    /// <param name="caller">The member of staff.</param>
    /// <param name="account">The account.</param>
    /// <param name="input">The reason.</param>
    /// <param name="cancellationToken">Cancels the call until it may write.</param>
    /// <exception cref="CallerRefusedException">The caller isn't a member of staff in a browser; nothing changed.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; nothing changed.</exception>
    public async Task<EndAccountOutcome> EndAllSessionsAsync(
        Caller caller, UserId account, ReasonInput input, CancellationToken cancellationToken = default)
    {
        Need.EndAccount.Check(caller);
        if (input.Check(out var reason) is { } errors)
            return new EndAccountOutcome.Invalid(errors);

        var now = _time.GetUtcNow();
        return await _commands.RunAsync<EndAccountOutcome>(caller, Need.EndAccount, null, Refuse, async work =>
        {
            var db = work.Db;
            if (!await work.Db.IsBelowAsync(account, caller.Subject))
                return new EndAccountOutcome.NotAllowed();
            if (work.Other is not { } user)
                return new EndAccountOutcome.NotFound();

            var count = await work.EndAccountAsync(user, new Ending(caller.ActingOn(account, reason), now, EndReason.EndedBySupport));
            work.Db.AuditEvents.AddRange(AuditRecord.OnAccount(account, caller, now, AuditAction.SessionsEndedBySupport, reason, count));
            return new EndAccountOutcome.Ended(count);
        }, cancellationToken, account);

        static EndAccountOutcome Refuse(Refusal refusal) =>
            refusal == Refusal.CallerEnded ? new EndAccountOutcome.CallerEnded() : new EndAccountOutcome.ProofNeeded();
    }

    /// <summary>Records a look-up of an account.</summary>
    /// <returns>Whether there is such an account; null if the caller's own session had ended.</returns>
    private Task<bool?> LookUpAsync(Caller caller, UserId account, DateTimeOffset now, CancellationToken cancellationToken) =>
        _commands.RunAsync<bool?>(caller, Need.LookUp, null, _ => null, async work =>
        {
            if (!await work.Db.Users.AnyAsync(u => u.Id == account.Value))
            {
                await work.Db.RecordAsync(caller, now, AuditAction.Searched, count: 0);
                return false;
            }

            await RecordAsync(work.Db, caller, account, now);
            return true;
        }, cancellationToken);

    // Two look-ups in one session take turns, because each command locks its caller's session.
    private static async Task RecordAsync(AccountsDbContext db, Caller caller, UserId account, DateTimeOffset now)
    {
        var since = now - LookUpCounts;
        var recorded = await db.AuditEvents.AnyAsync(e => e.UserId == caller.Subject.Value && e.At > since && e.Action == AuditAction.LookedUp
            && e.OnUserId == account.Value && e.ActorSessionId == caller.OwnSession.Value);
        if (!recorded)
            db.AuditEvents.AddRange(AuditRecord.OnAccount(account, caller, now, AuditAction.LookedUp));
    }

    /// <summary>The accounts that a search finds: one more than a list shows, if there are so many.</summary>
    private static async Task<IReadOnlyList<Guid>> FindAsync(AccountsDbContext db, SupportSearch search, DateTimeOffset now)
    {
        switch (search.Key)
        {
            case SupportKey.Code:
                return await db.SupportCodes.Where(c => c.Code == search.Value && c.ExpiresAt > now).Select(c => c.UserId).ToListAsync();
            case SupportKey.Email:
                return await db.Users.AsNoTracking().FindByEmailAsync(search.Value, CancellationToken.None) is { } user ? [user.Id] : [];
            case SupportKey.Session:
                var session = Guid.Parse(search.Value);
                return await db.Sessions.Where(s => s.Id == session).Select(s => s.UserId).ToListAsync();
            case SupportKey.Address:
                var last = db.Sessions.Where(s => s.LastAddress == search.Value);
                var first = db.Sessions.Where(s => s.SignInAddress == search.Value);
                return await FindAsync(
                    last.Select(s => s.UserId).Distinct().OrderBy(id => id), first.Select(s => s.UserId).Distinct().OrderBy(id => id));
            default:
                // Ranges in the order of bytes, which the indexes have. LIKE would read the whole table.
                var (key, after) = (NameKey.Of(search.Value), NameKey.After(NameKey.Of(search.Value)));
                var whole = db.Users.FromSql($"""SELECT * FROM "Users" WHERE "NameKey" >= {key} AND "NameKey" < {after}""");
                var lastWord = db.Users.FromSql($"""SELECT * FROM "Users" WHERE "LastNameKey" >= {key} AND "LastNameKey" < {after}""");
                return await FindAsync(whole.OrderBy(u => u.NameKey).Select(u => u.Id), lastWord.OrderBy(u => u.LastNameKey).Select(u => u.Id));
        }
    }

    // Two statements with one index each. One statement with OR would read more.
    private static async Task<IReadOnlyList<Guid>> FindAsync(IQueryable<Guid> first, IQueryable<Guid> second) =>
        [.. (await first.Take(Most + 1).ToListAsync()).Union(await second.Take(Most + 1).ToListAsync()).Take(Most + 1)];

    private static async Task<List<FoundAccount>> ListAsync(AccountsDbContext db, IReadOnlyList<Guid> ids, DateTimeOffset now)
    {
        var users = await db.Users.Where(u => ids.Contains(u.Id)).Select(u => new { u.Id, u.DisplayName, u.Email }).ToListAsync();
        var live = await db.Sessions
            .Where(s => ids.Contains(s.UserId) && s.EndedAt == null && s.ExpiresAt > now && s.Kind != SessionKind.SupportView)
            .GroupBy(s => s.UserId)
            .Select(sessions => new { sessions.Key, Count = sessions.Count() })
            .ToDictionaryAsync(one => one.Key, one => one.Count);
        return
        [
            .. users.OrderBy(user => user.DisplayName, StringComparer.OrdinalIgnoreCase).ThenBy(user => user.Email, StringComparer.Ordinal)
                .Select(user => new FoundAccount(new UserId(user.Id), user.DisplayName, user.Email, live.GetValueOrDefault(user.Id))),
        ];
    }

    private async Task<SupportAccount?> ReadAsync(
        AccountsDbContext db, Caller caller, UserId account, string? typed, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == account.Value, cancellationToken) is not { } user)
            return null;

        var roles = await db.FindRoleNamesAsync(account, cancellationToken);
        var code = await FindCodeAsync(db, account, typed, now, cancellationToken);
        return new SupportAccount
        {
            Id = account,
            Name = user.DisplayName,
            Email = user.Email,
            EmailConfirmed = user.EmailConfirmed,
            Since = user.Since,
            Plan = _features.PlanOf(user.Plan) is { Length: > 0 } plan ? plan : null,
            Roles = [.. roles.Order(StringComparer.Ordinal)],
            DisabledAt = user.DisabledAt,
            DeletionDueAt = user.DeletionDueAt,
            DeletedByOwner = user.DeletedByOwner,
            NewPasswordRequired = user.NewPasswordRequired,
            TwoFactorEnabled = user.TwoFactorEnabled,
            TwoFactorResetAt = user.TwoFactorResetAt,
            Acts = account == caller.Subject ? SupportActs.OwnAccount
                : StaffRoles.Highest(roles) < await db.FindStaffRoleAsync(caller.Subject, cancellationToken) ? SupportActs.All
                : SupportActs.SameOrHigherRole,
            Verdict = user.DisabledAt is { } since ? new SignInVerdict.Disabled(since)
                : user.DeletionDueAt is { } due ? new SignInVerdict.ToBeDeleted(due, user.DeletedByOwner)
                : user.NormalizedEmail is { } email && _throttle.WaitOfStranger(email) is { } wait ? new SignInVerdict.NotUntil(now + wait)
                : new SignInVerdict.Yes(),
            Refused = await _refused.ListAsync(caller.ActingOn(account, null), Last, RefusedAttemptKind.SignIn, cancellationToken),
            Sessions = await SessionsAsync(db, account, now, cancellationToken),
            Endings = await EndingsAsync(db, account, now, cancellationToken),
            Code = code is null ? null : SupportCode.From(code),
            Named = code is not null ? new SessionId(code.SessionId) : SessionId.TryParse(typed, out var named) ? named : null,
        };
    }

    private static async Task<SupportCodeRow?> FindCodeAsync(
        AccountsDbContext db, UserId account, string? typed, DateTimeOffset now, CancellationToken cancellationToken) =>
        SupportSearch.Code(TypedText.Clean(typed)) is { } code
            ? await db.SupportCodes.AsNoTracking()
                .SingleOrDefaultAsync(c => c.Code == code && c.UserId == account.Value && c.ExpiresAt > now, cancellationToken)
            : null;

    private async Task<IReadOnlyList<Session>> SessionsAsync(
        AccountsDbContext db, UserId account, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var rows = await db.Sessions.AsNoTracking()
            .Where(s => s.UserId == account.Value && s.EndedAt == null && s.ExpiresAt > now && s.Kind != SessionKind.SupportView)
            .ToListAsync(cancellationToken);
        return [.. rows.Select(row => _registry.View(row, now, _places)).OrderByDescending(session => session.LastActivityAt)];
    }

    // A session ends with its expiry, though the row says so only after the next sweep.
    private async Task<IReadOnlyList<SupportEnding>> EndingsAsync(
        AccountsDbContext db, UserId account, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var rows = await db.Sessions.AsNoTracking()
            .Where(s => s.UserId == account.Value && (s.EndedAt != null || s.ExpiresAt <= now) && s.Kind != SessionKind.SupportView)
            .OrderByDescending(s => s.EndedAt ?? s.ExpiresAt)
            .Take(Last)
            .ToListAsync(cancellationToken);
        var enders = rows.Select(row => row.EndedBySessionId).OfType<Guid>().ToList();
        var from = enders.Count == 0
            ? []
            : await db.Sessions.AsNoTracking().Where(s => enders.Contains(s.Id) && s.UserId == account.Value)
                .ToDictionaryAsync(s => s.Id, cancellationToken);
        var staff = rows.Select(row => row.EndedByUserId).OfType<Guid>().Where(id => id != account.Value).ToList();
        var names = staff.Count == 0
            ? []
            : await db.Users.Where(u => staff.Contains(u.Id)).ToDictionaryAsync(u => u.Id, u => u.DisplayName, cancellationToken);
        return [.. rows.Select(Ending)];

        SupportEnding Ending(SessionRow row)
        {
            var session = _registry.View(row, now, _places);
            var by = row switch
            {
                _ when session.Ending?.Reason is EndReason.Expired => EndedBy.Clock,
                { EndedByUserId: null } => EndedBy.Operator,
                _ => row.EndedByUserId == account.Value ? EndedBy.Owner : EndedBy.Staff,
            };
            return new SupportEnding(
                session,
                by,
                row.EndedByUserId is { } id ? names.GetValueOrDefault(id) : null,
                row.EndedBySessionId is { } ender ? from.GetValueOrDefault(ender)?.Device() : null,
                session.Ending is { Reason: EndReason.Expired, At: var at } ? SessionLifetime.ExpiryOf(_options, row, at) : null);
        }
    }
}
