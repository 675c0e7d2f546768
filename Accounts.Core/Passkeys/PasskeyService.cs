using Accounts.Core.Audit;
using Accounts.Core.Callers;
using Accounts.Core.Devices;
using Accounts.Core.Live;
using Accounts.Core.Sessions;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Accounts.Core.Passkeys;

/// <summary>Lists, adds, renames and removes the passkeys of an account.</summary>
public sealed partial class PasskeyService
{
    private const string PlainName = "Passkey";

    private static readonly RenamePasskeyInputValidator Rules = new();

    private readonly AccountsDatabase _database;
    private readonly CommandRunner _commands;
    private readonly PasskeyCeremonies _ceremonies;
    private readonly WaysIn _ways;
    private readonly PasskeyOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<PasskeyService> _logger;

    internal PasskeyService(
        AccountsDatabase database,
        CommandRunner commands,
        PasskeyCeremonies ceremonies,
        WaysIn ways,
        PasskeyOptions options,
        TimeProvider time,
        ILogger<PasskeyService> logger)
    {
        _database = database;
        _commands = commands;
        _ceremonies = ceremonies;
        _ways = ways;
        _options = options;
        _time = time;
        _logger = logger;
    }

    /// <summary>Whether users may add passkeys and sign in with them.</summary>
    public bool IsEnabled => _options.Enabled;

    /// <summary>
    /// Whether the caller must prove who they are before they add or remove a passkey: with both factors if two-factor is on. A page can then ask for
    /// it at once.
    /// </summary>
    /// <exception cref="CallerRefusedException">The caller may never change passkeys.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public async Task<bool> NeedsProofAsync(Caller caller, CancellationToken cancellationToken = default)
    {
        Need.ChangeFactors.Check(caller);
        var twoFactor = await _database.ReadAsync(
            db => db.Users.AnyAsync(u => u.Id == caller.Subject.Value && u.TwoFactorEnabled, cancellationToken));
        return _commands.NeedsProof(caller, Need.ChangeFactors, twoFactor);
    }

    /// <summary>The passkeys of the caller's account, the oldest first.</summary>
    /// <exception cref="CallerRefusedException">The caller lacks the scope.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public async Task<IReadOnlyList<Passkey>> ListAsync(Caller caller, CancellationToken cancellationToken = default)
    {
        Need.ReadAccount.Check(caller);
        return await _database.ReadAsync(db => db.ListPasskeysAsync(caller.Subject, cancellationToken));
    }

    /// <summary>The caller's account, for the options that a page gives to its browser.</summary>
    /// <returns>Null if the account doesn't exist any more.</returns>
    /// <exception cref="CallerRefusedException">The caller may never prove who they are here.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public Task<PasskeyAccount?> FindAccountAsync(Caller caller, CancellationToken cancellationToken = default)
    {
        Need.ProveIdentity.Check(caller);
        return _database.ReadAsync(db => db.FindPasskeyAccountAsync(caller.Subject, cancellationToken));
    }

    /// <summary>Remembers what the caller's browser is asked for, to add a passkey.</summary>
    /// <exception cref="CallerRefusedException">The caller may never add a passkey; nothing began.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing began.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; nothing began.</exception>
    public async Task<BeginPasskeyOutcome> BeginAsync(Caller caller, PasskeyChallenge challenge, CancellationToken cancellationToken = default)
    {
        Need.ChangeFactors.Check(caller);
        if (_ceremonies.Count(caller) is { } wait)
            return new BeginPasskeyOutcome.Throttled(wait);
        return await _commands.RunAsync<BeginPasskeyOutcome>(
            caller,
            Need.ChangeFactors,
            null,
            refusal => refusal is Refusal.CallerEnded ? new BeginPasskeyOutcome.CallerEnded() : new BeginPasskeyOutcome.ProofNeeded(),
            async work => await HasRoomAsync(work.Db, caller)
                ? new BeginPasskeyOutcome.Began(
                    _ceremonies.Add(work.Db, PasskeyPurpose.Add, caller, challenge.State), challenge.OptionsJson)
                : new BeginPasskeyOutcome.TooMany(),
            cancellationToken);
    }

    /// <summary>Opens an attempt with the browser's answer, before you verify it. The question is used up.</summary>
    /// <exception cref="CallerRefusedException">The caller may never add a passkey; nothing was checked.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public async Task<OpenPasskeyOutcome> OpenAsync(Caller caller, string id, CancellationToken cancellationToken = default)
    {
        Need.ChangeFactors.Check(caller);
        return await _ceremonies.BurnAsync(caller, PasskeyPurpose.Add, id, cancellationToken) is { } state
            && await _database.ReadAsync(db => db.FindPasskeyAccountAsync(caller.Subject, cancellationToken)) is { } account
            ? new OpenPasskeyOutcome.Opened(new PasskeyAttempt(PasskeyPurpose.Add, account, state, null, null))
            : new OpenPasskeyOutcome.Refused();
    }

    /// <summary>Adds a passkey that was verified to the caller's account. It gets the name of the caller's device.</summary>
    /// <param name="caller">The account's owner.</param>
    /// <param name="attempt">The attempt, opened by the same caller. This call finishes it.</param>
    /// <param name="verified">The new passkey; null if the answer is wrong.</param>
    /// <param name="cancellationToken">Cancels the call until it may write.</param>
    /// <exception cref="ArgumentException">Another caller opened the attempt, it is for something else, or has finished before.</exception>
    /// <exception cref="CallerRefusedException">The caller may never add a passkey; nothing changed.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; nothing changed.</exception>
    public async Task<AddPasskeyOutcome> AddAsync(
        Caller caller, PasskeyAttempt attempt, PasskeyCredential? verified, CancellationToken cancellationToken = default)
    {
        Need.ChangeFactors.Check(caller);
        ArgumentNullException.ThrowIfNull(attempt);
        if (attempt.Account.Id != caller.Subject)
            throw new ArgumentException("The attempt was opened by another caller.", nameof(attempt));
        attempt.Finish(PasskeyPurpose.Add);
        if (verified is null)
        {
            Log.Refused(_logger, caller.OwnSession);
            return new AddPasskeyOutcome.Refused();
        }

        var now = _time.GetUtcNow();
        try
        {
            return await _commands.RunAsync<AddPasskeyOutcome>(
                caller,
                Need.ChangeFactors,
                null,
                refusal => refusal is Refusal.CallerEnded ? new AddPasskeyOutcome.CallerEnded() : new AddPasskeyOutcome.ProofNeeded(),
                async work =>
                {
                    if (await work.Db.UserPasskeys.AnyAsync(p => p.CredentialId == verified.Id))
                        return new AddPasskeyOutcome.AlreadyAdded();
                    if (!await HasRoomAsync(work.Db, caller))
                        return new AddPasskeyOutcome.TooMany();

                    var row = PasskeyRows.New(caller.Subject, verified, await NameAsync(work.Db, caller), now);
                    work.Db.UserPasskeys.Add(row);
                    await RecordAsync(work, caller, now, AuditAction.PasskeyAdded);
                    return new AddPasskeyOutcome.Added(PasskeyRows.Show(row, null));
                },
                cancellationToken);
        }
        catch (ConstraintException)
        {
            // Another account added the same credential id at the same time.
            return new AddPasskeyOutcome.AlreadyAdded();
        }
    }

    /// <summary>Renames one of the caller's passkeys.</summary>
    /// <exception cref="CallerRefusedException">The caller may never rename a passkey; nothing changed.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; nothing changed.</exception>
    public async Task<RenamePasskeyOutcome> RenameAsync(
        Caller caller, PasskeyId passkey, RenamePasskeyInput input, CancellationToken cancellationToken = default)
    {
        Need.ProveIdentity.Check(caller);
        var name = TypedText.Name(input.Name);
        if (Rules.Check(new RenamePasskeyInput { Name = name }) is { } errors)
            return new RenamePasskeyOutcome.Invalid(errors);

        var now = _time.GetUtcNow();
        return await _commands.RunAsync<RenamePasskeyOutcome>(
            caller,
            Need.ProveIdentity,
            null,
            _ => new RenamePasskeyOutcome.NotFound(),
            async work =>
            {
                if (await work.Db.FindPasskeyAsync(caller.Subject, passkey) is not { } row)
                    return new RenamePasskeyOutcome.NotFound();
                row.Data.Name = name;
                await RecordAsync(work, caller, now, AuditAction.PasskeyRenamed);
                return new RenamePasskeyOutcome.Renamed(name);
            },
            cancellationToken);
    }

    /// <summary>Removes one of the caller's passkeys. A sign-in that has just verified it gets no session.</summary>
    /// <param name="caller">The account's owner.</param>
    /// <param name="passkey">The passkey.</param>
    /// <param name="endOtherSessions">Whether every other session ends as well.</param>
    /// <param name="cancellationToken">Cancels the call until it may write.</param>
    /// <exception cref="CallerRefusedException">The caller may never remove a passkey; nothing changed.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; nothing changed.</exception>
    public async Task<RemovePasskeyOutcome> RemoveAsync(
        Caller caller, PasskeyId passkey, bool endOtherSessions = false, CancellationToken cancellationToken = default)
    {
        Need.ChangeFactors.Check(caller);
        var now = _time.GetUtcNow();
        return await _commands.RunAsync(
            caller,
            Need.ChangeFactors,
            endOtherSessions ? SessionSet.All(caller.Subject) : null,
            refusal => refusal is Refusal.CallerEnded ? RemovePasskeyOutcome.CallerEnded : RemovePasskeyOutcome.ProofNeeded,
            async work =>
            {
                if (await work.Db.FindPasskeyAsync(caller.Subject, passkey) is not { } row)
                    return RemovePasskeyOutcome.NotFound;
                var others = await work.Db.UserPasskeys.CountAsync(p => p.UserId == caller.Subject.Value) - 1;
                if (!await _ways.AreLeftAsync(work.Db, work.Account, others))
                    return RemovePasskeyOutcome.LastWayIn;

                work.Db.UserPasskeys.Remove(row);
                work.Account.RenewStamp();
                var ended = endOtherSessions
                    ? await work.EndAsync(new Ending(caller, now, EndReason.FactorsChanged), SessionSet.AllExcept(caller.Subject, caller.OwnSession))
                    : [];
                await RecordAsync(work, caller, now, AuditAction.PasskeyRemoved, ended.Count(one => one.IsOwn));
                return RemovePasskeyOutcome.Removed;
            },
            cancellationToken);
    }

    private static async Task<bool> HasRoomAsync(AccountsDbContext db, Caller caller) =>
        await db.UserPasskeys.CountAsync(p => p.UserId == caller.Subject.Value) < PasskeyOptions.MaximumPerUser;

    /// <summary>The name of the caller's device, such as "Chrome 156 on Windows 11".</summary>
    private static async Task<string> NameAsync(AccountsDbContext db, Caller caller)
    {
        var signals = await db.Sessions.Where(s => s.Id == caller.OwnSession.Value).Select(s => new { s.UserAgent, s.ClientHints }).SingleAsync();
        var device = DeviceDetector.Detect(new DeviceSignals(signals.UserAgent, ClientHints.Parse(signals.ClientHints)));
        return device.Browser is null ? PlainName : TypedText.Cut(TypedText.Clean(device.Title), RenamePasskeyInput.NameLimit);
    }

    // The event has no name: what tells about a person must be erasable, and an event's value isn't.
    private static async Task RecordAsync(UnitOfWork work, Caller caller, DateTimeOffset now, string action, int? count = null)
    {
        await work.Db.RecordAsync(caller, now, action, count: count);
        work.Report(new SessionChange.Recorded(caller.Subject, caller.OwnSession));
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Refused to add a passkey in session {SessionId}: the answer is wrong")]
        public static partial void Refused(ILogger logger, SessionId sessionId);
    }
}
