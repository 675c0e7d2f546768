namespace Accounts.Core.Geolocation;

/// <summary>An address's place. Unknown values are null.</summary>
public sealed record Place
{
    /// <summary>The place of a private, loopback, link-local or unique-local address.</summary>
    internal static readonly Place LocalNetwork = new() { IsLocal = true };

    internal static readonly Place Unknown = new();

    /// <summary>Whether the address belongs to the local network or this machine. All other values are then unknown.</summary>
    public bool IsLocal { get; private init; }

    /// <summary>ISO 3166-1 alpha-2, upper case: "DE". Source: the geolocation database, like all values below.</summary>
    public string? CountryCode { get; init; }

    /// <summary>The country's English name: "Germany".</summary>
    public string? Country { get; init; }

    /// <summary>The region: "Berlin", "California".</summary>
    public string? Region { get; init; }

    /// <summary>The city in the database. It can be far from the user, so pages show it as approximate.</summary>
    public string? City { get; init; }

    /// <summary>Degrees north.</summary>
    public float? Latitude { get; init; }

    /// <summary>Degrees east.</summary>
    public float? Longitude { get; init; }

    /// <summary>The time zone as the database writes it: an offset from UTC ("+02:00") or a name of the tz database ("Europe/Berlin").</summary>
    public string? TimeZone { get; init; }

    /// <summary>The internet provider: "Deutsche Telekom AG".</summary>
    public string? Provider { get; init; }

    /// <summary>The network's kind, if it tells that the user may be anywhere; null if the database doesn't say.</summary>
    public NetworkKind? Network { get; init; }

    /// <summary>The place's English name.</summary>
    /// <remarks>
    /// "Local network", "Germany", "Berlin (approximate), Germany", "Unknown location". With a network's kind: "Berlin, Germany (hosting network)".
    /// </remarks>
    public string Name
    {
        get
        {
            if (IsLocal)
                return "Local network";

            var country = Country ?? CountryCode;
            var city = City is not null && Network is null ? $"{City} (approximate)" : City;
            var name = (city, country) switch
            {
                (null, null) => "Unknown location",
                (null, _) => country,
                (_, null) => city,
                _ => $"{city}, {country}",
            };
            return Network switch
            {
                NetworkKind.Anycast => $"{name} (anycast network)",
                NetworkKind.Hosting => $"{name} (hosting network)",
                NetworkKind.Satellite => $"{name} (satellite network)",
                NetworkKind.Vpn => $"{name} (VPN)",
                _ => name,
            };
        }
    }
}
