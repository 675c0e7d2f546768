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
