using Accounts.Core.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Accounts.Core.Passkeys;

/// <summary>Registers passkeys: their list, and what they are used for.</summary>
internal static class PasskeyServices
{
    public static void AddPasskeys(this IServiceCollection services)
    {
        services.AddSingleton<PasskeyCeremonies>();
        services.AddMade<PasskeySignIn>();
        services.AddMade<PasskeyProof>();
        services.AddMade<PasskeyService>();
    }
}
