using System.Globalization;
using Accounts.Core.Settings;
using FluentValidation;

namespace Accounts.Web.Metrics;

/// <summary>Where the metrics go. Section <c>Metrics</c>. If both settings are empty, nothing is measured for export.</summary>
public sealed class MetricsOptions
{
    /// <summary>The http address that serves <c>/metrics</c> to Prometheus, and nothing else. Default: empty, no such address.</summary>
    public string Listen { get; set; } = "";

    /// <summary>The base address of a collector that gets the metrics by OTLP over HTTP. Default: empty, no collector.</summary>
    public string OtlpEndpoint { get; set; } = "";

    /// <summary>Reads an address to listen on; null if it isn't one.</summary>
    internal static Uri? ReadListen(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address)
        && address is { Scheme: "http", UserInfo: "", PathAndQuery: "/", Fragment: "", Port: > 0 }
        && (address.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6 || address.Host is "localhost")
        // A forgotten port would be 80.
        && text.TrimEnd('/').EndsWith(string.Create(CultureInfo.InvariantCulture, $":{address.Port}"), StringComparison.Ordinal)
            ? address
            : null;

    /// <summary>Reads a collector's base address, and returns the address that takes its metrics; null if it isn't one.</summary>
    internal static Uri? ReadEndpoint(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address is { Scheme: "http" or "https", UserInfo: "", Query: "", Fragment: "" }
            ? new Uri(address.AbsoluteUri.TrimEnd('/') + "/v1/metrics")
            : null;
}

internal sealed class MetricsOptionsValidator : AbstractValidator<MetricsOptions>
{
    public MetricsOptionsValidator()
    {
        RuleFor(o => o.Listen)
            .Must(listen => listen.Length == 0 || MetricsOptions.ReadListen(listen) is not null)
            .WithMessage("must be empty, or an http address of an IP address or localhost, with a port, such as http://127.0.0.1:9464.");
        RuleFor(o => o.OtlpEndpoint)
            .Must(endpoint => endpoint.Length == 0 || MetricsOptions.ReadEndpoint(endpoint) is not null)
            .WithMessage("must be empty, or the http or https address of a collector, such as http://127.0.0.1:4318.");
    }
}
