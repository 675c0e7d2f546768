using System.Security.Claims;
using Accounts.Core.Callers;
using Accounts.Core.Sessions;
using Accounts.Core.Settings;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Live;

/// <summary>Answers "is this session still alive?" for every request and every call over a circuit.</summary>
/// <remarks>The answer comes from memory. A session that this process doesn't know yet is loaded once.</remarks>
public sealed class SessionAuthenticator
{
    private readonly AccountsDatabase _database;
    private readonly SessionRegistry _registry;
    private readonly KeyRotation _rotation;
    private readonly SupportViewOptions _views;
    private readonly TimeProvider _time;

    internal SessionAuthenticator(
        AccountsDatabase database, SessionRegistry registry, KeyRotation rotation, SupportViewOptions views, TimeProvider time)
    {
        _views = views;
        _database = database;
        _registry = registry;
        _rotation = rotation;
        _time = time;
    }

    /// <summary>The session of a ticket, if it is live and the ticket has its key; otherwise null.</summary>
    /// <param name="id">The session's id.</param>
    /// <param name="key">The key in the ticket; any text.</param>
    /// <param name="cancellationToken">Cancels the load of a session that isn't in memory, and the wait before a first use is written.</param>
    /// <remarks>
    /// The first use of an offered key writes it to the database and then makes it the session's only key. If it isn't used within 60 seconds,
    /// the old key stops working anyway.
    /// </remarks>
    /// <exception cref="DatabaseUnavailableException">
    /// The database did not answer, and the session isn't in memory or the key is used for the first time.
    /// </exception>
    /// <exception cref="OperationCanceledException">
    /// It was canceled while the session was loaded, or before a first use was written. An answer from memory doesn't look.
    /// </exception>
    public ValueTask<LiveSession?> AuthenticateAsync(SessionId id, string key, CancellationToken cancellationToken = default) =>
        _registry.TryFind(id, out var live) ? VerifyAsync(live, key, cancellationToken) : LoadThenVerifyAsync(id, key, cancellationToken);

    /// <summary>The session of a connection that has already shown its key, if it is still live; otherwise null.</summary>
    /// <remarks>An id isn't a secret. Call it only for a connection or request that <see cref="AuthenticateAsync"/> let in.</remarks>
    /// <exception cref="DatabaseUnavailableException">The session isn't in memory any more, and the database did not answer.</exception>
    /// <exception cref="OperationCanceledException">It was canceled while the session was loaded. An answer from memory doesn't look.</exception>
    public ValueTask<LiveSession?> FindLiveAsync(SessionId id, CancellationToken cancellationToken = default) =>
        _registry.TryFind(id, out var live) ? new(Living(live)) : LoadLiveAsync(id, cancellationToken);

    /// <summary>The caller behind a principal, if their session is still live; otherwise null.</summary>
    /// <param name="principal">The principal.</param>
    /// <param name="address">The IP address that asks; null for the one of the session's latest activity.</param>
    /// <param name="cancellationToken">Cancels the load of a session that isn't in memory.</param>
    /// <exception cref="DatabaseUnavailableException">The session isn't in memory any more, and the database did not answer.</exception>
    /// <exception cref="OperationCanceledException">It was canceled while the session was loaded. An answer from memory doesn't look.</exception>
    public async ValueTask<Caller?> FindCallerAsync(
        ClaimsPrincipal principal, string? address = null, CancellationToken cancellationToken = default) =>
        principal.FindSessionId() is { } id && await FindLiveAsync(id, cancellationToken) is { } session && session.IsOf(principal)
            ? session.ToCaller(principal, address)
            : null;

    /// <summary>Whether a caller's session is still live, and its key is still the one that the caller came with.</summary>
    /// <remarks>
    /// Whatever takes longer than one check asks again before each step: an export before each part, an event stream before each event, a form
    /// whose body came slowly before it acts. Commands ask by themselves.
    /// </remarks>
    /// <exception cref="CallerRefusedException">The caller has no session of their own.</exception>
    /// <exception cref="DatabaseUnavailableException">The session isn't in memory any more, and the database did not answer.</exception>
    /// <exception cref="OperationCanceledException">It was canceled while the session was loaded. An answer from memory doesn't look.</exception>
    public async ValueTask<bool> MayGoOnAsync(Caller caller, CancellationToken cancellationToken = default)
    {
        Need.GoOn.Check(caller);
        return await FindLiveAsync(caller.OwnSession, cancellationToken) is { } session && session.HasKeyMark(caller.KeyMark, _time.GetUtcNow());
    }

    private LiveSession? Living(LiveSession? session) => session is not null && session.IsLive(_time.GetUtcNow()) ? session : null;

    private ValueTask<LiveSession?> VerifyAsync(LiveSession? session, string key, CancellationToken cancellationToken)
    {
        if (session is null)
            return Refuse(GateRefusal.Ended);
        var now = _time.GetUtcNow();
        if (session.HasKey(key, now, out var seen))
            return session.IsLive(now) ? new(session) : Refuse(GateRefusal.Ended);
        return seen is null ? Refuse(GateRefusal.ReplacedKey) : AdoptAsync(session, seen, cancellationToken);
    }

    private ValueTask<LiveSession?> Refuse(GateRefusal reason)
    {
        _registry.CountRefused(reason);
        return default;
    }

    private async ValueTask<LiveSession?> AdoptAsync(LiveSession session, OfferedKey seen, CancellationToken cancellationToken) =>
        await _rotation.AdoptAsync(session, seen, cancellationToken) && Living(session) is { } live ? live : await Refuse(GateRefusal.Ended);

    private async ValueTask<LiveSession?> LoadThenVerifyAsync(SessionId id, string key, CancellationToken cancellationToken)
    {
        var session = await LoadAsync(id, cancellationToken);
        // Memory knows every session that the database has. The load has counted any other.
        return session is null && !_registry.TryFind(id, out _) ? null : await VerifyAsync(session, key, cancellationToken);
    }

    private async ValueTask<LiveSession?> LoadLiveAsync(SessionId id, CancellationToken cancellationToken) =>
        Living(await LoadAsync(id, cancellationToken));

    private async Task<LiveSession?> LoadAsync(SessionId id, CancellationToken cancellationToken)
    {
        while (true)
        {
            var load = _registry.BeginLoad();
            var (known, loaded) = await _database.ReadAsync(async db =>
            {
                var row = await db.Sessions.AsNoTracking().SingleOrDefaultAsync(s => s.Id == id.Value, cancellationToken);
                if (row is null || row.EndedAt is not null)
                    return (row is not null, (LiveSession?)null);

                var user = await UserProfile.ReadAsync(db, new UserId(row.UserId), load.Change, cancellationToken);
                return (true, (LiveSession?)new LiveSession(row, user, _views.MaskEmail));
            });

            if (!known)
            {
                _registry.CountUnknown();
                return null;
            }

            if (!_registry.TryAdd(id, loaded, load, out var live))
                continue;
            if (live is { Offered: { } offered } && ReferenceEquals(live, loaded))
                _rotation.EndFirstKeyLater(live, offered);
            return live;
        }
    }
}
