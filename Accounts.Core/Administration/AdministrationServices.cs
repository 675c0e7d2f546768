using Accounts.Core.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Accounts.Core.Administration;

/// <summary>Registers what administrators do, the list of users, and the state of the system.</summary>
internal static class AdministrationServices
{
    public static void AddAdministration(this IServiceCollection services)
    {
        services.AddMade<RoleGrants>();
        services.AddMade<AccountAdministration>();
        services.AddMade<MassEndings>();
        services.AddHostedService<MassEndingUpkeep>();
        services.AddMade<UserDirectory>();
        services.AddMade<SystemReader>();
    }
}
