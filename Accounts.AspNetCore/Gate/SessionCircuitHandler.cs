using System.Security.Claims;
using Accounts.AspNetCore.Cookies;
using Accounts.Core.Callers;
using Accounts.Core.Live;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.Extensions.Options;

namespace Accounts.AspNetCore.Gate;

/// <summary>Ties a circuit to the session that opened it, for the circuit's whole life.</summary>
/// <remarks>
/// Reads the session once, when the circuit opens. On a reconnect, the framework gives the circuit the user who presents its secret. <see
/// cref="SessionHubFilter"/> ensures that this is the same session.
/// </remarks>
internal sealed class SessionCircuitHandler(
    AuthenticationStateProvider authentication,
    NavigationManager navigation,
    SessionAuthenticator authenticator,
    SessionCircuits circuits,
    IOptions<AccountsSessionOptions> paths,
    SessionGate? gate = null) : CircuitHandler, IDisposable
{
    /// <summary>Counts until this circuit's services are gone. They are made within the call that brings the first components.</summary>
    private readonly OpenCircuit? _counted = OpenCircuit.Take();
    private SessionId _session;
    private SessionCircuit? _circuit;
    private bool _begun;

    public override async Task OnCircuitOpenedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        _begun = true;
        // Without the gate, an ended session's calls would reach the circuit.
        if (gate is null)
            throw new InvalidOperationException("Call AddAccountsGate after AddInteractiveServerComponents: no circuit opens without the gate.");
        var context = SynchronizationContext.Current ?? throw new InvalidOperationException("A circuit opens on its own context.");
        var state = await authentication.GetAuthenticationStateAsync();
        _session = state.User.FindSessionId() ?? throw new SessionEndedException();
        _circuit = new SessionCircuit(context, navigation, authentication, SignedOutPath(state.User));

        circuits.Add(_session, _circuit);
        if (await authenticator.FindLiveAsync(_session, cancellationToken) is null)
            _circuit.End();
    }

    /// <summary>Gives the page the user's current name and roles, which may have changed since the connection was made.</summary>
    public override async Task OnConnectionUpAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        if (_circuit is not null
            && await authenticator.FindLiveAsync(_session, cancellationToken) is { } live && !live.IsCurrent(await _circuit.FindUserAsync()))
            _circuit.Refresh(live);
    }

    public override Task OnCircuitClosedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        if (_circuit is not null)
            circuits.Remove(_session, _circuit);
        return Task.CompletedTask;
    }

    public void Dispose() => _counted?.Dispose();

    // A browser may have left a view of support by the time it gets there. Then its cookie doesn't tell any more which view it was.
    private string SignedOutPath(ClaimsPrincipal user) =>
        paths.Value.SignedOutPath.Value!.TrimStart('/') + (user.IsSupportView() ? $"?{AccountsSession.ViewParameter}={_session}" : "");

    /// <summary>
    /// A second layer behind the hub filter. It drops any activity of an ended session that still reaches the circuit, and sends the page away.
    /// </summary>
    /// <remarks>An exception would break the circuit with an error, before a push could tell the page why its session ended.</remarks>
    public override Func<CircuitInboundActivityContext, Task> CreateInboundActivityHandler(
        Func<CircuitInboundActivityContext, Task> next) => async context =>
    {
        // With MapBlazorHub, the start of the circuit is the first activity, and opens it. A circuit that could not open stays shut.
        if (_begun && _circuit is null)
            throw new SessionEndedException();
        if (_circuit is not null && await authenticator.FindLiveAsync(_session) is null)
            _circuit.End();
        else
            await next(context);
    };
}
