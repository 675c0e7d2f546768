using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Accounts.Web.Health;

/// <summary>Endpoints for probes: is the process alive, and is it ready for requests. Anyone may call them; they reveal no user's data.</summary>
internal static class HealthEndpoints
{
    public const string LivePath = "/health/live";
    public const string ReadyPath = "/health/ready";

    public static void AddHealth(this IServiceCollection services)
    {
        services.AddSingleton<DatabaseCheck>();
        services.AddHealthChecks()
            .AddCheck<DatabaseCheck>(DatabaseCheck.Name)
            .AddCheck<GeolocationCheck>("geolocation")
            .AddCheck<StoppingCheck>("server");
    }

    /// <summary>Answers before the session check: a probe has no session and is no activity.</summary>
    public static void MapHealth(this WebApplication app)
    {
        app.MapHealthChecks(LivePath, new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync }).ShortCircuit();
        app.MapHealthChecks(ReadyPath, new HealthCheckOptions { ResponseWriter = WriteAsync }).ShortCircuit();
    }

    private static Task WriteAsync(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(new
    {
        Status = report.Status.ToString(),
        Checks = report.Entries.ToDictionary(entry => entry.Key, entry => Show(entry.Value), StringComparer.Ordinal),
    });

    private static Dictionary<string, object> Show(HealthReportEntry entry)
    {
        var shown = new Dictionary<string, object>(entry.Data, StringComparer.Ordinal) { ["status"] = entry.Status.ToString() };
        // If a check threw, its description is the exception's message, which may name a file.
        if (entry is { Description: { } description, Exception: null })
            shown["description"] = description;
        return shown;
    }
}
