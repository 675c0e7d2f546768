using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Accounts.Web.Health;

/// <summary>Whether the server is staying: one that stops finishes what it has and wants nothing new.</summary>
internal sealed class StoppingCheck(IHostApplicationLifetime lifetime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(lifetime.ApplicationStopping.IsCancellationRequested ? HealthCheckResult.Unhealthy("The server is stopping.") : HealthCheckResult.Healthy());
}
