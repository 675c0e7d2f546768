using Accounts.Core.Audit;
using Accounts.Core.Callers;
using Accounts.Core.Devices;
using Accounts.Core.Geolocation;
using Accounts.Core.Live;
using Accounts.Core.Mail;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using FluentValidation;
using Microsoft.Extensions.Logging;

namespace Accounts.Core.SignIn;

/// <summary>The form of a page that a reset link opens.</summary>
public sealed class ResetPasswordInput
{
    /// <summary>
    /// The password that the account gets, of <see cref="InputRules.PasswordMinimum"/> to <see cref="InputRules.PasswordMaximum"/> characters.
    /// </summary>
    public string NewPassword { get; set; } = "";
}

internal sealed class ResetPasswordInputValidator : AbstractValidator<ResetPasswordInput>
{
    public ResetPasswordInputValidator() => RuleFor(i => i.NewPassword).MustBeNewPassword();
}

/// <summary>The outcome of a password reset.</summary>
public abstract record PasswordResetOutcome
{
    private PasswordResetOutcome()
    {
    }

    /// <summary>The account has the new password. Every session of it has ended. Nobody is signed in by it.</summary>
    /// <param name="EndedSessions">How many sessions ended.</param>
    public sealed record Done(int EndedSessions) : PasswordResetOutcome;

    /// <summary>The link is no longer good: it was used, has expired, or the account has changed since. Ask for a new one.</summary>
    public sealed record Expired : PasswordResetOutcome;

    /// <summary>Too many passwords wait to be hashed. Nothing was checked, and the link is still good.</summary>
    /// <param name="Wait">How long the waiting hashes will take.</param>
    public sealed record Busy(TimeSpan Wait) : PasswordResetOutcome;

    /// <summary>The input breaks a rule. Nothing changed, and the link is still good.</summary>
    /// <param name="Errors">What is wrong; at least one.</param>
    public sealed record Invalid(IReadOnlyList<InputError> Errors) : PasswordResetOutcome;
}

/// <summary>Lets users who forgot their password choose a new one, with a link that they get by email.</summary>
public sealed partial class PasswordReset
{
    private static readonly ResetPasswordInputValidator Rules = new();

    private readonly AccountsDatabase _database;
    private readonly CommandRunner _commands;
    private readonly EmailRequests _requests;
    private readonly PasswordHashing _hashing;
    private readonly PlaceFinder _places;
    private readonly SignInOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<PasswordReset> _logger;

    internal PasswordReset(
        AccountsDatabase database,
        CommandRunner commands,
        EmailRequests requests,
        PasswordHashing hashing,
        PlaceFinder places,
        SignInOptions options,
        TimeProvider time,
        ILogger<PasswordReset> logger)
    {
        _database = database;
        _commands = commands;
        _requests = requests;
        _hashing = hashing;
        _places = places;
        _options = options;
        _time = time;
        _logger = logger;
    }

    /// <summary>Whether users can reset their password: whether the application sends emails.</summary>
    public bool IsOffered => _requests.AreTaken;

    /// <summary>Asks for a link. It answers the same, and does the same, whether or not the email has an account.</summary>
    /// <param name="browser">The browser that asks.</param>
    /// <param name="input">The email.</param>
    /// <param name="cancellationToken">Cancels the call until it may write.</param>
    /// <exception cref="InvalidOperationException">The application sends no emails.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing was asked for.</exception>
    /// <exception cref="OperationCanceledException">It was canceled; nothing was asked for.</exception>
    public Task<EmailRequestOutcome> AskAsync(CallingBrowser browser, EmailRequestInput input, CancellationToken cancellationToken = default) =>
        _requests.AskAsync(browser, input, new AskedFor(EmailLinkPurpose.Reset, MailKind.ResetLink, _options.ResetLifetime), cancellationToken);

    /// <summary>What a link is about. It changes nothing.</summary>
    /// <param name="browser">The browser that opens the link.</param>
    /// <param name="token">The link's token; any text.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>Null if the link is no longer good: see <see cref="PasswordResetOutcome.Expired"/>.</returns>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public async Task<PendingLink?> FindAsync(CallingBrowser browser, string? token, CancellationToken cancellationToken = default)
    {
        var now = _time.GetUtcNow();
        return await _database.ReadAsync(db => db.FindLinkAsync(EmailLinkPurpose.Reset, token, now, cancellationToken)) is ({ } link, { } user)
            ? SignInLinks.Describe(link, user, browser, _places)
            : null;
    }

    /// <summary>
    /// Uses the link up, gives the account the new password, ends all of its sessions and takes all trust in browsers back. Whoever has the account's
    /// second factor still needs it to sign in.
    /// </summary>
    /// <param name="browser">The browser that opened the link.</param>
    /// <param name="token">The link's token; any text.</param>
    /// <param name="input">The new password.</param>
    /// <param name="cancellationToken">Cancels the call until it may write.</param>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; nothing changed.</exception>
    public async Task<PasswordResetOutcome> ResetAsync(
        CallingBrowser browser, string? token, ResetPasswordInput input, CancellationToken cancellationToken = default)
    {
        if (Rules.Check(input) is { } errors)
            return new PasswordResetOutcome.Invalid(errors);
        var now = _time.GetUtcNow();
        if (await _database.ReadAsync(db => db.FindLinkAsync(EmailLinkPurpose.Reset, token, now, cancellationToken)) is not ({ } link, { } user))
            return new PasswordResetOutcome.Expired();
        if (InputRules.CheckNewPassword(nameof(input.NewPassword), input.NewPassword, user) is { } weak)
            return new PasswordResetOutcome.Invalid([weak]);
        // Whoever has the link isn't a stranger.
        using var place = _hashing.TryEnter(HashPriority.Known, out var busy);
        if (place is null)
            return new PasswordResetOutcome.Busy(busy);
        // Whoever must choose a new password may not keep the old one.
        if (await place.IsCurrentAsync(user, input.NewPassword, cancellationToken))
            return new PasswordResetOutcome.Invalid([new InputError(nameof(input.NewPassword), InputProblem.SamePassword)]);
        var hash = await place.HashAsync(user, input.NewPassword, cancellationToken);

        var owner = new UserId(user.Id);
        var device = DeviceDetector.Detect(browser.Signals).Title;
        return await _commands.RunAsync<PasswordResetOutcome>(WritePriority.Ending, async work =>
        {
            var db = work.Db;
            if (await db.LockUserAsync(owner) is not { } account || !IsOpen(account, now)
                || new ProofStamp(account.SecurityStamp!, await db.KeepEpochAsync()) != link.ProofStamp()
                || !await db.UseLinkAsync(owner, EmailLinkPurpose.Reset, link.TokenHash!, now))
            {
                return new PasswordResetOutcome.Expired();
            }

            // Whoever made the account may not have had its address. Their passkeys and linked accounts would let them in again.
            if (!account.EmailConfirmed)
                await db.RemoveOtherWaysInAsync(account.Id);
            (account.PasswordHash, account.NewPasswordRequired, account.EmailConfirmed) = (hash, false, true);
            var by = new Caller(CallerKind.Browser, owner, owner, null, Scopes.None, browser.Address);
            var ended = await work.EndAccountAsync(account, new Ending(by, now, EndReason.PasswordReset));
            db.AuditEvents.Add(new AuditEventRow(now, AuditAction.PasswordReset, user.Id)
            {
                ActorUserId = user.Id,
                Methods = SignInMethods.Email,
                Count = ended,
                Details = new AuditDetailsRow(now, browser.Address) { ActorDevice = device },
            });
            Log.Done(_logger, user.Id, ended);
            return new PasswordResetOutcome.Done(ended);
        }, cancellationToken);
    }

    private static bool IsOpen(User account, DateTimeOffset now) =>
        account.DisabledAt is null && (account.DeletionDueAt is null || account.DeletedByOwner) && !account.IsGone(now);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Reset the password of the account {UserId} with a link, and ended {Count} sessions")]
        public static partial void Done(ILogger logger, Guid userId, int count);
    }
}
