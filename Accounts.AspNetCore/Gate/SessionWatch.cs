using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace Accounts.AspNetCore.Gate;

/// <summary>
/// Shows nothing, and gives the page a circuit. Put it on every page behind your sign-in, with the render mode <c>InteractiveServer</c>: the server
/// pushes the end of a session over a circuit, and a static page has none. Once the circuit is up, the page has a hidden element with the
/// attribute <c>data-session-watch</c>.
/// </summary>
public sealed class SessionWatch : ComponentBase
{
    /// <inheritdoc/>
    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        if (RendererInfo.IsInteractive)
            builder.AddMarkupContent(0, "<i hidden data-session-watch></i>");
    }
}
