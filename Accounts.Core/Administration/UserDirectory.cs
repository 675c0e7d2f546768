using Accounts.Core.Audit;
using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Core.Support;
using Accounts.Core.Users;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Administration;

/// <summary>Lists users for administrators, page by page.</summary>
/// <remarks>
/// A page begins after a user, not after a number of users. So accounts that come and go between two pages move no others, and a late page costs no
/// more than the first one. A search is recorded in the administrator's log, without what was typed. A list is no look-up, so the owners' logs don't
/// tell of it.
/// </remarks>
public sealed class UserDirectory
{
    /// <summary>How many users a page has: 25.</summary>
    public const int PageSize = 25;

    /// <summary>How long a count of the accounts is good: 1 minute.</summary>
    internal static readonly TimeSpan CountLasts = TimeSpan.FromMinutes(1);

    private readonly AccountsDatabase _database;
    private readonly CommandRunner _commands;
    private readonly FeatureGate _features;
    private readonly TwoFactorOptions _twoFactor;
    private readonly TimeProvider _time;
    // One object, so that two pages never mix a count and its time.
    private Counted? _counted;

    internal UserDirectory(AccountsDatabase database, CommandRunner commands, FeatureGate features, TwoFactorOptions twoFactor, TimeProvider time)
    {
        _twoFactor = twoFactor;
        _database = database;
        _commands = commands;
        _features = features;
        _time = time;
    }

    /// <summary>Reads one page of the users.</summary>
    /// <param name="caller">The administrator.</param>
    /// <param name="query">Which users, in which order.</param>
    /// <param name="cancellationToken">Cancels the call; a search only until it may write.</param>
    /// <returns>Null if the caller's own session had ended.</returns>
    /// <exception cref="CallerRefusedException">The caller isn't an administrator in a browser; nothing was read.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public async Task<UserPage?> PageAsync(Caller caller, UserQuery query, CancellationToken cancellationToken = default)
    {
        Need.LookAtAdministration.Check(caller);
        var now = _time.GetUtcNow();
        if (query.Search.Length == 0)
            return await _database.ReadAsync(async db => await db.MayReadAsync(caller, Need.LookAtAdministration, _twoFactor, now, cancellationToken)
                ? await ReadAsync(db, query, now, cancellationToken)
                : null);

        return await _commands.RunAsync<UserPage?>(caller, Need.LookAtAdministration, null, _ => null, async work =>
        {
            var page = await ReadAsync(work.Db, query, now, CancellationToken.None);
            await work.Db.RecordAsync(caller, now, AuditAction.Searched, count: page.Users.Count);
            return page;
        }, cancellationToken);
    }

    private async Task<UserPage> ReadAsync(AccountsDbContext db, UserQuery query, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var total = await CountAsync(db, now, cancellationToken);
        var list = new UserList(db, query, _features, cancellationToken);
        var (place, anchor) = (0, (User?)null);
        if (query.At is { } at)
        {
            anchor = await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == at.User, cancellationToken);
            place = anchor is null ? -1 : list.PlaceOf(anchor);
        }

        var isLost = place < 0;
        var back = query.At is { IsBefore: true };
        var users = isLost ? [] : await list.ReadAsync(place, anchor, back);
        // The first page is always whole, from whichever side it is reached. Nobody is left behind the last user of a page that has been deleted.
        if (isLost || (back && users.Count <= PageSize) || (anchor is not null && users.Count == 0))
        {
            (anchor, back, isLost) = (null, false, isLost || !back);
            users = await list.ReadAsync(0, null, back);
        }

        var more = users.Count > PageSize;
        users = [.. users.Take(PageSize)];
        if (back)
            users.Reverse();
        return new UserPage(
            await DescribeAsync(db, users, now, cancellationToken),
            users.Count > 0 && (back ? more : anchor is not null) ? UserCursor.Before(users[0].Id) : null,
            users.Count > 0 && (back || more) ? UserCursor.After(users[^1].Id) : null,
            total,
            isLost);
    }

    private async Task<int> CountAsync(AccountsDbContext db, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _counted) is { } known && known.At <= now && now - known.At < CountLasts)
            return known.Users;
        var counted = new Counted(now, await db.Users.CountAsync(cancellationToken));
        Volatile.Write(ref _counted, counted);
        return counted.Users;
    }

    private async Task<IReadOnlyList<ListedUser>> DescribeAsync(
        AccountsDbContext db, List<User> users, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (users.Count == 0)
            return [];
        var ids = users.ConvertAll(user => user.Id);
        var roles = (await db.UserRoles.Where(held => ids.Contains(held.UserId))
            .Join(db.Roles, held => held.RoleId, role => role.Id, (held, role) => new { held.UserId, Name = role.Name! })
            .ToListAsync(cancellationToken)).ToLookup(held => held.UserId, held => held.Name);
        var sessions = await db.Sessions
            .Where(s => ids.Contains(s.UserId) && s.Kind != SessionKind.SupportView)
            .GroupBy(s => s.UserId)
            .Select(own => new
            {
                own.Key,
                Live = own.Count(s => s.EndedAt == null && s.ExpiresAt > now),
                Last = own.Max(s => s.LastActivityAt),
            })
            .ToDictionaryAsync(own => own.Key, cancellationToken);
        return [.. users.Select(user => new ListedUser
        {
            Id = new UserId(user.Id),
            Name = user.DisplayName,
            Email = user.Email,
            Roles = [.. roles[user.Id].Order(StringComparer.Ordinal)],
            Plan = _features.PlanOf(user.Plan) is { Length: > 0 } plan ? plan : null,
            Sessions = sessions.GetValueOrDefault(user.Id)?.Live ?? 0,
            LastActivityAt = sessions.GetValueOrDefault(user.Id)?.Last,
            DisabledAt = user.DisabledAt,
            DeletionDueAt = user.DeletionDueAt,
            Since = user.Since,
        })];
    }

    private sealed record Counted(DateTimeOffset At, int Users);
}
