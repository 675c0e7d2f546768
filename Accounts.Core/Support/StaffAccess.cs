using Accounts.Core.Callers;
using Accounts.Core.Storage;
using Accounts.Core.Users;

namespace Accounts.Core.Support;

/// <summary>Whose accounts staff may act on: those below their own role, and never their own.</summary>
internal static class StaffAccess
{
    /// <summary>Whether an account belongs to a user below a member of staff. An account that doesn't exist counts as one.</summary>
    /// <remarks>Ask while both accounts are locked: then their roles stay.</remarks>
    public static async Task<bool> IsBelowAsync(this AccountsDbContext db, UserId account, UserId staff) =>
        account != staff && await db.FindStaffRoleAsync(account) < await db.FindStaffRoleAsync(staff);
}
