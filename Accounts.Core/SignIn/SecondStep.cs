using Accounts.Core.Callers;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Core.TwoFactor;
using Accounts.Core.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Accounts.Core.SignIn;

/// <summary>The form of the second step.</summary>
public sealed class SecondStepInput
{
    /// <summary>The code of the authenticator app, or a recovery code. Spaces don't count, and digits may be of any script.</summary>
    public string Code { get; set; } = "";

    /// <summary>"Trust this browser": whether the next sign-ins here need no code.</summary>
    public bool TrustBrowser { get; set; }
}

/// <summary>A sign-in that waits for its second step.</summary>
/// <param name="Email">The account's email; null if it has none.</param>
/// <param name="Remember">"Keep me signed in".</param>
/// <param name="MayTrust">Whether this browser can be trusted.</param>
/// <param name="ResetDueAt">When a reset that an administrator asked for turns two-factor off; null if none did.</param>
public sealed record PendingSignIn(string? Email, bool Remember, bool MayTrust, DateTimeOffset? ResetDueAt);

/// <summary>The outcome of the second step.</summary>
public abstract record SecondStepOutcome
{
    private SecondStepOutcome()
    {
    }

    /// <summary>The code is right. A session started.</summary>
    /// <param name="Session">The session, for the browser's cookie.</param>
    public sealed record SignedIn(StartedSession Session) : SecondStepOutcome;

    /// <summary>The code doesn't count. The step stays open.</summary>
    /// <param name="Check">Why.</param>
    public sealed record WrongCode(CodeCheck Check) : SecondStepOutcome;

    /// <summary>The input breaks a rule. Nothing was checked.</summary>
    /// <param name="Errors">What is wrong; at least one.</param>
    public sealed record Invalid(IReadOnlyList<InputError> Errors) : SecondStepOutcome;

    /// <summary>
    /// There is no such sign-in: it took too long, was finished, began in another browser, or the account has changed. Begin again.
    /// </summary>
    public sealed record Expired : SecondStepOutcome;

    /// <summary>Too many attempts. Nothing was checked.</summary>
    /// <param name="Wait">How long to wait before the next attempt can succeed.</param>
    public sealed record Throttled(TimeSpan Wait) : SecondStepOutcome;

    /// <summary>Too many passwords and codes wait to be hashed. Nothing was checked.</summary>
    /// <param name="Wait">How long they will take.</param>
    public sealed record Busy(TimeSpan Wait) : SecondStepOutcome;
}

/// <summary>The second step of a sign-in, after the first factor was right.</summary>
/// <remarks>
/// Between the steps, the browser has a random token, and the database its hash: one row, bound to the browser, which the finished sign-in deletes.
/// Whatever voids a sign-in that is half way voids this one as well: another password, the end of all sessions, a change of two-factor.
/// </remarks>
public sealed partial class SecondStep
{
    private readonly AccountsDatabase _database;
    private readonly SessionStarter _starter;
    private readonly SecondFactor _secondFactor;
    private readonly SignInThrottle _throttle;
    private readonly PasswordHashing _hashing;
    private readonly RefusedAttempts _refused;
    private readonly TwoFactorOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<SecondStep> _logger;

    internal SecondStep(
        AccountsDatabase database,
        SessionStarter starter,
        SecondFactor secondFactor,
        SignInThrottle throttle,
        PasswordHashing hashing,
        RefusedAttempts refused,
        TwoFactorOptions options,
        TimeProvider time,
        ILogger<SecondStep> logger)
    {
        _database = database;
        _starter = starter;
        _secondFactor = secondFactor;
        _throttle = throttle;
        _hashing = hashing;
        _refused = refused;
        _options = options;
        _time = time;
        _logger = logger;
    }

    /// <summary>The sign-in that waits in this browser.</summary>
    /// <param name="browser">The browser.</param>
    /// <param name="token">The token of the first step; any text.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>Null if there is none: see <see cref="SecondStepOutcome.Expired"/>.</returns>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public async Task<PendingSignIn?> FindAsync(CallingBrowser browser, string? token, CancellationToken cancellationToken = default) =>
        await ReadAsync(browser, token, cancellationToken) is { } found
            ? new PendingSignIn(found.User.Email, found.Row.Remember, found.MayTrust, found.User.TwoFactorResetAt)
            : null;

    /// <summary>Checks the code and starts the session.</summary>
    /// <param name="browser">The browser of the first step.</param>
    /// <param name="token">The token of the first step; any text.</param>
    /// <param name="input">The code.</param>
    /// <param name="cancellationToken">Cancels the call until it may write.</param>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing started.</exception>
    /// <exception cref="OperationCanceledException">The call was canceled before the session started; nothing started.</exception>
    public async Task<SecondStepOutcome> SignInAsync(
        CallingBrowser browser, string? token, SecondStepInput input, CancellationToken cancellationToken = default)
    {
        if (await ReadAsync(browser, token, cancellationToken) is not { } found)
            return new SecondStepOutcome.Expired();
        if (input.Code.Trim().Length == 0)
            return Invalid(InputProblem.Missing);
        if (TypedCode.Parse(input.Code) is not { } code)
            return Invalid(InputProblem.NotACode);

        var user = found.User;
        var busy = TimeSpan.Zero;
        using var place = code.IsRecoveryCode ? _hashing.TryEnter(found.IsKnown ? HashPriority.Known : HashPriority.Stranger, out busy) : null;
        if (code.IsRecoveryCode && place is null)
            return new SecondStepOutcome.Busy(busy);
        var account = user.NormalizedEmail ?? user.Id.ToString();
        var counted = found.IsKnown
            ? _throttle.TryKnown(account, found.Row.BrowserHash, browser.Address, out var wait, Attempt.Code)
            : _throttle.TryStranger(account, browser.Address, out wait, Attempt.Code);
        if (counted is null)
        {
            _refused.RecordSignIn(user.Id, browser, RefusedAttemptReason.Throttled, RefusedAttemptKind.SecondStep);
            Log.Throttled(_logger, user.Id);
            return new SecondStepOutcome.Throttled(wait);
        }

        using (counted)
        {
            var owner = new UserId(user.Id);
            var verified = new VerifiedUser(owner, new ProofStamp(found.Row.Stamp, found.Row.Epoch), found.Row.Methods)
            {
                NewPasswordHash = found.Row.NewPasswordHash,
                KeepsAccount = found.Row.KeepsAccount,
                Provider = found.Row is { ProviderIssuer: { } issuer, ProviderSubject: { } subject }
                    ? new ProviderIdentity(issuer, subject, found.Row.ProviderSid)
                    : null,
                SecondStep = new SecondStepProof(
                    found.Row.TokenHash, await _secondFactor.PrepareAsync(place, owner, code, cancellationToken), input.TrustBrowser),
            };
            switch (await _starter.StartAsync(browser, verified, found.Row.Remember, cancellationToken))
            {
                case StartOutcome.Started { Session: var session }:
                    return new SecondStepOutcome.SignedIn(session);
                case StartOutcome.WrongCode { Check: var check }:
                    counted.Keep();
                    _refused.RecordSignIn(user.Id, browser, RefusedAttemptReason.WrongCode, RefusedAttemptKind.SecondStep);
                    Log.Refused(_logger, user.Id, check);
                    return new SecondStepOutcome.WrongCode(check);
                default:
                    return new SecondStepOutcome.Expired();
            }
        }
    }

    private static SecondStepOutcome.Invalid Invalid(InputProblem problem) => new([new InputError(nameof(SecondStepInput.Code), problem)]);

    private async Task<Found?> ReadAsync(CallingBrowser browser, string? token, CancellationToken cancellationToken)
    {
        if (OneTimeToken.HashOf(token) is not { } hash)
            return null;

        var (now, browserHash) = (_time.GetUtcNow(), browser.Id.Hash());
        return await _database.ReadAsync(async db =>
        {
            var row = await db.PendingSignIns.AsNoTracking()
                .SingleOrDefaultAsync(p => p.TokenHash == hash && p.BrowserHash == browserHash && p.ExpiresAt > now, cancellationToken);
            var user = row is null ? null : await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == row.UserId, cancellationToken);
            // The start of the session asks again, under the account's lock.
            if (row is null || user is null || !string.Equals(user.SecurityStamp, row.Stamp, StringComparison.Ordinal))
                return null;
            var known = await db.Sessions.AnyAsync(s => s.UserId == user.Id && s.BrowserHash == browserHash, cancellationToken);
            var mayTrust = _options.TrustDuration > TimeSpan.Zero
                && !(_options.RequiredForStaff && await db.FindStaffRoleAsync(new UserId(user.Id), cancellationToken) != StaffRole.None);
            return new Found(row, user, known, mayTrust);
        });
    }

    private sealed record Found(PendingSignInRow Row, User User, bool IsKnown, bool MayTrust);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Refused the second step of a sign-in to the account {UserId}, after the right password: {Check}")]
        public static partial void Refused(ILogger logger, Guid userId, CodeCheck check);

        [LoggerMessage(2, LogLevel.Warning, "Refused the second step of a sign-in to the account {UserId}: too many attempts")]
        public static partial void Throttled(ILogger logger, Guid userId);
    }
}
