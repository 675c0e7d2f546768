using Accounts.Core.Audit;
using Accounts.Core.Geolocation;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Accounts.Core.Sessions;

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

/// <summary>A session that has just started or got a new key, with the data for the browser's ticket.</summary>
/// <param name="Id">The session's id.</param>
/// <param name="Key">The session's secret, only for the ticket.</param>
/// <param name="CookieExpiresAt">When the cookie expires; null if it lasts until the browser is closed.</param>
public sealed record StartedSession(SessionId Id, SessionKey Key, DateTimeOffset? CookieExpiresAt);

/// <summary>Lists a user's sessions, renames them and ends them.</summary>
/// <remarks>
/// Ending a session is one transaction: a conditional update, whose WHERE clause checks owner and state, and the audit event. After the commit the
/// service marks the registry, then publishes to the feed, and only then returns to the caller.
/// </remarks>
public sealed partial class SessionService
{
    /// <summary>How many sessions <see cref="TerminateManyAsync"/> ends at most in one call: 1,000.</summary>
    public const int TerminateManyLimit = 1_000;

    private readonly AccountsDatabase _database;
    private readonly SessionRegistry _registry;
    private readonly SessionFeed _feed;
    private readonly PlaceFinder _places;
    private readonly FeatureGate _features;
    private readonly IValidator<RenameSessionInput> _renameRules;
    private readonly SessionOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<SessionService> _logger;

    internal SessionService(
        AccountsDatabase database,
        SessionRegistry registry,
        SessionFeed feed,
        PlaceFinder places,
        FeatureGate features,
        IValidator<RenameSessionInput> renameRules,
        SessionOptions options,
        TimeProvider time,
        ILogger<SessionService> logger)
    {
        _database = database;
        _registry = registry;
        _feed = feed;
        _places = places;
        _features = features;
        _renameRules = renameRules;
        _options = options;
        _time = time;
        _logger = logger;
    }

    /// <summary>The caller's live sessions: first the current one, then those of a new browser or country, then by latest activity.</summary>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    public async Task<IReadOnlyList<Session>> ListAsync(Caller caller)
    {
        var now = _time.GetUtcNow();
        var rows = await _database.ReadAsync(db => db.Sessions.AsNoTracking()
            .Where(s => s.UserId == caller.UserId.Value && s.EndedAt == null && s.ExpiresAt > now)
            .ToListAsync());
        return
        [
            .. rows.Select(row => Session.From(row, now, _places, _registry.Peek(new SessionId(row.Id))))
                .OrderByDescending(session => session.Id == caller.SessionId)
                .ThenByDescending(session => session.IsFlagged)
                .ThenByDescending(session => session.LastActivityAt),
        ];
    }

    /// <summary>How many live sessions the caller has.</summary>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    public Task<int> CountAsync(Caller caller)
    {
        var now = _time.GetUtcNow();
        return _database.ReadAsync(db => db.Sessions.CountAsync(s => s.UserId == caller.UserId.Value && s.EndedAt == null && s.ExpiresAt > now));
    }

    /// <summary>The caller's sessions with these ids, live or ended. Ids of other users' sessions are left out.</summary>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    public async Task<IReadOnlyList<Session>> FindAsync(Caller caller, IReadOnlyCollection<SessionId> ids)
    {
        var now = _time.GetUtcNow();
        var values = ids.Select(id => id.Value).ToList();
        var rows = await _database.ReadAsync(db => db.Sessions.AsNoTracking().Where(s => values.Contains(s.Id) && s.UserId == caller.UserId.Value).ToListAsync());
        return [.. rows.Select(row => Session.From(row, now, _places, _registry.Peek(new SessionId(row.Id))))];
    }

    /// <summary>Whether the caller must confirm their password before they end other sessions. A page can then ask for it at once.</summary>
    public bool NeedsProof(Caller caller) => !SessionStatements.IsProved(caller, _options, _time.GetUtcNow());

    /// <summary>Ends one of the caller's other sessions. When it returns, that session can't do anything any more.</summary>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed.</exception>
    public Task<TerminateOutcome> TerminateAsync(Caller caller, SessionId target) =>
        TerminateAsync(caller, target, isAnswer: false, CancellationToken.None);

    /// <summary>
    /// "No, it wasn't me": ends a session by the same rules as <see cref="TerminateAsync(Caller, SessionId)"/> and records the answer. If there is no
    /// open question, or the caller can't answer it, the session ends as well and the event is an ordinary ending.
    /// </summary>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled before its turn to write; nothing changed.</exception>
    public Task<TerminateOutcome> DenyAsync(Caller caller, SessionId target, CancellationToken cancellationToken = default) =>
        TerminateAsync(caller, target, isAnswer: true, cancellationToken);

    /// <summary>Ends several of the caller's other sessions in one transaction. When it returns, they can't do anything any more.</summary>
    /// <param name="caller">The caller.</param>
    /// <param name="targets">
    /// The sessions' ids, 1 to <see cref="TerminateManyLimit"/>. A repeated id counts once. The caller's own session is skipped: signing out ends it.
    /// </param>
    /// <param name="cancellationToken">Cancels the call until it may write; from then on it has no effect.</param>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled before its turn to write; nothing changed.</exception>
    public async Task<TerminateManyOutcome> TerminateManyAsync(
        Caller caller, IReadOnlyCollection<SessionId> targets, CancellationToken cancellationToken = default)
    {
        List<Guid> chosen = [.. targets.Select(target => target.Value).Distinct()];
        if (chosen.Count == 0)
            return new TerminateManyOutcome.NothingChosen();
        if (chosen.Count > TerminateManyLimit)
            return new TerminateManyOutcome.TooMany(TerminateManyLimit);

        var now = _time.GetUtcNow();
        var ending = new Ending(caller, now, EndReason.Terminated);
        List<Guid> ended = [];
        var outcome = await _database.WriteAsync<TerminateManyOutcome>(WritePriority.Ending, async db =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await db.StandingAsync(caller, _options, now) is not Standing.Good and var standing)
                return standing == Standing.Ended ? new TerminateManyOutcome.CallerEnded() : new TerminateManyOutcome.ProofNeeded();

            var others = db.Sessions.Where(s => chosen.Contains(s.Id) && s.UserId == caller.UserId.Value && s.Id != caller.SessionId.Value);
            var gone = (await db.EndAsync(others, ending)).ToHashSet();
            ended = chosen.FindAll(gone.Contains);
            if (ended.Count > 0)
                await db.RecordAsync(caller, now, AuditAction.SessionsTerminated, count: ended.Count, ended: ended);
            return new TerminateManyOutcome.Ended(ended.ConvertAll(id => new SessionId(id)));
        });

        if (outcome is TerminateManyOutcome.Ended)
            Announce(caller.UserId, ended, ending.Reason);
        return outcome;
    }

    /// <summary>"Yes, it was me": recognizes the sign-in of one of the caller's other sessions, so that it isn't in question any more.</summary>
    /// <remarks>
    /// An intruder's session must not answer. So the caller's sign-in must not be in question itself, and the account must have known the caller's
    /// browser before the target signed in. A page asks <see cref="Session.MayAnswer"/> beforehand.
    /// </remarks>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled before its turn to write; nothing changed.</exception>
    public async Task<RecognizeOutcome> RecognizeAsync(Caller caller, SessionId target, CancellationToken cancellationToken = default)
    {
        var now = _time.GetUtcNow();
        var outcome = await _database.WriteAsync(WritePriority.Ordinary, async db =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!await db.IsLiveAsync(caller, now))
                return RecognizeOutcome.CallerEnded;

            var answered = await db.AnswerableBy(caller, now).Where(s => s.Id == target.Value).ExecuteUpdateAsync(set => set
                .SetProperty(s => s.RecognizedAt, now)
                .SetProperty(s => s.RecognizedBySessionId, caller.SessionId.Value));
            if (answered == 0)
                return await db.QuestionsOf(caller, now).AnyAsync(s => s.Id == target.Value)
                    ? RecognizeOutcome.NotAllowed
                    : RecognizeOutcome.NotInQuestion;

            await db.RecordAsync(caller, now, AuditAction.SessionRecognized, target);
            return RecognizeOutcome.Recognized;
        });

        if (outcome == RecognizeOutcome.Recognized)
            _feed.Publish(new SessionChange.Recognized(caller.UserId, target));
        return outcome;
    }

    /// <summary>Ends every session of the caller except the current one. A sign-in that hasn't started its session yet is refused.</summary>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed.</exception>
    public Task<EndSessionsOutcome> SignOutEverywhereAsync(Caller caller) =>
        EndManyAsync(caller, EndReason.SignedOutEverywhere, AuditAction.SignedOutEverywhere, (db, ending) => db.EndOthersAsync(ending));

    /// <summary>
    /// Remote logout: ends every session of the caller, including the current one. A sign-in that hasn't started its session yet is refused. The
    /// account, its password and its settings stay.
    /// </summary>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed.</exception>
    public async Task<EndSessionsOutcome> RemoteLogoutAsync(Caller caller) =>
        await _features.FindMissingAsync(caller, Feature.RemoteLogout) is { } missing ? new EndSessionsOutcome.NotInPlan(missing)
        : await EndManyAsync(caller, EndReason.RemoteLogout, AuditAction.SessionsInvalidated, (db, ending) => db.EndAllAsync(ending));

    /// <summary>Ends the caller's own session. A second call changes nothing.</summary>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed.</exception>
    public async Task SignOutAsync(Caller caller)
    {
        var ending = new Ending(caller, _time.GetUtcNow(), EndReason.SignedOut);
        var ended = await _database.WriteAsync(WritePriority.Ending, async db =>
        {
            var own = await db.EndAsync(db.Sessions.Where(s => s.Id == caller.SessionId.Value && s.UserId == caller.UserId.Value), ending);
            if (own.Count > 0)
                await db.RecordAsync(caller, ending.At, AuditAction.SignedOut, caller.SessionId);
            return own;
        });

        Announce(caller.UserId, ended, ending.Reason);
    }

    /// <summary>Renames one of the caller's live sessions, or removes its name.</summary>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed.</exception>
    public async Task<RenameOutcome> RenameAsync(Caller caller, SessionId target, RenameSessionInput input)
    {
        if (_renameRules.Check(input) is { } errors)
            return new RenameOutcome.Invalid(errors);

        var now = _time.GetUtcNow();
        var name = input.Name.Trim() is { Length: > 0 } given ? given : null;
        var renamed = await _database.WriteAsync(WritePriority.Ordinary, async db =>
        {
            var mine = db.Sessions.Where(s => s.Id == target.Value && s.UserId == caller.UserId.Value && s.EndedAt == null && s.ExpiresAt > now);
            if (!await db.IsLiveAsync(caller, now) || await mine.ExecuteUpdateAsync(set => set.SetProperty(s => s.Name, name)) == 0)
                return false;

            await db.RecordAsync(caller, now, AuditAction.SessionRenamed, target);
            return true;
        });

        if (!renamed)
            return new RenameOutcome.NotLive();
        _feed.Publish(new SessionChange.Renamed(caller.UserId, target, name));
        return new RenameOutcome.Renamed(name);
    }

    /// <summary>Announces committed endings in this process: first the registry, so that subscribers find every check already closed.</summary>
    internal void Announce(UserId userId, IReadOnlyList<Guid> ended, EndReason reason)
    {
        foreach (var id in ended)
            _registry.MarkEnded(new SessionId(id));
        foreach (var id in ended)
        {
            Log.Ended(_logger, id, reason);
            _feed.Publish(new SessionChange.Ended(userId, new SessionId(id), reason));
        }
    }

    /// <summary>The same for an action that the audit log records in any case. If it ended no session, the feed reports the event.</summary>
    internal void Announce(Caller by, IReadOnlyList<Guid> ended, EndReason reason)
    {
        Announce(by.UserId, ended, reason);
        if (ended.Count == 0)
            _feed.Publish(new SessionChange.Recorded(by.UserId, by.SessionId));
    }

    private async Task<TerminateOutcome> TerminateAsync(Caller caller, SessionId target, bool isAnswer, CancellationToken cancellationToken)
    {
        if (target == caller.SessionId)
            return TerminateOutcome.CurrentSession;

        var now = _time.GetUtcNow();
        var ending = new Ending(caller, now, EndReason.Terminated);
        var outcome = await _database.WriteAsync(WritePriority.Ending, async db =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await db.StandingAsync(caller, _options, now) is not Standing.Good and var standing)
                return standing == Standing.Ended ? TerminateOutcome.CallerEnded : TerminateOutcome.ProofNeeded;

            // Check this first: an ended session has no open question.
            var action = isAnswer && await db.AnswerableBy(caller, now).AnyAsync(s => s.Id == target.Value)
                ? AuditAction.SessionDenied
                : AuditAction.SessionTerminated;
            var mine = db.Sessions.Where(s => s.Id == target.Value && s.UserId == caller.UserId.Value);
            if (await db.EndAsync(mine, ending) is not [_])
                return await mine.AnyAsync() ? TerminateOutcome.AlreadyEnded : TerminateOutcome.NotFound;

            await db.RecordAsync(caller, now, action, target);
            return TerminateOutcome.Terminated;
        });

        if (outcome == TerminateOutcome.Terminated)
            Announce(caller.UserId, [target.Value], ending.Reason);
        return outcome;
    }

    private async Task<EndSessionsOutcome> EndManyAsync(Caller caller, EndReason reason, string action, Func<AccountsDbContext, Ending, Task<List<Guid>>> endAsync)
    {
        var now = _time.GetUtcNow();
        var ending = new Ending(caller, now, reason);
        List<Guid> ended = [];
        var outcome = await _database.WriteAsync<EndSessionsOutcome>(WritePriority.Ending, async db =>
        {
            var user = await db.LockUserAsync(caller.UserId);
            if (user is null || await db.StandingAsync(caller, _options, now) is var standing && standing == Standing.Ended)
                return new EndSessionsOutcome.CallerEnded();
            if (standing == Standing.ProofNeeded)
                return new EndSessionsOutcome.ProofNeeded();

            user.RenewStamp();
            ended = await endAsync(db, ending);
            await db.RecordAsync(caller, now, action, count: ended.Count);
            return new EndSessionsOutcome.Ended(ended.Count);
        });

        if (outcome is EndSessionsOutcome.Ended)
            Announce(caller, ended, reason);
        return outcome;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Session {SessionId} ended: {Reason}")]
        public static partial void Ended(ILogger logger, Guid sessionId, EndReason reason);
    }
}
