using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Sessions;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Microsoft.Extensions.Logging;

namespace Accounts.Core.Passkeys;

/// <summary>Lets a signed-in user prove with a passkey of their account that it is still them. Their session gets a new key.</summary>
public sealed partial class PasskeyProof
{
    private readonly AccountsDatabase _database;
    private readonly CommandRunner _commands;
    private readonly PasskeyCeremonies _ceremonies;
    private readonly ProofDoor _door;
    private readonly SignInThrottle _throttle;
    private readonly RefusedAttempts _refused;
    private readonly TimeProvider _time;
    private readonly ILogger<PasskeyProof> _logger;

    internal PasskeyProof(
        AccountsDatabase database,
        CommandRunner commands,
        PasskeyCeremonies ceremonies,
        ProofDoor door,
        SignInThrottle throttle,
        RefusedAttempts refused,
        TimeProvider time,
        ILogger<PasskeyProof> logger)
    {
        _database = database;
        _commands = commands;
        _ceremonies = ceremonies;
        _door = door;
        _throttle = throttle;
        _refused = refused;
        _time = time;
        _logger = logger;
    }

    /// <summary>Remembers what the caller's browser is asked for.</summary>
    /// <exception cref="CallerRefusedException">The caller may never prove who they are here; nothing began.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing began.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; nothing began.</exception>
    public async Task<BeginPasskeyOutcome> BeginAsync(Caller caller, PasskeyChallenge challenge, CancellationToken cancellationToken = default)
    {
        Need.ProveIdentity.Check(caller);
        if (_ceremonies.Count(caller) is { } wait)
            return new BeginPasskeyOutcome.Throttled(wait);
        return await _commands.RunAsync<BeginPasskeyOutcome>(
            caller,
            Need.ProveIdentity,
            null,
            _ => new BeginPasskeyOutcome.CallerEnded(),
            work => Task.FromResult<BeginPasskeyOutcome>(new BeginPasskeyOutcome.Began(
                _ceremonies.Add(work.Db, PasskeyPurpose.Prove, caller, challenge.State), challenge.OptionsJson)),
            cancellationToken);
    }

    /// <summary>Opens an attempt with the browser's answer, before you verify it. The question is used up.</summary>
    /// <exception cref="CallerRefusedException">The caller may never prove who they are here; nothing was checked.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public async Task<OpenPasskeyOutcome> OpenAsync(Caller caller, string id, CancellationToken cancellationToken = default)
    {
        Need.ProveIdentity.Check(caller);
        if (await _ceremonies.BurnAsync(caller, PasskeyPurpose.Prove, id, cancellationToken) is not { } state
            || await _door.OpenAsync(caller, cancellationToken) is not { } proof
            || await _database.ReadAsync(db => db.FindPasskeyAccountAsync(caller.Subject, cancellationToken)) is not { } account)
        {
            return new OpenPasskeyOutcome.Refused();
        }

        if (_throttle.TryKnown(
            caller.Subject.ToString(), caller.OwnSession.Value.ToByteArray(), caller.Address, out var wait, Attempt.Passkey) is not { } counted)
        {
            _refused.RecordProof(caller, RefusedAttemptKind.Proof, RefusedAttemptReason.Throttled);
            Log.Throttled(_logger, caller.OwnSession);
            return new OpenPasskeyOutcome.Throttled(wait);
        }

        return new OpenPasskeyOutcome.Opened(new PasskeyAttempt(PasskeyPurpose.Prove, account, state, proof, counted));
    }

    /// <summary>Gives the caller's session a fresh proof, with a new key.</summary>
    /// <param name="caller">The caller.</param>
    /// <param name="attempt">The attempt, opened by the same caller. This call finishes it.</param>
    /// <param name="verified">The passkey as it is after its use; null if the answer is wrong.</param>
    /// <param name="cancellationToken">Cancels the call until it may write.</param>
    /// <exception cref="ArgumentException">Another caller opened the attempt, it is for something else, or has finished before.</exception>
    /// <exception cref="CallerRefusedException">The caller may never prove who they are here; nothing changed.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; the session has no fresh proof.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; the session has no fresh proof.</exception>
    public async Task<PasskeyProofOutcome> ProveAsync(
        Caller caller, PasskeyAttempt attempt, PasskeyCredential? verified, CancellationToken cancellationToken = default)
    {
        Need.ProveIdentity.Check(caller);
        ArgumentNullException.ThrowIfNull(attempt);
        if (attempt.Account.Id != caller.Subject)
            throw new ArgumentException("The attempt was opened by another caller.", nameof(attempt));
        attempt.Finish(PasskeyPurpose.Prove);
        var now = _time.GetUtcNow();
        var isUsed = verified is not null && await _database.WriteAsync(
            WritePriority.Ordinary,
            async db => await db.LockUserAsync(caller.Subject) is not null && await db.UsePasskeyAsync(caller.Subject, verified, now),
            cancellationToken);
        if (!isUsed)
        {
            attempt.Keep();
            _refused.RecordProof(caller, RefusedAttemptKind.Proof, RefusedAttemptReason.WrongPasskey);
            Log.Refused(_logger, caller.OwnSession);
            return new PasskeyProofOutcome.Refused();
        }

        return await _door.ReauthenticateAsync(caller, attempt.Proof!, SignInMethods.Passkey, cancellationToken) is { } session
            ? new PasskeyProofOutcome.Proved(session)
            : new PasskeyProofOutcome.Refused();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Refused to re-authenticate session {SessionId} with a passkey: the answer is wrong")]
        public static partial void Refused(ILogger logger, SessionId sessionId);

        [LoggerMessage(2, LogLevel.Warning, "Refused to re-authenticate session {SessionId} with a passkey: too many attempts")]
        public static partial void Throttled(ILogger logger, SessionId sessionId);
    }
}
