using Accounts.Core.Audit;
using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Passkeys;
using Accounts.Core.Sessions;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Accounts.Core.Providers;

/// <summary>Lists, links and unlinks the accounts at providers with which a user signs in.</summary>
public sealed partial class ProviderAccounts
{
    /// <summary>The maximum number of linked accounts of an account: 10.</summary>
    public const int MaximumPerUser = 10;

    private readonly AccountsDatabase _database;
    private readonly CommandRunner _commands;
    private readonly ProviderRequests _requests;
    private readonly SignInProviders _providers;
    private readonly WaysIn _ways;
    private readonly PasskeyOptions _passkeys;
    private readonly SupportViewOptions _views;
    private readonly TimeProvider _time;
    private readonly ILogger<ProviderAccounts> _logger;

    internal ProviderAccounts(
        AccountsDatabase database,
        CommandRunner commands,
        ProviderRequests requests,
        SignInProviders providers,
        WaysIn ways,
        PasskeyOptions passkeys,
        SupportViewOptions views,
        TimeProvider time,
        ILogger<ProviderAccounts> logger)
    {
        _database = database;
        _commands = commands;
        _requests = requests;
        _providers = providers;
        _ways = ways;
        _passkeys = passkeys;
        _views = views;
        _time = time;
        _logger = logger;
    }

    /// <summary>The providers whose accounts users can link.</summary>
    public IReadOnlyList<SignInProvider> Offered => _providers.All;

    /// <summary>
    /// Whether the caller must prove who they are before they link or unlink: with both factors if two-factor is on. A page can then ask for it at
    /// once.
    /// </summary>
    /// <exception cref="CallerRefusedException">The caller may never change linked accounts.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public async Task<bool> NeedsProofAsync(Caller caller, CancellationToken cancellationToken = default)
    {
        Need.ChangeFactors.Check(caller);
        var twoFactor = await _database.ReadAsync(
            db => db.Users.AnyAsync(u => u.Id == caller.Subject.Value && u.TwoFactorEnabled, cancellationToken));
        return _commands.NeedsProof(caller, Need.ChangeFactors, twoFactor);
    }

    /// <summary>The linked accounts of the caller's account, the oldest first.</summary>
    /// <exception cref="CallerRefusedException">The caller lacks the scope.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public async Task<IReadOnlyList<LinkedAccount>> ListAsync(Caller caller, CancellationToken cancellationToken = default)
    {
        Need.ReadAccount.Check(caller);
        return await _database.ReadAsync<IReadOnlyList<LinkedAccount>>(async db =>
        {
            var owner = caller.Subject.Value;
            var rows = await db.LinkedAccounts.AsNoTracking().Where(l => l.UserId == owner).ToListAsync(cancellationToken);
            var account = rows.Count == 0 ? null : await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == owner, cancellationToken);
            List<LinkedAccount> shown = [];
            foreach (var row in rows.OrderBy(row => row.LinkedAt))
            {
                var isLast = account is not null && !await HasOtherWaysAsync(db, account, row.Id, cancellationToken);
                shown.Add(Show(row, caller) with { IsLastWayIn = isLast });
            }

            return shown;
        });
    }

    /// <summary>Remembers that the caller's browser goes to a provider, to link the account there.</summary>
    /// <param name="caller">The account's owner.</param>
    /// <param name="browser">The caller's browser.</param>
    /// <param name="provider">The provider's id.</param>
    /// <param name="cancellationToken">Cancels the call until it may write.</param>
    /// <exception cref="CallerRefusedException">The caller may never link an account; nothing began.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing began.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; nothing began.</exception>
    public async Task<BeginProviderOutcome> BeginAsync(
        Caller caller, CallingBrowser browser, string provider, CancellationToken cancellationToken = default)
    {
        Need.ChangeFactors.Check(caller);
        if (_requests.Count(caller) is { } wait)
            return new BeginProviderOutcome.Throttled(wait);
        return await _commands.RunAsync<BeginProviderOutcome>(
            caller,
            Need.ChangeFactors,
            null,
            refusal => refusal is Refusal.CallerEnded ? new BeginProviderOutcome.CallerEnded() : new BeginProviderOutcome.ProofNeeded(),
            async work => await HasRoomAsync(work.Db, caller)
                ? new BeginProviderOutcome.Began(await _requests.AddAsync(
                    work.Db, ProviderPurpose.Link, caller, work.Account.SecurityStamp!, browser, provider, null))
                : new BeginProviderOutcome.TooMany(),
            cancellationToken);
    }

    /// <summary>Links the account at the provider to the caller's account. From now on it signs in.</summary>
    /// <param name="caller">The account's owner.</param>
    /// <param name="request">The request, opened by the caller's browser. This call finishes it.</param>
    /// <param name="answer">What the provider says.</param>
    /// <param name="cancellationToken">Cancels the call until it may write.</param>
    /// <exception cref="ArgumentException">The request was for something else, or has finished before.</exception>
    /// <exception cref="CallerRefusedException">The caller may never link an account; nothing changed.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; nothing changed.</exception>
    public async Task<LinkOutcome> LinkAsync(
        Caller caller, ProviderRequest request, ProviderAnswer answer, CancellationToken cancellationToken = default)
    {
        Need.ChangeFactors.Check(caller);
        request.Finish(ProviderPurpose.Link);
        if (!answer.IsOf(_providers.Find(request.Provider)) || !request.IsOf(caller))
        {
            Log.Refused(_logger, caller.OwnSession);
            return new LinkOutcome.Refused();
        }

        var now = _time.GetUtcNow();
        try
        {
            return await _commands.RunAsync(
                caller,
                Need.ChangeFactors,
                null,
                refusal => refusal is Refusal.CallerEnded ? new LinkOutcome.CallerEnded() : new LinkOutcome.ProofNeeded(),
                work => LinkAsync(work, caller, request, answer, now),
                cancellationToken);
        }
        catch (ConstraintException)
        {
            // Another account linked it at the same time.
            return new LinkOutcome.LinkedElsewhere();
        }
    }

    /// <summary>Unlinks one of the caller's linked accounts. A sign-in that it has just vouched for gets no session.</summary>
    /// <param name="caller">The account's owner.</param>
    /// <param name="linked">The linked account.</param>
    /// <param name="endOtherSessions">Whether every other session ends as well.</param>
    /// <param name="cancellationToken">Cancels the call until it may write.</param>
    /// <exception cref="CallerRefusedException">The caller may never unlink an account; nothing changed.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; nothing changed.</exception>
    public async Task<UnlinkOutcome> UnlinkAsync(
        Caller caller, LinkedAccountId linked, bool endOtherSessions = false, CancellationToken cancellationToken = default)
    {
        Need.ChangeFactors.Check(caller);
        var now = _time.GetUtcNow();
        return await _commands.RunAsync(
            caller,
            Need.ChangeFactors,
            endOtherSessions ? SessionSet.All(caller.Subject) : null,
            refusal => refusal is Refusal.CallerEnded ? UnlinkOutcome.CallerEnded : UnlinkOutcome.ProofNeeded,
            async work =>
            {
                var mine = work.Db.LinkedAccounts.Where(l => l.UserId == caller.Subject.Value);
                if (await mine.SingleOrDefaultAsync(l => l.Id == linked.Value) is not { } row)
                    return UnlinkOutcome.NotFound;
                if (!await HasOtherWaysAsync(work.Db, work.Account, row.Id))
                    return UnlinkOutcome.LastWayIn;

                work.Db.LinkedAccounts.Remove(row);
                work.Account.RenewStamp();
                var ended = endOtherSessions
                    ? await work.EndAsync(new Ending(caller, now, EndReason.FactorsChanged), SessionSet.AllExcept(caller.Subject, caller.OwnSession))
                    : [];
                await RecordAsync(work, caller, now, AuditAction.ProviderUnlinked, ended.Count(one => one.IsOwn));
                return UnlinkOutcome.Unlinked;
            },
            cancellationToken);
    }

    private async Task<LinkOutcome> LinkAsync(
        UnitOfWork work, Caller caller, ProviderRequest request, ProviderAnswer answer, DateTimeOffset now)
    {
        // An application that keeps its own users decides who signs in, by its own page: see ProviderSignIn.
        if (!await request.StillHoldsAsync(work) || work.Account.ExternalId is not null)
            return new LinkOutcome.Refused();
        if (await work.Db.LinkedAccounts.SingleOrDefaultAsync(l => l.Issuer == answer.Issuer && l.Subject == answer.Subject) is { } known)
            return known.UserId == caller.Subject.Value ? new LinkOutcome.AlreadyLinked() : new LinkOutcome.LinkedElsewhere();
        if (!await HasRoomAsync(work.Db, caller))
            return new LinkOutcome.TooMany();

        var row = LinkedAccounts.New(caller.Subject, request.Provider, answer, now, used: false);
        work.Db.LinkedAccounts.Add(row);
        await RecordAsync(work, caller, now, AuditAction.ProviderLinked);
        return new LinkOutcome.Linked(Show(row, caller));
    }

    private static async Task<bool> HasRoomAsync(AccountsDbContext db, Caller caller) =>
        await db.LinkedAccounts.CountAsync(l => l.UserId == caller.Subject.Value) < MaximumPerUser;

    /// <summary>Whether the account can still be signed in to without one of its linked accounts.</summary>
    private async Task<bool> HasOtherWaysAsync(
        AccountsDbContext db, User account, Guid link, CancellationToken cancellationToken = default)
    {
        var passkeys = _passkeys.Enabled ? await db.UserPasskeys.CountAsync(p => p.UserId == account.Id, cancellationToken) : 0;
        return await _ways.AreLeftAsync(db, account, passkeys, link, cancellationToken);
    }

    private LinkedAccount Show(LinkedAccountRow row, Caller caller)
    {
        var provider = _providers.FindByIssuer(row.Issuer);
        var email = row.Email is { } said && caller.IsReadOnly && _views.MaskEmail ? MaskedEmail.Of(said) : row.Email;
        var (id, name) = (provider?.Id ?? row.Provider, provider?.Name ?? row.Provider);
        return new LinkedAccount(new LinkedAccountId(row.Id), id, name, email, row.LinkedAt, row.LastUsedAt)
        {
            IsOffered = provider is not null,
            MayConfirm = provider?.MayConfirm is true,
        };
    }

    // The event names no account: what tells about a person must be erasable, and an event's value isn't.
    private static async Task RecordAsync(UnitOfWork work, Caller caller, DateTimeOffset now, string action, int? count = null)
    {
        await work.Db.RecordAsync(caller, now, action, count: count);
        work.Report(new SessionChange.Recorded(caller.Subject, caller.OwnSession));
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Refused to link an account in session {SessionId}: the answer is another session's")]
        public static partial void Refused(ILogger logger, SessionId sessionId);
    }
}
