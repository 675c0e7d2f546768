using Accounts.AspNetCore.Cookies;
using Accounts.AspNetCore.Devices;
using Accounts.AspNetCore.Gate;
using Accounts.AspNetCore.Network;
using Accounts.AspNetCore.Passkeys;
using Accounts.Core;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>The doors of Accounts to an ASP.NET Core application.</summary>
public static class AccountsAspNetCore
{
    /// <summary>
    /// Adds Accounts, with options from the configuration: sessions, sign-in, history, audit log, and what connects them to requests.
    /// </summary>
    /// <param name="services">The application's services. A <see cref="TimeProvider"/> registered before this call is used.</param>
    /// <param name="configuration">
    /// Has the sections Storage, Geolocation, Features, PasswordHashing, Sessions, SignIn, Passkeys, Retention, Network and OpenPages. It may be
    /// a section itself, such as <c>builder.Configuration.GetSection("Accounts")</c>. An unknown key in one of them is an error at the start.
    /// </param>
    public static AccountsBuilder AddAccounts(this IServiceCollection services, IConfiguration configuration) =>
        services.AddAccountsCore(configuration).AddAspNetCore(configuration);

    /// <summary>Adds Accounts, with options from code.</summary>
    /// <inheritdoc cref="AddAccounts(IServiceCollection, IConfiguration)"/>
    /// <param name="services">The application's services. A <see cref="TimeProvider"/> registered before this call is used.</param>
    /// <param name="configure">Sets options; null for the defaults.</param>
    public static AccountsBuilder AddAccounts(this IServiceCollection services, Action<AccountsOptions>? configure = null) =>
        services.AddAccountsCore(configure).AddAspNetCore(null);

    /// <summary>Adds the session cookie. Its scheme is <see cref="AccountsSession.Scheme"/>, and the default if there is no other.</summary>
    /// <param name="authentication">The application's authentication.</param>
    /// <param name="configure">Sets the application's own pages; null for <c>/sign-in</c> and <c>/signed-out</c>.</param>
    public static AuthenticationBuilder AddAccountsSession(this AuthenticationBuilder authentication,
        Action<AccountsSessionOptions>? configure = null)
    {
        var options = authentication.Services.AddOptions<AccountsSessionOptions>().ValidateOnStart();
        if (configure is not null)
            options.Configure(configure);
        authentication.AddSessionCookie();
        return authentication;
    }

    /// <summary>
    /// Puts the gate in front of the circuits: each call over a circuit is checked, and an ended session's pages leave at once. Only signed-in
    /// browsers can open circuits. Call it after <c>AddInteractiveServerComponents</c>.
    /// </summary>
    public static IServerSideBlazorBuilder AddAccountsGate(this IServerSideBlazorBuilder blazor)
    {
        SessionGate.AddTo(blazor);
        return blazor;
    }

    /// <summary>
    /// Puts the gate in front of one of the application's own hubs: each call is checked, and an ended session's connections are cut. Only signed-in
    /// browsers can connect.
    /// </summary>
    public static void AddAccountsGate(this HubOptions hub) => hub.AddFilter<SessionHubFilter>();

    private static AccountsBuilder AddAspNetCore(this AccountsBuilder accounts, IConfiguration? configuration)
    {
        var services = accounts.Services;
        services.AddNetwork(configuration);
        services.AddSingleton<IValidateOptions<AccountsSessionOptions>, AccountsSessionOptionsValidator>();
        services.AddAuthorization();
        services.AddAntiforgery();
        services.AddSingleton<PasskeyHandlers>();
        SessionGate.AddTracking(services, configuration);
        return accounts;
    }
}
