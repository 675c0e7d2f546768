using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Microsoft.AspNetCore.SignalR;

namespace Accounts.AspNetCore.Gate;

/// <summary>
/// Pushes a session's end to the browser. Open pages leave at once, and connections that stay open are cut a moment later. The push also records the
/// outcome, and cuts connections of replaced keys.
/// </summary>
internal sealed partial class SessionPush(
    SessionFeed feed,
    SessionAuthenticator authenticator,
    SessionDepartures departures,
    SessionCircuits circuits,
    SessionConnections connections,
    TimeProvider time,
    ILogger<SessionPush> logger)
    : IHostedService
{
    /// <summary>
    /// How long a browser may take to follow the push before its connections are cut. The server refuses its calls during that time.
    /// </summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private IDisposable? _subscription;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _subscription = feed.Subscribe(change =>
        {
            if (change is SessionChange.Ended ended)
                Push(ended);
            else if (change is SessionChange.KeyReplaced replaced)
                connections.AbortOlder(replaced.SessionId, replaced.KeyMark);
            else if (change is SessionChange.PrincipalReplaced refreshed)
                _ = RefreshAsync(refreshed.SessionId);
        });
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _subscription?.Dispose();
        return Task.CompletedTask;
    }

    /// <summary>
    /// Sends the open pages of a session into the view of support that began in it, in the same browser. The browser shows the view's cookie by now,
    /// so they come back as pages of the view.
    /// </summary>
    public void LeaveFor(SessionId parent)
    {
        var open = connections.Of(parent);
        foreach (var circuit in circuits.Of(parent))
            circuit.Reload();
        if (open.Count > 0)
            _ = CutLaterAsync(open);
    }

    // Only those that were open before the view: the session may be back by then.
    private async Task CutLaterAsync(IReadOnlyList<HubCallerContext> open)
    {
        await Task.Delay(Grace, time);
        foreach (var connection in open)
            connection.Abort();
    }

    private async Task RefreshAsync(SessionId session)
    {
        try
        {
            if (await authenticator.FindLiveAsync(session) is not { } live)
                return;
            foreach (var circuit in circuits.Of(session))
                circuit.Refresh(live);
        }
        catch (DatabaseUnavailableException failure)
        {
            Log.NotRefreshed(logger, failure, session.Value);
        }
    }

    private void Push(SessionChange.Ended ended)
    {
        // Start the clock before telling any page.
        var (closed, patience) = (time.GetUtcNow() + Grace, Task.Delay(Departure.Patience, time));
        _ = CutLaterAsync(ended.SessionId);
        var told = connections.Of(ended.SessionId).Count;
        departures.Announce(ended, told);
        foreach (var circuit in circuits.Of(ended.SessionId))
            circuit.End(() => departures.MeasureTold(ended));
        Log.Pushed(logger, ended.SessionId.Value, told);

        // Run on another thread, so the caller that ended the session doesn't wait for the recording.
        _ = Task.Run(() => FollowAsync(ended, told, closed, patience));
    }

    private async Task CutLaterAsync(SessionId session)
    {
        await Task.Delay(Grace, time);
        if (connections.Abort(session) is > 0 and var count)
            Log.Cut(logger, session.Value, count);
    }

    private async Task FollowAsync(SessionChange.Ended ended, int told, DateTimeOffset closedAt, Task patience)
    {
        try
        {
            await departures.RecordToldAsync(ended, told);
            // If no page was told, there's nothing to wait for and no second write.
            if (told == 0)
                return;

            await patience;
            await departures.RecordClosedAsync(ended, closedAt);
        }
        catch (DatabaseUnavailableException failure)
        {
            Log.NotRecorded(logger, failure, ended.SessionId.Value);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Told {Count} open pages of session {SessionId} that it has ended")]
        public static partial void Pushed(ILogger logger, Guid sessionId, int count);

        [LoggerMessage(2, LogLevel.Information, "Cut {Count} connections of session {SessionId} that stayed open after its end")]
        public static partial void Cut(ILogger logger, Guid sessionId, int count);

        [LoggerMessage(4, LogLevel.Warning, "The open pages of session {SessionId} keep the user's old name and roles: the database did not answer")]
        public static partial void NotRefreshed(ILogger logger, Exception failure, Guid sessionId);

        [LoggerMessage(3, LogLevel.Warning, "Whether the browser of session {SessionId} left was not recorded: the database did not answer")]
        public static partial void NotRecorded(ILogger logger, Exception failure, Guid sessionId);
    }
}
