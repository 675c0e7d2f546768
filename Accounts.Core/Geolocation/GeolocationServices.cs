using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Accounts.Core.Geolocation;

/// <summary>Registers what finds places.</summary>
internal static class GeolocationServices
{
    public static void AddGeolocation(this IServiceCollection services, GeolocationOptions options, string contentRoot)
    {
        services.AddSingleton<PlaceFinder>();
        services.AddSingleton<PlaceUpkeep>(sp => new(
            sp.GetRequiredService<PlaceFinder>(), options, contentRoot, sp.GetRequiredService<TimeProvider>(), sp.GetRequiredService<ILogger<PlaceUpkeep>>()));
        services.AddHostedService(sp => sp.GetRequiredService<PlaceUpkeep>());
    }
}
