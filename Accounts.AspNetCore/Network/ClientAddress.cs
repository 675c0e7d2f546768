using System.Net;

namespace Accounts.AspNetCore.Network;

/// <summary>The address of the client behind a request.</summary>
public static class ClientAddress
{
    /// <summary>
    /// The client's IP address as text; "" if there is none. Behind a known proxy it is the address that the proxy reports. An IPv4-mapped address
    /// becomes IPv4.
    /// </summary>
    public static string Address(this HttpContext context) => Text(context.Connection.RemoteIpAddress);

    /// <summary>Formats an address for display and storage.</summary>
    internal static string Text(IPAddress? address) => address switch
    {
        null => "",
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4().ToString(),
        _ => address.ToString(),
    };
}
