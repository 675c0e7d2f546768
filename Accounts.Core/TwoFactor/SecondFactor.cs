using Accounts.Core.Audit;
using Accounts.Core.Callers;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Microsoft.EntityFrameworkCore;
using OtpNet;

namespace Accounts.Core.TwoFactor;

/// <summary>What checking a code of the second factor found.</summary>
public enum CodeCheck
{
    /// <summary>The code is right, and used up now.</summary>
    Right,

    /// <summary>The code is wrong, or too old.</summary>
    Wrong,

    /// <summary>The code was right, but it was used before. The app shows the next one within 30 seconds.</summary>
    Used,

    /// <summary>
    /// Too many codes were wrong within a day, so the app's codes don't count for now. Recovery codes still do. Nothing was checked.
    /// </summary>
    Locked,
}

/// <summary>A code that waits to be checked in a transaction.</summary>
/// <param name="Code">The code.</param>
/// <param name="Hash">Its slow hash, if it is a recovery code; null if the account has none.</param>
internal sealed record CodeAttempt(TypedCode Code, byte[]? Hash)
{
    /// <summary>What it proves if it is right.</summary>
    public SignInMethods Method => Code.IsRecoveryCode ? SignInMethods.RecoveryCode : SignInMethods.OneTimeCode;
}

/// <summary>Checks codes of authenticator apps (RFC 6238) and recovery codes. Each is accepted once.</summary>
/// <remarks>
/// A code of the step before or after the current one counts, for clocks that differ. A guess hits one of three codes among a million, and an account
/// takes <see cref="MostWrong"/> wrong ones within a day. So a year of guessing succeeds against one account in forty-five.
/// </remarks>
internal sealed class SecondFactor(AccountsDatabase database, AuthenticatorKeys keys)
{
    /// <summary>Wrong codes in a row that an account accepts within <see cref="WrongWindow"/>.</summary>
    public const int MostWrong = 20;

    /// <summary>
    /// Wrong codes after which sessions can't prove anything by one any more. It is less than <see cref="MostWrong"/>, so that whoever has only a
    /// session can't keep the owner from signing in.
    /// </summary>
    public const int MostWrongInSessions = 10;

    public static readonly TimeSpan WrongWindow = TimeSpan.FromDays(1);

    /// <summary>Hashes a recovery code before the transaction, because that is slow. A code of an app needs no work.</summary>
    /// <param name="place">A place to hash; null if the code is an app's.</param>
    /// <param name="user">The account.</param>
    /// <param name="code">The code.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    /// <exception cref="OperationCanceledException">The request was canceled while it waited.</exception>
    public async Task<CodeAttempt> PrepareAsync(HashPlace? place, UserId user, TypedCode code, CancellationToken cancellationToken)
    {
        if (place is null)
            return new CodeAttempt(code, null);
        var salt = await database.ReadAsync(db => db.Authenticators
            .Where(a => a.UserId == user.Value && a.ConfirmedAt != null).Select(a => a.RecoverySalt).SingleOrDefaultAsync(cancellationToken));
        return new CodeAttempt(code, salt is null ? null : await place.DeriveAsync(() => RecoveryCodes.Hash(code, salt), cancellationToken));
    }

    /// <summary>Checks a code and uses it up, in a transaction that has locked the account.</summary>
    /// <param name="db">The transaction.</param>
    /// <param name="user">The account.</param>
    /// <param name="attempt">The code.</param>
    /// <param name="now">The time.</param>
    /// <param name="most">How many wrong codes lock the app's: <see cref="MostWrong"/> or <see cref="MostWrongInSessions"/>.</param>
    public async Task<CodeCheck> UseAsync(AccountsDbContext db, UserId user, CodeAttempt attempt, DateTimeOffset now, int most = MostWrong)
    {
        var row = await db.Authenticators.AsNoTracking().SingleOrDefaultAsync(a => a.UserId == user.Value && a.ConfirmedAt != null);
        if (row is null)
            return CodeCheck.Wrong;
        if (attempt.Code.IsRecoveryCode)
            return await UseRecoveryCodeAsync(db, user, attempt);
        if (row.WrongCodes >= most && row.WrongSince + WrongWindow > now)
            return CodeCheck.Locked;
        if (!IsRight(keys.Unprotect(row), attempt.Code, now, out var step))
        {
            await CountWrongAsync(db, row, now);
            return CodeCheck.Wrong;
        }

        // Only one transaction takes a step over the last one.
        var mine = db.Authenticators.Where(a => a.UserId == user.Value && a.LastStep < step);
        if (await mine.ExecuteUpdateAsync(set => set
                .SetProperty(a => a.LastStep, step)
                .SetProperty(a => a.WrongCodes, 0)
                .SetProperty(a => a.WrongSince, (DateTimeOffset?)null)) == 0)
            return CodeCheck.Used;
        if (!keys.IsCurrent(row))
            await RenewAsync(db, row);
        return CodeCheck.Right;
    }

    /// <summary>Whether a code is one of the app's current ones, and of which step.</summary>
    public static bool IsRight(byte[] key, TypedCode code, DateTimeOffset now, out long step) =>
        new Totp(key).VerifyTotp(now.UtcDateTime, code.Text, out step, VerificationWindow.RfcSpecifiedNetworkDelay);

    private static async Task<CodeCheck> UseRecoveryCodeAsync(AccountsDbContext db, UserId user, CodeAttempt attempt) =>
        attempt.Hash is { } hash
        && await db.RecoveryCodes.Where(c => c.UserId == user.Value && c.Hash == hash).ExecuteDeleteAsync() == 1
            ? CodeCheck.Right
            : CodeCheck.Wrong;

    private static Task<int> CountWrongAsync(AccountsDbContext db, AuthenticatorRow row, DateTimeOffset now)
    {
        var goesOn = row.WrongSince is { } since && since + WrongWindow > now;
        var (count, begun) = (goesOn ? row.WrongCodes + 1 : 1, goesOn ? row.WrongSince : now);
        return db.Authenticators.Where(a => a.UserId == row.UserId).ExecuteUpdateAsync(set => set
            .SetProperty(a => a.WrongCodes, count)
            .SetProperty(a => a.WrongSince, begun));
    }

    /// <summary>Encrypts the key as the settings now say.</summary>
    private Task<int> RenewAsync(AccountsDbContext db, AuthenticatorRow row)
    {
        var (stored, id) = keys.Protect(new UserId(row.UserId), keys.Unprotect(row));
        return db.Authenticators.Where(a => a.UserId == row.UserId).ExecuteUpdateAsync(set => set
            .SetProperty(a => a.Key, stored)
            .SetProperty(a => a.KeyId, id));
    }
}
