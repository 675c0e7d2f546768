using Accounts.Core.Callers;
using Accounts.Core.Sessions;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Accounts.Core.Providers;

/// <summary>Keeps which browsers are on their way to a provider and what for, and uses each up with its first answer.</summary>
/// <remarks>
/// The state that comes back with an answer is a payload of Data Protection, which a thief of the database can forge. So nothing is granted by it: it
/// brings a token, and the row with the token's hash says what the answer is for.
/// </remarks>
internal sealed partial class ProviderRequests(
    AccountsDatabase database, SignInThrottle throttle, TimeProvider time, ILogger<ProviderRequests> logger)
{
    /// <summary>Counts a visitor's way to a provider.</summary>
    /// <returns>How long to wait; null if it is let in.</returns>
    public TimeSpan? Count(CallingBrowser browser) => throttle.CountProviderRequest(browser.Address);

    /// <summary>Counts a signed-in user's way to a provider.</summary>
    /// <returns>How long to wait; null if it is let in.</returns>
    public TimeSpan? Count(Caller caller) => throttle.CountProviderRequest(caller.OwnSession);

    /// <summary>Remembers a browser in which nobody needs to be signed in.</summary>
    /// <returns>The token.</returns>
    public Task<string> AddAsync(
        CallingBrowser browser, string provider, string? returnTo, bool keepsAccount, CancellationToken cancellationToken) =>
        database.WriteAsync(
            WritePriority.Ordinary,
            async db => Add(db, ProviderPurpose.SignIn, browser, provider, returnTo, null, null, await db.FindEpochAsync(), keepsAccount),
            cancellationToken);

    /// <summary>Remembers the caller's browser, in the caller's transaction, which has locked the account.</summary>
    /// <returns>The token.</returns>
    public async Task<string> AddAsync(
        AccountsDbContext db, ProviderPurpose purpose, Caller caller, string stamp, CallingBrowser browser, string provider, string? returnTo) =>
        Add(db, purpose, browser, provider, returnTo, caller, stamp, await db.FindEpochAsync());

    /// <summary>Uses up what a token stands for.</summary>
    /// <returns>Null if it stands for nothing: it was used, is too old, or belongs to another browser or provider.</returns>
    public async Task<ProviderRequest?> BurnAsync(CallingBrowser browser, string provider, string? token, CancellationToken cancellationToken)
    {
        // A made-up token costs one read, and no turn to write.
        if (OneTimeToken.HashOf(token) is not { } hash
            || !await database.ReadAsync(db => db.ProviderRequests.AnyAsync(r => r.TokenHash == hash, cancellationToken)))
        {
            Log.Unknown(logger);
            return null;
        }

        var row = await database.WriteAsync(
            WritePriority.Ordinary,
            async db =>
            {
                var found = await db.ProviderRequests.AsNoTracking().SingleOrDefaultAsync(r => r.TokenHash == hash);
                // Of several answers at once, one deletes the row.
                return await db.ProviderRequests.Where(r => r.TokenHash == hash).ExecuteDeleteAsync() == 1 ? found : null;
            },
            cancellationToken);
        if (row is null)
            Log.Unknown(logger);
        else if (row.ExpiresAt <= time.GetUtcNow())
            Log.Late(logger);
        else if (!row.BrowserHash.AsSpan().SequenceEqual(browser.Id.Hash()) || !string.Equals(row.Provider, provider, StringComparison.Ordinal))
            Log.Elsewhere(logger, row.Purpose);
        else
            return new ProviderRequest(row);
        return null;
    }

    private string Add(
        AccountsDbContext db,
        ProviderPurpose purpose,
        CallingBrowser browser,
        string provider,
        string? returnTo,
        Caller? caller,
        string? stamp,
        long epoch,
        bool keepsAccount = false)
    {
        var (token, now) = (OneTimeToken.New(), time.GetUtcNow());
        db.ProviderRequests.Add(new ProviderRequestRow
        {
            TokenHash = OneTimeToken.HashOf(token)!,
            Purpose = purpose,
            Provider = provider,
            BrowserHash = browser.Id.Hash(),
            UserId = caller?.Subject.Value,
            SessionId = caller?.OwnSession.Value,
            Stamp = stamp,
            Epoch = epoch,
            ReturnTo = returnTo?.Length <= ProviderRequestRow.ReturnToLimit ? returnTo : null,
            KeepsAccount = keepsAccount,
            AskedAt = now,
            ExpiresAt = now + ProviderRequest.Patience,
        });
        return token;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Refused a provider's answer: its token is unknown or was used before")]
        public static partial void Unknown(ILogger logger);

        [LoggerMessage(2, LogLevel.Information, "Refused a provider's answer: it came too late")]
        public static partial void Late(ILogger logger);

        [LoggerMessage(3, LogLevel.Warning, "Refused a provider's answer: another browser or provider was asked ({Purpose})")]
        public static partial void Elsewhere(ILogger logger, ProviderPurpose purpose);
    }
}
