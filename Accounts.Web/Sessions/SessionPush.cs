using Accounts.Core.Sessions;
using Accounts.Core.Users;

namespace Accounts.Web.Sessions;

/// <summary>Carries an ending to the browser: its open pages leave at once, and a connection that is still open a moment later is cut.</summary>
internal sealed partial class SessionPush(SessionFeed feed, SessionCircuits circuits, SessionConnections connections, TimeProvider time, ILogger<SessionPush> logger)
    : IHostedService
{
    /// <summary>How long a browser has to follow the push before its connections are cut. It can do nothing in that time.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private IDisposable? _subscription;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _subscription = feed.Subscribe(change =>
        {
            if (change is SessionChange.Ended ended)
                Push(ended.SessionId);
        });
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _subscription?.Dispose();
        return Task.CompletedTask;
    }

    private void Push(SessionId session)
    {
        var open = circuits.Of(session);
        foreach (var circuit in open)
            circuit.End();
        Log.Pushed(logger, session, open.Count);

        _ = CutLaterAsync(session);
    }

    private async Task CutLaterAsync(SessionId session)
    {
        await Task.Delay(Grace, time);
        if (connections.Abort(session) is > 0 and var count)
            Log.Cut(logger, session, count);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Told {Count} open pages of session {SessionId} that it has ended")]
        public static partial void Pushed(ILogger logger, SessionId sessionId, int count);

        [LoggerMessage(2, LogLevel.Information, "Cut {Count} connections of session {SessionId} that stayed open after its end")]
        public static partial void Cut(ILogger logger, SessionId sessionId, int count);
    }
}
