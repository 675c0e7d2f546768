using Accounts.Core.Callers;
using Accounts.Core.Geolocation;
using Accounts.Core.Live;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Support;

/// <summary>A view that has ended, for the member of staff who had it.</summary>
/// <param name="Subject">The account that was viewed.</param>
/// <param name="SubjectName">The owner's name; null if the account was deleted.</param>
/// <param name="At">When the view ended.</param>
/// <param name="Reason">Why it ended.</param>
/// <param name="ByOwner">Whether the account's owner ended it.</param>
public sealed record EndedView(UserId Subject, string? SubjectName, DateTimeOffset At, EndReason Reason, bool ByOwner);

/// <summary>Lets staff view an account as its owner sees it. A view is a session of its own, which can change nothing.</summary>
/// <remarks>
/// A view begins in a session of the member of staff, which stays live beside it. It ends with that session, with their role, when its time is over,
/// or when either side ends it. It never touches the owner's sessions. Staff view nobody with the same or a higher role.
/// </remarks>
public sealed class SupportViews
{
    private readonly AccountsDatabase _database;
    private readonly CommandRunner _commands;
    private readonly PlaceFinder _places;
    private readonly SessionCounts _counts;
    private readonly SupportViewOptions _options;
    private readonly TimeProvider _time;

    internal SupportViews(
        AccountsDatabase database, CommandRunner commands, PlaceFinder places, SessionCounts counts, SupportViewOptions options, TimeProvider time)
    {
        _places = places;
        _counts = counts;
        _database = database;
        _commands = commands;
        _options = options;
        _time = time;
    }

    /// <summary>Whether the caller must prove who they are before they view an account. A page can then ask for it at once.</summary>
    public bool NeedsProof(Caller caller) => _commands.NeedsProof(caller, Need.ViewAs);

    /// <summary>Begins to view an account. An earlier view that began in the same session ends.</summary>
    /// <param name="caller">The member of staff.</param>
    /// <param name="subject">Whose account it is.</param>
    /// <param name="input">The reason.</param>
    /// <param name="cancellationToken">Cancels the call until it may write.</param>
    /// <exception cref="CallerRefusedException">The caller isn't a member of staff in a browser; nothing changed.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; nothing changed.</exception>
    public async Task<BeginViewOutcome> BeginAsync(
        Caller caller, UserId subject, ReasonInput input, CancellationToken cancellationToken = default)
    {
        Need.ViewAs.Check(caller);
        if (input.Check(out var reason) is { } errors)
            return new BeginViewOutcome.Invalid(errors);

        var now = _time.GetUtcNow();
        var (id, key) = (SessionId.New(now), SessionKey.New());
        var views = SessionSet.ViewsFrom([caller.OwnSession.Value]);
        return await _commands.RunAsync<BeginViewOutcome>(caller, Need.ViewAs, views, Refuse, async work =>
        {
            var db = work.Db;
            if (!await db.IsBelowAsync(subject, caller.Subject))
                return new BeginViewOutcome.NotAllowed();
            // By the time at which the account is locked: its erasure may have begun.
            if (work.Other is null || work.Other.IsGone(_time.GetUtcNow()))
                return new BeginViewOutcome.NotFound();

            await work.EndAsync(new Ending(caller, now, EndReason.Replaced), views);
            var parents = db.Sessions.Where(s => s.Id == caller.OwnSession.Value);
            var parent = await parents.Select(s => new { s.ExpiresAt, s.Epoch }).SingleAsync();
            var due = now + _options.Duration;
            var view = new SessionRow
            {
                Id = id.Value,
                UserId = subject.Value,
                Kind = SessionKind.SupportView,
                ActorUserId = caller.Subject.Value,
                ActorName = work.Account.DisplayName,
                Reason = reason,
                ParentSessionId = caller.OwnSession.Value,
                Epoch = parent.Epoch,
                KeyHash = key.Hash(),
                StartedAt = now,
                LastActivityAt = now,
                ExpiresAt = due < parent.ExpiresAt ? due : parent.ExpiresAt,
                Remembered = false,
                Methods = SignInMethods.None,
                // The owner learns who views the account, not from where.
                UserAgent = "",
                SignInAddress = "",
                LastAddress = "",
                WholeAddressSince = null,
            };
            await parents.ExecuteUpdateAsync(set => set.SetProperty(s => s.ViewsUntil, view.ExpiresAt));
            db.Sessions.Add(view);
            db.AuditEvents.AddRange(AuditRecord.ViewBegan(view, caller));
            work.Report(new SessionChange.Started(subject, id));
            work.Apply(() => _counts.CountStarted(view.Kind));
            return new BeginViewOutcome.Began(new StartedSession(id, key, null));
        }, cancellationToken, subject);

        static BeginViewOutcome Refuse(Refusal refusal) =>
            refusal == Refusal.CallerEnded ? new BeginViewOutcome.CallerEnded() : new BeginViewOutcome.ProofNeeded();
    }

    /// <summary>The live views of the caller's account, the latest first.</summary>
    /// <exception cref="CallerRefusedException">The caller lacks the scope.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public async Task<IReadOnlyList<Session>> ListAsync(Caller caller, CancellationToken cancellationToken = default)
    {
        Need.ListSessions.Check(caller);
        var now = _time.GetUtcNow();
        var rows = await _database.ReadAsync(db => db.Sessions.AsNoTracking()
            .Where(s => s.UserId == caller.Subject.Value && s.EndedAt == null && s.ExpiresAt > now && s.Kind == SessionKind.SupportView)
            .OrderByDescending(s => s.StartedAt)
            .ToListAsync(cancellationToken));
        return [.. rows.Select(row => Session.From(row, now, _places))];
    }

    /// <summary>Ends a view of the caller's account, or one that began in the caller's session. It asks for no proof.</summary>
    /// <exception cref="CallerRefusedException">The caller may never end sessions or has none itself; nothing changed.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; nothing changed.</exception>
    public Task<EndViewOutcome> EndAsync(Caller caller, SessionId view, CancellationToken cancellationToken = default)
    {
        var now = _time.GetUtcNow();
        var which = SessionSet.ViewFor(caller.Subject, caller.SessionId, view);
        return _commands.RunAsync(caller, Need.EndViews, which, _ => EndViewOutcome.CallerEnded, async work =>
        {
            var isOwner = await work.Db.Sessions.AnyAsync(s => s.Id == view.Value && s.UserId == caller.Subject.Value);
            if (await work.EndAsync(new Ending(caller, now, isOwner ? EndReason.Terminated : EndReason.SignedOut), which) is [_])
                return EndViewOutcome.Ended;
            return await work.Db.Locked(which).AsNoTracking().ToListAsync() is [_] ? EndViewOutcome.AlreadyEnded : EndViewOutcome.NotFound;
        }, cancellationToken);
    }

    /// <summary>A view of the caller's that has ended; null if there is none with this id.</summary>
    /// <exception cref="CallerRefusedException">The caller lacks the scope.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public async Task<EndedView?> FindEndedAsync(Caller caller, SessionId view, CancellationToken cancellationToken = default)
    {
        Need.ReadAccount.Check(caller);
        var now = _time.GetUtcNow();
        var (row, name) = await _database.ReadAsync(async db =>
        {
            var row = await db.Sessions.AsNoTracking().SingleOrDefaultAsync(
                s => s.Id == view.Value && s.Kind == SessionKind.SupportView && s.ActorUserId == caller.Subject.Value, cancellationToken);
            return (row, row is null
                ? null
                : await db.Users.Where(u => u.Id == row.UserId).Select(u => u.DisplayName).SingleOrDefaultAsync(cancellationToken));
        });
        return row is not null && SessionEnding.Of(row, now) is { } ending
            ? new EndedView(new UserId(row.UserId), name, ending.At, ending.Reason, row.EndedByUserId == row.UserId)
            : null;
    }

    /// <summary>Ends the views that a change of a user's roles forbids: views by them, and views of their account.</summary>
    internal static async Task EndForbiddenAsync(UnitOfWork work, UserId user, Caller by, DateTimeOffset now)
    {
        var live = work.Db.Sessions.AsNoTracking().Where(s => s.Kind == SessionKind.SupportView && s.EndedAt == null);
        // Two statements with one index each. One statement with OR would read every live session.
        var held = await live.Where(s => s.ActorUserId == user.Value).Select(s => new { s.Id, s.UserId, s.ActorUserId }).ToListAsync();
        var of = await live.Where(s => s.UserId == user.Value).Select(s => new { s.Id, s.UserId, s.ActorUserId }).ToListAsync();
        List<Guid> forbidden = [];
        foreach (var view in held.Concat(of))
        {
            if (!await work.Db.IsBelowAsync(new UserId(view.UserId), new UserId(view.ActorUserId!.Value)))
                forbidden.Add(view.Id);
        }

        if (forbidden.Count > 0)
            await work.EndAsync(new Ending(by, now, EndReason.StaffSessionEnded), SessionSet.Of(forbidden));
    }
}
