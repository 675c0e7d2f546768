using Accounts.Core.Audit;
using Accounts.Core.Callers;
using Accounts.Core.Geolocation;
using Accounts.Core.Live;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Manager;

/// <summary>The outcome of ending one session.</summary>
public enum TerminateOutcome
{
    /// <summary>The session has ended everywhere.</summary>
    Terminated,

    /// <summary>The session had already ended. Nothing changed.</summary>
    AlreadyEnded,

    /// <summary>The caller has no such session. The same answer is given for another user's session and for an unknown one.</summary>
    NotFound,

    /// <summary>It is the caller's own session: "To end this session, use Sign out in the menu."</summary>
    CurrentSession,

    /// <summary>The caller's own session had ended. Nothing changed.</summary>
    CallerEnded,

    /// <summary>The caller must confirm their password first. Nothing changed, and the answer reveals nothing about the target.</summary>
    ProofNeeded,
}

/// <summary>Lists a user's sessions, renames them and ends them.</summary>
/// <remarks>
/// Ending a session is one transaction: a conditional update, whose WHERE clause checks owner and state, and the audit event. What the statement
/// changed decides the outcome. After the commit every check refuses the session, the feed announces it, and only then the call returns.
/// </remarks>
public sealed class SessionService
{
    /// <summary>How many sessions <see cref="TerminateManyAsync"/> ends at most in one call: 1,000.</summary>
    public const int TerminateManyLimit = 1_000;

    private static readonly RenameSessionInputValidator RenameRules = new();

    private readonly AccountsDatabase _database;
    private readonly CommandRunner _commands;
    private readonly SessionRegistry _registry;
    private readonly PlaceFinder _places;
    private readonly FeatureGate _features;
    private readonly TimeProvider _time;

    internal SessionService(
        AccountsDatabase database,
        CommandRunner commands,
        SessionRegistry registry,
        PlaceFinder places,
        FeatureGate features,
        TimeProvider time)
    {
        _database = database;
        _commands = commands;
        _registry = registry;
        _places = places;
        _features = features;
        _time = time;
    }

    /// <summary>The caller's live sessions: first the current one, then those of a new browser or country, then by latest activity.</summary>
    /// <exception cref="CallerRefusedException">The caller lacks the scope.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public async Task<IReadOnlyList<Session>> ListAsync(Caller caller, CancellationToken cancellationToken = default)
    {
        Need.ListSessions.Check(caller);
        var now = _time.GetUtcNow();
        var rows = await _database.ReadAsync(db => db.Sessions.AsNoTracking()
            .Where(s => s.UserId == caller.Subject.Value && s.EndedAt == null && s.ExpiresAt > now)
            .ToListAsync(cancellationToken));
        return
        [
            .. rows.Select(row => _registry.View(row, now, _places))
                .OrderByDescending(session => session.Id == caller.SessionId)
                .ThenByDescending(session => session.IsFlagged)
                .ThenByDescending(session => session.LastActivityAt),
        ];
    }

    /// <summary>How many live sessions the caller has.</summary>
    /// <exception cref="CallerRefusedException">The caller lacks the scope.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public Task<int> CountAsync(Caller caller, CancellationToken cancellationToken = default)
    {
        Need.ListSessions.Check(caller);
        var now = _time.GetUtcNow();
        return _database.ReadAsync(db => db.Sessions.CountAsync(
            s => s.UserId == caller.Subject.Value && s.EndedAt == null && s.ExpiresAt > now && s.Kind != SessionKind.SupportView,
            cancellationToken));
    }

    /// <summary>The caller's sessions with these ids, live or ended. Ids of other users' sessions are left out.</summary>
    /// <exception cref="CallerRefusedException">The caller lacks the scope.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public async Task<IReadOnlyList<Session>> FindAsync(Caller caller, IReadOnlyCollection<SessionId> ids,
        CancellationToken cancellationToken = default)
    {
        Need.ListSessions.Check(caller);
        var now = _time.GetUtcNow();
        var values = ids.Select(id => id.Value).ToList();
        var rows = await _database.ReadAsync(db => db.Sessions.AsNoTracking()
            .Where(s => values.Contains(s.Id) && s.UserId == caller.Subject.Value)
            .ToListAsync(cancellationToken));
        return [.. rows.Select(row => _registry.View(row, now, _places))];
    }

    /// <summary>Whether the caller must confirm their password before they end other sessions. A page can then ask for it at once.</summary>
    public bool NeedsProof(Caller caller) => _commands.NeedsProof(caller, Need.EndSessions);

    /// <summary>Ends one of the caller's other sessions. When it returns, that session can't do anything any more.</summary>
    /// <exception cref="CallerRefusedException">The caller may never end sessions; nothing changed.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; nothing changed.</exception>
    public Task<TerminateOutcome> TerminateAsync(Caller caller, SessionId target, CancellationToken cancellationToken = default) =>
        EndOneAsync(caller, target, Need.EndSessions, (_, _) => Task.FromResult(AuditAction.SessionTerminated), cancellationToken);

    /// <summary>
    /// "No, it wasn't me": ends a session by the same rules as <see cref="TerminateAsync"/> and records the answer. If there is no open question, or
    /// the caller can't answer it, the session ends as well and the event is an ordinary ending.
    /// </summary>
    /// <exception cref="CallerRefusedException">The caller may never end sessions or has none itself; nothing changed.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; nothing changed.</exception>
    public Task<TerminateOutcome> DenyAsync(Caller caller, SessionId target, CancellationToken cancellationToken = default) => EndOneAsync(
        caller,
        target,
        Need.DenySessions,
        async (db, now) => await db.AnswerableBy(caller, now).AnyAsync(s => s.Id == target.Value)
            ? AuditAction.SessionDenied
            : AuditAction.SessionTerminated,
        cancellationToken);

    /// <summary>Ends several of the caller's other sessions in one transaction. When it returns, they can't do anything any more.</summary>
    /// <param name="caller">The caller.</param>
    /// <param name="targets">
    /// The sessions' ids, 1 to <see cref="TerminateManyLimit"/>. A repeated id counts once. The caller's own session is skipped: signing out ends it.
    /// </param>
    /// <param name="cancellationToken">Cancels the call until it may write; from then on it has no effect.</param>
    /// <exception cref="CallerRefusedException">The caller may never end sessions; nothing changed.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; nothing changed.</exception>
    public async Task<TerminateManyOutcome> TerminateManyAsync(
        Caller caller, IReadOnlyCollection<SessionId> targets, CancellationToken cancellationToken = default)
    {
        Need.EndSessions.Check(caller);
        List<Guid> chosen = [.. targets.Select(target => target.Value).Distinct()];
        if (chosen.Count == 0)
            return new TerminateManyOutcome.NothingChosen();
        if (chosen.Count > TerminateManyLimit)
            return new TerminateManyOutcome.TooMany(TerminateManyLimit);

        var now = _time.GetUtcNow();
        List<Guid> others = [.. chosen.Where(id => id != caller.SessionId?.Value)];
        return await _commands.RunAsync<TerminateManyOutcome>(caller, Need.EndSessions, SessionSet.Some(caller.Subject, others), Refuse, async work =>
        {
            var gone = others.Count == 0
                ? []
                : await work.EndAsync(new Ending(caller, now, EndReason.Terminated), SessionSet.Some(caller.Subject, others));
            var ended = gone.OrderBy(row => others.IndexOf(row.Id)).ToList();
            if (ended.Count > 0)
                await work.Db.RecordAsync(caller, now, AuditAction.SessionsTerminated, count: ended.Count, ended: ended);
            return new TerminateManyOutcome.Ended(ended.ConvertAll(row => new SessionId(row.Id)));
        }, cancellationToken);

        static TerminateManyOutcome Refuse(Refusal refusal) =>
            refusal == Refusal.CallerEnded ? new TerminateManyOutcome.CallerEnded() : new TerminateManyOutcome.ProofNeeded();
    }

    /// <summary>"Yes, it was me": recognizes the sign-in of one of the caller's other sessions, so that it isn't in question any more.</summary>
    /// <remarks>
    /// An intruder's session must not answer. So the caller's sign-in must not be in question itself, and the account must have known the caller's
    /// browser before the target signed in. A page asks <see cref="Session.MayAnswer"/> beforehand.
    /// </remarks>
    /// <exception cref="CallerRefusedException">The caller may never answer or has no session; nothing changed.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; nothing changed.</exception>
    public async Task<RecognizeOutcome> RecognizeAsync(Caller caller, SessionId target, CancellationToken cancellationToken = default)
    {
        var now = _time.GetUtcNow();
        return await _commands.RunAsync(caller, Need.AnswerQuestions, One(caller, target), _ => RecognizeOutcome.CallerEnded, async work =>
        {
            var answered = await work.Db.AnswerableBy(caller, now).Where(s => s.Id == target.Value).ExecuteUpdateAsync(set => set
                .SetProperty(s => s.RecognizedAt, now)
                .SetProperty(s => s.RecognizedBySessionId, caller.OwnSession.Value));
            if (answered == 0)
                return await work.Db.QuestionsOf(caller, now).AnyAsync(s => s.Id == target.Value)
                    ? RecognizeOutcome.NotAllowed
                    : RecognizeOutcome.NotInQuestion;

            await work.Db.RecordAsync(caller, now, AuditAction.SessionRecognized, target);
            work.Report(new SessionChange.Recognized(caller.Subject, target));
            return RecognizeOutcome.Recognized;
        }, cancellationToken);
    }

    /// <summary>Ends every session of the caller except the current one. A sign-in that hasn't started its session yet is refused.</summary>
    /// <exception cref="CallerRefusedException">The caller may never end sessions or has none itself; nothing changed.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; nothing changed.</exception>
    public Task<EndSessionsOutcome> SignOutEverywhereAsync(Caller caller, CancellationToken cancellationToken = default) => EndManyAsync(
        caller,
        Need.EndOtherSessions,
        EndReason.SignedOutEverywhere,
        AuditAction.SignedOutEverywhere,
        () => SessionSet.AllExcept(caller.Subject, caller.OwnSession),
        cancellationToken);

    /// <summary>
    /// Remote logout: ends every session of the caller, including the current one. A sign-in that hasn't started its session yet is refused. The
    /// account, its password and its settings stay.
    /// </summary>
    /// <exception cref="CallerRefusedException">The caller may never end sessions; nothing changed.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; nothing changed.</exception>
    public async Task<EndSessionsOutcome> RemoteLogoutAsync(Caller caller, CancellationToken cancellationToken = default)
    {
        Need.EndAllSessions.Check(caller);
        return await _features.FindMissingAsync(caller.Subject, Feature.RemoteLogout, cancellationToken) is { } missing
            ? new EndSessionsOutcome.NotInPlan(missing)
            : await EndManyAsync(
                caller,
                Need.EndAllSessions,
                EndReason.RemoteLogout,
                AuditAction.SessionsInvalidated,
                () => SessionSet.All(caller.Subject),
                cancellationToken);
    }

    /// <summary>Ends the caller's own session. A second call changes nothing.</summary>
    /// <exception cref="CallerRefusedException">The caller is read-only or has no session; nothing changed.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; nothing changed.</exception>
    public async Task SignOutAsync(Caller caller, CancellationToken cancellationToken = default)
    {
        var now = _time.GetUtcNow();
        await _commands.RunAsync(caller, Need.SignOut, null, _ => false, async work =>
        {
            if (await work.EndAsync(new Ending(caller, now, EndReason.SignedOut), SessionSet.One(caller.Subject, caller.OwnSession)) is not [_])
                return false;
            await work.Db.RecordAsync(caller, now, AuditAction.SignedOut, caller.OwnSession);
            return true;
        }, cancellationToken);
    }

    /// <summary>Renames one of the caller's live sessions, or removes its name.</summary>
    /// <exception cref="CallerRefusedException">The caller may never rename sessions; nothing changed.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; nothing changed.</exception>
    public async Task<RenameOutcome> RenameAsync(Caller caller, SessionId target, RenameSessionInput input,
        CancellationToken cancellationToken = default)
    {
        Need.NameSessions.Check(caller);
        var given = TypedText.Name(input.Name);
        if (RenameRules.Check(new RenameSessionInput { Name = given }) is { } errors)
            return new RenameOutcome.Invalid(errors);

        var now = _time.GetUtcNow();
        var name = given.Length > 0 ? given : null;
        return await _commands.RunAsync<RenameOutcome>(caller, Need.NameSessions, One(caller, target), _ => new RenameOutcome.NotLive(), async work =>
        {
            var mine = work.Db.Sessions
                .Where(s => s.Id == target.Value && s.UserId == caller.Subject.Value && s.EndedAt == null && s.ExpiresAt > now);
            if (await mine.ExecuteUpdateAsync(set => set.SetProperty(s => s.Name, name)) == 0)
                return new RenameOutcome.NotLive();

            await work.Db.RecordAsync(caller, now, AuditAction.SessionRenamed, target);
            work.Report(new SessionChange.Renamed(caller.Subject, target, name));
            return new RenameOutcome.Renamed(name);
        }, cancellationToken);
    }

    private static SessionSet One(Caller caller, SessionId session) => SessionSet.One(caller.Subject, session);

    private async Task<TerminateOutcome> EndOneAsync(
        Caller caller,
        SessionId target,
        Need need,
        Func<AccountsDbContext, DateTimeOffset, Task<string>> actionAsync,
        CancellationToken cancellationToken)
    {
        need.Check(caller);
        if (target == caller.SessionId)
            return TerminateOutcome.CurrentSession;

        var now = _time.GetUtcNow();
        return await _commands.RunAsync(caller, need, One(caller, target), Refuse, async work =>
        {
            // Ask this first: an ended session has no open question.
            var action = await actionAsync(work.Db, now);
            if (await work.EndAsync(new Ending(caller, now, EndReason.Terminated), One(caller, target)) is not [_])
                return await work.Db.Sessions.AnyAsync(s => s.Id == target.Value && s.UserId == caller.Subject.Value)
                    ? TerminateOutcome.AlreadyEnded
                    : TerminateOutcome.NotFound;

            await work.Db.RecordAsync(caller, now, action, target);
            return TerminateOutcome.Terminated;
        }, cancellationToken);

        static TerminateOutcome Refuse(Refusal refusal) =>
            refusal == Refusal.CallerEnded ? TerminateOutcome.CallerEnded : TerminateOutcome.ProofNeeded;
    }

    private async Task<EndSessionsOutcome> EndManyAsync(
        Caller caller, Need need, EndReason reason, string action, Func<SessionSet> which, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        return await _commands.RunAsync<EndSessionsOutcome>(caller, need, SessionSet.All(caller.Subject), Refuse, async work =>
        {
            work.Account.RenewStamp();
            // Browsers without a live session, too. This one stays trusted if its session stays.
            await work.Db.ForgetBrowsersAsync(caller.Subject, reason is EndReason.SignedOutEverywhere ? caller.OwnSession : null);
            var ended = await work.EndAsync(new Ending(caller, now, reason), which());
            // A view of support has its own event. It isn't one of the user's sessions.
            var count = ended.Count(row => row.IsOwn);
            await work.Db.RecordAsync(caller, now, action, count: count);
            if (ended.Count == 0 && caller.SessionId is { } own)
                work.Report(new SessionChange.Recorded(caller.Subject, own));
            return new EndSessionsOutcome.Ended(count);
        }, cancellationToken);

        static EndSessionsOutcome Refuse(Refusal refusal) =>
            refusal == Refusal.CallerEnded ? new EndSessionsOutcome.CallerEnded() : new EndSessionsOutcome.ProofNeeded();
    }
}
