using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;

namespace Accounts.Web.Layout;

/// <summary>A link of the navigation to a part of the product that has a second page behind the first.</summary>
public sealed class PartLink : NavLink
{
    /// <summary>The path of the second page, on which the link is marked too.</summary>
    [Parameter, EditorRequired] public string And { get; set; } = "";

    protected override bool ShouldMatch(string uriAbsolute) => base.ShouldMatch(uriAbsolute) || uriAbsolute.EndsWith($"/{And}", StringComparison.OrdinalIgnoreCase);
}
