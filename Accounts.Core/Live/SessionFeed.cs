using System.Collections.Concurrent;
using System.Collections.Immutable;
using Accounts.Core.Callers;
using Accounts.Core.Geolocation;
using Microsoft.Extensions.Logging;

namespace Accounts.Core.Live;

/// <summary>Publishes changes of sessions to the pages and circuits of this process.</summary>
/// <remarks>
/// There are two kinds of subscription. The first gets every user's changes at once, one by one, except activity. The second gets one user's
/// changes in batches. A batch holds the changes within 100 milliseconds. In it, a later change of the same kind to the same session
/// replaces the earlier one; departures are all kept. An ending goes out at once, with the changes that wait. Handlers run synchronously, on the
/// publisher's or a timer's thread: return quickly and hand the work off. If a handler throws, the feed logs it and calls the others.
/// </remarks>
public sealed partial class SessionFeed
{
    /// <summary>How long changes other than endings wait to be batched: 100 milliseconds.</summary>
    internal static readonly TimeSpan MergeWindow = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<UserId, ImmutableArray<Watch>> _watches = new();
    private readonly PlaceFinder _places;
    private readonly TimeProvider _time;
    private readonly ILogger<SessionFeed> _logger;
    private ImmutableArray<Action<SessionChange>> _listeners = [];

    internal SessionFeed(PlaceFinder places, TimeProvider time, ILogger<SessionFeed> logger)
    {
        _places = places;
        _time = time;
        _logger = logger;
    }

    /// <summary>Subscribes to every change except <see cref="SessionChange.Seen"/>, each at once, until disposed.</summary>
    public IDisposable Subscribe(Action<SessionChange> handler)
    {
        ImmutableInterlocked.Update(ref _listeners, (all, one) => all.Add(one), handler);
        return new Subscription(() => ImmutableInterlocked.Update(ref _listeners, (all, one) => all.Remove(one), handler));
    }

    /// <summary>Subscribes to one user's changes in batches, in the order of their first change, until disposed.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="handler">Gets each batch.</param>
    /// <param name="acts">Whether to include <see cref="SessionChange.Seen"/>, by far the most frequent change.</param>
    public IDisposable Subscribe(UserId userId, Action<IReadOnlyList<SessionChange>> handler, bool acts = true)
    {
        var watch = new Watch(this, handler, acts);
        _watches.AddOrUpdate(userId, _ => [watch], (_, all) => all.Add(watch));
        return new Subscription(() =>
        {
            while (_watches.TryGetValue(userId, out var all) && all.Contains(watch))
            {
                var rest = all.Remove(watch);
                if (rest.IsEmpty ? _watches.TryRemove(KeyValuePair.Create(userId, all)) : _watches.TryUpdate(userId, rest, all))
                    break;
            }

            watch.Dispose();
        });
    }

    internal void Publish(SessionChange change)
    {
        foreach (var listener in _listeners)
            Guarded(listener, change, change.SessionId);
        if (_watches.TryGetValue(change.UserId, out var watches))
        {
            foreach (var watch in watches)
                watch.Add(change);
        }
    }

    /// <summary>Publishes an activity. Without subscribers, the usual case, it allocates nothing.</summary>
    internal void PublishSeen(LiveSession session)
    {
        if (!_watches.TryGetValue(session.UserId, out var watches))
            return;

        SessionChange.Seen? seen = null;
        foreach (var watch in watches)
        {
            if (watch.WantsActs)
                watch.Add(seen ??= session.ToSeen(_places));
        }
    }

    private void Guarded<T>(Action<T> handler, T what, SessionId session)
    {
        try
        {
            handler(what);
        }
        catch (Exception failure)
        {
            Log.SubscriberFailed(_logger, failure, session);
        }
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }

    /// <summary>One subscriber's waiting changes. It holds the lock while it calls the handler, which keeps batches in order.</summary>
    private sealed class Watch : IDisposable
    {
        private readonly Lock _gate = new();
        private readonly SessionFeed _feed;
        private readonly Action<IReadOnlyList<SessionChange>> _handler;
        private readonly ITimer _timer;
        private List<SessionChange> _waiting = [];
        private bool _disposed;

        public Watch(SessionFeed feed, Action<IReadOnlyList<SessionChange>> handler, bool acts)
        {
            WantsActs = acts;
            _feed = feed;
            _handler = handler;
            _timer = feed._time.CreateTimer(_ => HandOver(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public bool WantsActs { get; }

        public void Add(SessionChange change)
        {
            lock (_gate)
            {
                var same = change is SessionChange.Departed
                    ? -1
                    : _waiting.FindIndex(other => other.SessionId == change.SessionId && other.GetType() == change.GetType());
                if (same >= 0)
                    _waiting[same] = change;
                else
                    _waiting.Add(change);

                if (change is SessionChange.Ended)
                    HandOver();
                else if (_waiting.Count == 1 && same < 0)
                    _timer.Change(MergeWindow, Timeout.InfiniteTimeSpan);
            }
        }

        public void Dispose()
        {
            lock (_gate)
                _disposed = true;
            _timer.Dispose();
        }

        private void HandOver()
        {
            lock (_gate)
            {
                if (_waiting.Count == 0 || _disposed)
                    return;

                var batch = _waiting;
                _waiting = [];
                _feed.Guarded(_handler, batch, batch[0].SessionId);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A subscriber failed to handle a change of session {SessionId}")]
        public static partial void SubscriberFailed(ILogger logger, Exception failure, SessionId sessionId);
    }
}
