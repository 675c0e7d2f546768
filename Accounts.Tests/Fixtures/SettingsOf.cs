using Accounts.Core;
using Accounts.Core.Settings;
using Accounts.Web.Mail;
using Accounts.Web.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Accounts.Tests.Fixtures;

/// <summary>The options that the application reads from settings.</summary>
internal static class SettingsOf
{
    /// <summary>The options of a start with these settings.</summary>
    /// <exception cref="StartupException">At least one is invalid.</exception>
    public static T Read<T>(IConfiguration configuration)
        where T : class
    {
        var services = new ServiceCollection().AddLogging();
        services.AddAccounts(configuration);
        services.AddSupport(configuration);
        services.AddMail(configuration);
        using var provider = services.BuildServiceProvider();
        AccountsStart.RequireValid(provider);
        return provider.GetRequiredService<IOptions<T>>().Value;
    }

    public static T Read<T>(params (string Key, string Value)[] settings)
        where T : class =>
        Read<T>(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build());

    /// <summary>What a start with these settings says; "" if nothing is wrong.</summary>
    public static string Problems(params (string Key, string Value)[] settings) =>
        Record.Exception(() => Read<AccountsOptions>(settings)) is { } refusal ? Assert.IsType<StartupException>(refusal).Message : "";
}
