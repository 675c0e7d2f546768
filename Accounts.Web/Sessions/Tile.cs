using System.Collections.Concurrent;
using Accounts.Core.Devices;
using Accounts.Web.Look;
using Microsoft.AspNetCore.Components;

namespace Accounts.Web.Sessions;

/// <summary>Draws a session's device: the kind of device, with the browser's mark in the corner.</summary>
/// <remarks>All pages share this markup, for the same reason as <see cref="Moment"/>.</remarks>
internal static class Tile
{
    private static readonly ConcurrentDictionary<(string Icon, MarkupString Mark), MarkupString> Drawn = new();

    public static MarkupString Of(Device device) => Drawn.GetOrAdd(
        (SessionText.Icon(device.Type), BrowserMark.Of(device.Browser)),
        static one => new MarkupString($"""<span class="tile">{Icon.Of(one.Icon, 24)}<i>{one.Mark}</i></span>"""));
}
