using System.Collections.Concurrent;
using Microsoft.AspNetCore.Components;

namespace Accounts.Web.Layout;

/// <summary>The few icons that the pages use, drawn here: no font to load, no emoji to miss.</summary>
/// <remarks>Markup and not a component: a page of many sessions has many of them, and an open circuit keeps each component for as long as it lives.</remarks>
internal static class Icon
{
    private static readonly ConcurrentDictionary<(string Name, int Size), MarkupString> Drawn = new();

    /// <param name="name">What it shows; unknown names are drawn as a list.</param>
    /// <param name="size">Width and height in CSS pixels.</param>
    public static MarkupString Of(string name, int size = 20) => Drawn.GetOrAdd((name, size), icon => new MarkupString(
        $"""<svg width="{icon.Size}" height="{icon.Size}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8" aria-hidden="true">{Path(icon.Name)}</svg>"""));

    private static string Path(string name) => name switch
    {
        "desktop" => """<path d="M3 5h18v11H3zM9 20h6M12 16v4"/>""",
        "phone" => """<rect x="7" y="2.5" width="10" height="19" rx="2"/><path d="M11 18.5h2"/>""",
        "tablet" => """<rect x="4.5" y="3" width="15" height="18" rx="2"/><path d="M11 18h2"/>""",
        "bot" => """<rect x="4" y="8" width="16" height="11" rx="2"/><path d="M12 4v4M9 13h.01M15 13h.01"/>""",
        "tv" => """<rect x="2.5" y="4" width="19" height="13" rx="1.5"/><path d="M8 21h8"/>""",
        "console" => """<rect x="2" y="7" width="20" height="11" rx="5.5"/><path d="M6 12.5h4M8 10.5v4M15.5 13.5h.01M18 11.5h.01"/>""",
        "watch" => """<circle cx="12" cy="12" r="5.5"/><path d="M9 7l.8-4.5h4.4L15 7M9 17l.8 4.5h4.4L15 17M12 9.5V12l1.5 1"/>""",
        "car" => """<path d="M3 16v-4l2-5.5h14l2 5.5v4zM5 16v2.5M19 16v2.5M3.5 12h17"/>""",
        "shield" => """<path d="M12 3l8 3v6c0 5-3.5 8-8 9-4.5-1-8-4-8-9V6z"/>""",
        "key" => """<circle cx="8" cy="12" r="4"/><path d="M12 12h9v3M17 12v3"/>""",
        "out" => """<path d="M10 4H5v16h5M14 8l4 4-4 4M9 12h9"/>""",
        "sun" => """<circle cx="12" cy="12" r="4"/><path d="M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.4M5.6 18.4 7 17M17 7l1.4-1.4"/>""",
        "moon" => """<path d="M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z"/>""",
        "more" => """<path d="M12 5.5h.01M12 12h.01M12 18.5h.01" stroke-width="3" stroke-linecap="round"/>""",
        "alert" => """<path d="M12 3.5 22 20.5H2zM12 10v5M12 18h.01"/>""",
        "help" => """<circle cx="12" cy="12" r="8.5"/><path d="M9.6 9.6a2.5 2.5 0 1 1 3.6 2.3c-.8.4-1.2.9-1.2 1.8M12 16.6h.01"/>""",
        "search" => """<circle cx="11" cy="11" r="6.5"/><path d="m16 16 4.5 4.5"/>""",
        "wait" => """<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5l3.5 2"/>""",
        _ => """<path d="M4 6h16M4 12h16M4 18h10"/>""",
    };
}
