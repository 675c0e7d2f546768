using Accounts.Core.Settings;
using FluentValidation;
using Microsoft.Extensions.DependencyInjection;

namespace Accounts.Core.Manager;

/// <summary>Registers the commands of the Session manager.</summary>
internal static class ManagerServices
{
    public static void AddManager(this IServiceCollection services)
    {
        services.AddSingleton<IValidator<RenameSessionInput>, RenameSessionInputValidator>();
        services.AddMade<SessionService>();
    }
}
