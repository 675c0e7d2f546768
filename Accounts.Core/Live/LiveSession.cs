using System.Security.Claims;
using Accounts.Core.Callers;
using Accounts.Core.Devices;
using Accounts.Core.Geolocation;
using Accounts.Core.Sessions;
using Accounts.Core.Users;

namespace Accounts.Core.Live;

/// <summary>A session in this process's memory: whether it is live, its user, and the activity since the last flush.</summary>
/// <remarks>
/// The registry creates it when the session is first needed. It only goes from live to ended. Many requests count activity at once, with
/// interlocked operations. One flusher takes the counts away.
/// </remarks>
public sealed class LiveSession
{
    private readonly Lock _keys = new();
    private readonly Scopes _scopes;
    private readonly bool _masksEmail;
    private long _profile;
    private int _methods;
    private SessionProof _proof;
    private OfferedKey? _offered;
    private long _expiresAt;
    private int _ended;
    private int _dirty;
    private int _pages;
    private int _pagesVisited;
    private long _lastActivityAt;
    private string _address;
    private Device _device;
    private DeviceSignals? _signals;
    private Visit _visit;

    /// <param name="row">The session's row.</param>
    /// <param name="user">Its user.</param>
    /// <param name="masksEmail">Whether a view of support shows the email masked.</param>
    internal LiveSession(SessionRow row, UserProfile user, bool masksEmail = false)
    {
        Id = new SessionId(row.Id);
        UserId = new UserId(row.UserId);
        StartedAt = row.StartedAt;
        Remembered = row.Remembered;
        Kind = row.Kind;
        Actor = row.ActorUserId is { } actor ? new UserId(actor) : UserId;
        if (row is { Kind: SessionKind.SupportView, ParentSessionId: { } parent })
            View = new LiveView(new SessionId(parent), row.ActorName, row.Reason ?? "", row.ExpiresAt);
        _masksEmail = masksEmail;
        _scopes = row.Scopes ?? row.Kind switch
        {
            SessionKind.Browser => Scopes.All,
            SessionKind.SupportView => Scopes.Read,
            _ => Scopes.None,
        };
        _profile = user.Number;
        _methods = (int)row.Methods;
        _proof = new SessionProof(
            row.KeyHash,
            row.ReauthenticatedAt ?? (row.ReauthenticatedMethods is SignInMethods.None ? default : row.StartedAt),
            row.ReauthenticatedMethods ?? (row.ReauthenticatedAt is null ? row.Methods : SignInMethods.Password),
            user.Number,
            PrincipalOf(SessionKey.Mark(row.KeyHash), user));
        _offered = OfferedKey.Of(row, user.Number);
        _expiresAt = row.ExpiresAt.UtcTicks;
        _lastActivityAt = row.LastActivityAt.UtcTicks;
        _address = row.LastAddress;
        _device = row.Device();
        _pagesVisited = row.PagesVisited;
        _visit = Visit.Of(row);
    }

    /// <summary>The session's id.</summary>
    public SessionId Id { get; }

    /// <summary>The user whose session it is.</summary>
    public UserId UserId { get; }

    /// <summary>Who acts in the session: its user, or a member of staff who views the account.</summary>
    public UserId Actor { get; }

    /// <summary>The view of support that this session is; null if it is none.</summary>
    public LiveView? View { get; }

    /// <summary>The user as ASP.NET Core's principal: name, email, roles and the session's id. In a view of support, the user has no roles.</summary>
    public ClaimsPrincipal Principal => Volatile.Read(ref _proof).Principal;

    /// <summary>What the session is for.</summary>
    public SessionKind Kind { get; }

    /// <summary>How its user was verified in it, at the sign-in and since.</summary>
    internal SignInMethods Methods => (SignInMethods)Volatile.Read(ref _methods);

    internal DateTimeOffset StartedAt { get; }

    internal bool Remembered { get; }

    internal DateTimeOffset ExpiresAt => new(Volatile.Read(ref _expiresAt), TimeSpan.Zero);

    internal DateTimeOffset LastActivityAt => new(Volatile.Read(ref _lastActivityAt), TimeSpan.Zero);

    /// <summary>Opened pages, including those that aren't written to the database yet.</summary>
    internal int PagesVisited => Volatile.Read(ref _pagesVisited);

    /// <summary>The IP address of the latest activity.</summary>
    internal string Address => Volatile.Read(ref _address);

    /// <summary>The device, as the browser last described itself.</summary>
    internal Device Device => Volatile.Read(ref _device);

    /// <summary>The visit that goes on, or the latest one.</summary>
    internal Visit Visit => Volatile.Read(ref _visit);

    /// <summary>Whether the session is live. Costs two memory reads.</summary>
    internal bool IsLive(DateTimeOffset now) => Volatile.Read(ref _ended) == 0 && now.UtcTicks < Volatile.Read(ref _expiresAt);

    /// <summary>
    /// The caller of a command with this principal, from this address or from the one of the latest activity. A principal of a replaced key doesn't
    /// get the new key's proof.
    /// </summary>
    internal Caller ToCaller(ClaimsPrincipal principal, string? address = null)
    {
        var proof = Volatile.Read(ref _proof);
        var mark = principal.FindKeyMark() ?? "";
        var kind = Kind switch
        {
            SessionKind.Browser => CallerKind.Browser,
            SessionKind.Application => CallerKind.Application,
            _ => CallerKind.SupportView,
        };
        return new Caller(kind, UserId, Actor, Id, _scopes, address ?? Address)
        {
            KeyMark = mark,
            AuthenticatedAt = string.Equals(proof.Mark, mark, StringComparison.Ordinal) ? proof.At : default,
            ProofMethods = string.Equals(proof.Mark, mark, StringComparison.Ordinal) ? proof.Methods : SignInMethods.None,
            SessionMethods = Methods,
        };
    }

    /// <summary>Whether a mark belongs to the session's current key, not to one that was replaced or has run out.</summary>
    public bool HasKeyMark(string? mark, DateTimeOffset now) =>
        string.Equals(Volatile.Read(ref _proof).Mark, mark, StringComparison.Ordinal) && Volatile.Read(ref _offered)?.IsDue(now) is not true;

    /// <summary>The latest activity, for subscribers.</summary>
    internal SessionChange.Seen ToSeen(PlaceFinder places)
    {
        var address = Address;
        return new SessionChange.Seen(UserId, Id, LastActivityAt, address, places.Find(address), Device, PagesVisited);
    }

    /// <summary>The offered key that hasn't been used yet; null if there is none.</summary>
    internal OfferedKey? Offered => Volatile.Read(ref _offered);

    /// <summary>Whether a text is the session's key. If it is the offered key, used for the first time, <paramref name="seen"/> is set.</summary>
    internal bool HasKey(ReadOnlySpan<char> key, DateTimeOffset now, out OfferedKey? seen)
    {
        // Read the offer first: if it is adopted in between, it is the key by the second read.
        var offered = Offered;
        seen = offered is not null && SessionKey.Matches(key, offered.Hash) ? offered : null;
        return seen is null && offered?.IsDue(now) is not true && SessionKey.Matches(key, Volatile.Read(ref _proof).KeyHash);
    }

    /// <summary>Stores an offered key until it is used.</summary>
    internal void Offer(OfferedKey offered) => Volatile.Write(ref _offered, offered);

    /// <summary>Makes the offered key the session's key. True only for the call that did so.</summary>
    internal bool Adopt(OfferedKey offered)
    {
        lock (_keys)
        {
            // A late call must not undo a newer key.
            if (_proof.Number > offered.Number || _proof.KeyHash.AsSpan().SequenceEqual(offered.Hash))
                return false;

            Volatile.Write(ref _methods, _methods | (int)offered.Methods);
            var principal = _proof.Principal.WithKey(SessionKey.Mark(offered.Hash)).WithMethods(Methods);
            Volatile.Write(ref _proof, new SessionProof(offered.Hash, offered.At, offered.Methods, offered.Number, principal));
            Interlocked.CompareExchange(ref _offered, null, offered);
            return true;
        }
    }

    /// <summary>
    /// The user as they are now, for an open page with an older principal of this session. Its key stays, and so its proof. Claims that the
    /// application added stay, too.
    /// </summary>
    public ClaimsPrincipal Refresh(ClaimsPrincipal shown) => Principal.WithKey(shown.FindKeyMark()).WithOthersOf(shown);

    /// <summary>Whether a principal is this session's, perhaps an older one. Its user's id never changes.</summary>
    internal bool IsOf(ClaimsPrincipal principal) =>
        principal.FindSessionId() == Id && string.Equals(UserIdOf(principal), UserIdOf(Principal), StringComparison.Ordinal);

    /// <summary>Whether a principal of this session has the user's current name, email and roles.</summary>
    public bool IsCurrent(ClaimsPrincipal shown) => shown.Own().SequenceEqual(Principal.Own());

    /// <summary>Replaces the user's name, email and roles. The key and its proof stay. An older profile that comes late changes nothing.</summary>
    internal void Replace(UserProfile user)
    {
        lock (_keys)
        {
            if (user.Number < _profile)
                return;
            _profile = user.Number;
            Volatile.Write(ref _proof, _proof with { Principal = PrincipalOf(_proof.Mark, user) });
        }
    }

    private ClaimsPrincipal PrincipalOf(string keyMark, UserProfile user) => View is null
        ? SessionClaims.Principal(Id, keyMark, user).WithMethods(Methods)
        : SessionClaims.Principal(
            Id, keyMark, user with { Roles = [], Email = _masksEmail && user.Email is { } email ? MaskedEmail.Of(email) : user.Email }, Actor);

    private static string? UserIdOf(ClaimsPrincipal principal) => principal.FindFirst(ClaimTypes.NameIdentifier)?.Value;

    internal void MarkEnded() => Volatile.Write(ref _ended, 1);

    internal void Renewed(DateTimeOffset expiresAt) => Volatile.Write(ref _expiresAt, expiresAt.UtcTicks);

    /// <summary>Counts an activity. True if the caller must put the session on the flusher's list.</summary>
    internal bool Count(DateTimeOffset now, string address, int pages)
    {
        Interlocked.Add(ref _pages, pages);
        Interlocked.Add(ref _pagesVisited, pages);
        Volatile.Write(ref _address, address);

        var ticks = now.UtcTicks;
        var seen = Volatile.Read(ref _lastActivityAt);
        while (seen < ticks)
        {
            var before = Interlocked.CompareExchange(ref _lastActivityAt, ticks, seen);
            if (before == seen)
            {
                Volatile.Write(ref _visit, Visit.Follow(new DateTimeOffset(seen, TimeSpan.Zero), now));
                break;
            }

            seen = before;
        }

        return Interlocked.Exchange(ref _dirty, 1) == 0;
    }

    /// <summary>
    /// Updates the device from the browser's signals; call it before you count the activity that they came with. It accepts an update of the same
    /// browser. It ignores another browser, and incomplete signals such as those of the first request after a browser's start.
    /// </summary>
    internal void Hear(DeviceSignals signals)
    {
        var device = DeviceDetector.Detect(signals);
        if (device == Device || !signals.IsWhole || !device.LooksLike(Device))
            return;

        Volatile.Write(ref _device, device);
        Volatile.Write(ref _signals, signals);
    }

    /// <summary>Takes the counts away. Later activity puts the session on the list again.</summary>
    internal (int Pages, DateTimeOffset LastActivityAt, string Address, DeviceSignals? Signals) Take()
    {
        Volatile.Write(ref _dirty, 0);
        return (Interlocked.Exchange(ref _pages, 0), LastActivityAt, Address, Interlocked.Exchange(ref _signals, null));
    }

    /// <summary>Gives back counts that a flush could not write. True if the caller must put the session on the flusher's list.</summary>
    internal bool GiveBack(int pages, DeviceSignals? signals)
    {
        Interlocked.Add(ref _pages, pages);
        Interlocked.CompareExchange(ref _signals, signals, null);
        return Interlocked.Exchange(ref _dirty, 1) == 0;
    }
}

/// <summary>A view of support while it is live.</summary>
/// <param name="Parent">The session of the member of staff in which it began. The view ends with it.</param>
/// <param name="By">The name of the member of staff.</param>
/// <param name="Reason">Why they view the account, in their words.</param>
/// <param name="EndsAt">When it ends at the latest.</param>
public sealed record LiveView(SessionId Parent, string? By, string Reason, DateTimeOffset EndsAt);
