namespace Accounts.Core.Geolocation;

/// <summary>Kinds of networks whose place says little about where the user is.</summary>
public enum NetworkKind
{
    /// <summary>The same address is in use at many places at once.</summary>
    Anycast = 1,

    /// <summary>A data centre. Servers, VPNs and proxies are in such networks.</summary>
    Hosting = 2,

    /// <summary>A satellite provider, whose ground station can be in another country.</summary>
    Satellite = 3,

    /// <summary>A VPN that hides where its users are.</summary>
    Vpn = 4,
}
