using Accounts.Core.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Accounts.Core.Providers;

/// <summary>Registers what is done with the word of other providers.</summary>
internal static class ProviderServices
{
    public static void AddProviders(this IServiceCollection services)
    {
        services.AddSingleton<ProviderRequests>();
        services.AddMade<ProviderSignIn>();
        services.AddMade<ProviderAccounts>();
        services.AddMade<ProviderProof>();
        services.AddMade<ProviderLogout>();
    }
}
