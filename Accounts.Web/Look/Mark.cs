using Microsoft.AspNetCore.Components;

namespace Accounts.Web.Look;

/// <summary>The product's mark: a shield with a person inside. wwwroot/favicon.svg shows the same outline on a tile.</summary>
internal static class Mark
{
    /// <summary>The path on a 24 by 24 grid. The person is cut out of the shield (<c>evenodd</c>), so one color works on any background.</summary>
    public const string Outline =
        "M11.3 1.8q.7-.26 1.4 0l7 2.5q.8.3.8 1.1v5.8c0 5.2-3.4 9.3-7.9 11.1q-.6.24-1.2 0c-4.5-1.8-7.9-5.9-7.9-11.1V5.4q0-.8.8-1.1z"
        + "M12 6a3.05 3.05 0 100 6.1A3.05 3.05 0 0012 6z"
        + "M12 13.4c-2.8 0-4.8 1.3-5.6 3.4 1.4 1.6 3.3 2.9 5.6 3.8 2.3-.9 4.2-2.2 5.6-3.8-.8-2.1-2.8-3.4-5.6-3.4z";

    public static readonly MarkupString Drawing = new($"""
        <svg width="22" height="22" viewBox="0 0 24 24" fill="currentColor" aria-hidden="true"><path fill-rule="evenodd" d="{Outline}"/></svg>
        """);
}
