using Accounts.Core.Audit;
using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using FluentValidation;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.SignIn;

/// <summary>The form for changing a password.</summary>
public sealed class ChangePasswordInput
{
    /// <summary>The password that the account has.</summary>
    public string CurrentPassword { get; set; } = "";

    /// <summary>
    /// The password that it gets, of <see cref="InputRules.PasswordMinimum"/> to <see cref="InputRules.PasswordMaximum"/> characters.
    /// </summary>
    public string NewPassword { get; set; } = "";

    /// <summary>Whether to end every other session as well.</summary>
    public bool EndOtherSessions { get; set; }
}

internal sealed class ChangePasswordInputValidator : AbstractValidator<ChangePasswordInput>
{
    public ChangePasswordInputValidator()
    {
        RuleFor(i => i.CurrentPassword).MustBeGivenPassword();
        RuleFor(i => i.NewPassword).MustBeNewPassword();
        RuleFor(i => i.NewPassword).Must((i, password) => !string.Equals(
            TypedText.Password(password), TypedText.Password(i.CurrentPassword), StringComparison.Ordinal))
            .Says(InputProblem.SamePassword).When(i => i.CurrentPassword.Length > 0);
    }
}

/// <summary>The outcome of a password change.</summary>
public abstract record ChangePasswordOutcome
{
    private ChangePasswordOutcome()
    {
    }

    /// <summary>The account has the new password.</summary>
    /// <param name="EndedSessions">How many other sessions it ended.</param>
    /// <param name="Session">The caller's session with a new key, as after a re-authentication. A copy of the old cookie stops working.</param>
    public sealed record Changed(int EndedSessions, StartedSession Session) : ChangePasswordOutcome;

    /// <summary>The account already has the new password, because the browser posted the form twice. This call changed no password.</summary>
    /// <param name="Session">The caller's session with a new key: the first response may have been lost.</param>
    public sealed record AlreadyChanged(StartedSession Session) : ChangePasswordOutcome;

    /// <summary>The current password was wrong, or the account has none.</summary>
    public sealed record WrongPassword : ChangePasswordOutcome;

    /// <summary>Too many attempts. Nothing was checked.</summary>
    /// <param name="Wait">How long to wait before the next attempt can succeed.</param>
    public sealed record Throttled(TimeSpan Wait) : ChangePasswordOutcome;

    /// <summary>Too many passwords wait to be hashed. Nothing was checked.</summary>
    /// <param name="Wait">How long the waiting hashes will take.</param>
    public sealed record Busy(TimeSpan Wait) : ChangePasswordOutcome;

    /// <summary>The caller's own session had ended.</summary>
    public sealed record CallerEnded : ChangePasswordOutcome;

    /// <summary>The input breaks a rule. Nothing was checked or changed.</summary>
    /// <param name="Errors">What is wrong, field by field; at least one.</param>
    public sealed record Invalid(IReadOnlyList<InputError> Errors) : ChangePasswordOutcome;
}

/// <summary>Changes a user's password.</summary>
public sealed class PasswordChange
{
    private static readonly ChangePasswordInputValidator Rules = new();

    private readonly AccountsDatabase _database;
    private readonly CommandRunner _commands;
    private readonly KeyRotation _rotation;
    private readonly SignInThrottle _throttle;
    private readonly PasswordHashing _hashing;
    private readonly PasswordVerifier _passwords;
    private readonly RefusedAttempts _refused;
    private readonly TimeProvider _time;

    internal PasswordChange(
        AccountsDatabase database,
        CommandRunner commands,
        KeyRotation rotation,
        SignInThrottle throttle,
        PasswordHashing hashing,
        PasswordVerifier passwords,
        RefusedAttempts refused,
        TimeProvider time)
    {
        _database = database;
        _commands = commands;
        _rotation = rotation;
        _throttle = throttle;
        _hashing = hashing;
        _passwords = passwords;
        _refused = refused;
        _time = time;
    }

    /// <summary>Changes the password and the key of the caller's session. If asked to, it also ends every other session.</summary>
    /// <remarks>A sign-in that verified the old password and hasn't started its session yet is refused.</remarks>
    /// <exception cref="CallerRefusedException">The caller may never change the password; nothing was checked.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed.</exception>
    /// <exception cref="OperationCanceledException">The call was canceled before its turn to write; nothing changed.</exception>
    public async Task<ChangePasswordOutcome> ChangeAsync(Caller caller, ChangePasswordInput input, CancellationToken cancellationToken = default)
    {
        Need.ChangePassword.Check(caller);
        if (Rules.Check(input) is { } errors)
            return new ChangePasswordOutcome.Invalid(errors);
        // One place covers all hashing of this change, so the server refuses the change before it begins or not at all.
        using var place = _hashing.TryEnter(HashPriority.Known, out var busy);
        if (place is null)
            return new ChangePasswordOutcome.Busy(busy);
        if (_throttle.TryKnown(caller.Subject.ToString(), caller.OwnSession.Value.ToByteArray(), caller.Address, out var wait) is not { } attempt)
        {
            _refused.RecordProof(caller, RefusedAttemptKind.PasswordChange, RefusedAttemptReason.Throttled);
            return new ChangePasswordOutcome.Throttled(wait);
        }

        var now = _time.GetUtcNow();
        User? user;
        using (attempt)
        {
            user = await _database.ReadAsync(db => db.FindLiveUserAsync(caller, now, cancellationToken));
            if (user is null)
                return new ChangePasswordOutcome.CallerEnded();
            if (InputRules.CheckNewPassword(nameof(input.NewPassword), input.NewPassword, user) is { } weak)
                return new ChangePasswordOutcome.Invalid([weak]);
            if (!await _passwords.VerifyAsync(place, user, input.CurrentPassword, cancellationToken))
            {
                if (await RepeatAsync(place, caller, user, input, cancellationToken) is { } again)
                    return again;
                attempt.Keep();
                _refused.RecordProof(caller, RefusedAttemptKind.PasswordChange, RefusedAttemptReason.WrongPassword);
                return new ChangePasswordOutcome.WrongPassword();
            }
        }

        var hash = await place.HashAsync(user, input.NewPassword, cancellationToken);
        var (outcome, overtaken) = await _commands.RunAsync<(ChangePasswordOutcome?, User?)>(
            caller,
            Need.ChangePassword,
            input.EndOtherSessions ? SessionSet.All(caller.Subject) : null,
            _ => (new ChangePasswordOutcome.CallerEnded(), null),
            async work =>
            {
                if (PasswordVerifier.IsChanged(work.Account, user))
                    return (null, work.Account);

                (work.Account.PasswordHash, work.Account.NewPasswordRequired) = (hash, false);
                return (await FinishAsync(work, _rotation, caller, now, input.EndOtherSessions), null);
            }, cancellationToken);
        return outcome ?? await RepeatAsync(place, caller, overtaken!, input, cancellationToken) ?? new ChangePasswordOutcome.WrongPassword();
    }

    /// <summary>
    /// What a new password brings with it: the caller's session gets a new key, sign-ins that verified the old password become void, and the other
    /// sessions end if they shall.
    /// </summary>
    internal static async Task<ChangePasswordOutcome.Changed> FinishAsync(
        UnitOfWork work, KeyRotation rotation, Caller caller, DateTimeOffset now, bool endOtherSessions)
    {
        var session = await rotation.OfferAsync(work, caller, SignInMethods.Password);
        work.Account.RenewStamp();
        var ended = endOtherSessions
            ? await work.EndAsync(new Ending(caller, now, EndReason.PasswordChanged), SessionSet.AllExcept(caller.Subject, caller.OwnSession))
            : [];
        var count = ended.Count(row => row.IsOwn);
        await work.Db.RecordAsync(caller, now, AuditAction.PasswordChanged, count: count, methods: SignInMethods.Password);
        if (ended.Count == 0)
            work.Report(new SessionChange.Recorded(caller.Subject, caller.OwnSession));
        return new ChangePasswordOutcome.Changed(count, session);
    }

    /// <summary>
    /// Handles a form that was posted twice: the current password is wrong, because the new one is the account's already. That proves the user.
    /// </summary>
    /// <remarks>
    /// Only the session that has just changed the password can have done so, with the key that it had. Any other caller would get a second guess out
    /// of each attempt.
    /// </remarks>
    /// <returns>Null if the form wasn't posted twice.</returns>
    private async Task<ChangePasswordOutcome?> RepeatAsync(
        HashPlace place, Caller caller, User user, ChangePasswordInput input, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var (subject, session, since) = (caller.Subject.Value, caller.OwnSession.Value, now - OfferedKey.Overlap);
        var changed = await _database.ReadAsync(db => db.AuditEvents.AnyAsync(
            e => e.UserId == subject && e.At > since && e.Action == AuditAction.PasswordChanged && e.ActorSessionId == session, cancellationToken));
        if (!changed || await place.VerifyAsync(user, input.NewPassword, cancellationToken) == PasswordCheck.Wrong)
            return null;

        return await _commands.RunAsync<ChangePasswordOutcome>(
            caller,
            Need.ProveIdentity,
            null,
            _ => new ChangePasswordOutcome.CallerEnded(),
            async work => new ChangePasswordOutcome.AlreadyChanged(
                await _rotation.ReauthenticateAsync(work, caller, now, SignInMethods.Password)),
            cancellationToken);
    }
}
