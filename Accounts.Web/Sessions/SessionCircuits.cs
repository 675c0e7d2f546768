using Microsoft.AspNetCore.Components;

namespace Accounts.Web.Sessions;

/// <summary>Thrown on a circuit's own thread of work to end it, and to refuse a call that comes later; it says that nothing went wrong.</summary>
internal sealed class SessionEndedException() : Exception("The session has ended, and its circuit with it.");

/// <summary>One open page: a circuit, seen from outside.</summary>
/// <param name="context">The circuit's own context: what is posted to it runs in turn with everything else the circuit does.</param>
/// <param name="navigation">The circuit's navigation.</param>
internal sealed class SessionCircuit(SynchronizationContext context, NavigationManager navigation)
{
    /// <summary>
    /// Sends the page to where it is told that it is signed out, and ends the circuit. The order matters: the navigation is on its way when
    /// the exception takes the circuit down, connected or not, and makes its secret useless.
    /// </summary>
    public void End()
    {
        context.Post(_ => navigation.NavigateTo(SessionEndpoints.SignedOutPath, forceLoad: true, replace: true), null);
        context.Post(_ => throw new SessionEndedException(), null);
    }
}

/// <summary>Which circuits are open for which session.</summary>
internal sealed class SessionCircuits : OpenBySession<SessionCircuit>;
