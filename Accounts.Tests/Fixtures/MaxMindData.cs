using Accounts.Core.Geolocation;
using Accounts.Places;
using static Accounts.Tests.Fixtures.PlaceData;

namespace Accounts.Tests.Fixtures;

/// <summary>MaxMind databases that tests make for themselves.</summary>
internal static class MaxMindData
{
    /// <summary>
    /// Berlin at 5.0.0.0/8 and 2a01::/16, Osaka in a hosting network at 6.0.0.0/8 and 2a02::/16, Abidjan in an anycast network at 196.0.0.0/7; the
    /// rest is unknown. The same as in <see cref="PlaceData.Small"/>.
    /// </summary>
    public static MaxMindWriter Sample(int recordBits = 28, bool hasV6 = true, bool hasCities = true, string type = "GeoLite2-City")
    {
        var writer = new MaxMindWriter(type) { RecordBits = recordBits, HasV6 = hasV6 };
        writer.Add(At("5.0.0.0"), 8, Record(Berlin, hasCities));
        writer.Add(At("6.0.0.0"), 8, Record(Osaka, hasCities, ("is_hosting_provider", true)));
        writer.Add(At("196.0.0.0"), 7, Record(Abidjan, hasCities, ("is_anycast", true)));
        if (hasV6)
        {
            writer.Add(At("2a01::"), 16, Record(Berlin, hasCities));
            writer.Add(At("2a02::"), 16, Record(Osaka, hasCities, ("is_hosting_provider", true)));
        }

        return writer;
    }

    /// <summary>A database in which every IPv4 address has the same record.</summary>
    public static byte[] Only(IReadOnlyDictionary<string, object> record, string type = "GeoLite2-City")
    {
        var writer = new MaxMindWriter(type) { RecordBits = 24, HasV6 = false };
        writer.Add(At("0.0.0.0"), 1, record);
        writer.Add(At("128.0.0.0"), 1, record);
        return writer.Write();
    }

    /// <summary>A record with the fields of MaxMind's city or country databases, and values of every type that the format has.</summary>
    public static IReadOnlyDictionary<string, object> Record(WrittenPlace place, bool hasCity = true, params (string Name, object Value)[] traits)
    {
        var record = Map(
            ("continent", Map(("code", "XX"), ("names", Names("A continent")))),
            ("country", Map(("geoname_id", 1_234_567u), ("is_in_european_union", true), ("iso_code", place.Code), ("names", Names(place.Country)))),
            ("registered_country", Map(("iso_code", "US"), ("names", Names("United States")))));
        if (hasCity)
        {
            record["city"] = Map(("geoname_id", 1u), ("names", Names(place.City)));
            record["location"] = Map(("accuracy_radius", (ushort)20), ("latitude", (double)place.Latitude), ("longitude", (double)place.Longitude),
                ("time_zone", "Europe/Berlin"));
            record["subdivisions"] = new List<object>
            {
                Map(("iso_code", "AA"), ("names", Names(place.Region))),
                Map(("iso_code", "BB"), ("names", Names("A county"))),
            };
            record["others"] = Map(("bytes", new byte[] { 1, 2, 3 }), ("int", -5), ("large", ulong.MaxValue), ("huge", UInt128.MaxValue),
                ("zero", 0u), ("single", 1.5f), ("no", false), ("none", new List<object>()));
        }

        record["traits"] = Map([("isp", place.Provider), .. traits]);
        return record;
    }

    public static Dictionary<string, object> Names(string english) => Map(("de", english + " (de)"), ("en", english), ("ja", english + " (ja)"));

    public static Dictionary<string, object> Map(params (string Name, object Value)[] entries) =>
        entries.ToDictionary(entry => entry.Name, entry => entry.Value, StringComparer.Ordinal);
}
