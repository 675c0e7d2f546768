using Accounts.Core.Sessions;
using Accounts.Core.Users;
using Accounts.Web.Network;
using Accounts.Web.SignIn;
using Microsoft.AspNetCore.SignalR;

namespace Accounts.Web.Sessions;

/// <summary>The gate in front of Blazor's hub: it sees every call before the circuit does, and lets none of an ended session through, nor one by a key that was replaced.</summary>
/// <remarks>
/// A circuit's secret is a bearer token: stock Blazor gives the circuit to whoever is signed in and has it. Here a circuit is connected or
/// resumed only by the session that started it.
/// </remarks>
internal sealed class SessionHubFilter(SessionRegistry registry, SessionActivity activity, SessionConnections connections, CircuitOwners owners, TimeProvider time) : IHubFilter
{
    private const string SessionItem = "Accounts.Session";
    private const string SecretItem = "Accounts.Circuit";

    public async Task OnConnectedAsync(HubLifetimeContext context, Func<HubLifetimeContext, Task> next)
    {
        var connection = context.Context;
        if (connection.GetHttpContext()?.ReadTicket() is not var (session, key) || connection.User?.FindKeyMark() is not { } mark)
        {
            connection.Abort();
            return;
        }

        // Known first, checked second: an ending or another key that comes between finds it in the list.
        connection.Items[SessionItem] = new Shown(session, mark);
        connections.Add(session, connection);
        try
        {
            if (await registry.AuthenticateAsync(session, key) is not null)
            {
                await next(context);
                return;
            }

            connection.Abort();
        }
        catch
        {
            // A connection that fails here is never told to have been disconnected.
            connections.Remove(session, connection);
            throw;
        }
    }

    public async Task OnDisconnectedAsync(HubLifetimeContext context, Exception? exception, Func<HubLifetimeContext, Exception?, Task> next)
    {
        if (context.Context.Items.TryGetValue(SessionItem, out var session))
            connections.Remove(((Shown)session!).Session, context.Context);
        if (context.Context.Items.TryGetValue(SecretItem, out var secret))
            owners.Disconnected((string)secret!, context.Context.ConnectionId);
        await next(context, exception);
    }

    public async ValueTask<object?> InvokeMethodAsync(HubInvocationContext invocation, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        var connection = invocation.Context;
        // Refused, not cut off: the push may be on its way on this very connection. SessionPush cuts it a moment later.
        if (!connection.Items.TryGetValue(SessionItem, out var item) || item is not Shown shown
            || await registry.FindLiveAsync(shown.Session) is not { } session || !session.HasKeyMark(shown.KeyMark, time.GetUtcNow()))
            throw new SessionEndedException();

        switch (invocation.HubMethodName)
        {
            // Somebody else's circuit and one that is gone are the same, and get the framework's own answers for the latter: the page then loads itself again.
            case "ConnectCircuit" when !Owns(invocation, session):
                return false;
            case "ResumeCircuit" when !Owns(invocation, session):
                return null;
            case "BeginInvokeDotNetFromJS" when invocation.HubMethodArguments is [_, _, "DispatchEventAsync", ..]:
                activity.Record(session, AddressOf(connection));
                break;
            // The page itself is counted where it is fetched.
            case "OnLocationChanged":
                activity.Record(session, AddressOf(connection));
                break;
        }

        var result = await next(invocation);

        switch (invocation.HubMethodName)
        {
            case "StartCircuit" or "ResumeCircuit" when result is string secret:
                Connected(connection, secret, session);
                break;
            case "ConnectCircuit" when result is true:
                Connected(connection, (string)invocation.HubMethodArguments[0]!, session);
                break;
        }

        return result;
    }

    private void Connected(HubCallerContext connection, string secret, LiveSession session)
    {
        connection.Items[SecretItem] = secret;
        owners.Connected(secret, session.Id, connection.ConnectionId);
        // The connection may have closed while the call ran; nobody would tell of it again.
        if (connection.ConnectionAborted.IsCancellationRequested)
            owners.Disconnected(secret, connection.ConnectionId);
    }

    private bool Owns(HubInvocationContext invocation, LiveSession session) =>
        invocation.HubMethodArguments is [string secret, ..] && owners.Owns(secret, session.Id);

    /// <summary>What a connection was opened with.</summary>
    private sealed record Shown(SessionId Session, string KeyMark);

    private static string AddressOf(HubCallerContext connection) => connection.GetHttpContext()?.Address() ?? "";
}
