using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;

namespace Accounts.Web.Layout;

/// <summary>A link of the navigation to a part of the product that has more pages behind the first.</summary>
public sealed class PartLink : NavLink
{
    /// <summary>The paths of those pages, on which the link is marked too, separated by blanks.</summary>
    [Parameter, EditorRequired] public string And { get; set; } = "";

    protected override bool ShouldMatch(string uriAbsolute) =>
        base.ShouldMatch(uriAbsolute) || And.Split(' ').Any(path => uriAbsolute.EndsWith($"/{path}", StringComparison.OrdinalIgnoreCase));
}
