using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.SignIn;

/// <summary>The accounts of users whom an application keeps itself, inside a transaction.</summary>
internal static class ExternalAccounts
{
    /// <summary>The user's row, locked until the transaction ends. Makes the account if there is none.</summary>
    /// <returns>Null if the proof is about an account that there isn't any more.</returns>
    public static async Task<User?> LockOrMakeAsync(
        this AccountsDbContext db, ExternalUser external, string stamp, CallingBrowser browser, DateTimeOffset now)
    {
        if (await db.LockExternalAsync(external.Id) is { } account)
            return account;
        if (stamp is not User.FirstStamp)
            return null;

        var id = Guid.CreateVersion7(now);
        var (key, lastKey) = (NameKey.Of(external.Name), NameKey.OfLastWord(external.Name));
        // A failed statement would spoil the whole transaction. This one waits for a twin, and then makes nothing.
        var made = await db.Database.ExecuteSqlAsync($"""
            INSERT INTO "Users" (
                "Id", "ExternalId", "DisplayName", "NameKey", "LastNameKey", "Email", "SecurityStamp", "ConcurrencyStamp",
                "EmailConfirmed", "PhoneNumberConfirmed", "TwoFactorEnabled", "LockoutEnabled", "AccessFailedCount")
            VALUES (
                {id}, {external.Id}, {external.Name}, {key}, {lastKey}, {external.Email}, {User.FirstStamp}, {Guid.NewGuid().ToString()},
                FALSE, FALSE, FALSE, FALSE, 0)
            ON CONFLICT ("ExternalId") WHERE "ExternalId" IS NOT NULL DO NOTHING
            """);
        // The audit log is in the order of time, and the sign-in comes after it.
        if (made > 0)
            db.AuditEvents.Add(UserService.Registered(id, browser, now.AddMicroseconds(-1)));
        return await db.LockExternalAsync(external.Id);
    }

    /// <summary>Brings the account's name and email up to date. If they changed, the user's open sessions see it after the commit.</summary>
    public static async Task UpdateAsync(this UnitOfWork work, User account, ExternalUser external)
    {
        if (string.Equals(account.DisplayName, external.Name, StringComparison.Ordinal)
            && string.Equals(account.Email, external.Email, StringComparison.Ordinal))
            return;

        (account.DisplayName, account.Email) = (external.Name, external.Email);
        await work.ReportProfileAsync(new UserId(account.Id));
    }

    /// <summary>The user's row, locked until the transaction ends; null if there is no account.</summary>
    /// <param name="db">The transaction.</param>
    /// <param name="id">The application's own id of the user.</param>
    public static async Task<User?> LockExternalAsync(this AccountsDbContext db, string id)
    {
        var sql = $"SELECT * FROM \"Users\" WHERE \"ExternalId\" = {{0}} {db.RowLock}";
        var locked = await db.Users.FromSqlRaw(sql, id).ToListAsync();
        return locked.SingleOrDefault();
    }
}
