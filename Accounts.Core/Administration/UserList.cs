using Accounts.Core.Storage;
using Accounts.Core.Users;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Administration;

/// <summary>The users that a query asks for, read from any place in either direction.</summary>
internal sealed class UserList(AccountsDbContext db, UserQuery query, FeatureGate features, CancellationToken cancellationToken)
{
    private const string HasRole = """
        (SELECT held."UserId" FROM "UserRoles" AS held JOIN "Roles" AS role ON role."Id" = held."RoleId" WHERE role."NormalizedName" =
        """;

    private readonly IReadOnlyList<UserRange> _ranges = UserRange.Of(query);

    /// <summary>The place of the range that a user belongs to; negative if none has them.</summary>
    public int PlaceOf(User user) => _ranges.Index().Where(range => range.Item.Has(user)).Select(range => range.Index).FirstOrDefault(-1);

    /// <summary>Reads a page's users and one more, if there are so many.</summary>
    /// <param name="place">The range to begin in.</param>
    /// <param name="anchor">The user after whom to begin, in the direction of reading; null for the range's beginning.</param>
    /// <param name="back">Whether to read against the list's order.</param>
    public async Task<List<User>> ReadAsync(int place, User? anchor, bool back)
    {
        List<User> users = [];
        const int most = UserDirectory.PageSize + 1;
        for (var at = place; at >= 0 && at < _ranges.Count && users.Count < most; at += back ? -1 : 1)
        {
            List<object> parameters = [];
            if (Filter(parameters) is not { } filter)
                return [];
            var sql = _ranges[at].Select(parameters, filter, at == place ? anchor : null, back, most - users.Count, db.ByteOrder);
            users.AddRange(await db.Users.FromSqlRaw(sql, [.. parameters]).AsNoTracking().ToListAsync(cancellationToken));
        }

        return users;
    }

    /// <summary>The condition of the query's filters; "" if there is none, and null if nobody can meet it.</summary>
    private string? Filter(List<object> parameters)
    {
        List<string> conditions = [];
        if (query.Role is { } role)
        {
            conditions.Add(role switch
            {
                UserRoleFilter.None => string.Join(" AND ", Roles.All.Select(name => $"\"Id\" NOT IN {HasRole} {Add(Key(name))})")),
                UserRoleFilter.Support => $"\"Id\" IN {HasRole} {Add(Key(Roles.Support))})",
                _ => $"\"Id\" IN {HasRole} {Add(Key(Roles.Administrator))})",
            });
        }

        if (query.Plan.Length > 0)
        {
            if (features.Plans.FirstOrDefault(name => string.Equals(name, query.Plan, StringComparison.OrdinalIgnoreCase)) is not { } plan)
                return null;
            var others = features.Plans.Where(name => !string.Equals(name, plan, StringComparison.Ordinal)).ToList();
            // An account without a plan, or with one that the settings don't know, has the default one.
            conditions.Add(!features.IsDefault(plan) ? $"\"Plan\" = {Add(plan)}"
                : others.Count == 0 ? "TRUE"
                : $"coalesce(\"Plan\", '') NOT IN ({string.Join(", ", others.Select(Add))})");
        }

        conditions.AddRange(query.Status switch
        {
            UserStatus.Open => ["\"DisabledAt\" IS NULL", "\"DeletionDueAt\" IS NULL"],
            UserStatus.Disabled => ["\"DisabledAt\" IS NOT NULL"],
            // Not "IS NOT NULL", for which PostgreSQL would read and sort the whole index of accounts that are due.
            UserStatus.ToBeDeleted => [$"({UserIndexes.Closed})", "coalesce(\"DeletionDueAt\", 0) > 0"],
            _ => [],
        });
        return string.Join(" AND ", conditions);

        string Add(object value)
        {
            parameters.Add(value);
            return $"{{{parameters.Count - 1}}}";
        }
    }

    private static string Key(string role) => role.ToUpperInvariant();
}
