using Accounts.Core.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Accounts.Core.Manager;

/// <summary>Registers the commands of the Session manager.</summary>
internal static class ManagerServices
{
    public static void AddManager(this IServiceCollection services) => services.AddMade<SessionService>();
}
