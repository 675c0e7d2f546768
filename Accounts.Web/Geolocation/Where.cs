using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using Accounts.Core.Geolocation;
using Accounts.Core.Sessions;
using Microsoft.AspNetCore.Components;

namespace Accounts.Web.Geolocation;

/// <summary>Shows a place: the country's flag and its name. viewer.js translates the country into the viewer's language.</summary>
/// <remarks>All pages share this markup, so that a circuit doesn't hold it once for each place on a page.</remarks>
internal static class Where
{
    // The markup lives as long as the place, which lives as long as its database.
    private static readonly ConditionalWeakTable<Place, ConcurrentDictionary<CultureInfo, MarkupString>> Drawn = [];

    /// <summary>The place of the sign-in, if its address differs from the latest one: "Signed in at 203.0.113.7, Germany".</summary>
    public static MarkupString? OfSignIn(Session session) => string.Equals(session.SignInAddress, session.Address, StringComparison.Ordinal)
        ? null
        : Sentence.Of(Texts.Sessions_SignedInFrom, ("address", Address(session.SignInAddress)), ("place", Of(session.SignInPlace)));

    /// <summary>An IP address. A shortened address reads "203.0.113.x".</summary>
    public static string Address(string address) => address.Length > 0 ? ShortAddress.Show(address) : Texts.Common_Unknown;

    public static MarkupString Of(Place place) =>
        Drawn.GetOrCreateValue(place).GetOrAdd(CultureInfo.CurrentUICulture, static (_, place) => Draw(place), place);

    /// <summary>
    /// The place's name: "Local network", "Germany", "Berlin (approximate), Germany", "Germany, hosting or VPN", "Unknown location".
    /// </summary>
    public static string Name(Place place)
    {
        var country = place.Country ?? place.CountryCode;
        var name = (place.City, country) switch
        {
            _ when place.IsLocal => Texts.Place_LocalNetwork,
            (null, null) => Texts.Place_Unknown,
            (null, _) => country,
            (_, null) => Texts.FormatPlace_City(place.City),
            _ => Texts.FormatPlace_CityIn(place.City, country),
        };
        return place.IsHosting ? Texts.FormatPlace_Hosting(name) : name;
    }

    private static MarkupString Draw(Place place)
    {
        var flag = Flags.AddressOf(place.CountryCode) is { } address ? $"""<img class="flag" src="{address}" alt="" width="18" height="12">""" : "";
        var country = new MarkupString(
            $"""<span data-country="{Sentence.Encode(place.CountryCode)}">{Sentence.Encode(place.Country ?? place.CountryCode)}</span>""");
        var name = (place.City, place.Country ?? place.CountryCode) switch
        {
            (null, not null) when !place.IsLocal => country,
            ({ } city, not null) when !place.IsLocal => Sentence.Of(Texts.Place_CityIn, ("city", city), ("country", country)),
            _ => new MarkupString(Sentence.Encode(Name(place with { IsHosting = false }))),
        };
        var whole = place.IsHosting ? Sentence.Of(Texts.Place_Hosting, ("place", name)) : name;
        return new MarkupString($"""<span class="place">{flag}{whole}</span>""");
    }
}
