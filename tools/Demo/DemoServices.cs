using Accounts.Core.Storage;
using Accounts.Core.Users;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace Accounts.Demo;

/// <summary>Registers the demo accounts.</summary>
public static class DemoServices
{
    /// <summary>Registers <see cref="DemoAccounts"/>. They exist only once the application seeds them.</summary>
    public static void AddDemoAccounts(this IServiceCollection services) => services.AddSingleton(sp => new DemoAccounts(
        sp.GetRequiredService<AccountsDatabase>(),
        sp.GetRequiredService<IPasswordHasher<User>>(),
        sp.GetRequiredService<TimeProvider>()));
}
