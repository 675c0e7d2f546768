using System.Collections.Concurrent;
using Accounts.Core.Devices;
using Accounts.Web.Look;
using Microsoft.AspNetCore.Components;

namespace Accounts.Web.Sessions;

/// <summary>The drawing of what a session is signed in from: the kind of device, the browser's mark on its corner.</summary>
/// <remarks>Markup that all pages share, for the same reason as <see cref="Moment"/>.</remarks>
internal static class Tile
{
    private static readonly ConcurrentDictionary<(string Icon, MarkupString Mark), MarkupString> Drawn = new();

    public static MarkupString Of(Device device) => Drawn.GetOrAdd(
        (SessionText.Icon(device.Type), BrowserMark.Of(device.Browser)),
        static one => new MarkupString($"""<span class="tile">{Icon.Of(one.Icon, 24)}<i>{one.Mark}</i></span>"""));
}
