using Microsoft.Extensions.DependencyInjection;

namespace Accounts.Core.Mail;

/// <summary>Registers the outbox.</summary>
internal static class MailServices
{
    public static void AddMail(this IServiceCollection services)
    {
        services.AddSingleton<Outbox>();
        services.AddSingleton<MailHealth>();
        services.AddSingleton<MailDelivery>();
        services.AddHostedService(sp => sp.GetRequiredService<MailDelivery>());
    }
}
