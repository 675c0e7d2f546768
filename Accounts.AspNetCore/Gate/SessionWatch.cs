using Microsoft.AspNetCore.Components;

namespace Accounts.AspNetCore.Gate;

/// <summary>
/// Shows nothing, and gives the page a circuit. Put it on every page behind your sign-in, with the render mode <c>InteractiveServer</c>: the server
/// pushes the end of a session over a circuit, and a static page has none.
/// </summary>
public sealed class SessionWatch : ComponentBase;
