using Accounts.Core.Geolocation;
using Accounts.Core.Sessions;
using Accounts.Web.Sessions;
using Microsoft.AspNetCore.Components;

namespace Accounts.Web.Geolocation;

/// <summary>A place on a page: the country's flag, and its name, which viewer.js says in the viewer's language.</summary>
/// <remarks>A fragment and not a component, like <see cref="Moment"/>, and for the same reason.</remarks>
internal static class Where
{
    /// <summary>Where a sign-in was, if it was at another address than the latest act: "Signed in at 203.0.113.7, Germany".</summary>
    public static RenderFragment? OfSignIn(Session session) => string.Equals(session.SignInAddress, session.Address, StringComparison.Ordinal) ? null : builder =>
    {
        builder.AddContent(0, $"Signed in at {SessionText.Address(session.SignInAddress)}, ");
        builder.AddContent(1, Of(session.SignInPlace));
    };

    public static RenderFragment Of(Place place) => builder =>
    {
        builder.OpenElement(0, "span");
        builder.AddAttribute(1, "class", "place");
        if (Flags.AddressOf(place.CountryCode) is { } flag)
        {
            builder.OpenElement(2, "img");
            builder.AddAttribute(3, "class", "flag");
            builder.AddAttribute(4, "src", flag);
            builder.AddAttribute(5, "alt", "");
            builder.AddAttribute(6, "width", "18");
            builder.AddAttribute(7, "height", "12");
            builder.CloseElement();
        }

        var (before, country, after) = place.Parts;
        builder.AddContent(8, before);
        if (country.Length > 0)
        {
            builder.OpenElement(9, "span");
            builder.AddAttribute(10, "data-country", place.CountryCode);
            builder.AddContent(11, country);
            builder.CloseElement();
        }

        builder.AddContent(12, after);
        builder.CloseElement();
    };
}
