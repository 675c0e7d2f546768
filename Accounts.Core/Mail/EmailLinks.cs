using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Accounts.Core.Callers;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Mail;

/// <summary>What to send for a link.</summary>
/// <param name="Kind">What the email is about.</param>
/// <param name="To">The recipient's address.</param>
/// <param name="Name">The recipient's name; null if they have no account yet.</param>
/// <param name="OtherEmail">Another address of the account, of which only the beginnings are shown; null if there is none.</param>
internal sealed record IssuedLink(MailKind Kind, string To, string? Name, string? OtherEmail = null);

/// <summary>The statements on emailed links and codes.</summary>
internal static class EmailLinks
{
    /// <summary>How many wrong codes a code survives: 5.</summary>
    public const int MostWrongCodes = 5;

    private const int CodeLimit = 100_000_000;

    /// <summary>A new secret: the token of a link, or a code of 8 digits.</summary>
    public static string NewSecret(EmailLinkPurpose purpose) => purpose is EmailLinkPurpose.Proof
        ? RandomNumberGenerator.GetInt32(CodeLimit).ToString("D8", CultureInfo.InvariantCulture)
        : OneTimeToken.New();

    /// <summary>SHA-256 of a secret. A code's depends on its row, because two rows may have the same code.</summary>
    public static byte[]? HashOf(EmailLinkRow row, string secret) => row.Purpose is EmailLinkPurpose.Proof
        ? SHA256.HashData([.. row.Id.ToByteArray(), .. Encoding.ASCII.GetBytes(secret)])
        : OneTimeToken.HashOf(secret);

    /// <summary>Finds who gets a link that is about to be sent, and gives it its secret.</summary>
    /// <param name="db">The transaction.</param>
    /// <param name="row">The link, tracked.</param>
    /// <param name="secret">The secret.</param>
    /// <param name="now">The time.</param>
    /// <returns>What to send to whom; null if nobody gets an email.</returns>
    public static async Task<IssuedLink?> IssueAsync(this AccountsDbContext db, EmailLinkRow row, string secret, DateTimeOffset now)
    {
        var epoch = await db.FindEpochAsync();
        var owner = row.UserId is { } id ? await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == id) : null;
        var found = row.Email is { } email ? await db.Users.AsNoTracking().FindByEmailAsync(email, default) : null;
        switch (row.Purpose)
        {
            case EmailLinkPurpose.Register or EmailLinkPurpose.ChangeEmail when found is not null && found.Id != row.UserId:
                // The answer on the page was the same. Only the address's own owner learns that it has an account.
                return found.DisabledAt is null && !found.IsGone(now) ? new IssuedLink(MailKind.AddressTaken, found.Email!, found.DisplayName) : null;
            case EmailLinkPurpose.Register:
                row.TokenHash = HashOf(row, secret);
                // Without the name, here and for a new address: anybody could write anything to anybody in it.
                return new IssuedLink(MailKind.RegistrationLink, TypedText.Email(row.Email!), null);
            case EmailLinkPurpose.ChangeEmail or EmailLinkPurpose.RestoreEmail when owner is not null:
                row.TokenHash = HashOf(row, secret);
                return row.Purpose is EmailLinkPurpose.ChangeEmail
                    ? new IssuedLink(MailKind.EmailChangeLink, TypedText.Email(row.Email!), null)
                    : new IssuedLink(MailKind.EmailChanged, row.Email!, owner.DisplayName, MaskedEmail.Of(owner.Email ?? ""));
        }

        if ((owner ?? found) is not { } user || PurposeFor(row.Purpose, user, now) is not { } purpose)
            return null;
        // At a further attempt, the first email may have arrived. What has changed since must keep its link void.
        if (row.Stamp is not null && row.ProofStamp() != new ProofStamp(user.SecurityStamp!, epoch))
            return null;
        (row.Purpose, row.UserId, row.Email) = (purpose, user.Id, null);
        (row.TokenHash, row.Stamp, row.Epoch) = (HashOf(row, secret), user.SecurityStamp, epoch);
        return new IssuedLink(
            purpose switch
            {
                EmailLinkPurpose.Reset => MailKind.ResetLink,
                EmailLinkPurpose.Proof => MailKind.ProofCode,
                _ => MailKind.SignInLink,
            },
            user.Email!,
            user.DisplayName);
    }

    /// <summary>A link that is still good, with its account; null if there is none.</summary>
    /// <param name="db">The context.</param>
    /// <param name="purpose">What the link is for.</param>
    /// <param name="token">The token; any text.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    public static async Task<(EmailLinkRow Row, User User)?> FindLinkAsync(
        this AccountsDbContext db, EmailLinkPurpose purpose, string? token, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var row = await db.FindRowAsync(purpose, token, now, cancellationToken);
        var user = row?.UserId is { } id ? await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == id, cancellationToken) : null;
        if (row is null || user is null)
            return null;
        // Whoever uses the link asks again, under the account's lock. A thief can change the stamp, and the owner must still get the account back.
        return purpose is EmailLinkPurpose.RestoreEmail || string.Equals(user.SecurityStamp, row.Stamp, StringComparison.Ordinal)
            ? (row, user)
            : null;
    }

    /// <summary>The row of a link that hasn't expired, whatever became of its account; null if there is none.</summary>
    /// <inheritdoc cref="FindLinkAsync"/>
    public static async Task<EmailLinkRow?> FindRowAsync(
        this AccountsDbContext db, EmailLinkPurpose purpose, string? token, DateTimeOffset now, CancellationToken cancellationToken) =>
        OneTimeToken.HashOf(token) is { } hash
            ? await db.EmailLinks.AsNoTracking()
                .SingleOrDefaultAsync(l => l.TokenHash == hash && l.Purpose == purpose && l.ExpiresAt > now, cancellationToken)
            : null;

    /// <summary>Uses a link up, and with it all others of the account for the same purpose. Lock the account first.</summary>
    /// <returns>Whether it was good.</returns>
    public static async Task<bool> UseLinkAsync(this AccountsDbContext db, UserId user, EmailLinkPurpose purpose, byte[] hash, DateTimeOffset now)
    {
        var all = db.EmailLinks.Where(l => l.UserId == user.Value && l.Purpose == purpose);
        if (await all.Where(l => l.TokenHash == hash && l.ExpiresAt > now).ExecuteDeleteAsync() == 0)
            return false;
        await all.ExecuteDeleteAsync();
        return true;
    }

    /// <summary>
    /// Checks a code and uses it up, in a transaction that has locked the account. A code survives <see cref="MostWrongCodes"/> wrong ones.
    /// </summary>
    /// <param name="db">The transaction.</param>
    /// <param name="account">The account.</param>
    /// <param name="session">The session that the code is for.</param>
    /// <param name="code">The digits.</param>
    /// <param name="now">The time.</param>
    public static async Task<bool> UseCodeAsync(this AccountsDbContext db, User account, SessionId session, string code, DateTimeOffset now)
    {
        var mine = db.EmailLinks.Where(l => l.UserId == account.Id && l.Purpose == EmailLinkPurpose.Proof && l.SessionId == session.Value);
        var row = await mine.AsNoTracking().SingleOrDefaultAsync();
        if (row?.TokenHash is null || row.ExpiresAt <= now || row.Wrong >= MostWrongCodes
            || row.ProofStamp() != new ProofStamp(account.SecurityStamp!, await db.KeepEpochAsync()))
        {
            return false;
        }

        if (CryptographicOperations.FixedTimeEquals(HashOf(row, code), row.TokenHash))
            return await mine.ExecuteDeleteAsync() == 1;
        await mine.ExecuteUpdateAsync(set => set.SetProperty(l => l.Wrong, l => l.Wrong + 1));
        return false;
    }

    /// <summary>Uses a link up whose account isn't there yet.</summary>
    /// <returns>Whether it was good.</returns>
    public static async Task<bool> UseRowAsync(this AccountsDbContext db, EmailLinkRow row, DateTimeOffset now) =>
        await db.EmailLinks.Where(l => l.Id == row.Id && l.TokenHash == row.TokenHash && l.ExpiresAt > now).ExecuteDeleteAsync() == 1;

    /// <summary>What an account gets if somebody asks for a link; null if it gets none.</summary>
    private static EmailLinkPurpose? PurposeFor(EmailLinkPurpose asked, User user, DateTimeOffset now) => user switch
    {
        _ when user.Email is null || user.DisabledAt is not null || user.IsGone(now) => null,
        { DeletionDueAt: not null, DeletedByOwner: false } => null,
        // An administrator requires a new password, which a sign-in with a link would leave out. And whoever made an account may not have had its
        // address: the one who has it chooses a new password before anything else.
        { NewPasswordRequired: true } or { EmailConfirmed: false } when asked is EmailLinkPurpose.SignIn => EmailLinkPurpose.Reset,
        _ => asked,
    };
}
