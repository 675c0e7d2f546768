using Accounts.Core.Mail;
using Accounts.Core.Settings;
using Microsoft.Extensions.Options;

namespace Accounts.Web.Mail;

/// <summary>Sends the emails of Accounts.</summary>
internal static class MailServices
{
    /// <param name="services">The application's services.</param>
    /// <param name="configuration">The settings.</param>
    /// <param name="isDevelopment">Whether emails go into a folder if no setting says where they go.</param>
    public static void AddMail(this IServiceCollection services, IConfiguration configuration, bool isDevelopment = false)
    {
        services.AddStrictOptions(configuration, OptionsSection<MailOptions>.Of("Mail", o => o, new MailOptionsValidator(isDevelopment)));
        if (isDevelopment)
            services.PostConfigure<MailOptions>(UseFolder);
        services.AddSingleton<DashboardAddress>();
        services.AddSingleton<MailComposer>();
        services.AddSingleton<MailFolder>();
        services.AddSingleton<IMailSender>(provider => provider.GetRequiredService<IOptions<MailOptions>>().Value switch
        {
            { Host.Length: > 0 } => ActivatorUtilities.CreateInstance<SmtpSender>(provider),
            { Folder.Length: > 0 } => ActivatorUtilities.CreateInstance<FolderSender>(provider),
            _ => new NoSender(),
        });
    }

    // Not a default of the configuration: it would stand beside a server that somebody sets.
    private static void UseFolder(MailOptions options)
    {
        if (options.Host.Length == 0 && options.Folder.Length == 0)
            options.Folder = MailOptions.DevelopmentFolder;
        if (options.From.Length == 0)
            options.From = MailOptions.DevelopmentFrom;
    }
}

/// <summary>Stands in if no setting says where emails go.</summary>
internal sealed class NoSender : IMailSender
{
    public bool IsConfigured => false;

    public Task<IMailConnection> ConnectAsync(CancellationToken cancellationToken = default) =>
        throw new MailUnavailableException("No setting says where emails go. Set Mail:Host or Mail:Folder.");
}
