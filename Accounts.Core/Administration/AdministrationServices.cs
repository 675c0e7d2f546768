using Accounts.Core.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Accounts.Core.Administration;

/// <summary>Registers retention and what administrators do.</summary>
internal static class AdministrationServices
{
    public static void AddAdministration(this IServiceCollection services)
    {
        services.AddSingleton<Retention>();
        services.AddHostedService(sp => sp.GetRequiredService<Retention>());
        services.AddMade<RoleGrants>();
        services.AddMade<AccountAdministration>();
        services.AddMade<MassEndings>();
        services.AddHostedService<MassEndingUpkeep>();
    }
}
