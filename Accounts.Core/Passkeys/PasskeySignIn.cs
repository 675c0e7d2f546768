using Accounts.Core.Callers;
using Accounts.Core.Sessions;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Accounts.Core.Passkeys;

/// <summary>Signs users in with a passkey. The user needn't say who they are: the passkey names the account.</summary>
/// <remarks>
/// Begin, and give the options to the page. Open with the browser's answer, verify it, and come in with what you found. As with
/// <see cref="ProofDoor"/>, whatever changes about the account in between voids the answer.
/// </remarks>
public sealed partial class PasskeySignIn
{
    private readonly AccountsDatabase _database;
    private readonly PasskeyCeremonies _ceremonies;
    private readonly ProofDoor _door;
    private readonly SignInThrottle _throttle;
    private readonly RefusedAttempts _refused;
    private readonly TimeProvider _time;
    private readonly ILogger<PasskeySignIn> _logger;

    internal PasskeySignIn(
        AccountsDatabase database,
        PasskeyCeremonies ceremonies,
        ProofDoor door,
        SignInThrottle throttle,
        RefusedAttempts refused,
        TimeProvider time,
        ILogger<PasskeySignIn> logger)
    {
        _database = database;
        _ceremonies = ceremonies;
        _door = door;
        _throttle = throttle;
        _refused = refused;
        _time = time;
        _logger = logger;
    }

    /// <summary>Remembers what a browser is asked for.</summary>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing began.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; nothing began.</exception>
    public async Task<BeginPasskeyOutcome> BeginAsync(
        CallingBrowser browser, PasskeyChallenge challenge, CancellationToken cancellationToken = default) =>
        _ceremonies.Count(browser) is { } wait
            ? new BeginPasskeyOutcome.Throttled(wait)
            : new BeginPasskeyOutcome.Began(
                await _ceremonies.AddAsync(browser, challenge.State, cancellationToken), challenge.OptionsJson);

    /// <summary>Opens an attempt with a browser's answer, before you verify it. The question is used up.</summary>
    /// <param name="browser">The browser.</param>
    /// <param name="id">The question's id.</param>
    /// <param name="account">The account that the answer names; null if it names none.</param>
    /// <param name="cancellationToken">Cancels the call until it may write.</param>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public async Task<OpenPasskeyOutcome> OpenAsync(
        CallingBrowser browser, string id, UserId? account, CancellationToken cancellationToken = default)
    {
        if (await _ceremonies.BurnAsync(browser, id, cancellationToken) is not { } state)
            return new OpenPasskeyOutcome.Refused();
        // The door first: what changes after it voids the answer.
        if (account is not { } named || await _door.OpenAsync(named, cancellationToken) is not { } proof)
        {
            Log.NoAccount(_logger);
            return new OpenPasskeyOutcome.Refused();
        }

        var browserHash = browser.Id.Hash();
        var (found, known) = await _database.ReadAsync(async db => (
            await db.FindPasskeyAccountAsync(named, cancellationToken),
            await db.Sessions.AnyAsync(s => s.UserId == named.Value && s.BrowserHash == browserHash, cancellationToken)));
        if (found is null)
            return new OpenPasskeyOutcome.Refused();

        var counted = known
            ? _throttle.TryKnown(named.ToString(), browserHash, browser.Address, out var wait, Attempt.Passkey)
            : _throttle.TryStranger(named.ToString(), browser.Address, out wait, Attempt.Passkey);
        if (counted is null)
        {
            _refused.RecordSignIn(named.Value, browser, RefusedAttemptReason.Throttled);
            Log.Throttled(_logger, named);
            return new OpenPasskeyOutcome.Throttled(wait);
        }

        return new OpenPasskeyOutcome.Opened(new PasskeyAttempt(PasskeyPurpose.SignIn, found, state, proof, counted));
    }

    /// <summary>Starts a session for a user whose passkey was verified.</summary>
    /// <param name="browser">The user's browser.</param>
    /// <param name="attempt">The attempt, opened by this browser. This call finishes it.</param>
    /// <param name="verified">The passkey as it is after its use; null if the answer is wrong.</param>
    /// <param name="remember">"Keep me signed in".</param>
    /// <param name="cancellationToken">Cancels the call until it may write.</param>
    /// <exception cref="ArgumentException">The attempt was opened for something else, or has finished before.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; no session started.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; no session started.</exception>
    public async Task<PasskeySignInOutcome> SignInAsync(
        CallingBrowser browser, PasskeyAttempt attempt, PasskeyCredential? verified, bool remember, CancellationToken cancellationToken = default)
    {
        attempt.Finish(PasskeyPurpose.SignIn);
        var account = attempt.Account.Id;
        var now = _time.GetUtcNow();
        var user = verified is null ? null : await _database.WriteAsync(
            WritePriority.Ordinary,
            async db => await db.LockUserAsync(account) is { } locked && await db.UsePasskeyAsync(account, verified, now) ? locked : null,
            cancellationToken);
        if (user is null)
        {
            attempt.Keep();
            _refused.RecordSignIn(account.Value, browser, RefusedAttemptReason.WrongPasskey);
            Log.Refused(_logger, account);
            return new PasskeySignInOutcome.Refused();
        }

        // Only after the right passkey: a stranger learns nothing. The start of the session asks again, under the account's lock.
        if (Closed(user, now) is { } closed)
        {
            if (closed is PasskeySignInOutcome.AccountDisabled or PasskeySignInOutcome.DeletionPending { ByOwner: false })
                _refused.RecordSignIn(account.Value, browser, RefusedAttemptReason.AccountDisabled);
            Log.Closed(_logger, account);
            return closed;
        }

        if (await _door.SignInAsync(browser, attempt.Proof!, SignInMethods.Passkey, remember, cancellationToken) is { } session)
            return new PasskeySignInOutcome.SignedIn(session);
        Log.Overtaken(_logger, account);
        return new PasskeySignInOutcome.Refused();
    }

    /// <summary>Why the account lets nobody sign in; null if it does.</summary>
    private static PasskeySignInOutcome? Closed(User user, DateTimeOffset now) => user switch
    {
        // An application that keeps its own users decides who signs in, by its own page.
        _ when user.IsGone(now) || user.ExternalId is not null => new PasskeySignInOutcome.Refused(),
        { DisabledAt: not null } => new PasskeySignInOutcome.AccountDisabled(),
        { NewPasswordRequired: true } => new PasskeySignInOutcome.NewPasswordRequired(),
        { DeletionDueAt: { } due } => new PasskeySignInOutcome.DeletionPending(due, user.DeletedByOwner),
        _ => null,
    };

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Refused a sign-in with a passkey: there is no such account")]
        public static partial void NoAccount(ILogger logger);

        [LoggerMessage(2, LogLevel.Warning, "Refused a sign-in with a passkey: too many attempts (account {UserId})")]
        public static partial void Throttled(ILogger logger, UserId userId);

        [LoggerMessage(3, LogLevel.Warning, "Refused a sign-in with a passkey: the answer is wrong, or its counter isn't ahead (account {UserId})")]
        public static partial void Refused(ILogger logger, UserId userId);

        [LoggerMessage(4, LogLevel.Information, "Refused a sign-in with a passkey: the account {UserId} is closed, or needs a new password")]
        public static partial void Closed(ILogger logger, UserId userId);

        [LoggerMessage(5, LogLevel.Information, "Refused a sign-in with a passkey: the account {UserId} changed meanwhile, or it took too long")]
        public static partial void Overtaken(ILogger logger, UserId userId);
    }
}
