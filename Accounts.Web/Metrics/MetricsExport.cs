using Accounts.Core.Settings;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Accounts.Web.Metrics;

/// <summary>Exports the meters of Accounts, ASP.NET Core and .NET, if a setting says where to.</summary>
internal static class MetricsExport
{
    private static readonly string[] Meters = ["Accounts", "Microsoft.AspNetCore.*", "System.Runtime"];

    public static void AddMetricsExport(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddStrictOptions(configuration, OptionsSection<MetricsOptions>.Of("Metrics", o => o, new MetricsOptionsValidator()));
        // The start refuses what can't be read. Without an exporter nothing reads the instruments, and they cost nothing.
        var listen = MetricsOptions.ReadListen(configuration["Metrics:Listen"]);
        var endpoint = MetricsOptions.ReadEndpoint(configuration["Metrics:OtlpEndpoint"]);
        if (listen is null && endpoint is null)
            return;

        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource
                .AddService("accounts", serviceVersion: typeof(MetricsExport).Assembly.GetName().Version?.ToString(3))
                // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win.
                .AddEnvironmentVariableDetector())
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(Meters);
                if (listen is not null)
                    metrics.AddPrometheusExporter();
                if (endpoint is not null)
                    metrics.AddOtlpExporter(exporter => (exporter.Endpoint, exporter.Protocol) = (endpoint, OtlpExportProtocol.HttpProtobuf));
            });
        if (listen is not null)
            services.AddHostedService<MetricsListener>();
    }
}
