using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Accounts.Web.Health;

/// <summary>Which geolocation database is in use; degraded when a newer one could not be read. Places are then older, and nothing else suffers.</summary>
internal sealed class GeolocationCheck(Func<GeolocationStatus> read) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var status = read();
        var data = new Dictionary<string, object>(StringComparer.Ordinal) { ["name"] = status.Name };
        if (status.Type is { } type)
            data["type"] = type;
        if (status.Date is { } date)
            data["date"] = date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        if (status.Attribution is { } attribution)
            data["attribution"] = attribution;
        if (status.Licence is { } licence)
            data["licence"] = licence.AbsoluteUri;
        return Task.FromResult(status.Problem is null
            ? HealthCheckResult.Healthy(data: data)
            : HealthCheckResult.Degraded("A newer file could not be read. The page Support says why.", data: data));
    }
}
