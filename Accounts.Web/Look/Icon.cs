using System.Collections.Concurrent;
using Microsoft.AspNetCore.Components;

namespace Accounts.Web.Look;

/// <summary>The pages' icons, drawn as inline SVG. They need no font and no emoji.</summary>
/// <remarks>Icons are markup, not components. A page can have hundreds, and an open circuit keeps every component in memory.</remarks>
internal static class Icon
{
    private static readonly ConcurrentDictionary<(string Name, int Size), MarkupString> Drawn = new();

    /// <param name="name">The icon's name. An unknown name draws a list.</param>
    /// <param name="size">Width and height in CSS pixels.</param>
    public static MarkupString Of(string name, int size = 20) => Drawn.GetOrAdd((name, size), icon => new MarkupString(
        $"<svg width=\"{icon.Size}\" height=\"{icon.Size}\" viewBox=\"0 0 24 24\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.75\" "
        + $"stroke-linecap=\"round\" stroke-linejoin=\"round\" aria-hidden=\"true\">{Path(icon.Name)}</svg>"));

    private static string Path(string name) => name switch
    {
        "desktop" => """<rect x="3.5" y="5" width="17" height="11" rx="1"/><path d="M9 20h6M12 16v4"/>""",
        "phone" => """<rect x="7" y="3" width="10" height="18" rx="2"/><path d="M11 18h2"/>""",
        "tablet" => """<rect x="4.5" y="3" width="15" height="18" rx="2"/><path d="M11 18h2"/>""",
        "bot" => """<rect x="4" y="8" width="16" height="11" rx="3"/><path d="M12 4v4M9 13v1.5M15 13v1.5"/>""",
        "tv" => """<rect x="2.5" y="4" width="19" height="13" rx="1.5"/><path d="M8 21h8"/>""",
        "console" => """<rect x="2" y="7" width="20" height="11" rx="5.5"/><path d="M6 12.5h4M8 10.5v4M15.5 13.5h.01M18 11.5h.01"/>""",
        "watch" => """<circle cx="12" cy="12" r="5.5"/><path d="M9 7l.8-4.5h4.4L15 7M9 17l.8 4.5h4.4L15 17M12 9.5V12l1.5 1"/>""",
        "car" => """<path d="M3 16v-4l2-5.5h14l2 5.5v4zM5 16v2.5M19 16v2.5M3.5 12h17"/>""",
        "settings" => """<path d="M3.5 7h9M18.5 7h2M3.5 17h2M11.5 17h9"/><circle cx="15.5" cy="7" r="2.5"/><circle cx="8.5" cy="17" r="2.5"/>""",
        "shield" => """<path d="M12 3l7.5 2.8v5.7c0 4.7-3.2 8-7.5 9.5-4.3-1.5-7.5-4.8-7.5-9.5V5.8z"/>""",
        "lock" => """<rect x="5" y="11" width="14" height="9.5" rx="2"/><path d="M8 11V8a4 4 0 0 1 8 0v3M12 15v2"/>""",
        "key" => """<circle cx="8" cy="12" r="4"/><path d="M12 12h9v3.500M17 12v3"/>""",
        "passkey" => """<circle cx="10" cy="8" r="3.5"/><path d="M3.500 19c.6-3.200 3-5 6.500-5 1 0 2 .15 2.800.45"/>"""
            + """<circle cx="17.500" cy="13" r="2.500"/><path d="M17.500 15.500v5.500M17.500 18.500h1.800"/>""",
        "link" => """<path d="M10 14a4 4 0 0 0 5.700 0l3.300-3.300a4 4 0 0 0-5.700-5.700L12 6.300"/>"""
            + """<path d="M14 10a4 4 0 0 0-5.700 0L5 13.300A4 4 0 0 0 10.700 19l1.300-1.300"/>""",
        "plus" => """<path d="M12 5v14M5 12h14"/>""",
        "person" => """<circle cx="12" cy="8" r="4"/><path d="M4.5 20.500c.8-3.7 3.7-5.5 7.5-5.500s6.7 1.8 7.5 5.5"/>""",
        "people" => """<circle cx="9" cy="8.5" r="3.5"/><path d="M2.5 19.500c.6-3.2 3-5 6.5-5s5.900 1.800 6.5 5"/>"""
            + """<path d="M16 5.200a3.500 3.500 0 0 1 0 6.600M18 14.900c1.900.8 3.100 2.300 3.5 4.600"/>""",
        "mail" => """<rect x="3.5" y="5.5" width="17" height="13" rx="1.5"/><path d="M4 7l8 6 8-6"/>""",
        "out" => """<path d="M10 4H5.500a.5.5 0 0 0-.5.5v15a.5.5 0 0 0 .5.5H10M15 8l4 4-4 4M9.5 12H19"/>""",
        "sun" => """<circle cx="12" cy="12" r="4"/><path d="M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.4M5.6 18.4 7 17M17 7l1.4-1.4"/>""",
        "moon" => """<path d="M20 14.500A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.500z"/>""",
        "more" => """<path d="M12 5.500h.01M12 12h.01M12 18.500h.01" stroke-width="3.4"/>""",
        "alert" => """<path d="M12 4 21.5 20h-19zM12 10v4.500M12 17.200h.01"/>""",
        "info" => """<circle cx="12" cy="12" r="8.5"/><path d="M12 11.500v5M12 7.800h.01"/>""",
        "help" => """<circle cx="12" cy="12" r="8.5"/><path d="M9.5 9.500a2.5 2.5 0 1 1 3.5 2.300c-.7.3-1 .8-1 1.700M12 16.700h.01"/>""",
        "search" => """<circle cx="11" cy="11" r="6"/><path d="m15.5 15.5 5 5"/>""",
        "wait" => """<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5l3.5 2"/>""",
        "eye" => """<path d="M2.5 12C4.5 8 8 6 12 6s7.5 2 9.5 6c-2 4-5.5 6-9.5 6s-7.5-2-9.5-6z"/><circle cx="12" cy="12" r="2.8"/>""",
        "eye-off" => """<path d="M2.5 12C4.5 8 8 6 12 6s7.5 2 9.5 6c-2 4-5.5 6-9.5 6s-7.5-2-9.5-6z"/><circle cx="12" cy="12" r="2.8"/>"""
            + """<path d="M4 20 20 4"/>""",
        "log" => """<path d="M6 3.500h9l4 4V20a.5.5 0 0 1-.5.5H6a.5.5 0 0 1-.5-.5V4a.5.5 0 0 1 .5-.5zM9 12h6M9 16h4"/>""",
        "close" => """<path d="M6 6l12 12M18 6 6 18"/>""",
        "check" => """<path d="m5 12.5 4.5 4.500L19 7.5"/>""",
        "done" => """<circle cx="12" cy="12" r="8.5"/><path d="m8 12.3 2.8 2.800L16 9.5"/>""",
        "ring" => """<circle cx="12" cy="12" r="8.5"/>""",
        "copy" => """<rect x="8.5" y="8.5" width="11.5" height="11.5" rx="2"/>"""
            + """<path d="M15.5 8.500V6a2 2 0 0 0-2-2H6a2 2 0 0 0-2 2v7.500a2 2 0 0 0 2 2h2.500"/>""",
        "back" => """<path d="m15 5-7 7 7 7"/>""",
        "blocked" => """<circle cx="12" cy="12" r="8.5"/><path d="M6 6l12 12"/>""",
        "pen" => """<path d="M4 20l1-4L16.5 4.500l3 3L8 19z"/>""",
        "select" => """<rect x="4" y="4" width="16" height="16" rx="3"/><path d="m8.5 12.3 2.5 2.5 4.5-5"/>""",
        "calendar" => """<rect x="4" y="5.5" width="16" height="15" rx="2"/><path d="M4 10h16M8.5 3v4M15.5 3v4"/>""",
        "download" => """<path d="M12 4v11M7.5 11 12 15.5 16.5 11M4.5 20h15"/>""",
        "reload" => """<path d="M19.500 12a7.500 7.500 0 1 1-2.300-5.400L19.500 9M19.500 4v5h-5"/>""",
        "filter" => """<path d="M4 7h16M7 12h10M10 17h4"/>""",
        "next" => """<path d="m9 5 7 7-7 7"/>""",
        "trash" => """<path d="M4.5 7h15M9.5 7V4.500h5V7M6.5 7l.8 13h9.4l.8-13M10 11v5.500M14 11v5.500"/>""",
        "down" => """<path d="m6 9.5 6 6 6-6"/>""",
        _ => """<path d="M4 6h16M4 12h16M4 18h10"/>""",
    };
}
