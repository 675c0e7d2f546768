using Accounts.Core.Audit;
using Accounts.Core.Callers;
using Accounts.Core.Devices;
using Accounts.Core.Geolocation;
using Accounts.Core.Live;
using Accounts.Core.Mail;
using Accounts.Core.Passkeys;
using Accounts.Core.Sessions;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Accounts.Core.TwoFactor;
using Accounts.Core.Users;
using FluentValidation;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.PersonalData;

/// <summary>The form for changing the account's email.</summary>
public sealed class ChangeEmailInput
{
    /// <summary>The email that the account gets.</summary>
    public string NewEmail { get; set; } = "";
}

internal sealed class ChangeEmailInputValidator : AbstractValidator<ChangeEmailInput>
{
    public ChangeEmailInputValidator() => RuleFor(i => i.NewEmail).MustBeEmail();
}

/// <summary>The outcome of a step in a change of the account's email.</summary>
public abstract record ChangeEmailOutcome
{
    private ChangeEmailOutcome()
    {
    }

    /// <summary>If nobody else has the email, a link is on its way to it. The account keeps its email until the link is confirmed.</summary>
    public sealed record Asked : ChangeEmailOutcome;

    /// <summary>The account has the new email. The old one got a link that undoes it.</summary>
    /// <param name="Email">The new email.</param>
    public sealed record Changed(string Email) : ChangeEmailOutcome;

    /// <summary>The link is no longer good: it was used, has expired, is for another account, or somebody else has the email now.</summary>
    public sealed record Expired : ChangeEmailOutcome;

    /// <summary>The application that brought the account keeps the email, or no email can be sent.</summary>
    public sealed record NotOffered : ChangeEmailOutcome;

    /// <summary>The caller must prove who they are first.</summary>
    public sealed record ProofNeeded : ChangeEmailOutcome;

    /// <summary>Too many requests. Nothing was sent.</summary>
    /// <param name="Wait">How long to wait before the next one can succeed.</param>
    public sealed record Throttled(TimeSpan Wait) : ChangeEmailOutcome;

    /// <summary>The caller's own session had ended.</summary>
    public sealed record CallerEnded : ChangeEmailOutcome;

    /// <summary>The input breaks a rule. Nothing was sent.</summary>
    /// <param name="Errors">What is wrong; at least one.</param>
    public sealed record Invalid(IReadOnlyList<InputError> Errors) : ChangeEmailOutcome;
}

/// <summary>A change of an account's email that its old email can undo.</summary>
/// <param name="OldEmail">The email that the account gets back.</param>
/// <param name="NewEmail">The email that it has now, of which only the beginnings are shown.</param>
/// <param name="ChangedAt">When it was changed.</param>
public sealed record UndoableEmailChange(string OldEmail, string NewEmail, DateTimeOffset ChangedAt);

/// <summary>Changes the email of an account: the new one is confirmed, and the old one can undo it for some days.</summary>
public sealed class EmailChange
{
    private static readonly ChangeEmailInputValidator Rules = new();
    private static readonly ResetPasswordInputValidator PasswordRules = new();

    private readonly AccountsDatabase _database;
    private readonly CommandRunner _commands;
    private readonly Outbox _outbox;
    private readonly SignInThrottle _throttle;
    private readonly PasswordHashing _hashing;
    private readonly SignInOptions _options;
    private readonly TimeProvider _time;

    internal EmailChange(
        AccountsDatabase database,
        CommandRunner commands,
        Outbox outbox,
        SignInThrottle throttle,
        PasswordHashing hashing,
        SignInOptions options,
        TimeProvider time)
    {
        _database = database;
        _commands = commands;
        _outbox = outbox;
        _throttle = throttle;
        _hashing = hashing;
        _options = options;
        _time = time;
    }

    /// <summary>Whether emails can be changed: whether the application sends emails.</summary>
    public bool IsOffered => _outbox.IsOn;

    /// <summary>How long the old email can undo a change.</summary>
    public TimeSpan UndoableFor => _options.RestoreLifetime;

    /// <summary>Whether the caller must prove who they are first: with both factors, if the account has two.</summary>
    /// <exception cref="CallerRefusedException">The caller lacks the scope.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    public async Task<bool> NeedsProofAsync(Caller caller, CancellationToken cancellationToken = default)
    {
        Need.ReadAccount.Check(caller);
        var hasTwoFactor = await _database.ReadAsync(db =>
            db.Users.Where(u => u.Id == caller.Subject.Value).Select(u => u.TwoFactorEnabled).SingleOrDefaultAsync(cancellationToken));
        return _commands.NeedsProof(caller, Need.ChangeFactors, hasTwoFactor);
    }

    /// <summary>Sends a link to the new email. It answers the same whether or not somebody else has that email.</summary>
    /// <exception cref="CallerRefusedException">The caller may never change the email; nothing was sent.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing was sent.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; nothing was sent.</exception>
    public async Task<ChangeEmailOutcome> AskAsync(Caller caller, ChangeEmailInput input, CancellationToken cancellationToken = default)
    {
        Need.ChangeFactors.Check(caller);
        var email = TypedText.Email(input.NewEmail);
        if (Rules.Check(new ChangeEmailInput { NewEmail = email }) is { } errors)
            return new ChangeEmailOutcome.Invalid(errors);
        if (!_outbox.IsOn)
            return new ChangeEmailOutcome.NotOffered();
        var (account, session) = (caller.Subject.ToString(), caller.OwnSession.Value.ToByteArray());
        using var attempt = _throttle.TryKnown(account, session, caller.Address, out var wait, Attempt.EmailedCode);
        if (attempt is null)
            return new ChangeEmailOutcome.Throttled(wait);

        var now = _time.GetUtcNow();
        var outcome = await RunAsync(caller, Need.ChangeFactors, async work =>
        {
            if (work.Account.ExternalId is not null)
                return new ChangeEmailOutcome.NotOffered();
            if (string.Equals(work.Account.Email, email, StringComparison.Ordinal))
                return new ChangeEmailOutcome.Invalid([new InputError(nameof(input.NewEmail), InputProblem.SameEmail)]);

            await work.Db.EmailLinks
                .Where(l => l.UserId == work.Account.Id && l.Purpose == EmailLinkPurpose.ChangeEmail).ExecuteDeleteAsync();
            var row = await work.Db.Sessions.AsNoTracking().SingleAsync(s => s.Id == caller.OwnSession.Value);
            var link = EmailLinkRow.InSession(
                EmailLinkPurpose.ChangeEmail, row, caller.Address, email, await work.FindStampAsync(), now, _options.ConfirmationLifetime);
            work.Db.EmailLinks.Add(link);
            work.Db.Outbox.Add(OutboxRow.Of(link, MailKind.EmailChangeLink, now));
            work.Apply(_outbox.Wake);
            return new ChangeEmailOutcome.Asked();
        }, cancellationToken);
        if (outcome is ChangeEmailOutcome.Asked)
            attempt.Keep();
        return outcome;
    }

    /// <summary>The email that a link would give the caller's account. It changes nothing.</summary>
    /// <returns>Null if the link is no longer good: see <see cref="ChangeEmailOutcome.Expired"/>.</returns>
    /// <exception cref="CallerRefusedException">The caller lacks the scope.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public async Task<string?> FindAsync(Caller caller, string? token, CancellationToken cancellationToken = default)
    {
        Need.ReadAccount.Check(caller);
        return await FindAsync(EmailLinkPurpose.ChangeEmail, token, cancellationToken) is ({ } link, { } user) && user.Id == caller.Subject.Value
            ? link.Email
            : null;
    }

    /// <summary>Uses the link up and gives the caller's account the new email. The old one gets a link that undoes it.</summary>
    /// <remarks>
    /// Only a session of the account can confirm. So an address that was mistyped doesn't give the account to whoever has it.
    /// </remarks>
    /// <exception cref="CallerRefusedException">The caller may never change the email; nothing changed.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; nothing changed.</exception>
    public async Task<ChangeEmailOutcome> ConfirmAsync(Caller caller, string? token, CancellationToken cancellationToken = default)
    {
        Need.ConfirmEmail.Check(caller);
        if (await FindAsync(EmailLinkPurpose.ChangeEmail, token, cancellationToken) is not ({ } link, { } user) || user.Id != caller.Subject.Value)
            return new ChangeEmailOutcome.Expired();

        var now = _time.GetUtcNow();
        var email = link.Email!;
        try
        {
            return await RunAsync(caller, Need.ConfirmEmail, async work =>
            {
                var (db, account) = (work.Db, work.Account);
                // It goes on with what began in one session, so it ends with that.
                if (await work.FindStampAsync() != link.ProofStamp()
                    || !await db.Sessions.AnyAsync(s => s.Id == link.SessionId && s.EndedAt == null && s.ExpiresAt > now)
                    || !await db.UseLinkAsync(caller.Subject, EmailLinkPurpose.ChangeEmail, link.TokenHash!, now)
                    || await IsTakenAsync(db, email, account.Id))
                {
                    return new ChangeEmailOutcome.Expired();
                }

                var old = account.Email;
                Give(account, email);
                // Links that went to the old email are void.
                account.RenewStamp();
                await db.RecordAsync(caller, now, AuditAction.EmailChanged);
                if (old is not null && _outbox.IsOn)
                {
                    var row = await db.Sessions.AsNoTracking().SingleAsync(s => s.Id == caller.OwnSession.Value);
                    var before = now - _options.RestoreLifetime;
                    var undo = EmailLinkRow.InSession(
                        EmailLinkPurpose.RestoreEmail,
                        row,
                        caller.Address,
                        old,
                        await work.FindStampAsync(),
                        now,
                        _options.RestoreLifetime,
                        await db.Authenticators.AnyAsync(a => a.UserId == account.Id && a.ConfirmedAt < before));
                    db.EmailLinks.Add(undo);
                    db.Outbox.Add(OutboxRow.Of(undo, MailKind.EmailChanged, now));
                    work.Apply(_outbox.Wake);
                }

                await work.ReportProfileAsync(caller.Subject);
                work.Report(new SessionChange.Recorded(caller.Subject, caller.OwnSession));
                return new ChangeEmailOutcome.Changed(email);
            }, cancellationToken);
        }
        catch (ConstraintException)
        {
            // Somebody else got the email at the same moment.
            return new ChangeEmailOutcome.Expired();
        }
    }

    /// <summary>The change that a link of an old email undoes. It changes nothing.</summary>
    /// <param name="browser">The browser that opens the link.</param>
    /// <param name="token">The link's token; any text.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>Null if the link is no longer good: see <see cref="PasswordResetOutcome.Expired"/>.</returns>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public async Task<UndoableEmailChange?> FindUndoAsync(CallingBrowser browser, string? token, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(browser);
        return await FindAsync(EmailLinkPurpose.RestoreEmail, token, cancellationToken) is ({ } link, { } user)
            ? new UndoableEmailChange(link.Email!, MaskedEmail.Of(user.Email ?? ""), link.AskedAt)
            : null;
    }

    /// <summary>
    /// Undoes a change: the account gets its old email back and a new password, every session ends, and what was added since the change to sign in
    /// with is removed.
    /// </summary>
    /// <param name="browser">The browser that opened the link.</param>
    /// <param name="token">The link's token; any text.</param>
    /// <param name="input">The new password.</param>
    /// <param name="cancellationToken">Cancels the call until it may write.</param>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; nothing changed.</exception>
    public async Task<PasswordResetOutcome> UndoAsync(
        CallingBrowser browser, string? token, ResetPasswordInput input, CancellationToken cancellationToken = default)
    {
        if (PasswordRules.Check(input) is { } errors)
            return new PasswordResetOutcome.Invalid(errors);
        if (await FindAsync(EmailLinkPurpose.RestoreEmail, token, cancellationToken) is not ({ } link, { } user))
            return new PasswordResetOutcome.Expired();
        if (InputRules.CheckNewPassword(nameof(input.NewPassword), input.NewPassword, user) is { } weak)
            return new PasswordResetOutcome.Invalid([weak]);
        using var place = _hashing.TryEnter(HashPriority.Known, out var busy);
        if (place is null)
            return new PasswordResetOutcome.Busy(busy);
        // A thief may know the old one.
        if (await place.IsCurrentAsync(user, input.NewPassword, cancellationToken))
            return new PasswordResetOutcome.Invalid([new InputError(nameof(input.NewPassword), InputProblem.SamePassword)]);
        var hash = await place.HashAsync(user, input.NewPassword, cancellationToken);

        var (now, owner) = (_time.GetUtcNow(), new UserId(user.Id));
        var device = DeviceDetector.Detect(browser.Signals).Title;
        try
        {
            return await _commands.RunAsync<PasswordResetOutcome>(WritePriority.Ending, async work =>
            {
                var db = work.Db;
                if (await db.LockUserAsync(owner) is not { } account || account.DisabledAt is not null || account.IsGone(now)
                    || await IsTakenAsync(db, link.Email!, account.Id)
                    || await db.EmailLinks.Where(l => l.Id == link.Id && l.ExpiresAt > now).ExecuteDeleteAsync() == 0)
                {
                    return new PasswordResetOutcome.Expired();
                }

                // Later changes are undone with this one. An older address can still take the account back: this one may be a thief's.
                await db.EmailLinks.Where(l => l.UserId == account.Id && l.AskedAt >= link.AskedAt).ExecuteDeleteAsync();
                await RemoveNewFactorsAsync(db, account, link, now, browser.Address, device);
                Give(account, link.Email!);
                (account.PasswordHash, account.NewPasswordRequired) = (hash, false);
                var by = new Caller(CallerKind.Browser, owner, owner, null, Scopes.None, browser.Address);
                var ended = await work.EndAccountAsync(account, new Ending(by, now, EndReason.EmailRestored));
                db.AuditEvents.Add(new AuditEventRow(now, AuditAction.EmailRestored, user.Id)
                {
                    ActorUserId = user.Id,
                    Methods = SignInMethods.Email,
                    Count = ended,
                    Details = new AuditDetailsRow(now, browser.Address) { ActorDevice = device },
                });
                return new PasswordResetOutcome.Done(ended);
            }, cancellationToken);
        }
        catch (ConstraintException)
        {
            return new PasswordResetOutcome.Expired();
        }
    }

    /// <summary>
    /// Removes what a thief may have added to come back: passkeys, linked accounts and two-factor, if they came with the change, since, or shortly
    /// before. Two-factor that the account had had for longer is the owner's. It stays, even with another key since.
    /// </summary>
    private async Task RemoveNewFactorsAsync(
        AccountsDbContext db, User account, EmailLinkRow link, DateTimeOffset now, string address, string device)
    {
        var since = link.AskedAt - _options.RestoreLifetime;
        var passkeys = (await db.UserPasskeys.Where(p => p.UserId == account.Id).ToListAsync())
            .Where(passkey => passkey.Data.CreatedAt >= since).ToList();
        db.UserPasskeys.RemoveRange(passkeys);
        if (passkeys.Count > 0)
            db.AuditEvents.Add(Removed(AuditAction.PasskeyRemoved));
        if (await db.LinkedAccounts.Where(l => l.UserId == account.Id && l.LinkedAt >= since).ExecuteDeleteAsync() > 0)
            db.AuditEvents.Add(Removed(AuditAction.ProviderUnlinked));
        if (link.KeepsTwoFactor || !account.TwoFactorEnabled)
            return;
        await TwoFactorSettings.TurnOffAsync(db, account);
        db.AuditEvents.Add(Removed(AuditAction.TwoFactorTurnedOff));

        AuditEventRow Removed(string action) => new(now, action, account.Id)
        {
            ActorUserId = account.Id,
            Details = new AuditDetailsRow(now, address) { ActorDevice = device },
        };
    }

    private static Task<bool> IsTakenAsync(AccountsDbContext db, string email, Guid by)
    {
        var keys = EmailKey.All(email).ToList();
        return db.Users.AnyAsync(u => keys.Contains(u.NormalizedEmail!) && u.Id != by);
    }

    private static void Give(User account, string email)
    {
        var key = EmailKey.Of(email);
        (account.Email, account.UserName, account.NormalizedEmail, account.NormalizedUserName) = (email, email, key, key);
        account.EmailConfirmed = true;
    }

    private Task<(EmailLinkRow, User)?> FindAsync(EmailLinkPurpose purpose, string? token, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        return _database.ReadAsync(db => db.FindLinkAsync(purpose, token, now, cancellationToken));
    }

    private Task<ChangeEmailOutcome> RunAsync(
        Caller caller, Need need, Func<UnitOfWork, Task<ChangeEmailOutcome>> command, CancellationToken cancellationToken) => _commands.RunAsync(
            caller,
            need,
            null,
            refusal => refusal is Refusal.CallerEnded ? new ChangeEmailOutcome.CallerEnded() : new ChangeEmailOutcome.ProofNeeded(),
            command,
            cancellationToken);
}
