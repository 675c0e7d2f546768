using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Threading.Channels;
using Accounts.Core.Sessions;
using Accounts.Core.Users;

namespace Accounts.Web.Sessions;

/// <summary>What the page that a request has drawn hands to the circuit that follows: the list that it read, and what has happened since before it read it.</summary>
/// <remarks>
/// The page holds a random ticket and nothing about anybody. Only the session that the page was drawn for can take what the ticket stands for, once, within
/// <see cref="Waits"/>. A circuit that comes later, to another server or with somebody else's ticket reads the list itself.
/// </remarks>
internal sealed class Handovers(SessionFeed feed, TimeProvider time) : IDisposable
{
    /// <summary>How long a page's circuit is waited for.</summary>
    public static readonly TimeSpan Waits = TimeSpan.FromSeconds(20);

    /// <summary>How many pages of one session are waited for at a time; of more the oldest is let go.</summary>
    public const int PerSession = 4;

    private readonly ConcurrentDictionary<string, Handover> _waiting = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>How many are waited for.</summary>
    public int Count => _waiting.Count;

    /// <summary>Begins to listen for the circuit that will come. To be called before the list is read.</summary>
    public Handover Begin(Caller caller, bool acts)
    {
        var changes = Channel.CreateUnbounded<IReadOnlyList<SessionChange>>();
        var handover = new Handover(Convert.ToHexString(RandomNumberGenerator.GetBytes(16)), caller.SessionId, changes, feed.Subscribe(caller.UserId, batch => changes.Writer.TryWrite(batch), acts));
        lock (_lock)
        {
            var same = _waiting.Values.Where(other => other.Session == caller.SessionId).OrderBy(other => other.Number).ToList();
            foreach (var old in same.Take(same.Count - PerSession + 1))
                Drop(old);
            _waiting[handover.Ticket] = handover;
            handover.Timer = time.CreateTimer(_ => Drop(handover), null, Waits, Timeout.InfiniteTimeSpan);
        }

        return handover;
    }

    /// <summary>What a ticket stands for: once, and only for the session that it was made for; otherwise null.</summary>
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

/// <summary>One page that waits for its circuit.</summary>
/// <param name="ticket">The name under which its circuit finds it: 128 random bits.</param>
/// <param name="session">The session that the page was drawn for.</param>
/// <param name="changes">What has happened since it began, in order.</param>
/// <param name="subscription">What listens for that.</param>
internal sealed class Handover(string ticket, SessionId session, Channel<IReadOnlyList<SessionChange>> changes, IDisposable subscription)
{
    private static long _last;

    public string Ticket => ticket;

    public SessionId Session => session;

    public Channel<IReadOnlyList<SessionChange>> Changes => changes;

    public IDisposable Subscription => subscription;

    /// <summary>The order in which they began.</summary>
    public long Number { get; } = Interlocked.Increment(ref _last);

    /// <summary>The list as it was read after the listening began; null if it could not be read.</summary>
    public IReadOnlyList<Session>? Sessions { get; set; }

    /// <summary>Lets go of what nobody came for.</summary>
    public ITimer? Timer { get; set; }

    /// <summary>Hands the list over: whoever goes on listening holds on to this object, and the list is out of date soon.</summary>
    public IReadOnlyList<Session>? TakeSessions()
    {
        var list = Sessions;
        Sessions = null;
        return list;
    }
}
