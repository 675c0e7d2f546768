using System.Net;
using System.Net.Sockets;
using Accounts.Core.Settings;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;

namespace Accounts.Web.Metrics;

/// <summary>A second server, on an address of its own, that answers <c>/metrics</c> and nothing else.</summary>
/// <remarks>
/// The dashboard's server and pipeline know nothing of it. So no header decides what a request may ask for, only the socket that it came through.
/// Its own requests are in no metric.
/// </remarks>
internal sealed class MetricsListener(IOptions<MetricsOptions> options, MeterProvider meters, IServiceProvider services, ILoggerFactory loggers)
    : IHostedService, IDisposable
{
    private const string Path = "/metrics";

    /// <summary>A Prometheus keeps one connection open.</summary>
    private const int MostConnections = 50;

    private KestrelServer? _server;

    /// <exception cref="StartupException">The address can't be used. The message says why and what to do.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var address = MetricsOptions.ReadListen(options.Value.Listen)!;
        var kestrel = new KestrelServerOptions { AddServerHeader = false, ApplicationServices = services };
        kestrel.Limits.MaxConcurrentConnections = MostConnections;
        if (IPAddress.TryParse(address.DnsSafeHost, out var ip))
            kestrel.Listen(ip, address.Port);
        else
            kestrel.ListenLocalhost(address.Port);

        _server = new KestrelServer(
            Options.Create(kestrel), new SocketTransportFactory(Options.Create(new SocketTransportOptions()), loggers), loggers);
        try
        {
            await _server.StartAsync(new Scrapes(Answer()), cancellationToken);
        }
        catch (Exception refused) when (refused is IOException or SocketException)
        {
            throw new StartupException(
                $"Metrics can't listen on {address.OriginalString}: {refused.Message.TrimEnd('.')}. "
                + "Stop the program that listens there, or choose another address with Metrics:Listen.", refused);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => _server?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public void Dispose() => _server?.Dispose();

    private RequestDelegate Answer()
    {
        var pipeline = new ApplicationBuilder(services);
        pipeline.UseOpenTelemetryPrometheusScrapingEndpoint(
            meters, context => IsScrape(context.Request), path: null, configureBranchedPipeline: null, optionsName: null);
        // The rest is 404.
        return pipeline.Build();
    }

    private static bool IsScrape(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && string.Equals(request.Path, Path, StringComparison.Ordinal);

    private sealed class Scrapes(RequestDelegate answer) : IHttpApplication<HttpContext>
    {
        public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

        public Task ProcessRequestAsync(HttpContext context) => answer(context);

        public void DisposeContext(HttpContext context, Exception? exception)
        {
            // Nothing was made for it.
        }
    }
}
