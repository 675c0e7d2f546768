using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using Accounts.Core.Geolocation;
using Accounts.Core.Sessions;
using Accounts.Core.Users;
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
    /// The place's name: "Local network", "Germany", "Berlin (approximate), Germany", "Berlin, Germany (hosting network)", "Unknown location".
    /// </summary>
    public static string Name(Place place)
    {
        var (city, country) = Names(place);
        var name = (city, country) switch
        {
            _ when place.IsLocal => Texts.Place_LocalNetwork,
            (null, null) => Texts.Place_Unknown,
            (null, _) => country,
            (_, null) => place.Network is null ? Texts.FormatPlace_City(city) : city,
            _ => place.Network is null ? Texts.FormatPlace_CityIn(city, country) : Texts.FormatPlace_NetworkCityIn(city, country),
        };
        return place.Network switch
        {
            NetworkKind.Anycast => Texts.FormatPlace_Anycast(name),
            NetworkKind.Hosting => Texts.FormatPlace_Hosting(name),
            NetworkKind.Satellite => Texts.FormatPlace_Satellite(name),
            NetworkKind.Vpn => Texts.FormatPlace_Vpn(name),
            _ => name,
        };
    }

    private static (string? City, string? Country) Names(Place place) =>
        (Isolated(place.City), Isolated(place.Country ?? place.CountryCode));

    private static string? Isolated(string? name) => name is null ? null : TypedText.Isolate(name);

    private static MarkupString Draw(Place place)
    {
        var flag = Flags.AddressOf(place.CountryCode) is { } address ? $"""<img class="flag" src="{address}" alt="" width="18" height="12">""" : "";
        return new MarkupString($"""<span class="place">{flag}{Named(place)}</span>""");
    }

    /// <summary>The same as <see cref="Name"/>, with the country marked for viewer.js.</summary>
    private static MarkupString Named(Place place)
    {
        var (city, land) = Names(place);
        if (place.IsLocal || land is null)
            return new MarkupString(Sentence.Encode(Name(place)));

        var country = new MarkupString($"""<span data-country="{Sentence.Encode(place.CountryCode)}">{Sentence.Encode(land)}</span>""");
        var name = city is null
            ? country
            : Sentence.Of(place.Network is null ? Texts.Place_CityIn : Texts.Place_NetworkCityIn, ("city", city), ("country", country));
        return place.Network switch
        {
            NetworkKind.Anycast => Sentence.Of(Texts.Place_Anycast, ("place", name)),
            NetworkKind.Hosting => Sentence.Of(Texts.Place_Hosting, ("place", name)),
            NetworkKind.Satellite => Sentence.Of(Texts.Place_Satellite, ("place", name)),
            NetworkKind.Vpn => Sentence.Of(Texts.Place_Vpn, ("place", name)),
            _ => name,
        };
    }
}
