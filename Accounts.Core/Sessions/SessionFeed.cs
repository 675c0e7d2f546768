using System.Collections.Concurrent;
using Accounts.Core.Users;
using Microsoft.Extensions.Logging;

namespace Accounts.Core.Sessions;

/// <summary>Something that has happened to a session, told after it was committed.</summary>
public abstract record SessionChange(UserId UserId, SessionId SessionId)
{
    /// <summary>A sign-in.</summary>
    public sealed record Started(UserId UserId, SessionId SessionId) : SessionChange(UserId, SessionId);

    /// <summary>An ending of any kind; every check already says no.</summary>
    public sealed record Ended(UserId UserId, SessionId SessionId, EndReason Reason) : SessionChange(UserId, SessionId);

    /// <summary>The ended browser has shown that it has left.</summary>
    public sealed record Left(UserId UserId, SessionId SessionId) : SessionChange(UserId, SessionId);
}

/// <summary>Tells the pages and the circuits of this process what happens to sessions.</summary>
/// <remarks>A subscriber is called on the thread of whoever made the change and must only pass it on. One that fails is logged; the others still hear.</remarks>
public sealed partial class SessionFeed
{
    private readonly ConcurrentDictionary<long, (UserId? UserId, Action<SessionChange> Handler)> _subscribers = new();
    private readonly ILogger<SessionFeed> _logger;
    private long _last;

    internal SessionFeed(ILogger<SessionFeed> logger) => _logger = logger;

    /// <summary>Hears of every change, until disposed.</summary>
    public IDisposable Subscribe(Action<SessionChange> handler) => Add(null, handler);

    /// <summary>Hears of the changes to one person's sessions, until disposed.</summary>
    public IDisposable Subscribe(UserId userId, Action<SessionChange> handler) => Add(userId, handler);

    internal void Publish(SessionChange change)
    {
        foreach (var (_, subscriber) in _subscribers)
        {
            if (subscriber.UserId is { } only && only != change.UserId)
                continue;

            try
            {
                subscriber.Handler(change);
            }
            catch (Exception failure)
            {
                Log.SubscriberFailed(_logger, failure, change.SessionId);
            }
        }
    }

    private Subscription Add(UserId? userId, Action<SessionChange> handler)
    {
        var number = Interlocked.Increment(ref _last);
        _subscribers[number] = (userId, handler);
        return new Subscription(this, number);
    }

    private sealed class Subscription(SessionFeed feed, long number) : IDisposable
    {
        public void Dispose() => feed._subscribers.TryRemove(number, out _);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A subscriber failed to hear of a change of session {SessionId}")]
        public static partial void SubscriberFailed(ILogger logger, Exception failure, SessionId sessionId);
    }
}
