using MaxMind.Db;

namespace Accounts.Core.Geolocation;

/// <summary>What a place needs from a record of MaxMind's city and country databases, and of those with the same fields.</summary>
internal sealed record MaxMindRecord
{
    [MapKey("country")]
    public MaxMindName? Country { get; init; }

    /// <summary>From the largest to the smallest: the state, then the county.</summary>
    [MapKey("subdivisions")]
    public IReadOnlyList<MaxMindName>? Subdivisions { get; init; }

    [MapKey("city")]
    public MaxMindName? City { get; init; }

    [MapKey("location")]
    public MaxMindLocation? Location { get; init; }

    [MapKey("traits")]
    public MaxMindTraits? Traits { get; init; }
}

internal sealed record MaxMindName
{
    [MapKey("iso_code")]
    public string? Code { get; init; }

    [MapKey("names")]
    public MaxMindNames? Names { get; init; }
}

internal sealed record MaxMindNames
{
    [MapKey("en")]
    public string? English { get; init; }
}

/// <remarks>Some vendors write degrees with double precision, others with single precision.</remarks>
internal sealed record MaxMindLocation
{
    [MapKey("latitude")]
    public object? Latitude { get; init; }

    [MapKey("longitude")]
    public object? Longitude { get; init; }

    [MapKey("time_zone")]
    public string? TimeZone { get; init; }
}

internal sealed record MaxMindTraits
{
    [MapKey("isp")]
    public string? Provider { get; init; }

    [MapKey("user_type")]
    public string? UserType { get; init; }

    [MapKey("connection_type")]
    public string? ConnectionType { get; init; }

    [MapKey("is_anonymous_vpn")]
    public bool IsVpn { get; init; }

    [MapKey("is_hosting_provider")]
    public bool IsHosting { get; init; }

    [MapKey("is_satellite_provider")]
    public bool IsSatellite { get; init; }

    [MapKey("is_anycast")]
    public bool IsAnycast { get; init; }

    /// <summary>The network's kind; null if the record has none of those that hide where users are.</summary>
    public NetworkKind? Network => this switch
    {
        { IsVpn: true } => NetworkKind.Vpn,
        { IsHosting: true } or { UserType: "hosting" } => NetworkKind.Hosting,
        { IsSatellite: true } or { ConnectionType: "Satellite" } => NetworkKind.Satellite,
        { IsAnycast: true } => NetworkKind.Anycast,
        _ => null,
    };
}
