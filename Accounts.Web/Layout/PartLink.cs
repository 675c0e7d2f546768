using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;

namespace Accounts.Web.Layout;

/// <summary>A navigation link to a section that has more than one page.</summary>
public sealed class PartLink : NavLink
{
    /// <summary>The paths of the section's other pages, separated by spaces. They also mark the link as current.</summary>
    [Parameter, EditorRequired] public string And { get; set; } = "";

    protected override bool ShouldMatch(string uriAbsolute) =>
        base.ShouldMatch(uriAbsolute) || And.Split(' ').Any(path => uriAbsolute.EndsWith($"/{path}", StringComparison.OrdinalIgnoreCase));
}
