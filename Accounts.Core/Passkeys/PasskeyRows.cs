using Accounts.Core.Callers;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Passkeys;

/// <summary>The rows of passkeys. They are ASP.NET Core Identity's, with the time of the last use beside them.</summary>
internal static class PasskeyRows
{
    /// <summary>The column of a passkey's last use.</summary>
    public const string LastUsedAt = "LastUsedAt";

    /// <summary>The account as a verification needs it; null if there is none.</summary>
    public static async Task<PasskeyAccount?> FindPasskeyAccountAsync(this AccountsDbContext db, UserId id, CancellationToken cancellationToken)
    {
        var user = await db.Users.AsNoTracking().Where(u => u.Id == id.Value)
            .Select(u => new { u.Email, u.DisplayName }).SingleOrDefaultAsync(cancellationToken);
        if (user is null)
            return null;
        var rows = await db.UserPasskeys.AsNoTracking().Where(p => p.UserId == id.Value).ToListAsync(cancellationToken);
        return new PasskeyAccount(id, user.Email ?? user.DisplayName, user.DisplayName, [.. rows.Select(Credential)]);
    }

    /// <summary>The account's passkeys, the oldest first.</summary>
    public static async Task<List<Passkey>> ListPasskeysAsync(this AccountsDbContext db, UserId owner, CancellationToken cancellationToken)
    {
        var rows = await db.UserPasskeys.AsNoTracking().Where(p => p.UserId == owner.Value)
            .Select(p => new { Row = p, Used = EF.Property<DateTimeOffset?>(p, LastUsedAt) }).ToListAsync(cancellationToken);
        return [.. rows.Select(one => Show(one.Row, one.Used)).OrderBy(one => one.AddedAt)];
    }

    /// <summary>One of the account's passkeys, to be changed; null if there is none with this id.</summary>
    public static async Task<IdentityUserPasskey<Guid>?> FindPasskeyAsync(this AccountsDbContext db, UserId owner, PasskeyId id)
    {
        var rows = await db.UserPasskeys.Where(p => p.UserId == owner.Value).ToListAsync();
        return rows.Find(row => PasskeyId.Of(row.CredentialId) == id);
    }

    /// <summary>
    /// Records that a passkey was used, in a transaction that has locked the account. Of two answers that were verified at once, only those count
    /// whose counter is still ahead.
    /// </summary>
    /// <returns>False if the passkey was removed meanwhile, or its counter isn't ahead: there may be a copy of the authenticator.</returns>
    public static async Task<bool> UsePasskeyAsync(this AccountsDbContext db, UserId owner, PasskeyCredential used, DateTimeOffset now)
    {
        var row = await db.UserPasskeys.SingleOrDefaultAsync(p => p.CredentialId == used.Id && p.UserId == owner.Value);
        if (row is null || (used.SignCount <= row.Data.SignCount && (used.SignCount, row.Data.SignCount) != (0, 0)))
            return false;
        (row.Data.SignCount, row.Data.IsBackedUp) = (used.SignCount, used.IsBackedUp);
        db.Entry(row).Property<DateTimeOffset?>(LastUsedAt).CurrentValue = now;
        return true;
    }

    /// <summary>The row of a new passkey. Its attestation isn't kept: nothing is decided by it.</summary>
    public static IdentityUserPasskey<Guid> New(UserId owner, PasskeyCredential credential, string name, DateTimeOffset now) => new()
    {
        UserId = owner.Value,
        CredentialId = credential.Id,
        Data = new IdentityPasskeyData
        {
            Name = name,
            PublicKey = credential.PublicKey,
            CreatedAt = now,
            SignCount = credential.SignCount,
            Transports = [.. credential.Transports],
            IsUserVerified = true,
            IsBackupEligible = credential.IsBackupEligible,
            IsBackedUp = credential.IsBackedUp,
            AttestationObject = [],
            ClientDataJson = [],
        },
    };

    public static Passkey Show(IdentityUserPasskey<Guid> row, DateTimeOffset? usedAt) =>
        new(PasskeyId.Of(row.CredentialId), row.Data.Name ?? "", row.Data.CreatedAt, usedAt, row.Data.IsBackedUp);

    private static PasskeyCredential Credential(IdentityUserPasskey<Guid> row) => new(
        row.CredentialId,
        row.Data.PublicKey,
        row.Data.CreatedAt,
        row.Data.SignCount,
        row.Data.Transports ?? [],
        row.Data.IsBackupEligible,
        row.Data.IsBackedUp);
}
