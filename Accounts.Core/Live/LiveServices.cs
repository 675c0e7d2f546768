using Accounts.Core.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Accounts.Core.Live;

/// <summary>Registers the sessions in memory, what announces their changes, and their upkeep.</summary>
internal static class LiveServices
{
    public static void AddLive(this IServiceCollection services)
    {
        services.AddSingleton<SessionRegistry>();
        services.AddMade<SessionFeed>();
        services.AddSingleton<CommandRunner>();
        services.AddSingleton<KeyRotation>();
        services.AddMade<SessionAuthenticator>();
        services.AddMade<SessionActivity>();
        services.AddMade<SessionDepartures>();
        services.AddSingleton<SessionCounts>();
        services.AddSingleton<SessionUpkeep>();
        services.AddHostedService(sp => sp.GetRequiredService<SessionUpkeep>());
    }
}
