using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Accounts.Tests.Fixtures;

/// <summary>Whoever connects to the site, from an address that the test chooses: the machine of a test has only its own.</summary>
public sealed class Peer(string address) : IStartupFilter
{
    /// <summary>The address that the next request comes from.</summary>
    public string Address { get; set; } = address;

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use((HttpContext context, RequestDelegate rest) =>
        {
            context.Connection.RemoteIpAddress = IPAddress.Parse(Address);
            return rest(context);
        });
        next(app);
    };
}
