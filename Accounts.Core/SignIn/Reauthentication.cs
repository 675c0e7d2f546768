using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Microsoft.Extensions.Logging;

namespace Accounts.Core.SignIn;

/// <summary>The outcome of a re-authentication.</summary>
public abstract record ReauthenticationOutcome
{
    private ReauthenticationOutcome()
    {
    }

    /// <summary>The password is right.</summary>
    /// <param name="Session">The same session with a new key. Only that key carries the fresh proof; the old key stops working.</param>
    public sealed record Proved(StartedSession Session) : ReauthenticationOutcome;

    /// <summary>The password is missing or wrong, or the account has none.</summary>
    public sealed record WrongPassword : ReauthenticationOutcome;

    /// <summary>Too many attempts. Nothing was checked.</summary>
    /// <param name="Wait">How long to wait before the next attempt can succeed.</param>
    public sealed record Throttled(TimeSpan Wait) : ReauthenticationOutcome;

    /// <summary>Too many passwords wait to be hashed. Nothing was checked.</summary>
    /// <param name="Wait">How long the waiting hashes will take.</param>
    public sealed record Busy(TimeSpan Wait) : ReauthenticationOutcome;

    /// <summary>The caller's own session had ended.</summary>
    public sealed record CallerEnded : ReauthenticationOutcome;
}

/// <summary>Lets a signed-in user confirm their password. It starts no second session; the user's session gets a new key.</summary>
public sealed partial class Reauthentication
{
    private readonly AccountsDatabase _database;
    private readonly CommandRunner _commands;
    private readonly KeyRotation _rotation;
    private readonly SignInThrottle _throttle;
    private readonly PasswordHashing _hashing;
    private readonly PasswordVerifier _passwords;
    private readonly RefusedAttempts _refused;
    private readonly TimeProvider _time;
    private readonly ILogger<Reauthentication> _logger;

    internal Reauthentication(
        AccountsDatabase database,
        CommandRunner commands,
        KeyRotation rotation,
        SignInThrottle throttle,
        PasswordHashing hashing,
        PasswordVerifier passwords,
        RefusedAttempts refused,
        TimeProvider time,
        ILogger<Reauthentication> logger)
    {
        _database = database;
        _commands = commands;
        _rotation = rotation;
        _throttle = throttle;
        _hashing = hashing;
        _passwords = passwords;
        _refused = refused;
        _time = time;
        _logger = logger;
    }

    /// <summary>Checks the password and offers the caller's session a new key.</summary>
    /// <remarks>
    /// The response may be lost, so the old key works until the new one is used, for a minute at most. The old key never gets the fresh proof.
    /// </remarks>
    /// <exception cref="CallerRefusedException">The caller may never prove who they are here; nothing was checked.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed.</exception>
    /// <exception cref="OperationCanceledException">The call was canceled before its turn to write; nothing changed.</exception>
    public async Task<ReauthenticationOutcome> ReauthenticateAsync(Caller caller, string password, CancellationToken cancellationToken = default)
    {
        Need.ProveIdentity.Check(caller);
        if (password.Length == 0 || !InputRules.IsShortEnough(password))
            return new ReauthenticationOutcome.WrongPassword();
        using var place = _hashing.TryEnter(HashPriority.Known, out var busy);
        if (place is null)
            return new ReauthenticationOutcome.Busy(busy);
        // The password change uses the same counter: both let a session guess at the password.
        if (_throttle.TryKnown(caller.Subject.ToString(), caller.OwnSession.Value.ToByteArray(), caller.Address, out var wait) is not { } attempt)
        {
            _refused.RecordProof(caller, RefusedAttemptKind.Proof, RefusedAttemptReason.Throttled);
            Log.Throttled(_logger, caller.OwnSession.Value);
            return new ReauthenticationOutcome.Throttled(wait);
        }

        var now = _time.GetUtcNow();
        User? user;
        using (attempt)
        {
            user = await _database.ReadAsync(db => db.FindLiveUserAsync(caller, now, cancellationToken));
            if (user is null)
                return new ReauthenticationOutcome.CallerEnded();
            if (!await _passwords.VerifyAsync(place, user, password, cancellationToken))
            {
                attempt.Keep();
                _refused.RecordProof(caller, RefusedAttemptKind.Proof, RefusedAttemptReason.WrongPassword);
                return Refused(caller);
            }
        }

        static ReauthenticationOutcome Ended(Refusal refusal) => new ReauthenticationOutcome.CallerEnded();
        return await _commands.RunAsync(caller, Need.ProveIdentity, null, Ended, async work =>
        {
            // The password may have changed since the check.
            if (PasswordVerifier.IsChanged(work.Account, user))
                return Refused(caller);

            return new ReauthenticationOutcome.Proved(await _rotation.ReauthenticateAsync(work, caller, now, SignInMethods.Password));
        }, cancellationToken);
    }

    private ReauthenticationOutcome.WrongPassword Refused(Caller caller)
    {
        Log.Refused(_logger, caller.OwnSession.Value);
        return new ReauthenticationOutcome.WrongPassword();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Refused to re-authenticate session {SessionId}: wrong password")]
        public static partial void Refused(ILogger logger, Guid sessionId);

        [LoggerMessage(2, LogLevel.Warning, "Refused to re-authenticate session {SessionId}: too many attempts")]
        public static partial void Throttled(ILogger logger, Guid sessionId);
    }
}
