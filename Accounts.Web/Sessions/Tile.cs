using System.Collections.Concurrent;
using Accounts.Core.Devices;
using Accounts.Core.Sessions;
using Accounts.Web.Look;
using Microsoft.AspNetCore.Components;

namespace Accounts.Web.Sessions;

/// <summary>Draws a session's device: the kind of device, with the browser's mark in the corner.</summary>
/// <remarks>All pages share this markup, for the same reason as <see cref="Moment"/>.</remarks>
internal static class Tile
{
    private static readonly ConcurrentDictionary<(string Icon, MarkupString Mark), MarkupString> Drawn = new();

    /// <summary>A session's tile. A view of support has no device.</summary>
    public static MarkupString Of(Session session) => session.View is null ? Of(session.Device) : View;

    private static readonly MarkupString View = new($"""<span class="tile">{Icon.Of("eye", 24)}</span>""");

    public static MarkupString Of(Device device) => Drawn.GetOrAdd(
        (SessionText.Icon(device.Type), BrowserMark.Of(device.Browser)),
        static one => new MarkupString($"""<span class="tile">{Icon.Of(one.Icon, 24)}<i>{one.Mark}</i></span>"""));
}
