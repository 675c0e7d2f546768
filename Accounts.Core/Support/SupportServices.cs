using Accounts.Core.Live;
using Accounts.Core.Settings;
using Accounts.Core.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Accounts.Core.Support;

/// <summary>Registers support codes, views, and what staff find accounts by.</summary>
internal static class SupportServices
{
    public static void AddSupport(this IServiceCollection services)
    {
        services.AddSingleton<SupportCodes>(sp => new(
            sp.GetRequiredService<AccountsDatabase>(),
            sp.GetRequiredService<CommandRunner>(),
            sp.GetRequiredService<TimeProvider>(),
            SupportCode.NewCode));
        services.AddMade<SupportViews>();
        services.AddMade<SupportDirectory>();
    }
}
