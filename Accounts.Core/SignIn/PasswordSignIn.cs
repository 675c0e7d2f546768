using Accounts.Core.Callers;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Accounts.Core.SignIn;

/// <summary>The form for signing in with a password.</summary>
public sealed class SignInInput
{
    /// <summary>The account's email, in any spelling.</summary>
    public string Email { get; set; } = "";

    /// <summary>The account's password.</summary>
    public string Password { get; set; } = "";

    /// <summary>"Keep me signed in".</summary>
    public bool Remember { get; set; }

    /// <summary>
    /// The password that the account gets, if its administrator requires a new one; null otherwise. It has the rules of
    /// <see cref="ChangePasswordInput.NewPassword"/>.
    /// </summary>
    public string? NewPassword { get; set; }

    /// <summary>
    /// Whether to keep the account, if its owner has deleted it and the time to take that back isn't over: the answer to
    /// <see cref="SignInOutcome.DeletionPending"/>.
    /// </summary>
    public bool KeepAccount { get; set; }
}

internal sealed class SignInInputValidator : AbstractValidator<SignInInput>
{
    public SignInInputValidator()
    {
        RuleFor(i => i.Email).MustBeGivenEmail();
        RuleFor(i => i.Password).MustBeGivenPassword();
        When(i => i.NewPassword is not null, () =>
        {
            RuleFor(i => i.NewPassword!).MustBeNewPassword();
            RuleFor(i => i.NewPassword!).Must((i, password) => !string.Equals(
                TypedText.Password(password), TypedText.Password(i.Password), StringComparison.Ordinal))
                .Says(InputProblem.SamePassword).When(i => i.Password.Length > 0);
        });
    }
}

/// <summary>The outcome of a sign-in.</summary>
public abstract record SignInOutcome
{
    private SignInOutcome()
    {
    }

    /// <summary>The password is right. A session started.</summary>
    /// <param name="Session">The session, for the browser's cookie.</param>
    public sealed record SignedIn(StartedSession Session) : SignInOutcome;

    /// <summary>
    /// The password is right, and the account has two-factor: go on with <see cref="SecondStep"/>. No session started.
    /// </summary>
    /// <param name="Token">A secret for this browser's cookie. It lasts for ten minutes.</param>
    public sealed record SecondStepNeeded(string Token) : SignInOutcome;

    /// <summary>The email has no account, or the password is wrong. Both take the same time, so the answer doesn't reveal which.</summary>
    public sealed record WrongCredentials : SignInOutcome;

    /// <summary>
    /// The password is right, and the account needs a new one: sign in again with <see cref="SignInInput.NewPassword"/>. No session started.
    /// </summary>
    public sealed record NewPasswordRequired : SignInOutcome;

    /// <summary>The password is right, but an administrator disabled the account. No session started.</summary>
    public sealed record AccountDisabled : SignInOutcome;

    /// <summary>The password is right, but the account is to be deleted. No session started.</summary>
    /// <param name="DueAt">When it is deleted.</param>
    /// <param name="ByOwner">
    /// Whether its owner did that: then sign in again with <see cref="SignInInput.KeepAccount"/>. An administrator's deletion only an administrator
    /// takes back.
    /// </param>
    public sealed record DeletionPending(DateTimeOffset DueAt, bool ByOwner) : SignInOutcome;

    /// <summary>Too many attempts. Nothing was checked.</summary>
    /// <param name="Wait">How long to wait before the next attempt can succeed.</param>
    public sealed record Throttled(TimeSpan Wait) : SignInOutcome;

    /// <summary>Too many passwords wait to be hashed. Nothing was checked.</summary>
    /// <param name="Wait">How long the waiting hashes will take.</param>
    public sealed record Busy(TimeSpan Wait) : SignInOutcome;

    /// <summary>The input breaks a rule. Nothing was checked or changed.</summary>
    /// <param name="Errors">What is wrong, field by field; at least one.</param>
    public sealed record Invalid(IReadOnlyList<InputError> Errors) : SignInOutcome;
}

/// <summary>Signs users in with their password.</summary>
public sealed partial class PasswordSignIn
{
    private static readonly SignInInputValidator Rules = new();

    private readonly AccountsDatabase _database;
    private readonly SessionStarter _starter;
    private readonly SignInThrottle _throttle;
    private readonly PasswordHashing _hashing;
    private readonly PasswordVerifier _passwords;
    private readonly RefusedAttempts _refused;
    private readonly TimeProvider _time;
    private readonly ILogger<PasswordSignIn> _logger;

    internal PasswordSignIn(
        AccountsDatabase database,
        SessionStarter starter,
        SignInThrottle throttle,
        PasswordHashing hashing,
        PasswordVerifier passwords,
        RefusedAttempts refused,
        TimeProvider time,
        ILogger<PasswordSignIn> logger)
    {
        _database = database;
        _starter = starter;
        _throttle = throttle;
        _hashing = hashing;
        _passwords = passwords;
        _refused = refused;
        _time = time;
        _logger = logger;
    }

    /// <summary>Checks the password and starts a session.</summary>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing started.</exception>
    /// <exception cref="OperationCanceledException">The call was canceled before the session started; nothing started.</exception>
    public async Task<SignInOutcome> SignInAsync(CallingBrowser browser, SignInInput input, CancellationToken cancellationToken = default)
    {
        if (Rules.Check(input) is { } errors)
            return new SignInOutcome.Invalid(errors);

        var found = await FindAsync(browser, input, cancellationToken);
        using var place = _hashing.TryEnter(found.IsKnown ? HashPriority.Known : HashPriority.Stranger, out var busy, input.Password);
        return place is null ? new SignInOutcome.Busy(busy) : await SignInAsync(place, browser, input, found, cancellationToken);
    }

    /// <summary>The same for a request that already has a place and whose input is already valid.</summary>
    internal async Task<SignInOutcome> SignInAsync(HashPlace place, CallingBrowser browser, SignInInput input, CancellationToken cancellationToken) =>
        await SignInAsync(place, browser, input, await FindAsync(browser, input, cancellationToken), cancellationToken);

    private Task<Found> FindAsync(CallingBrowser browser, SignInInput input, CancellationToken cancellationToken)
    {
        var browserHash = browser.Id.Hash();
        return _database.ReadAsync(async db =>
        {
            var epoch = await db.FindEpochAsync(cancellationToken);
            var user = await db.Users.AsNoTracking().FindByEmailAsync(input.Email, cancellationToken);
            var known = user is not null
                && await db.Sessions.AnyAsync(s => s.UserId == user.Id && s.BrowserHash == browserHash, cancellationToken);
            return new Found(user?.NormalizedEmail ?? EmailKey.All(input.Email)[0], browserHash, user, known, epoch);
        });
    }

    private async Task<SignInOutcome> SignInAsync(HashPlace place, CallingBrowser browser, SignInInput input, Found found,
        CancellationToken cancellationToken)
    {
        var user = found.User;
        // Count the attempt only now: a request that found no place to hash was no attempt.
        var attempt = found.IsKnown
            ? _throttle.TryKnown(found.Email, found.Browser, browser.Address, out var wait)
            : _throttle.TryStranger(found.Email, browser.Address, out wait);
        if (attempt is null)
        {
            _refused.RecordSignIn(user?.Id, browser, RefusedAttemptReason.Throttled);
            Log.Throttled(_logger, user?.Id);
            return new SignInOutcome.Throttled(wait);
        }

        using (attempt)
        {
            if (!await _passwords.VerifyAsync(place, user, input.Password, cancellationToken) || user is null)
            {
                attempt.Keep();
                _refused.RecordSignIn(user?.Id, browser, RefusedAttemptReason.WrongPassword);
                Log.Refused(_logger, user?.Id);
                return new SignInOutcome.WrongCredentials();
            }
        }

        // Only after the right password: a stranger learns nothing. The start of the session asks again, under the account's lock.
        if (Closed(user, input) is { } closed)
        {
            if (closed is not SignInOutcome.DeletionPending { ByOwner: true })
                _refused.RecordSignIn(user.Id, browser, RefusedAttemptReason.AccountDisabled);
            Log.Closed(_logger, user.Id);
            return closed;
        }

        string? hash = null;
        if (user.NewPasswordRequired)
        {
            if (input.NewPassword is not { } chosen)
                return new SignInOutcome.NewPasswordRequired();
            if (InputRules.CheckNewPassword(nameof(input.NewPassword), chosen, user) is { } weak)
                return new SignInOutcome.Invalid([weak]);
            hash = await place.HashAsync(user, chosen, cancellationToken);
        }

        // Null if the password was changed, or all sessions were ended, since the check. Then the verified password no longer counts.
        var proof = new VerifiedUser(new UserId(user.Id), new ProofStamp(user.SecurityStamp!, found.Epoch), SignInMethods.Password)
        {
            NewPasswordHash = hash,
            KeepsAccount = input.KeepAccount,
            OffersSecondStep = true,
        };
        return await _starter.StartAsync(browser, proof, input.Remember, cancellationToken) switch
        {
            StartOutcome.Started { Session: var session } => new SignInOutcome.SignedIn(session),
            StartOutcome.SecondStepNeeded { Token: var token } => new SignInOutcome.SecondStepNeeded(token),
            _ => new SignInOutcome.WrongCredentials(),
        };
    }

    /// <summary>Why the account lets nobody sign in; null if it does.</summary>
    private SignInOutcome? Closed(User user, SignInInput input) => user switch
    {
        _ when user.IsGone(_time.GetUtcNow()) => new SignInOutcome.WrongCredentials(),
        { DisabledAt: not null } => new SignInOutcome.AccountDisabled(),
        { DeletionDueAt: { } due, DeletedByOwner: var byOwner } when !byOwner || !input.KeepAccount =>
            new SignInOutcome.DeletionPending(due, byOwner),
        _ => null,
    };

    /// <param name="Email">The key of the account's email; of the entered one if there is no account.</param>
    /// <param name="Browser">The hash of the browser's id.</param>
    /// <param name="User">The account with this email; null if there is none.</param>
    /// <param name="IsKnown">Whether the account has had a session in this browser.</param>
    /// <param name="Epoch">The epoch.</param>
    private sealed record Found(string Email, byte[] Browser, User? User, bool IsKnown, long Epoch);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Refused a sign-in: wrong password or unknown email (account {UserId})")]
        public static partial void Refused(ILogger logger, Guid? userId);

        [LoggerMessage(2, LogLevel.Warning, "Refused a sign-in: too many attempts (account {UserId})")]
        public static partial void Throttled(ILogger logger, Guid? userId);

        [LoggerMessage(3, LogLevel.Information, "Refused a sign-in: the account {UserId} is disabled or to be deleted")]
        public static partial void Closed(ILogger logger, Guid userId);
    }
}
