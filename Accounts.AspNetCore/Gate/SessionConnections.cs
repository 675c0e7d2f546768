using Accounts.Core.Callers;
using Accounts.Core.Live;
using Microsoft.AspNetCore.SignalR;

namespace Accounts.AspNetCore.Gate;

/// <summary>Tracks each session's open connections.</summary>
internal sealed class SessionConnections : OpenBySession<HubCallerContext>
{
    /// <summary>Closes a session's remaining connections. A browser that followed the push has already closed its own.</summary>
    /// <returns>The number of closed connections.</returns>
    public int Abort(SessionId session)
    {
        var connections = Of(session);
        foreach (var connection in connections)
            connection.Abort();
        return connections.Count;
    }

    /// <summary>Closes connections that were opened with a replaced key. A browser with the new key reconnects by itself.</summary>
    public void AbortOlder(SessionId session, string keyMark)
    {
        foreach (var connection in Of(session).Where(connection => !string.Equals(connection.User?.FindKeyMark(), keyMark, StringComparison.Ordinal)))
            connection.Abort();
    }
}
