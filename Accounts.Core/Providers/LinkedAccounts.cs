using System.Security.Cryptography;
using System.Text;
using Accounts.Core.Callers;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Providers;

/// <summary>The statements on linked accounts, and on what providers say of them.</summary>
internal static class LinkedAccounts
{
    /// <summary>Whether an answer names somebody, in the lengths that the specification allows.</summary>
    public static bool IsUsable(this ProviderAnswer answer) =>
        answer.Issuer.Length is > 0 and <= ProviderIdentity.IssuerLimit && answer.Subject.Length is > 0 and <= ProviderIdentity.SubjectLimit
        && answer.Sid?.Length is null or <= ProviderIdentity.SubjectLimit;

    public static ProviderIdentity Identity(this ProviderAnswer answer) => new(answer.Issuer, answer.Subject, answer.Sid);

    /// <summary>The row of a new link.</summary>
    public static LinkedAccountRow New(UserId owner, string provider, ProviderAnswer answer, DateTimeOffset now, bool used) => new()
    {
        Id = Guid.CreateVersion7(now),
        UserId = owner.Value,
        Provider = provider,
        Issuer = answer.Issuer,
        Subject = answer.Subject,
        Email = answer.Email?.Length is > 0 and <= LinkedAccountRow.EmailLimit ? answer.Email : null,
        LinkedAt = now,
        LastUsedAt = used ? now : null,
    };

    /// <summary>Records that a link was used, in a transaction that has locked the account.</summary>
    /// <returns>False if it was unlinked meanwhile.</returns>
    public static async Task<bool> UseLinkAsync(this AccountsDbContext db, Guid link, Guid owner, DateTimeOffset now) =>
        await db.LinkedAccounts.Where(l => l.Id == link && l.UserId == owner)
            .ExecuteUpdateAsync(set => set.SetProperty(l => l.LastUsedAt, now)) == 1;

    /// <summary>Whether the provider has ended the session that an answer comes from. Lock the account first.</summary>
    /// <remarks>A provider gives the id of a session once, so a token that has expired since still counts.</remarks>
    public static async Task<bool> HasEndedAsync(this AccountsDbContext db, ProviderAnswer answer)
    {
        if (answer.Sid is null)
            return false;
        var hash = HashOf(answer.Issuer, answer.Sid);
        return await db.LogoutTokens.AnyAsync(t => t.SidHash == hash);
    }

    /// <summary>SHA-256 of a text that an issuer gave out.</summary>
    public static byte[] HashOf(string issuer, string text) => SHA256.HashData(Encoding.UTF8.GetBytes($"{issuer}\n{text}"));
}
