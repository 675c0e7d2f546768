namespace Accounts.Core.Geolocation;

/// <summary>Where an address is, as far as it is known. What is not known is null.</summary>
public sealed record Place
{
    /// <summary>An address that is nowhere else than here: private, loopback, link-local or unique-local.</summary>
    public static readonly Place LocalNetwork = new() { IsLocal = true };

    public static readonly Place Unknown = new();

    public bool IsLocal { get; private init; }

    /// <summary>ISO 3166-1 alpha-2, upper case: "DE". Source: the geolocation database, as everything below.</summary>
    public string? CountryCode { get; init; }

    /// <summary>The country's English name: "Germany".</summary>
    public string? Country { get; init; }

    public string? Region { get; init; }

    /// <summary>The city that the database names; it can be far from the person, so it is shown as approximate.</summary>
    public string? City { get; init; }

    /// <summary>Degrees north.</summary>
    public float? Latitude { get; init; }

    /// <summary>Degrees east.</summary>
    public float? Longitude { get; init; }

    /// <summary>Distance to UTC: "+02:00".</summary>
    public string? TimeZone { get; init; }

    /// <summary>The internet provider: "Deutsche Telekom AG".</summary>
    public string? Provider { get; init; }

    /// <summary>The database says that a data centre or a VPN answers there, so that the person may be anywhere.</summary>
    public bool IsHosting { get; init; }

    /// <summary>What a page prints, in English: "Local network", "Germany", "Berlin (approximate), Germany", "Germany, hosting or VPN", "Unknown location".</summary>
    public string Name
    {
        get
        {
            var (before, country, after) = Parts;
            return string.Concat(before, country, after);
        }
    }

    /// <summary>The same in three parts, of which the second is the country alone, so that a page can say it in another language; each may be "".</summary>
    public (string Before, string Country, string After) Parts
    {
        get
        {
            if (IsLocal)
                return ("Local network", "", "");

            var country = Country ?? CountryCode ?? "";
            var before = (City, country) switch
            {
                (null, "") => "Unknown location",
                (null, _) => "",
                (_, "") => $"{City} (approximate)",
                _ => $"{City} (approximate), ",
            };
            return (before, country, IsHosting ? ", hosting or VPN" : "");
        }
    }
}
