using System.Globalization;
using Accounts.Core.Audit;
using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Sessions;
using Accounts.Core.Settings;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Microsoft.EntityFrameworkCore;
using OtpNet;

namespace Accounts.Core.TwoFactor;

/// <summary>Turns two-factor on and off, replaces recovery codes, and takes trust in browsers back.</summary>
/// <remarks>
/// Turning it on or off voids sign-ins that are half way: they were verified by other rules. Once it is on, a session starts only with a code, in a
/// trusted browser, or with a passkey.
/// </remarks>
public sealed class TwoFactorSettings
{
    /// <summary>How long a setup that wasn't confirmed shows the same key, so that opening the page again doesn't void a scanned one.</summary>
    private static readonly TimeSpan SetupWindow = TimeSpan.FromHours(1);

    private readonly AccountsDatabase _database;
    private readonly CommandRunner _commands;
    private readonly KeyRotation _rotation;
    private readonly AuthenticatorKeys _keys;
    private readonly PasswordHashing _hashing;
    private readonly TwoFactorOptions _options;
    private readonly TimeProvider _time;

    internal TwoFactorSettings(
        AccountsDatabase database,
        CommandRunner commands,
        KeyRotation rotation,
        AuthenticatorKeys keys,
        PasswordHashing hashing,
        TwoFactorOptions options,
        TimeProvider time)
    {
        _database = database;
        _commands = commands;
        _rotation = rotation;
        _keys = keys;
        _hashing = hashing;
        _options = options;
        _time = time;
    }

    /// <summary>The two-factor of the caller's account.</summary>
    /// <exception cref="CallerRefusedException">The caller lacks the scope.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public Task<TwoFactorState> FindAsync(Caller caller, CancellationToken cancellationToken = default)
    {
        Need.ReadAccount.Check(caller);
        var (user, now) = (caller.Subject.Value, _time.GetUtcNow());
        return _database.ReadAsync(async db =>
        {
            var account = await db.Users.Where(u => u.Id == user)
                .Select(u => new { HasPassword = u.PasswordHash != null, u.TwoFactorResetAt }).SingleOrDefaultAsync(cancellationToken);
            var since = await db.Authenticators.Where(a => a.UserId == user).Select(a => a.ConfirmedAt).SingleOrDefaultAsync(cancellationToken);
            if (since is null)
                return new TwoFactorState(null, account?.HasPassword is true, 0, 0, null, null);

            var epoch = await db.FindEpochAsync(cancellationToken);
            var trusted = await db.TrustedBrowsers.Where(t => t.UserId == user && t.Epoch == epoch && t.ExpiresAt > now)
                .Select(t => t.ExpiresAt).ToListAsync(cancellationToken);
            return new TwoFactorState(
                since,
                true,
                await db.RecoveryCodes.CountAsync(c => c.UserId == user, cancellationToken),
                trusted.Count,
                trusted.Count == 0 ? null : trusted.Max(),
                account?.TwoFactorResetAt);
        });
    }

    /// <summary>
    /// Whether the caller must prove who they are before they change two-factor: with both factors if it is on. A page can then ask for it at once.
    /// </summary>
    /// <param name="caller">The caller.</param>
    /// <param name="isOn">Whether two-factor is on.</param>
    public bool NeedsProof(Caller caller, bool isOn) => _commands.NeedsProof(caller, Need.ChangeFactors, isOn);

    /// <summary>Begins to set an authenticator app up, or goes on with what began in the same session within the last hour.</summary>
    /// <exception cref="CallerRefusedException">The caller may never change two-factor; nothing changed.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; nothing changed.</exception>
    public Task<TwoFactorOutcome> BeginAsync(Caller caller, CancellationToken cancellationToken = default)
    {
        var now = _time.GetUtcNow();
        return RunAsync(caller, null, async work =>
        {
            if (CheckOff(work.Account) is { } refused)
                return refused;
            var row = await work.Db.Authenticators.SingleOrDefaultAsync(a => a.UserId == caller.Subject.Value);
            if (row is null || row.SessionId != caller.OwnSession.Value || !row.MadeAt.IsYoungerThan(SetupWindow, now))
            {
                if (row is not null)
                    await work.Db.Authenticators.Where(a => a.UserId == caller.Subject.Value).ExecuteDeleteAsync();
                work.Db.ChangeTracker.Clear();
                var (stored, id) = _keys.Protect(caller.Subject, AuthenticatorKeys.New());
                row = new AuthenticatorRow
                {
                    UserId = caller.Subject.Value,
                    Key = stored,
                    KeyId = id,
                    SessionId = caller.OwnSession.Value,
                    MadeAt = now,
                };
                work.Db.Authenticators.Add(row);
            }

            var key = Base32Encoding.ToString(_keys.Unprotect(row)).TrimEnd('=');
            var address = new OtpUri(OtpType.Totp, key, work.Account.Email, _options.Issuer).ToString();
            return new TwoFactorOutcome.SettingUp(string.Join(' ', key.Chunk(4).Select(part => new string(part))), new Uri(address));
        }, cancellationToken);
    }

    /// <summary>Turns two-factor on, if the code is the app's. It returns the recovery codes, which can't be shown again.</summary>
    /// <inheritdoc cref="BeginAsync"/>
    public async Task<TwoFactorOutcome> TurnOnAsync(Caller caller, ChangeTwoFactorInput input, CancellationToken cancellationToken = default)
    {
        Need.ChangeFactors.Check(caller);
        if (input.Code.Trim().Length == 0)
            return Wrong(InputProblem.Missing);
        if (TypedCode.Parse(input.Code) is not { IsRecoveryCode: false } code)
            return Wrong(InputProblem.NotACode);
        using var place = _hashing.TryEnter(HashPriority.Known, out var busy);
        if (place is null)
            return new TwoFactorOutcome.Busy(busy);
        var recovery = await place.DeriveAsync(RecoveryCodes.New, cancellationToken);

        var now = _time.GetUtcNow();
        var methods = caller.ProofMethods | SignInMethods.OneTimeCode;
        return await RunAsync(caller, OthersIf(caller, input), async work =>
        {
            if (CheckOff(work.Account) is { } refused)
                return refused;
            var mine = work.Db.Authenticators.Where(a => a.UserId == caller.Subject.Value && a.SessionId == caller.OwnSession.Value);
            if (await mine.SingleOrDefaultAsync() is not { } row
                || !SecondFactor.IsRight(_keys.Unprotect(row), code, now, out var step))
                return Wrong(InputProblem.WrongCode);

            (row.ConfirmedAt, row.LastStep) = (now, step);
            await recovery.StoreAsync(work.Db, row);
            work.Account.TwoFactorEnabled = true;
            var ended = await ChangeAsync(work, caller, now, AuditAction.TwoFactorTurnedOn, input.EndOtherSessions, methods);
            var session = await _rotation.OfferAsync(work, caller, methods);
            return new TwoFactorOutcome.WithCodes([.. recovery.Codes.Select(one => one.ToReadable())], ended, session);
        }, cancellationToken);
    }

    /// <summary>Turns two-factor off: the app's codes, the recovery codes and all trust in browsers end.</summary>
    /// <inheritdoc cref="BeginAsync"/>
    public Task<TwoFactorOutcome> TurnOffAsync(Caller caller, ChangeTwoFactorInput input, CancellationToken cancellationToken = default)
    {
        var now = _time.GetUtcNow();
        return RunAsync(caller, OthersIf(caller, input), async work =>
        {
            if (!work.Account.TwoFactorEnabled)
                return new TwoFactorOutcome.IsOff();
            await TurnOffAsync(work.Db, work.Account);
            return new TwoFactorOutcome.TurnedOff(await ChangeAsync(work, caller, now, AuditAction.TwoFactorTurnedOff, input.EndOtherSessions));
        }, cancellationToken);
    }

    /// <summary>Replaces the recovery codes. The old ones don't work any more.</summary>
    /// <inheritdoc cref="BeginAsync"/>
    public async Task<TwoFactorOutcome> ReplaceRecoveryCodesAsync(Caller caller, CancellationToken cancellationToken = default)
    {
        Need.ChangeFactors.Check(caller);
        using var place = _hashing.TryEnter(HashPriority.Known, out var busy);
        if (place is null)
            return new TwoFactorOutcome.Busy(busy);
        var recovery = await place.DeriveAsync(RecoveryCodes.New, cancellationToken);
        var now = _time.GetUtcNow();
        return await RunAsync(caller, null, async work =>
        {
            if (!work.Account.TwoFactorEnabled)
                return new TwoFactorOutcome.IsOff();
            await recovery.StoreAsync(work.Db, await work.Db.Authenticators.SingleAsync(a => a.UserId == caller.Subject.Value));
            await RecordAsync(work, caller, now, AuditAction.RecoveryCodesReplaced);
            return new TwoFactorOutcome.WithCodes([.. recovery.Codes.Select(one => one.ToReadable())], 0, null);
        }, cancellationToken);
    }

    /// <summary>Takes all trust in browsers back: the next sign-in in each of them asks for a code. It needs no fresh proof.</summary>
    /// <returns>How many browsers it was; null if the caller's session has ended.</returns>
    /// <inheritdoc cref="BeginAsync"/>
    public Task<int?> ForgetBrowsersAsync(Caller caller, CancellationToken cancellationToken = default)
    {
        var now = _time.GetUtcNow();
        return _commands.RunAsync<int?>(caller, Need.StrengthenFactors, null, _ => null, async work =>
        {
            var count = await work.Db.ForgetBrowsersAsync(caller.Subject);
            if (count > 0)
                await RecordAsync(work, caller, now, AuditAction.BrowsersForgotten, count);
            return count;
        }, cancellationToken);
    }

    /// <summary>Objects to a reset that an administrator asked for: two-factor stays on. It needs no fresh proof.</summary>
    /// <returns>Whether there was a reset to object to; null if the caller's session has ended.</returns>
    /// <inheritdoc cref="BeginAsync"/>
    public Task<bool?> ObjectToResetAsync(Caller caller, CancellationToken cancellationToken = default)
    {
        var now = _time.GetUtcNow();
        return _commands.RunAsync<bool?>(caller, Need.StrengthenFactors, null, _ => null, async work =>
        {
            if (work.Account.TwoFactorResetAt is null)
                return false;
            work.Account.TwoFactorResetAt = null;
            await RecordAsync(work, caller, now, AuditAction.TwoFactorResetWithdrawn);
            return true;
        }, cancellationToken);
    }

    /// <summary>Takes everything of two-factor away from an account that is locked. Sign-ins that are half way become void.</summary>
    internal static async Task TurnOffAsync(AccountsDbContext db, User account)
    {
        var user = account.Id;
        await db.RecoveryCodes.Where(c => c.UserId == user).ExecuteDeleteAsync();
        await db.Authenticators.Where(a => a.UserId == user).ExecuteDeleteAsync();
        await db.ForgetBrowsersAsync(new UserId(user));
        (account.TwoFactorEnabled, account.TwoFactorResetAt) = (false, null);
        account.RenewStamp();
    }

    private static TwoFactorOutcome? CheckOff(User account) =>
        account.TwoFactorEnabled ? new TwoFactorOutcome.AlreadyOn()
        : account.PasswordHash is null ? new TwoFactorOutcome.NoPassword()
        : null;

    private static TwoFactorOutcome.Invalid Wrong(InputProblem problem) =>
        new([new InputError(nameof(ChangeTwoFactorInput.Code), problem)]);

    private static SessionSet? OthersIf(Caller caller, ChangeTwoFactorInput input) => input.EndOtherSessions ? SessionSet.All(caller.Subject) : null;

    /// <summary>Records a change, voids sign-ins that are half way, and ends the other sessions if they shall.</summary>
    private static async Task<int> ChangeAsync(
        UnitOfWork work, Caller caller, DateTimeOffset now, string action, bool endOtherSessions, SignInMethods? methods = null)
    {
        work.Account.RenewStamp();
        var ended = endOtherSessions
            ? await work.EndAsync(new Ending(caller, now, EndReason.FactorsChanged), SessionSet.AllExcept(caller.Subject, caller.OwnSession))
            : [];
        var count = ended.Count(row => row.IsOwn);
        await RecordAsync(work, caller, now, action, count, methods);
        return count;
    }

    private static async Task RecordAsync(
        UnitOfWork work, Caller caller, DateTimeOffset now, string action, int? count = null, SignInMethods? methods = null)
    {
        await work.Db.RecordAsync(caller, now, action, count: count, methods: methods);
        work.Report(new SessionChange.Recorded(caller.Subject, caller.OwnSession));
    }

    private Task<TwoFactorOutcome> RunAsync(
        Caller caller, SessionSet? changed, Func<UnitOfWork, Task<TwoFactorOutcome>> command, CancellationToken cancellationToken) =>
        _commands.RunAsync(
            caller,
            Need.ChangeFactors,
            changed,
            refusal => refusal is Refusal.CallerEnded ? new TwoFactorOutcome.CallerEnded() : new TwoFactorOutcome.ProofNeeded(),
            command,
            cancellationToken);
}
