using Accounts.Core.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Accounts.Core.PersonalData;

/// <summary>Registers retention, and what people do with the data that is stored about them.</summary>
internal static class PersonalDataServices
{
    public static void AddPersonalData(this IServiceCollection services)
    {
        services.AddSingleton<AccountErasure>();
        services.AddSingleton<Retention>();
        services.AddHostedService(sp => sp.GetRequiredService<Retention>());
        services.AddMade<NameChange>();
        services.AddMade<EmailChange>();
        services.AddMade<AccountDeletion>();
        services.AddMade<AccountData>();
    }
}
