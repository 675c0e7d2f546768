using Accounts.Core.Callers;
using Accounts.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Users;

/// <summary>What a proof depends on. If either part changes before the proof is used, the proof no longer counts.</summary>
/// <param name="Account">The account's stamp, which changes with the password and whenever all of its sessions are ended.</param>
/// <param name="Epoch">The epoch, which changes whenever everybody's sessions are ended.</param>
internal readonly record struct ProofStamp(string Account, long Epoch);

/// <summary>Reads stamps and epochs.</summary>
internal static class ProofStamps
{
    /// <summary>The current epoch.</summary>
    public static Task<long> FindEpochAsync(this AccountsDbContext db, CancellationToken cancellationToken = default) =>
        db.Installation.Where(i => i.Id == InstallationRow.OnlyId).Select(i => i.Epoch).SingleAsync(cancellationToken);

    /// <summary>The current epoch, which stays until the transaction ends. Lock the account first.</summary>
    /// <remarks>Starts of sessions don't wait for each other here. The next epoch waits for all of them, and they for it.</remarks>
    public static async Task<long> KeepEpochAsync(this AccountsDbContext db)
    {
        var sql = string.Concat("SELECT * FROM \"Installation\" WHERE \"Id\" = {0} ", db.SharedRowLock);
        var locked = await db.Installation.FromSqlRaw(sql, InstallationRow.OnlyId).AsNoTracking().ToListAsync();
        return locked.Single().Epoch;
    }

    /// <summary>Waits for every transaction that keeps the epoch, and lets others wait for this one. Lock the accounts first.</summary>
    public static Task LockEpochAsync(this AccountsDbContext db)
    {
        var sql = string.Concat("SELECT * FROM \"Installation\" WHERE \"Id\" = {0} ", db.RowLock);
        return db.Installation.FromSqlRaw(sql, InstallationRow.OnlyId).AsNoTracking().ToListAsync();
    }

    /// <summary>What a proof that begins now will depend on; null if there is no such account.</summary>
    public static async Task<ProofStamp?> FindProofStampAsync(
        this AccountsDbContext db, UserId user, CancellationToken cancellationToken = default)
    {
        // The epoch first: if it changes in between, the proof doesn't count.
        var epoch = await db.FindEpochAsync(cancellationToken);
        var stamp = await db.Users.Where(u => u.Id == user.Value).Select(u => u.SecurityStamp).SingleOrDefaultAsync(cancellationToken);
        return stamp is null ? null : new ProofStamp(stamp, epoch);
    }
}
