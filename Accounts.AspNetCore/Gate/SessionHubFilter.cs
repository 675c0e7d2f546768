using Accounts.AspNetCore.Cookies;
using Accounts.AspNetCore.Network;
using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Settings;
using Microsoft.AspNetCore.SignalR;

namespace Accounts.AspNetCore.Gate;

/// <summary>The gate in front of Blazor's hub. It checks every call before the circuit does. It refuses ended sessions and replaced keys.</summary>
/// <remarks>
/// A circuit's secret is a bearer token: stock Blazor gives the circuit to any signed-in user who has it. Here, only the session that started a
/// circuit can connect or resume it.
/// </remarks>
internal sealed partial class SessionHubFilter(SessionAuthenticator authenticator, SessionActivity activity, SessionConnections connections,
    OpenPages pages, CircuitOwners owners, SessionPush push, GateRefusals refusals, TimeProvider time,
    ILogger<SessionHubFilter> logger) : IHubFilter
{
    private const string SessionItem = "Accounts.Session";
    private const string PageItem = "Accounts.Page";
    private const string SecretItem = "Accounts.Circuit";

    public async Task OnConnectedAsync(HubLifetimeContext context, Func<HubLifetimeContext, Task> next)
    {
        var connection = context.Context;
        if (connection.GetHttpContext()?.ReadTicket() is not var (session, key) || connection.User?.FindKeyMark() is not { } mark)
        {
            refusals.Count(GateRefusal.NoSession);
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
            if (live.View is { } view)
                push.LeaveFor(view.Parent);
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
        var shown = connection.Items.TryGetValue(SessionItem, out var item) ? item as Shown : null;
        var session = shown is null ? null : await authenticator.FindLiveAsync(shown.Session);
        if (shown is null || session is null || !session.HasKeyMark(shown.KeyMark, time.GetUtcNow()))
        {
            refusals.Count(shown is null ? GateRefusal.NoSession : session is null ? GateRefusal.Ended : GateRefusal.ReplacedKey);
            throw new SessionEndedException();
        }

        var argument = invocation.HubMethodArguments is [string text, ..] ? text : "";
        switch (invocation.HubMethodName)
        {
            case RootComponents.Method:
                return await UpdateAsync(invocation, RootComponents.Count(argument), next);
            case "StartCircuit":
                return await StartAsync(invocation, session, next);
            // Another session's circuit gets the framework's own response for a missing circuit. The page then reloads itself.
            case "ResumeCircuit":
                return MayUse(argument, session) ? await StartAsync(invocation, session, next) : null;
            case "ConnectCircuit":
                return MayUse(argument, session) ? await ReconnectAsync(invocation, argument, next) : false;
            case "BeginInvokeDotNetFromJS" when invocation.HubMethodArguments is [_, _, "DispatchEventAsync", ..]:
                activity.Record(session, AddressOf(connection));
                break;
            // The page itself counts when the browser fetches it.
            case "OnLocationChanged":
                activity.Record(session, AddressOf(connection));
                break;
        }

        return await next(invocation);
    }

    /// <summary>Counts a circuit while the framework starts it. A resumed one is new, too: the browser sends its components again.</summary>
    private async Task<object?> StartAsync(
        HubInvocationContext invocation, LiveSession session, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        owners.ForgetOld();
        var circuit = pages.OpenCircuit(session);
        object? result = null;
        try
        {
            circuit.Enter();
            result = await next(invocation);
        }
        finally
        {
            if (result is not string)
                circuit.CloseUntaken();
        }

        if (result is string secret)
        {
            owners.Started(secret, invocation.Context.ConnectionId, circuit);
            Keep(invocation.Context, secret);
        }

        return result;
    }

    private async Task<object?> ReconnectAsync(
        HubInvocationContext invocation, string secret, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        var result = await next(invocation);
        if (result is true)
        {
            owners.Reconnected(secret, invocation.Context.ConnectionId);
            Keep(invocation.Context, secret);
        }

        return result;
    }

    private async Task<object?> UpdateAsync(
        HubInvocationContext invocation, (int Added, int Removed) components, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        var circuit = invocation.Context.Items.TryGetValue(SecretItem, out var secret) ? owners.Find((string)secret!) : null;
        if (circuit?.TryAdd(components.Added) is { } refusal)
        {
            // The browser doesn't wait for this call's answer, so it learns of the refusal as it learns of the framework's own errors.
            await invocation.Hub.Clients.Caller.SendAsync("JS.Error", refusal);
            invocation.Context.Abort();
            return null;
        }

        circuit?.Enter();
        var result = await next(invocation);
        circuit?.Remove(components.Removed);
        return result;
    }

    private bool MayUse(string secret, LiveSession session)
    {
        var may = owners.Owns(secret, session.Id);
        if (!may)
            refusals.Count(owners.WhyNot(secret));
        return may;
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

    private void Keep(HubCallerContext connection, string secret)
    {
        connection.Items[SecretItem] = secret;
        // The connection may have closed during the call. The framework wouldn't report that again.
        if (connection.ConnectionAborted.IsCancellationRequested)
            owners.Disconnected(secret, connection.ConnectionId);
    }

    /// <summary>What the browser presented when it opened the connection.</summary>
    private sealed record Shown(SessionId Session, string KeyMark);

    private static string AddressOf(HubCallerContext connection) => connection.GetHttpContext()?.Address() ?? "";

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Refused a connection to {Path}: its browser has no live session")]
        public static partial void Refused(ILogger logger, string path);
    }
}
