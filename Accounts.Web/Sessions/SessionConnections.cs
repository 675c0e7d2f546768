using Accounts.Core.Sessions;
using Accounts.Core.Users;
using Microsoft.AspNetCore.SignalR;

namespace Accounts.Web.Sessions;

/// <summary>Which connections are open for which session.</summary>
internal sealed class SessionConnections : OpenBySession<HubCallerContext>
{
    /// <summary>Closes what is still open for a session. A browser that followed the push has closed its connections itself.</summary>
    /// <returns>How many were closed.</returns>
    public int Abort(SessionId session)
    {
        var connections = Of(session);
        foreach (var connection in connections)
            connection.Abort();
        return connections.Count;
    }

    /// <summary>Closes what was opened with a key that another one has replaced. A browser that has the new key comes back by itself.</summary>
    public void AbortOlder(SessionId session, string keyMark)
    {
        foreach (var connection in Of(session).Where(connection => !string.Equals(connection.User?.FindKeyMark(), keyMark, StringComparison.Ordinal)))
            connection.Abort();
    }
}
