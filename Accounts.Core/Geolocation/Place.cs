namespace Accounts.Core.Geolocation;

/// <summary>Where an address is, as far as it is known.</summary>
/// <param name="Name">What the page prints: "Local network" or "Unknown location".</param>
public sealed record Place(string Name)
{
    public static readonly Place LocalNetwork = new("Local network");

    public static readonly Place Unknown = new("Unknown location");
}
