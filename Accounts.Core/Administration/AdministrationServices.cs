using Microsoft.Extensions.DependencyInjection;

namespace Accounts.Core.Administration;

/// <summary>Registers retention.</summary>
internal static class AdministrationServices
{
    public static void AddAdministration(this IServiceCollection services)
    {
        services.AddSingleton<Retention>();
        services.AddHostedService(sp => sp.GetRequiredService<Retention>());
    }
}
