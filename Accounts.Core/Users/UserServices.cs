using Accounts.Core.Settings;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Accounts.Core.Users;

/// <summary>Registers accounts, passwords and plans.</summary>
internal static class UserServices
{
    public static void AddUsers(this IServiceCollection services)
    {
        services.AddMetrics();
        services.TryAddSingleton<IPasswordHasher<User>, PasswordHasher<User>>();
        services.AddSingleton<PasswordHashing>();
        services.AddMade<FeatureGate>();
        services.AddMade<UserService>();
    }
}
