using Accounts.Core.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Accounts.Core.Administration;

/// <summary>Registers retention and the demo accounts.</summary>
internal static class AdministrationServices
{
    public static void AddAdministration(this IServiceCollection services, RetentionOptions retention)
    {
        services.AddSingleton(retention);
        services.AddSingleton<Retention>();
        services.AddHostedService(sp => sp.GetRequiredService<Retention>());
        services.AddMade<DemoAccounts>();
    }
}
