using System.Security.Claims;
using Accounts.Core.Devices;
using Accounts.Core.Geolocation;
using Accounts.Core.Users;

namespace Accounts.Core.Sessions;

/// <summary>A session as this process holds it in memory: is it still alive, who is it, and what was done in it since the last flush.</summary>
/// <remarks>
/// Made by the registry when the session is first asked for. It only ever goes from live to ended. Activity is counted with interlocked
/// operations by any number of requests at once and taken away by the one flusher.
/// </remarks>
public sealed class LiveSession
{
    private readonly Lock _keys = new();
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

    internal LiveSession(SessionRow row, ClaimsPrincipal principal)
    {
        Id = new SessionId(row.Id);
        UserId = new UserId(row.UserId);
        StartedAt = row.StartedAt;
        Remembered = row.Remembered;
        _proof = new SessionProof(row.KeyHash, row.ReauthenticatedAt ?? row.StartedAt, principal);
        if (row is { NextKeyHash: { } next, NextKeyAt: { } at })
            _offered = new OfferedKey(next, at);
        _expiresAt = row.ExpiresAt.UtcTicks;
        _lastActivityAt = row.LastActivityAt.UtcTicks;
        _address = row.LastAddress;
        _device = row.Device();
        _pagesVisited = row.PagesVisited;
    }

    public SessionId Id { get; }

    public UserId UserId { get; }

    /// <summary>The person as the framework wants to see them: name, e-mail address, roles, and the session's id.</summary>
    public ClaimsPrincipal Principal => Volatile.Read(ref _proof).Principal;

    internal DateTimeOffset StartedAt { get; }

    internal bool Remembered { get; }

    internal DateTimeOffset ExpiresAt => new(Volatile.Read(ref _expiresAt), TimeSpan.Zero);

    internal DateTimeOffset LastActivityAt => new(Volatile.Read(ref _lastActivityAt), TimeSpan.Zero);

    /// <summary>Pages that were opened, those included that are not written yet.</summary>
    internal int PagesVisited => Volatile.Read(ref _pagesVisited);

    /// <summary>The address of the latest act.</summary>
    internal string Address => Volatile.Read(ref _address);

    /// <summary>What it is signed in from, as its browser last said.</summary>
    internal Device Device => Volatile.Read(ref _device);

    /// <summary>Whether anything may be done in this session. Two memory reads.</summary>
    public bool IsLive(DateTimeOffset now) => Volatile.Read(ref _ended) == 0 && now.UtcTicks < Volatile.Read(ref _expiresAt);

    /// <summary>Who asks, for a command that comes through this session: its person, at the address of their latest act.</summary>
    public Caller ToCaller() => ToCaller(Volatile.Read(ref _proof).At);

    /// <summary>The same for a command of a principal. One that was made for a key which has been replaced proves nothing by that key's successor.</summary>
    internal Caller ToCaller(ClaimsPrincipal principal)
    {
        var proof = Volatile.Read(ref _proof);
        return ToCaller(string.Equals(proof.Mark, principal.FindKeyMark(), StringComparison.Ordinal) ? proof.At : default);
    }

    /// <summary>Whether a mark is that of the session's key, and not of one that was replaced or has had its time.</summary>
    public bool HasKeyMark(string? mark, DateTimeOffset now) =>
        string.Equals(Volatile.Read(ref _proof).Mark, mark, StringComparison.Ordinal) && Volatile.Read(ref _offered)?.IsDue(now) is not true;

    /// <summary>The latest act, for those who watch.</summary>
    internal SessionChange.Seen ToSeen(PlaceFinder places)
    {
        var address = Address;
        return new SessionChange.Seen(UserId, Id, LastActivityAt, address, places.Find(address), Device, PagesVisited);
    }

    /// <summary>The second key, if one has been given out and waits to be seen.</summary>
    internal OfferedKey? Offered => Volatile.Read(ref _offered);

    /// <summary>Whether a text is the session's key. If not, it may be the one that was offered and is seen for the first time.</summary>
    internal bool HasKey(ReadOnlySpan<char> key, DateTimeOffset now, out OfferedKey? seen)
    {
        // Read first: an offer that is adopted in between is the key by then.
        var offered = Offered;
        seen = offered is not null && SessionKey.Matches(key, offered.Hash) ? offered : null;
        return seen is null && offered?.IsDue(now) is not true && SessionKey.Matches(key, Volatile.Read(ref _proof).KeyHash);
    }

    /// <summary>A second key has been given out and waits to be seen.</summary>
    internal void Offer(OfferedKey offered) => Volatile.Write(ref _offered, offered);

    /// <summary>The offered key is the session's key from here on. True for the one call that made it so.</summary>
    internal bool Adopt(OfferedKey offered)
    {
        lock (_keys)
        {
            // A late one changes nothing back.
            if (_proof.At > offered.At || _proof.KeyHash.AsSpan().SequenceEqual(offered.Hash))
                return false;

            Volatile.Write(ref _proof, new SessionProof(offered.Hash, offered.At, _proof.Principal.WithKey(offered.Hash)));
            Interlocked.CompareExchange(ref _offered, null, offered);
            return true;
        }
    }

    private Caller ToCaller(DateTimeOffset authenticatedAt) => new(UserId, Id, Address) { AuthenticatedAt = authenticatedAt };

    internal void MarkEnded() => Volatile.Write(ref _ended, 1);

    internal void Renewed(DateTimeOffset expiresAt) => Volatile.Write(ref _expiresAt, expiresAt.UtcTicks);

    /// <summary>Counts an act. True if the session has to be put on the flusher's list.</summary>
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
                break;
            seen = before;
        }

        return Interlocked.Exchange(ref _dirty, 1) == 0;
    }

    /// <summary>
    /// Hears what the browser says of itself now, before the act is counted with which it came. An update of the same browser is believed; anything else is
    /// not the browser that signed in, and one that does not say all that it knows, as on its first request after a start, says nothing new.
    /// </summary>
    internal void Hear(DeviceSignals signals)
    {
        var device = DeviceDetector.Detect(signals);
        if (device == Device || !signals.IsWhole || !device.LooksLike(Device))
            return;

        Volatile.Write(ref _device, device);
        Volatile.Write(ref _signals, signals);
    }

    /// <summary>Takes what was counted away. Acts that arrive from here on put the session on the list again.</summary>
    internal (int Pages, DateTimeOffset LastActivityAt, string Address, DeviceSignals? Signals) Take()
    {
        Volatile.Write(ref _dirty, 0);
        return (Interlocked.Exchange(ref _pages, 0), LastActivityAt, Address, Interlocked.Exchange(ref _signals, null));
    }

    /// <summary>Gives back what a flush could not write. True if the session has to be put on the flusher's list.</summary>
    internal bool GiveBack(int pages, DeviceSignals? signals)
    {
        Interlocked.Add(ref _pages, pages);
        Interlocked.CompareExchange(ref _signals, signals, null);
        return Interlocked.Exchange(ref _dirty, 1) == 0;
    }
}
