using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Mail;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Core.TwoFactor;
using Accounts.Core.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Accounts.Core.SignIn;

/// <summary>The outcome of a re-authentication.</summary>
public abstract record ReauthenticationOutcome
{
    private ReauthenticationOutcome()
    {
    }

    /// <summary>Everything that the user gave is right.</summary>
    /// <param name="Session">The same session with a new key. Only that key carries the fresh proof; the old key stops working.</param>
    public sealed record Proved(StartedSession Session) : ReauthenticationOutcome;

    /// <summary>The password is missing or wrong, or the account has none.</summary>
    public sealed record WrongPassword : ReauthenticationOutcome;

    /// <summary>The code doesn't count, or has the shape of none.</summary>
    /// <param name="Check">Why.</param>
    public sealed record WrongCode(CodeCheck Check) : ReauthenticationOutcome;

    /// <summary>The code from an email doesn't count: it is wrong, was used, has expired, or was guessed at too often.</summary>
    public sealed record WrongEmailCode : ReauthenticationOutcome;

    /// <summary>Too many attempts. Nothing was checked.</summary>
    /// <param name="Wait">How long to wait before the next attempt can succeed.</param>
    public sealed record Throttled(TimeSpan Wait) : ReauthenticationOutcome;

    /// <summary>Too many passwords wait to be hashed. Nothing was checked.</summary>
    /// <param name="Wait">How long the waiting hashes will take.</param>
    public sealed record Busy(TimeSpan Wait) : ReauthenticationOutcome;

    /// <summary>The caller's own session had ended.</summary>
    public sealed record CallerEnded : ReauthenticationOutcome;
}

/// <summary>What a user gives to confirm who they are: one factor, or both.</summary>
public sealed class ReauthenticationInput
{
    /// <summary>The account's password; "" if the user gives a code only.</summary>
    public string Password { get; set; } = "";

    /// <summary>A code of the authenticator app, or a recovery code; "" if the user gives the password only.</summary>
    public string Code { get; set; } = "";

    /// <summary>A code that <see cref="Reauthentication.SendCodeAsync"/> sent, instead of the password; "" if the user gives none.</summary>
    public string EmailCode { get; set; } = "";
}

/// <summary>Which factors a user can confirm who they are with.</summary>
/// <param name="Password">The account's password.</param>
/// <param name="Code">A code of the authenticator app, or a recovery code.</param>
/// <param name="Passkey">A passkey, which counts as both factors.</param>
/// <param name="Email">The address that a code can be sent to, of which only the beginnings are shown; null if none can.</param>
public sealed record ProofFactors(bool Password, bool Code, bool Passkey, string? Email = null);

/// <summary>The outcome of a request for a code by email.</summary>
public abstract record SendCodeOutcome
{
    private SendCodeOutcome()
    {
    }

    /// <summary>The code is on its way. Earlier ones for this session don't work any more.</summary>
    public sealed record Sent : SendCodeOutcome;

    /// <summary>The application sends no emails, or the account has no address.</summary>
    public sealed record NoEmail : SendCodeOutcome;

    /// <summary>Too many requests. Nothing was sent.</summary>
    /// <param name="Wait">How long to wait before the next one can succeed.</param>
    public sealed record Throttled(TimeSpan Wait) : SendCodeOutcome;

    /// <summary>The caller's own session had ended.</summary>
    public sealed record CallerEnded : SendCodeOutcome;
}

/// <summary>Lets a signed-in user confirm who they are. It starts no second session; the user's session gets a new key.</summary>
public sealed partial class Reauthentication
{
    private readonly AccountsDatabase _database;
    private readonly CommandRunner _commands;
    private readonly KeyRotation _rotation;
    private readonly SignInThrottle _throttle;
    private readonly PasswordHashing _hashing;
    private readonly PasswordVerifier _passwords;
    private readonly SecondFactor _secondFactor;
    private readonly RefusedAttempts _refused;
    private readonly Outbox _outbox;
    private readonly SignInOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<Reauthentication> _logger;

    internal Reauthentication(
        AccountsDatabase database,
        CommandRunner commands,
        KeyRotation rotation,
        SignInThrottle throttle,
        PasswordHashing hashing,
        PasswordVerifier passwords,
        SecondFactor secondFactor,
        RefusedAttempts refused,
        Outbox outbox,
        SignInOptions options,
        TimeProvider time,
        ILogger<Reauthentication> logger)
    {
        _database = database;
        _commands = commands;
        _rotation = rotation;
        _throttle = throttle;
        _hashing = hashing;
        _passwords = passwords;
        _secondFactor = secondFactor;
        _refused = refused;
        _outbox = outbox;
        _options = options;
        _time = time;
        _logger = logger;
    }

    /// <summary>Which factors the caller's account has, for a form that asks for them.</summary>
    /// <exception cref="CallerRefusedException">The caller lacks the scope.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public async Task<ProofFactors> FindFactorsAsync(Caller caller, CancellationToken cancellationToken = default)
    {
        Need.ReadAccount.Check(caller);
        var factors = await _database.ReadAsync(db => db.Users.Where(u => u.Id == caller.Subject.Value)
            .Select(u => new ProofFactors(u.PasswordHash != null, u.TwoFactorEnabled, db.UserPasskeys.Any(p => p.UserId == u.Id), u.Email))
            .SingleOrDefaultAsync(cancellationToken))
            ?? new ProofFactors(false, false, false);
        return factors with { Email = _outbox.IsOn && factors.Email is { } email ? MaskedEmail.Of(email) : null };
    }

    /// <summary>Sends a code by email with which the caller can confirm, in this session, who they are. It counts as much as the password.</summary>
    /// <exception cref="CallerRefusedException">The caller may never prove who they are here; nothing was sent.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing was sent.</exception>
    /// <exception cref="OperationCanceledException">The call was canceled before its turn to write; nothing was sent.</exception>
    public async Task<SendCodeOutcome> SendCodeAsync(Caller caller, CancellationToken cancellationToken = default)
    {
        Need.ProveIdentity.Check(caller);
        if (!_outbox.IsOn)
            return new SendCodeOutcome.NoEmail();
        var (account, session) = (caller.Subject.ToString(), caller.OwnSession.Value.ToByteArray());
        using var attempt = _throttle.TryKnown(account, session, caller.Address, out var wait, Attempt.EmailedCode);
        if (attempt is null)
            return new SendCodeOutcome.Throttled(wait);

        var now = _time.GetUtcNow();
        var outcome = await _commands.RunAsync<SendCodeOutcome>(
            caller,
            Need.ProveIdentity,
            null,
            _ => new SendCodeOutcome.CallerEnded(),
            async work =>
            {
                if (work.Account.Email is null)
                    return new SendCodeOutcome.NoEmail();
                var (user, own) = (caller.Subject.Value, caller.OwnSession.Value);
                await work.Db.EmailLinks
                    .Where(l => l.UserId == user && l.Purpose == EmailLinkPurpose.Proof && l.SessionId == own).ExecuteDeleteAsync();
                var row = await work.Db.Sessions.AsNoTracking().SingleAsync(s => s.Id == own);
                var code = EmailLinkRow.InSession(
                    EmailLinkPurpose.Proof, row, caller.Address, null, await work.FindStampAsync(), now, _options.CodeLifetime);
                work.Db.EmailLinks.Add(code);
                work.Db.Outbox.Add(OutboxRow.Of(code, MailKind.ProofCode, now));
                work.Apply(_outbox.Wake);
                return new SendCodeOutcome.Sent();
            },
            cancellationToken);
        if (outcome is SendCodeOutcome.Sent)
            attempt.Keep();
        return outcome;
    }

    /// <summary>Checks what the user gives, and offers the caller's session a new key. If one of two factors is wrong, neither counts.</summary>
    /// <remarks>
    /// The response may be lost, so the old key works until the new one is used, for a minute at most. The old key never gets the fresh proof.
    /// </remarks>
    /// <exception cref="CallerRefusedException">The caller may never prove who they are here; nothing was checked.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed.</exception>
    /// <exception cref="OperationCanceledException">The call was canceled before its turn to write; nothing changed.</exception>
    public async Task<ReauthenticationOutcome> ReauthenticateAsync(
        Caller caller, ReauthenticationInput input, CancellationToken cancellationToken = default)
    {
        Need.ProveIdentity.Check(caller);
        var (asksPassword, asksCode, asksEmail) = (input.Password.Length > 0, input.Code.Trim().Length > 0, input.EmailCode.Trim().Length > 0);
        if ((!asksPassword && !asksCode && !asksEmail) || !InputRules.IsShortEnough(input.Password))
            return new ReauthenticationOutcome.WrongPassword();
        var code = TypedCode.Parse(input.Code);
        if (asksCode && code is null)
            return new ReauthenticationOutcome.WrongCode(CodeCheck.Wrong);
        using var place = _hashing.TryEnter(HashPriority.Known, out var busy);
        if (place is null)
            return new ReauthenticationOutcome.Busy(busy);
        // Every way to guess at the password in a session uses the same counter. Codes have their own.
        var kind = asksPassword ? Attempt.Password : Attempt.Code;
        var (account, session) = (caller.Subject.ToString(), caller.OwnSession.Value.ToByteArray());
        if (_throttle.TryKnown(account, session, caller.Address, out var wait, kind) is not { } attempt)
        {
            _refused.RecordProof(caller, RefusedAttemptKind.Proof, RefusedAttemptReason.Throttled);
            Log.Throttled(_logger, caller.OwnSession.Value);
            return new ReauthenticationOutcome.Throttled(wait);
        }

        using (attempt)
        {
            var now = _time.GetUtcNow();
            var user = await _database.ReadAsync(db => db.FindLiveUserAsync(caller, now, cancellationToken));
            if (user is null)
                return new ReauthenticationOutcome.CallerEnded();
            if (asksPassword && !await _passwords.VerifyAsync(place, user, input.Password, cancellationToken))
            {
                attempt.Keep();
                _refused.RecordProof(caller, RefusedAttemptKind.Proof, RefusedAttemptReason.WrongPassword);
                return Refused(caller);
            }

            var given = code is null
                ? null
                : await _secondFactor.PrepareAsync(code.IsRecoveryCode ? place : null, caller.Subject, code, cancellationToken);
            var emailed = asksEmail ? TypedCode.Read(input.EmailCode) ?? "" : null;
            var outcome = await ProveAsync(caller, user, asksPassword, given, emailed, now, cancellationToken);
            if (outcome is ReauthenticationOutcome.WrongEmailCode)
            {
                attempt.Keep();
                _refused.RecordProof(caller, RefusedAttemptKind.Proof, RefusedAttemptReason.WrongCode);
                Log.WrongEmailCode(_logger, caller.OwnSession.Value);
            }

            if (outcome is ReauthenticationOutcome.WrongCode { Check: var check })
            {
                attempt.Keep();
                _refused.RecordProof(caller, RefusedAttemptKind.Proof, RefusedAttemptReason.WrongCode);
                Log.WrongCode(_logger, caller.OwnSession.Value, check);
            }

            return outcome;
        }
    }

    private Task<ReauthenticationOutcome> ProveAsync(
        Caller caller, User user, bool byPassword, CodeAttempt? code, string? emailed, DateTimeOffset now, CancellationToken cancellationToken)
    {
        static ReauthenticationOutcome Ended(Refusal refusal) => new ReauthenticationOutcome.CallerEnded();
        return _commands.RunAsync(caller, Need.ProveIdentity, null, Ended, async work =>
        {
            // The password may have changed since the check.
            if (byPassword && PasswordVerifier.IsChanged(work.Account, user))
                return Refused(caller);
            if (code is not null && await _secondFactor.UseAsync(work.Db, caller.Subject, code, now, SecondFactor.MostWrongInSessions)
                is not CodeCheck.Right and var wrong)
                return new ReauthenticationOutcome.WrongCode(wrong);
            if (emailed is not null && !await work.Db.UseCodeAsync(work.Account, caller.OwnSession, emailed, now))
                return new ReauthenticationOutcome.WrongEmailCode();

            var methods = (byPassword ? SignInMethods.Password : SignInMethods.None) | (code?.Method ?? SignInMethods.None)
                | (emailed is null ? SignInMethods.None : SignInMethods.Email);
            return new ReauthenticationOutcome.Proved(await _rotation.ReauthenticateAsync(work, caller, now, methods));
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

        [LoggerMessage(3, LogLevel.Warning, "Refused to re-authenticate session {SessionId}, by its code: {Check}")]
        public static partial void WrongCode(ILogger logger, Guid sessionId, CodeCheck check);

        [LoggerMessage(4, LogLevel.Warning, "Refused to re-authenticate session {SessionId}: wrong code from an email")]
        public static partial void WrongEmailCode(ILogger logger, Guid sessionId);

        [LoggerMessage(2, LogLevel.Warning, "Refused to re-authenticate session {SessionId}: too many attempts")]
        public static partial void Throttled(ILogger logger, Guid sessionId);
    }
}
