using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Http;

namespace Accounts.AspNetCore.Gate;

/// <summary>
/// Shows nothing, and gives the pages of signed-in browsers a circuit. Put it into your layout: the server pushes the end of a session over a
/// circuit, and a static page has none. Once the circuit is up, the page has a hidden element with the attribute <c>data-session-watch</c>.
/// </summary>
/// <remarks>On a static page it renders itself with the render mode <c>InteractiveServer</c>, unless the browser isn't signed in.</remarks>
public sealed class SessionWatch : ComponentBase
{
    // A page has it only while it's rendered statically.
    [CascadingParameter]
    private HttpContext? Context { get; set; }

    /// <inheritdoc/>
    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        if (RendererInfo.IsInteractive)
        {
            builder.AddMarkupContent(0, "<i hidden data-session-watch></i>");
        }
        else if (AssignedRenderMode is null && Context?.User.Identity?.IsAuthenticated == true)
        {
            builder.OpenComponent<SessionWatch>(1);
            builder.AddComponentRenderMode(RenderMode.InteractiveServer);
            builder.CloseComponent();
        }
    }
}
