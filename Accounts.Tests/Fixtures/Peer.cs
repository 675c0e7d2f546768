using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Accounts.Tests.Fixtures;

/// <summary>The client that connects to the site, from an address of the test's choice. A test machine has only its own.</summary>
public sealed class Peer(string address) : IStartupFilter
{
    /// <summary>The address of the next request.</summary>
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
