using Accounts.Core.Callers;
using Accounts.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Users;

/// <summary>Reads which role a user has as a member of staff.</summary>
internal static class StaffRoles
{
    /// <summary>The user's highest role.</summary>
    public static async Task<StaffRole> FindStaffRoleAsync(
        this AccountsDbContext db, UserId user, CancellationToken cancellationToken = default) =>
        Highest(await db.FindRoleNamesAsync(user, cancellationToken));

    /// <summary>The names of all roles that a user has, an application's own included.</summary>
    public static Task<List<string>> FindRoleNamesAsync(
        this AccountsDbContext db, UserId user, CancellationToken cancellationToken = default) =>
        db.UserRoles.Where(held => held.UserId == user.Value)
            .Join(db.Roles, held => held.RoleId, role => role.Id, (_, role) => role.Name!)
            .ToListAsync(cancellationToken);

    /// <summary>Whether a user is the only administrator whose account may start sessions. False for anybody else.</summary>
    /// <remarks>Of two who would lose the role or the account at the same time, one waits for the other.</remarks>
    public static async Task<bool> IsLastAdministratorAsync(this AccountsDbContext db, UserId user)
    {
        const string Sql = """SELECT * FROM "Roles" WHERE "NormalizedName" = {0} """;
        var roles = await db.Roles.FromSqlRaw(string.Concat(Sql, db.RowLock), nameof(StaffRole.Administrator).ToUpperInvariant())
            .AsNoTracking().ToListAsync();
        if (roles is not [{ Id: var role }] || !await db.UserRoles.AnyAsync(held => held.RoleId == role && held.UserId == user.Value))
            return false;
        return !await db.UserRoles.Where(held => held.RoleId == role && held.UserId != user.Value)
            .Join(db.Users.Where(u => u.DisabledAt == null && u.DeletionDueAt == null), held => held.UserId, u => u.Id, (_, u) => u.Id)
            .AnyAsync();
    }

    /// <summary>The highest of roles, which are named like <see cref="StaffRole"/>. Other names are an application's own.</summary>
    public static StaffRole Highest(IEnumerable<string> names) =>
        names.Select(Of).Append(StaffRole.None).Max();

    // Exact names only: Enum.TryParse would take an application's role "2" for an administrator's.
    private static StaffRole Of(string name) => name switch
    {
        nameof(StaffRole.Support) => StaffRole.Support,
        nameof(StaffRole.Administrator) => StaffRole.Administrator,
        _ => StaffRole.None,
    };
}
