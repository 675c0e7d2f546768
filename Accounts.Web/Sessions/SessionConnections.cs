using Accounts.Core.Users;
using Microsoft.AspNetCore.SignalR;

namespace Accounts.Web.Sessions;

/// <summary>Which connections are open for which session.</summary>
internal sealed class SessionConnections
{
    private readonly Lock _gate = new();
    private readonly Dictionary<SessionId, List<HubCallerContext>> _open = [];

    public void Add(SessionId session, HubCallerContext connection)
    {
        lock (_gate)
        {
            if (!_open.TryGetValue(session, out var connections))
                _open[session] = connections = [];
            connections.Add(connection);
        }
    }

    public void Remove(SessionId session, HubCallerContext connection)
    {
        lock (_gate)
        {
            if (_open.TryGetValue(session, out var connections) && connections.Remove(connection) && connections.Count == 0)
                _open.Remove(session);
        }
    }

    /// <summary>Closes what is still open for a session. A browser that followed the push has closed its connections itself.</summary>
    /// <returns>How many were closed.</returns>
    public int Abort(SessionId session)
    {
        HubCallerContext[] connections;
        lock (_gate)
            connections = _open.TryGetValue(session, out var open) ? [.. open] : [];
        foreach (var connection in connections)
            connection.Abort();
        return connections.Length;
    }
}
