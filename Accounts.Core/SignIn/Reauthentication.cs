using Accounts.Core.Audit;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Accounts.Core.SignIn;

/// <summary>How a proof that it is still the same person came out.</summary>
public abstract record ReauthenticationOutcome
{
    private ReauthenticationOutcome()
    {
    }

    /// <param name="Session">The same session with another key. The proof counts for whoever shows that key; the one before it is refused from then on.</param>
    public sealed record Proved(StartedSession Session) : ReauthenticationOutcome;

    /// <summary>The password is missing, or is not the account's.</summary>
    public sealed record WrongPassword : ReauthenticationOutcome;

    /// <summary>Too many attempts; nothing was checked.</summary>
    public sealed record Throttled(TimeSpan Wait) : ReauthenticationOutcome;

    /// <summary>Too many passwords wait to be hashed; nothing was checked.</summary>
    /// <param name="Wait">How long those that are ahead will take.</param>
    public sealed record Busy(TimeSpan Wait) : ReauthenticationOutcome;

    /// <summary>The caller's own session has ended meanwhile.</summary>
    public sealed record CallerEnded : ReauthenticationOutcome;
}

/// <summary>Lets somebody who is signed in prove again that it is them. It makes no second session: the one they have gets another key.</summary>
public sealed partial class Reauthentication
{
    private readonly AccountsDatabase _database;
    private readonly KeyRotation _rotation;
    private readonly SessionFeed _feed;
    private readonly SignInThrottle _throttle;
    private readonly PasswordHashing _hashing;
    private readonly TimeProvider _time;
    private readonly ILogger<Reauthentication> _logger;

    internal Reauthentication(
        AccountsDatabase database,
        KeyRotation rotation,
        SessionFeed feed,
        SignInThrottle throttle,
        PasswordHashing hashing,
        TimeProvider time,
        ILogger<Reauthentication> logger)
    {
        _database = database;
        _rotation = rotation;
        _feed = feed;
        _throttle = throttle;
        _hashing = hashing;
        _time = time;
        _logger = logger;
    }

    /// <summary>Checks the password and offers the caller's session another key.</summary>
    /// <remarks>
    /// Until the new key is seen the old one goes on as before, for a minute at most: the answer may be lost. The old one does not profit from the proof, whoever holds it.
    /// </remarks>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled before the password was checked; nothing changed.</exception>
    public async Task<ReauthenticationOutcome> ReauthenticateAsync(Caller caller, string password, CancellationToken cancellationToken = default)
    {
        if (password.Length is 0 or > InputRules.PasswordMaximum)
            return new ReauthenticationOutcome.WrongPassword();
        using var place = _hashing.TryEnter(HashPriority.Known, out var busy);
        if (place is null)
            return new ReauthenticationOutcome.Busy(busy);
        // The same count as for the change of the password: both are guesses at it, made through one session.
        if (_throttle.TryKnown(caller.UserId.ToString(), caller.SessionId.Value.ToByteArray()) is { } wait)
        {
            Log.Throttled(_logger, caller.SessionId.Value);
            return new ReauthenticationOutcome.Throttled(wait);
        }

        var now = _time.GetUtcNow();
        if (await _database.ReadAsync(db => db.FindLiveUserAsync(caller, now)) is not { } user)
            return new ReauthenticationOutcome.CallerEnded();
        if (!await place.VerifyAsync(user, password, cancellationToken))
            return Refused(caller);

        var key = SessionKey.New();
        var offered = new OfferedKey(key.Hash(), now);
        var outcome = await _database.WriteAsync<ReauthenticationOutcome?>(WritePriority.Ordinary, async db =>
        {
            var current = await db.LockUserAsync(caller.UserId);
            // What was verified may have been changed since.
            if (current is not null && !string.Equals(current.PasswordHash, user.PasswordHash, StringComparison.Ordinal))
                return Refused(caller);
            if (!await KeyRotation.OfferAsync(db, caller, offered))
                return new ReauthenticationOutcome.CallerEnded();

            await db.RecordAsync(caller, now, AuditAction.SessionReauthenticated, caller.SessionId);
            return null;
        });

        if (outcome is not null)
            return outcome;
        _feed.Publish(new SessionChange.Recorded(caller.UserId, caller.SessionId));
        return await _rotation.GiveOutAsync(caller, key, offered) is { } session
            ? new ReauthenticationOutcome.Proved(session)
            : new ReauthenticationOutcome.CallerEnded();
    }

    private ReauthenticationOutcome.WrongPassword Refused(Caller caller)
    {
        Log.Refused(_logger, caller.SessionId.Value);
        return new ReauthenticationOutcome.WrongPassword();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "A proof of who uses session {SessionId} was refused: wrong password")]
        public static partial void Refused(ILogger logger, Guid sessionId);

        [LoggerMessage(2, LogLevel.Warning, "A proof of who uses session {SessionId} was refused: too many attempts")]
        public static partial void Throttled(ILogger logger, Guid sessionId);
    }
}
