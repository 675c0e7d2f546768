using System.Globalization;
using Accounts.Core.Geolocation;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Accounts.Web.Health;

/// <summary>Reports the geolocation database in use, and whether its data is old. Degraded if a newer file was refused.</summary>
internal sealed class GeolocationCheck(PlaceFinder places, TimeProvider time) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var source = places.Source;
        var data = new Dictionary<string, object>(StringComparer.Ordinal) { ["name"] = source.Name, ["type"] = source.Type };
        if (source.Date is { } date)
            data["date"] = date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        if (source.IsOld(time.GetUtcNow()))
            data["old"] = true;
        if (source.Attribution is { } attribution)
            data["attribution"] = $"{attribution.Text}, {attribution.Link}";
        if (source.Attribution is { Licence: { } licence, LicenceText: { } text })
            data["licence"] = $"{licence}, {text}";
        return Task.FromResult(source.Problem is null
            ? HealthCheckResult.Healthy(data: data)
            : HealthCheckResult.Degraded("Accounts refused a newer geolocation file. The Support page says why.", data: data));
    }
}
