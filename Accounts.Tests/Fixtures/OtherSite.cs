using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Accounts.Tests.Fixtures;

/// <summary>Another site over https, with one page.</summary>
public sealed class OtherSite : IAsyncDisposable
{
    private readonly WebApplication _app;

    private OtherSite(WebApplication app, string host)
    {
        _app = app;
        Address = new UriBuilder(app.Urls.First()) { Host = host }.Uri;
    }

    public Uri Address { get; }

    /// <param name="host">Its host name, which ends with ".test".</param>
    /// <param name="body">The content of the page's body.</param>
    public static async Task<OtherSite> StartAsync(string host, string body)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(Certificates.Of(host))));
        builder.WebHost.UseKestrelHttpsConfiguration();
        var app = builder.Build();
        app.Run(context =>
        {
            context.Response.ContentType = "text/html; charset=utf-8";
            return context.Response.WriteAsync($"<!DOCTYPE html><html><body>{body}</body></html>");
        });
        await app.StartAsync();
        return new OtherSite(app, host);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
