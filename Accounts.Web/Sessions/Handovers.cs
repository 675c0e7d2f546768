using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Threading.Channels;
using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Sessions;
using Accounts.Core.SignIn;
using Accounts.Core.TwoFactor;

namespace Accounts.Web.Sessions;

/// <summary>Hands a prerendered page's data to its circuit: the list that the request read, and all changes since before that.</summary>
/// <remarks>
/// The page holds a random ticket and no personal data. Only the page's own session can redeem it, once, within <see cref="Waits"/>. A circuit reads
/// the list itself if it comes late, reaches another server or has another session's ticket.
/// </remarks>
internal sealed class Handovers(SessionFeed feed, TimeProvider time) : IDisposable
{
    /// <summary>How long to wait for a page's circuit.</summary>
    public static readonly TimeSpan Waits = TimeSpan.FromSeconds(20);

    /// <summary>How many pages of one session may wait at a time. One more drops the oldest.</summary>
    public const int PerSession = 4;

    private readonly ConcurrentDictionary<string, Handover> _waiting = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>How many pages are waiting.</summary>
    public int Count => _waiting.Count;

    /// <summary>Subscribes on behalf of the future circuit. Call this before reading the list.</summary>
    public Handover Begin(Caller caller, bool acts)
    {
        var changes = Channel.CreateUnbounded<IReadOnlyList<SessionChange>>();
        var handover = new Handover(Convert.ToHexString(RandomNumberGenerator.GetBytes(16)), caller.OwnSession, changes,
            feed.Subscribe(caller.Subject, batch => changes.Writer.TryWrite(batch), acts));
        lock (_lock)
        {
            var same = _waiting.Values.Where(other => other.Session == caller.OwnSession).OrderBy(other => other.Number).ToList();
            foreach (var old in same.Take(same.Count - PerSession + 1))
                Drop(old);
            _waiting[handover.Ticket] = handover;
            handover.Timer = time.CreateTimer(_ => Drop(handover), null, Waits, Timeout.InfiniteTimeSpan);
        }

        return handover;
    }

    /// <summary>Redeems a ticket once, for its own session only; otherwise returns null.</summary>
    public Handover? Take(string? ticket, SessionId session)
    {
        if (ticket is null || !_waiting.TryGetValue(ticket, out var found) || found.Session != session || !_waiting.TryRemove(ticket, out found))
            return null;
        found.Timer?.Dispose();
        return found;
    }

    public void Dispose()
    {
        foreach (var handover in _waiting.Values)
            Drop(handover);
    }

    private void Drop(Handover handover)
    {
        if (!_waiting.TryRemove(handover.Ticket, out _))
            return;
        handover.Timer?.Dispose();
        handover.Subscription.Dispose();
    }
}

/// <summary>A page that waits for its circuit.</summary>
/// <param name="ticket">The circuit's ticket: 128 random bits.</param>
/// <param name="session">The session that the page was drawn for.</param>
/// <param name="changes">The changes since the handover began, in order.</param>
/// <param name="subscription">The subscription that receives those changes.</param>
internal sealed class Handover(string ticket, SessionId session, Channel<IReadOnlyList<SessionChange>> changes, IDisposable subscription)
{
    private static long _last;

    public string Ticket => ticket;

    public SessionId Session => session;

    public Channel<IReadOnlyList<SessionChange>> Changes => changes;

    public IDisposable Subscription => subscription;

    /// <summary>The handover's position in the order of creation.</summary>
    public long Number { get; } = Interlocked.Increment(ref _last);

    /// <summary>The list, read after the subscription began; null if reading failed.</summary>
    public IReadOnlyList<Session>? Sessions { get; set; }

    /// <summary>What the server refused since the last visit, read with the list.</summary>
    public RefusedSinceVisit Refused { get; set; } = new(0, []);

    /// <summary>The account's two-factor, read with the list.</summary>
    public TwoFactorState? TwoFactor { get; set; }

    /// <summary>Drops a handover that no circuit redeemed.</summary>
    public ITimer? Timer { get; set; }

    /// <summary>Returns the list once and releases it. The circuit keeps this object, and the list soon goes out of date.</summary>
    public IReadOnlyList<Session>? TakeSessions()
    {
        var list = Sessions;
        Sessions = null;
        return list;
    }
}
