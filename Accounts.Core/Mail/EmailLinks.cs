using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Accounts.Core.Callers;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Mail;

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

    /// <summary>Finds the account of a link that is about to be sent, and makes its secret.</summary>
    /// <param name="db">The transaction.</param>
    /// <param name="row">The link, tracked.</param>
    /// <param name="secret">The secret.</param>
    /// <param name="now">The time.</param>
    /// <returns>The account; null if nobody gets the email.</returns>
    public static async Task<User?> IssueAsync(this AccountsDbContext db, EmailLinkRow row, string secret, DateTimeOffset now)
    {
        var epoch = await db.FindEpochAsync();
        var user = row.UserId is { } id
            ? await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == id)
            : await db.Users.AsNoTracking().FindByEmailAsync(row.Email!, default);
        if (user is null || PurposeFor(row.Purpose, user, now) is not { } purpose)
            return null;

        (row.Purpose, row.UserId, row.Email) = (purpose, user.Id, null);
        (row.TokenHash, row.Stamp, row.Epoch) = (HashOf(row, secret), user.SecurityStamp, epoch);
        return user;
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
        if (OneTimeToken.HashOf(token) is not { } hash)
            return null;
        var row = await db.EmailLinks.AsNoTracking()
            .SingleOrDefaultAsync(l => l.TokenHash == hash && l.Purpose == purpose && l.ExpiresAt > now, cancellationToken);
        var user = row?.UserId is { } id ? await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == id, cancellationToken) : null;
        // Whoever uses the link asks again, under the account's lock.
        return row is not null && user is not null && string.Equals(user.SecurityStamp, row.Stamp, StringComparison.Ordinal) ? (row, user) : null;
    }

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

    /// <summary>What an account gets if somebody asks for a link; null if it gets none.</summary>
    private static EmailLinkPurpose? PurposeFor(EmailLinkPurpose asked, User user, DateTimeOffset now) => user switch
    {
        _ when user.Email is null || user.DisabledAt is not null || user.IsGone(now) => null,
        { DeletionDueAt: not null, DeletedByOwner: false } => null,
        // An administrator requires a new password, which a sign-in with a link would leave out.
        { NewPasswordRequired: true } when asked is EmailLinkPurpose.SignIn => EmailLinkPurpose.Reset,
        _ => asked,
    };
}
