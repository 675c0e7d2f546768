using Accounts.Core.Geolocation;
using Accounts.Web.Geolocation;
using AngleSharp.Html.Parser;

namespace Accounts.Tests.Web.Geolocation;

/// <summary>How a place reads on a page, in a file and in the library.</summary>
public sealed class WhereTests
{
    private static readonly Place Country = new() { CountryCode = "DE", Country = "Germany" };

    public static TheoryData<NetworkKind> Kinds => [.. Enum.GetValues<NetworkKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_networks_kind_stands_in_place_of_approximate(NetworkKind kind)
    {
        var words = kind switch
        {
            NetworkKind.Anycast => "anycast network",
            NetworkKind.Hosting => "hosting network",
            NetworkKind.Satellite => "satellite network",
            NetworkKind.Vpn => "VPN",
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
        Require($"Germany ({words})", Country with { Network = kind });
        Require($"Berlin, Germany ({words})", Country with { City = "Berlin", Network = kind });
        Require($"Berlin ({words})", new Place { City = "Berlin", Network = kind });
        Require($"Unknown location ({words})", new Place { Network = kind });
    }

    [Fact]
    public void Without_a_kind_a_city_is_approximate()
    {
        Require("Berlin (approximate), Germany", Country with { City = "Berlin" });
        Require("Berlin (approximate)", new Place { City = "Berlin" });
        Require("Germany", Country);
        Require("DE", new Place { CountryCode = "DE" });
        Require("Unknown location", new Place());
        Require("Local network", new PlaceFinder().Find("192.168.1.20"));
    }

    [Fact]
    public void The_country_is_marked_for_the_viewers_language()
    {
        var page = new HtmlParser().ParseDocument(Where.Of(Country with { City = "Berlin", Network = NetworkKind.Vpn }).Value);
        Assert.Equal("Germany", page.QuerySelector("[data-country=DE]")!.TextContent);
        Assert.Equal("flags/de.svg", page.QuerySelector("img.flag")!.GetAttribute("src"));
    }

    // Guard: Isolated in Where.Names.
    [Fact]
    public void A_name_from_right_to_left_reorders_nothing_around_it()
    {
        var place = new Place { CountryCode = "IL", Country = "\u202Eישראל", City = "ירושלים" };
        const string Shown = "\u2068ירושלים\u2069 (approximate), \u2068ישראל\u2069";
        Assert.Equal(Shown, Where.Name(place));
        Assert.Equal(Shown, new HtmlParser().ParseDocument(Where.Of(place).Value).QuerySelector(".place")!.TextContent);
    }

    private static void Require(string name, Place place)
    {
        Assert.Equal(name, place.Name);
        Assert.Equal(name, Where.Name(place));
        Assert.Equal(name, new HtmlParser().ParseDocument(Where.Of(place).Value).QuerySelector(".place")!.TextContent);
    }
}
