using Accounts.Core.Callers;
using Accounts.Core.Sessions;
using Accounts.Core.Settings;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Accounts.Core.Passkeys;

/// <summary>Keeps the questions to browsers, and uses each up with its first answer.</summary>
/// <remarks>
/// Identity's own verification would accept an answer again as long as the state is there: a synced passkey counts nothing. So the state is a row
/// that the first answer deletes, on whichever node it arrives.
/// </remarks>
internal sealed partial class PasskeyCeremonies(
    AccountsDatabase database, SignInThrottle throttle, PasskeyOptions options, TimeProvider time, ILogger<PasskeyCeremonies> logger)
{
    /// <summary>Counts a question to a visitor. Questions have counts of their own, because each costs a row and is no guess.</summary>
    /// <returns>How long to wait; null if it is let in.</returns>
    public TimeSpan? Count(CallingBrowser browser) => throttle.CountPasskeyQuestion(browser.Address);

    /// <summary>Counts a question to a signed-in user.</summary>
    /// <returns>How long to wait; null if it is let in.</returns>
    public TimeSpan? Count(Caller caller) => throttle.CountPasskeyQuestion(caller.OwnSession);

    /// <summary>Remembers a question to a browser in which nobody needs to be signed in.</summary>
    /// <returns>The question's id.</returns>
    public Task<string> AddAsync(CallingBrowser browser, string state, CancellationToken cancellationToken)
    {
        var hash = browser.Id.Hash();
        return database.WriteAsync(
            WritePriority.Ordinary, db => Task.FromResult(Add(db, PasskeyPurpose.SignIn, null, hash, state)), cancellationToken);
    }

    /// <summary>Remembers a question to the caller, in the caller's transaction.</summary>
    /// <returns>The question's id.</returns>
    public string Add(AccountsDbContext db, PasskeyPurpose purpose, Caller caller, string state) => Add(db, purpose, caller, null, state);

    /// <summary>Uses up a question of a browser.</summary>
    /// <returns>What the server remembered; null if the answer doesn't count.</returns>
    public Task<string?> BurnAsync(CallingBrowser browser, string id, CancellationToken cancellationToken)
    {
        var hash = browser.Id.Hash();
        return BurnAsync(
            id, row => row.Purpose == PasskeyPurpose.SignIn && row.BrowserHash is { } known && known.AsSpan().SequenceEqual(hash), cancellationToken);
    }

    /// <summary>Uses up a question to the caller.</summary>
    /// <returns>What the server remembered; null if the answer doesn't count.</returns>
    public Task<string?> BurnAsync(Caller caller, PasskeyPurpose purpose, string id, CancellationToken cancellationToken) => BurnAsync(
        id,
        row => row.Purpose == purpose && row.UserId == caller.Subject.Value && row.SessionId == caller.OwnSession.Value,
        cancellationToken);

    private string Add(AccountsDbContext db, PasskeyPurpose purpose, Caller? caller, byte[]? browser, string state)
    {
        var id = OneTimeToken.New();
        db.PasskeyCeremonies.Add(new PasskeyCeremonyRow
        {
            IdHash = OneTimeToken.HashOf(id)!,
            Purpose = purpose,
            UserId = caller?.Subject.Value,
            SessionId = caller?.OwnSession.Value,
            BrowserHash = browser,
            State = state,
            ExpiresAt = time.GetUtcNow() + PasskeyAttempt.Patience,
        });
        return id;
    }

    private async Task<string?> BurnAsync(string id, Func<PasskeyCeremonyRow, bool> isRight, CancellationToken cancellationToken)
    {
        // A made-up id costs one read, and no turn to write.
        if (!options.Enabled || OneTimeToken.HashOf(id) is not { } hash
            || !await database.ReadAsync(db => db.PasskeyCeremonies.AnyAsync(c => c.IdHash == hash, cancellationToken)))
        {
            Log.Unknown(logger);
            return null;
        }

        var row = await database.WriteAsync(
            WritePriority.Ordinary,
            async db =>
            {
                var found = await db.PasskeyCeremonies.AsNoTracking().SingleOrDefaultAsync(c => c.IdHash == hash);
                // Of several answers at once, one deletes the row.
                return await db.PasskeyCeremonies.Where(c => c.IdHash == hash).ExecuteDeleteAsync() == 1 ? found : null;
            },
            cancellationToken);
        if (row is null)
            Log.Unknown(logger);
        else if (row.ExpiresAt <= time.GetUtcNow())
            Log.Late(logger);
        else if (!isRight(row))
            Log.Elsewhere(logger, row.Purpose);
        else
            return row.State;
        return null;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Refused a passkey: its question is unknown or was answered before")]
        public static partial void Unknown(ILogger logger);

        [LoggerMessage(2, LogLevel.Information, "Refused a passkey: its answer came too late")]
        public static partial void Late(ILogger logger);

        [LoggerMessage(3, LogLevel.Warning, "Refused a passkey: its question was another browser's or session's, or for something else ({Purpose})")]
        public static partial void Elsewhere(ILogger logger, PasskeyPurpose purpose);
    }
}
