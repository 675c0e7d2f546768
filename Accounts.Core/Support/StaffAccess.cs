using Accounts.Core.Callers;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Core.Users;

namespace Accounts.Core.Support;

/// <summary>Whose accounts staff may act on: those below their own role, and never their own.</summary>
internal static class StaffAccess
{
    /// <summary>Locks an account that a member of staff acts on, until the transaction ends.</summary>
    /// <returns>Whether they may; and the account, null if there is none or they may not.</returns>
    public static async Task<(bool IsAllowed, User? Account)> LockBelowAsync(this AccountsDbContext db, UserId account, UserId staff)
    {
        // Staff lock only accounts below their own, so that two of them never wait for each other.
        if (!await db.IsBelowAsync(account, staff))
            return (false, null);
        if (await db.LockUserAsync(account) is not { } user)
            return (true, null);
        // The roles may have changed before the lock.
        return await db.IsBelowAsync(account, staff) ? (true, user) : (false, null);
    }

    /// <summary>Whether an account belongs to a user below a member of staff. An account that doesn't exist counts as one.</summary>
    public static async Task<bool> IsBelowAsync(this AccountsDbContext db, UserId account, UserId staff) =>
        account != staff && await db.FindStaffRoleAsync(account) < await db.FindStaffRoleAsync(staff);
}
