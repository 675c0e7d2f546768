using Accounts.AspNetCore.Cookies;
using Accounts.AspNetCore.Network;
using Accounts.Core.Callers;
using Accounts.Core.Live;
using Microsoft.AspNetCore.SignalR;

namespace Accounts.AspNetCore.Gate;

/// <summary>The gate in front of Blazor's hub. It checks every call before the circuit does. It refuses ended sessions and replaced keys.</summary>
/// <remarks>
/// A circuit's secret is a bearer token: stock Blazor gives the circuit to any signed-in user who has it. Here, only the session that started a
/// circuit can connect or resume it.
/// </remarks>
internal sealed partial class SessionHubFilter(SessionAuthenticator authenticator, SessionActivity activity, SessionConnections connections,
    OpenPages pages, CircuitOwners owners, TimeProvider time, ILogger<SessionHubFilter> logger) : IHubFilter
{
    private const string SessionItem = "Accounts.Session";
    private const string PageItem = "Accounts.Page";
    private const string SecretItem = "Accounts.Circuit";

    public async Task OnConnectedAsync(HubLifetimeContext context, Func<HubLifetimeContext, Task> next)
    {
        var connection = context.Context;
        if (connection.GetHttpContext()?.ReadTicket() is not var (session, key) || connection.User?.FindKeyMark() is not { } mark)
        {
            Refuse(connection);
            return;
        }

        // Add the connection before the check. An ending or a key change in between then finds it in the list.
        connection.Items[SessionItem] = new Shown(session, mark);
        connections.Add(session, connection);
        try
        {
            if (await authenticator.AuthenticateAsync(session, key) is not { } live)
            {
                Refuse(connection);
                return;
            }

            connection.Items[PageItem] = pages.Open(live);
            await next(context);
        }
        catch
        {
            // The framework never reports a disconnect for a connection that fails here.
            Closed(connection);
            throw;
        }
    }

    public async Task OnDisconnectedAsync(HubLifetimeContext context, Exception? exception, Func<HubLifetimeContext, Exception?, Task> next)
    {
        Closed(context.Context);
        if (context.Context.Items.TryGetValue(SecretItem, out var secret))
            owners.Disconnected((string)secret!, context.Context.ConnectionId);
        await next(context, exception);
    }

    public async ValueTask<object?> InvokeMethodAsync(HubInvocationContext invocation, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        var connection = invocation.Context;
        // Refuse the call but keep the connection, because the push may be using it. SessionPush cuts it a moment later.
        if (!connection.Items.TryGetValue(SessionItem, out var item) || item is not Shown shown
            || await authenticator.FindLiveAsync(shown.Session) is not { } session || !session.HasKeyMark(shown.KeyMark, time.GetUtcNow()))
            throw new SessionEndedException();

        var (components, added, removed) = (default(CircuitOwners.ComponentCount), 0, 0);
        switch (invocation.HubMethodName)
        {
            case RootComponents.Method when invocation.HubMethodArguments is [string operations, ..]:
                (added, removed) = RootComponents.Count(operations);
                components = connection.Items.TryGetValue(SecretItem, out var held) ? owners.FindComponents((string)held!) : null;
                pages.CheckComponents(session, (components?.Value ?? 0) + added);
                break;
            // Another session's circuit gets the framework's own response for a missing circuit. The page then reloads itself.
            case "ConnectCircuit" when !Owns(invocation, session):
                return false;
            case "ResumeCircuit" when !Owns(invocation, session):
                return null;
            case "BeginInvokeDotNetFromJS" when invocation.HubMethodArguments is [_, _, "DispatchEventAsync", ..]:
                activity.Record(session, AddressOf(connection));
                break;
            // The page itself counts when the browser fetches it.
            case "OnLocationChanged":
                activity.Record(session, AddressOf(connection));
                break;
        }

        var result = await next(invocation);

        if (components is not null)
            components.Value += added - removed;
        switch (invocation.HubMethodName)
        {
            case "StartCircuit" when result is string secret:
                Connected(connection, secret, session);
                break;
            case "ResumeCircuit" when result is string secret:
                Connected(connection, secret, session, (string)invocation.HubMethodArguments[0]!);
                break;
            case "ConnectCircuit" when result is true:
                Connected(connection, (string)invocation.HubMethodArguments[0]!, session);
                break;
        }

        return result;
    }

    private void Refuse(HubCallerContext connection)
    {
        Log.Refused(logger, connection.GetHttpContext()?.Request.Path ?? "");
        connection.Abort();
    }

    private void Closed(HubCallerContext connection)
    {
        if (connection.Items.TryGetValue(SessionItem, out var session))
            connections.Remove(((Shown)session!).Session, connection);
        if (connection.Items.TryGetValue(PageItem, out var page))
            ((IDisposable)page!).Dispose();
    }

    private void Connected(HubCallerContext connection, string secret, LiveSession session, string? before = null)
    {
        connection.Items[SecretItem] = secret;
        owners.Connected(secret, session.Id, connection.ConnectionId, before);
        // The connection may have closed during the call. The framework wouldn't report that again.
        if (connection.ConnectionAborted.IsCancellationRequested)
            owners.Disconnected(secret, connection.ConnectionId);
    }

    private bool Owns(HubInvocationContext invocation, LiveSession session) =>
        invocation.HubMethodArguments is [string secret, ..] && owners.Owns(secret, session.Id);

    /// <summary>What the browser presented when it opened the connection.</summary>
    private sealed record Shown(SessionId Session, string KeyMark);

    private static string AddressOf(HubCallerContext connection) => connection.GetHttpContext()?.Address() ?? "";

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Refused a connection to {Path}: its browser has no live session")]
        public static partial void Refused(ILogger logger, string path);
    }
}
