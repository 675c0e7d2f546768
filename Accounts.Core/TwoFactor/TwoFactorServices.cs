using Accounts.Core.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Accounts.Core.TwoFactor;

/// <summary>Registers two-factor.</summary>
internal static class TwoFactorServices
{
    public static void AddTwoFactor(this IServiceCollection services)
    {
        services.AddSingleton<AuthenticatorKeys>();
        services.AddSingleton<SecondFactor>();
        services.AddMade<TwoFactorSettings>();
        services.AddSingleton<TwoFactorUpkeep>();
        services.AddHostedService(sp => sp.GetRequiredService<TwoFactorUpkeep>());
    }
}
