using Accounts.Core.Callers;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Core.Users;

namespace Accounts.Core.Support;

/// <summary>Whose accounts staff may act on: those below their own role, and never their own. And who may read what only staff may.</summary>
internal static class StaffAccess
{
    /// <summary>Whether a member of staff may read: their session is live, and they have the role that the need names.</summary>
    /// <returns>False if their session has ended.</returns>
    /// <exception cref="CallerRefusedException">They don't have the role, or their session has proved one factor only.</exception>
    public static async Task<bool> MayReadAsync(
        this AccountsDbContext db, Caller caller, Need need, TwoFactorOptions twoFactor, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!await db.IsLiveAsync(caller, now, cancellationToken))
            return false;
        if (await db.FindStaffRoleAsync(caller.Subject, cancellationToken) < need.Staff)
            throw new CallerRefusedException(CallerRefusal.RoleMissing);
        return twoFactor.MayActAsStaff(caller.SessionMethods) ? true : throw new CallerRefusedException(CallerRefusal.SecondFactorMissing);
    }

    /// <summary>Whether an account belongs to a user below a member of staff. An account that doesn't exist counts as one.</summary>
    /// <remarks>Ask while both accounts are locked: then their roles stay.</remarks>
    public static async Task<bool> IsBelowAsync(this AccountsDbContext db, UserId account, UserId staff) =>
        account != staff && await db.FindStaffRoleAsync(account) < await db.FindStaffRoleAsync(staff);
}
