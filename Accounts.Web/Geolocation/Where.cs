using System.Collections.Concurrent;
using System.Text.Encodings.Web;
using Accounts.Core.Geolocation;
using Accounts.Core.Sessions;
using Accounts.Web.Sessions;
using Microsoft.AspNetCore.Components;

namespace Accounts.Web.Geolocation;

/// <summary>A place on a page: the country's flag, and its name, which viewer.js says in the viewer's language.</summary>
/// <remarks>Flag and country are markup that all pages share, for the same reason as <see cref="Moment"/>.</remarks>
internal static class Where
{
    private static readonly ConcurrentDictionary<string, MarkupString> Drawn = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<(string? Code, string Name), MarkupString> Named = new();

    /// <summary>Where a sign-in was, if it was at another address than the latest act: "Signed in at 203.0.113.7, Germany".</summary>
    public static RenderFragment? OfSignIn(Session session) => string.Equals(session.SignInAddress, session.Address, StringComparison.Ordinal) ? null : builder =>
    {
        builder.AddContent(0, $"Signed in at {SessionText.Address(session.SignInAddress)}, ");
        builder.AddContent(1, Of(session.SignInPlace));
    };

    public static RenderFragment Of(Place place) => builder =>
    {
        var (before, country, after) = place.Parts;
        builder.OpenElement(0, "span");
        builder.AddAttribute(1, "class", "place");
        if (Flags.AddressOf(place.CountryCode) is { } flag)
            builder.AddContent(2, Drawn.GetOrAdd(flag, static flag => new MarkupString($"""<img class="flag" src="{flag}" alt="" width="18" height="12">""")));
        if (before.Length > 0)
            builder.AddContent(3, before);
        if (country.Length > 0)
            builder.AddContent(4, Named.GetOrAdd((place.CountryCode, country), static one => new MarkupString($"""<span data-country="{Encode(one.Code)}">{Encode(one.Name)}</span>""")));
        if (after.Length > 0)
            builder.AddContent(5, after);
        builder.CloseElement();
    };

    // The names come from a file that somebody has put there.
    private static string Encode(string? text) => HtmlEncoder.Default.Encode(text ?? "");
}
