using System.Security.Claims;
using Accounts.Core.Live;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace Accounts.AspNetCore.Gate;

/// <summary>Thrown in a circuit's context to end the circuit, and to refuse later calls. It doesn't signal an error.</summary>
internal sealed class SessionEndedException() : Exception("The session has ended, and its circuit with it.");

/// <summary>An open page: a circuit, seen from outside.</summary>
/// <param name="context">The circuit's own context. Posted work runs in turn with the circuit's other work.</param>
/// <param name="navigation">The circuit's navigation.</param>
/// <param name="authentication">Says who uses the circuit.</param>
/// <param name="signedOutPath">The page that tells why the session ended, relative to the application's base address.</param>
internal sealed class SessionCircuit(
    SynchronizationContext context, NavigationManager navigation, AuthenticationStateProvider authentication, string signedOutPath)
{
    private bool _ended;

    /// <summary>The principal that the page works with.</summary>
    public async Task<ClaimsPrincipal> FindUserAsync() => (await authentication.GetAuthenticationStateAsync()).User;

    /// <summary>Gives the page the user's current name and roles.</summary>
    public void Refresh(LiveSession session)
    {
        context.Post(_ => ((IHostEnvironmentAuthenticationStateProvider)authentication).SetAuthenticationState(RefreshedAsync()), null);

        async Task<AuthenticationState> RefreshedAsync() => new(session.Refresh(await FindUserAsync()));
    }

    /// <summary>
    /// Sends the page to the signed-out page and ends the circuit. The order matters: the navigation must be sent before the exception. The exception
    /// then ends the circuit, connected or not, and makes its secret useless. Later calls do nothing.
    /// </summary>
    /// <param name="told">Called when the navigation has been sent; null if nobody needs to know.</param>
    public void End(Action? told = null) => Leave(() =>
    {
        navigation.NavigateTo(signedOutPath, forceLoad: true, replace: true);
        told?.Invoke();
    });

    /// <summary>Reloads the page and ends the circuit, because the browser has another session now. Later calls do nothing.</summary>
    public void Reload() => Leave(() => navigation.Refresh(forceReload: true));

    private void Leave(Action leave)
    {
        if (Interlocked.Exchange(ref _ended, true))
            return;
        context.Post(_ => leave(), null);
        context.Post(_ => throw new SessionEndedException(), null);
    }
}

/// <summary>Tracks each session's open circuits.</summary>
internal sealed class SessionCircuits : OpenBySession<SessionCircuit>;
