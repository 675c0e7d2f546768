using Microsoft.AspNetCore.Components;

namespace Accounts.Web.Look;

/// <summary>The product's own mark, as favicon.svg has it: a shield with a keyhole that is a person.</summary>
internal static class Mark
{
    public static readonly MarkupString Drawing = new(
        """<svg width="20" height="20" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linejoin="round" aria-hidden="true"><path d="M12 3l7.5 2.8v5.7c0 4.7-3.2 8-7.5 9.5-4.3-1.5-7.5-4.8-7.5-9.5V5.8z"/><circle cx="12" cy="10" r="2.1" fill="currentColor" stroke="none"/><path d="M8.7 16c.3-2.1 1.6-3.2 3.3-3.2s3 1.1 3.3 3.200" stroke-linecap="round"/></svg>""");
}
