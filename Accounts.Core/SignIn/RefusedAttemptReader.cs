using Accounts.Core.Callers;
using Accounts.Core.Geolocation;
using Accounts.Core.Live;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.SignIn;

/// <summary>Reads the attempts on an account that the server refused. Reading changes nothing.</summary>
public sealed class RefusedAttemptReader
{
    /// <summary>How many runs <see cref="RefusedSinceVisit.Latest"/> has at most: 5.</summary>
    public const int Shown = 5;

    /// <summary>How many of the account's sessions are asked for its last visit: those that started last.</summary>
    private const int AskedSessions = 100;

    private static readonly RefusedSinceVisit None = new(0, []);

    private readonly AccountsDatabase _database;
    private readonly SessionRegistry _registry;
    private readonly PlaceFinder _places;
    private readonly TimeProvider _time;

    internal RefusedAttemptReader(AccountsDatabase database, SessionRegistry registry, PlaceFinder places, TimeProvider time)
    {
        _database = database;
        _registry = registry;
        _places = places;
        _time = time;
    }

    /// <summary>The account's latest refused attempts, newest first. Attempts of the last seconds may not be there yet.</summary>
    /// <param name="caller">The caller.</param>
    /// <param name="count">How many runs to return at most.</param>
    /// <param name="kind">The kind to return; null for all kinds.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <exception cref="CallerRefusedException">The caller lacks the scope.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public Task<IReadOnlyList<RefusedAttempt>> ListAsync(
        Caller caller, int count = Shown, RefusedAttemptKind? kind = null, CancellationToken cancellationToken = default)
    {
        Need.ReadAccount.Check(caller);
        return _database.ReadAsync(db => TakeAsync(
            db.RefusedAttempts.Where(r => r.UserId == caller.Subject.Value && (kind == null || r.Kind == kind)), count, cancellationToken));
    }

    /// <summary>The attempts that the server refused since the owner's last visit, except those from the caller's own session.</summary>
    /// <remarks>
    /// A visit is a time of activity without a pause of 30 minutes. The last visit is the latest one before the visit that goes on in the caller's
    /// session: an earlier one of the same session, or the last activity of another session. A session whose sign-in is in question doesn't count:
    /// whoever guessed the password must not hide their guesses from the owner. So the answer stays the same for the whole visit, and nobody needs
    /// to dismiss anything.
    /// </remarks>
    /// <exception cref="CallerRefusedException">The caller lacks the scope.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public Task<RefusedSinceVisit> FindSinceLastVisitAsync(Caller caller, CancellationToken cancellationToken = default)
    {
        Need.ReadAccount.Check(caller);
        var (user, own) = (caller.Subject.Value, caller.SessionId?.Value);
        return _database.ReadAsync(async db =>
        {
            var visit = await FindVisitAsync(db, caller, cancellationToken);
            var since = visit.Before ?? DateTimeOffset.UnixEpoch;
            var attempts = db.RefusedAttempts.Where(r => r.UserId == user && r.SessionId != own);
            // Usually there is none. Then this is all that the answer costs.
            if (!await attempts.Where(r => r.At > since).OrderByDescending(r => r.At).Select(r => r.Id).Take(1).AnyAsync(cancellationToken))
                return None;

            since = await FindLastActivityAsync(db, user, own, visit.At, cancellationToken) is { } other && other > since ? other : since;
            var unseen = attempts.Where(r => r.At > since);
            var latest = await TakeAsync(unseen, Shown, cancellationToken);
            return latest.Count < Shown
                ? new RefusedSinceVisit(Sum(latest.Sum(one => (long)one.Count)), latest)
                : new RefusedSinceVisit(Sum(await unseen.SumAsync(r => (long)r.Count, cancellationToken)), latest);
        });
    }

    private async Task<Visit> FindVisitAsync(AccountsDbContext db, Caller caller, CancellationToken cancellationToken)
    {
        // A caller without a session of the account's owner is no visit.
        if (caller is not { Kind: CallerKind.Browser, SessionId: { } own })
            return new Visit(_time.GetUtcNow(), null);
        return _registry.Peek(own)?.Visit
            ?? (await db.Sessions.AsNoTracking().SingleOrDefaultAsync(s => s.Id == own.Value, cancellationToken) is { } row
                ? Visit.Of(row)
                : new Visit(_time.GetUtcNow(), null));
    }

    private static async Task<DateTimeOffset?> FindLastActivityAsync(
        AccountsDbContext db, Guid user, Guid? own, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var latest = await db.Sessions.Where(s => s.UserId == user)
            .OrderByDescending(s => s.StartedAt)
            .Take(AskedSessions)
            .Select(s => new { s.Id, s.Kind, s.ActorUserId, s.LastActivityAt, s.NewBrowser, s.NewCountry, s.RecognizedAt })
            .ToListAsync(cancellationToken);
        return latest
            .Where(s => s.Id != own && s.Kind == SessionKind.Browser && s.ActorUserId is null && s.LastActivityAt < before)
            .Where(s => s.RecognizedAt is not null || (!s.NewBrowser && !s.NewCountry))
            .Max(s => (DateTimeOffset?)s.LastActivityAt);
    }

    private async Task<IReadOnlyList<RefusedAttempt>> TakeAsync(
        IQueryable<RefusedAttemptRow> attempts, int count, CancellationToken cancellationToken) =>
        [.. (await attempts.AsNoTracking().OrderByDescending(r => r.At).Take(count).ToListAsync(cancellationToken)).Select(row => row.Show(_places))];

    private static int Sum(long count) => (int)Math.Min(int.MaxValue, count);
}
