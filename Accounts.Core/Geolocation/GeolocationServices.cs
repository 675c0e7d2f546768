using Accounts.Core.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Accounts.Core.Geolocation;

/// <summary>Registers what finds places.</summary>
internal static class GeolocationServices
{
    public static void AddGeolocation(this IServiceCollection services)
    {
        services.AddMade<PlaceFinder>();
        services.AddSingleton<PlaceUpkeep>();
        services.AddHostedService(sp => sp.GetRequiredService<PlaceUpkeep>());
    }
}
