using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using Accounts.Core.Geolocation;
using Accounts.Core.Sessions;
using Accounts.Web.Sessions;
using Microsoft.AspNetCore.Components;

namespace Accounts.Web.Geolocation;

/// <summary>A place on a page: the country's flag, and its name, which viewer.js says in the viewer's language.</summary>
/// <remarks>It is markup that all pages share, for the same reason as <see cref="Moment"/>.</remarks>
internal static class Where
{
    // A place lives as long as its database, and so does its markup.
    private static readonly ConditionalWeakTable<Place, StrongBox<MarkupString>> Drawn = [];

    /// <summary>Where a sign-in was, if it was at another address than the latest act: "Signed in at 203.0.113.7, Germany".</summary>
    public static RenderFragment? OfSignIn(Session session) => string.Equals(session.SignInAddress, session.Address, StringComparison.Ordinal) ? null : builder =>
    {
        builder.AddContent(0, $"Signed in at {SessionText.Address(session.SignInAddress)}, ");
        builder.AddContent(1, Of(session.SignInPlace));
    };

    public static MarkupString Of(Place place) => Drawn.GetValue(place, static place => new StrongBox<MarkupString>(Draw(place))).Value;

    private static MarkupString Draw(Place place)
    {
        var (before, country, after) = place.Parts;
        var flag = Flags.AddressOf(place.CountryCode) is { } address ? $"""<img class="flag" src="{address}" alt="" width="18" height="12">""" : "";
        var named = country.Length > 0 ? $"""<span data-country="{Encode(place.CountryCode)}">{Encode(country)}</span>""" : "";
        return new MarkupString($"""<span class="place">{flag}{Encode(before)}{named}{Encode(after)}</span>""");
    }

    // The names come from a file that somebody has put there.
    private static string Encode(string? text) => HtmlEncoder.Default.Encode(text ?? "");
}
