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

    /// <summary>Offset from UTC: "+02:00".</summary>
    public string? TimeZone { get; init; }

    /// <summary>The internet provider: "Deutsche Telekom AG".</summary>
    public string? Provider { get; init; }

    /// <summary>The database says that the address belongs to a data centre or a VPN, so the user may be anywhere.</summary>
    public bool IsHosting { get; init; }

    /// <summary>The place's English name.</summary>
    /// <remarks>"Local network", "Germany", "Berlin (approximate), Germany", "Germany, hosting or VPN" or "Unknown location".</remarks>
    public string Name
    {
        get
        {
            if (IsLocal)
                return "Local network";

            var country = Country ?? CountryCode;
            var name = (City, country) switch
            {
                (null, null) => "Unknown location",
                (null, _) => country,
                (_, null) => $"{City} (approximate)",
                _ => $"{City} (approximate), {country}",
            };
            return IsHosting ? $"{name}, hosting or VPN" : name;
        }
    }
}
