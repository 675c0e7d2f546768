using System.Security.Cryptography;
using System.Text;
using Accounts.Core.Callers;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Providers;

/// <summary>The statements on linked accounts, and on what providers say of them.</summary>
internal static class LinkedAccounts
{
    /// <summary>
    /// Whether an answer is a provider's and names somebody, in the lengths that the specification allows and with text that a database takes.
    /// </summary>
    public static bool IsOf(this ProviderAnswer answer, SignInProvider? provider) =>
        string.Equals(answer.Issuer, provider?.Issuer, StringComparison.Ordinal)
        && answer.Issuer.IsIdentifier(ProviderIdentity.IssuerLimit) && answer.Subject.IsIdentifier(ProviderIdentity.SubjectLimit)
        && (answer.Sid is null || answer.Sid.IsIdentifier(ProviderIdentity.SubjectLimit));

    /// <summary>Whether a text can be an issuer, a subject or a session's id.</summary>
    public static bool IsIdentifier(this string text, int limit) =>
        text.Length > 0 && text.Length <= limit && !text.Any(c => char.IsControl(c) || char.IsSurrogate(c));

    public static ProviderIdentity Identity(this ProviderAnswer answer) => new(answer.Issuer, answer.Subject, answer.Sid);

    /// <summary>The row of a new link.</summary>
    public static LinkedAccountRow New(UserId owner, string provider, ProviderAnswer answer, DateTimeOffset now, bool used) => new()
    {
        Id = Guid.CreateVersion7(now),
        UserId = owner.Value,
        Provider = provider,
        Issuer = answer.Issuer,
        Subject = answer.Subject,
        Email = TypedText.Clean(answer.Email) is { Length: > 0 and <= LinkedAccountRow.EmailLimit } email ? email : null,
        LinkedAt = now,
        LastUsedAt = used ? now : null,
    };

    /// <summary>Records that a link was used, in a transaction that has locked the account.</summary>
    /// <returns>False if it was unlinked meanwhile.</returns>
    public static async Task<bool> UseLinkAsync(this AccountsDbContext db, Guid link, Guid owner, DateTimeOffset now) =>
        await db.LinkedAccounts.Where(l => l.Id == link && l.UserId == owner)
            .ExecuteUpdateAsync(set => set.SetProperty(l => l.LastUsedAt, now)) == 1;

    /// <summary>
    /// Whether the provider has ended the session that an answer comes from, since the browser was sent there. Lock the account first. It also keeps
    /// the epoch, which a logout waits for: so one of the two sees the other, even if the account is new.
    /// </summary>
    public static async Task<bool> HasEndedAsync(this AccountsDbContext db, ProviderRequest request, ProviderAnswer answer)
    {
        await db.KeepEpochAsync();
        var since = request.Row.AskedAt;
        var subject = HashOf(answer.Issuer, answer.Subject);
        var sid = answer.Sid is null ? null : HashOf(answer.Issuer, answer.Sid);
        var tokens = db.LogoutTokens.Where(t => t.ReceivedAt >= since);
        return (sid is not null && await tokens.AnyAsync(t => t.SidHash == sid))
            || await tokens.AnyAsync(t => t.SubjectHash == subject && (t.SidHash == null || sid == null));
    }

    /// <summary>SHA-256 of a text that an issuer gave out.</summary>
    public static byte[] HashOf(string issuer, string text) => SHA256.HashData(Encoding.UTF8.GetBytes($"{issuer}\n{text}"));
}
