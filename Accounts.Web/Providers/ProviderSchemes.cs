using Accounts.AspNetCore.Cookies;
using Accounts.Core.Providers;
using Accounts.Core.Settings;
using Accounts.Web.Addresses;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Accounts.Web.Providers;

/// <summary>Registers each provider with ASP.NET Core's handler of OpenID Connect: code flow with PKCE (RFC 7636).</summary>
/// <remarks>
/// The handler verifies answers. It signs nobody in: <see cref="ProviderAnswers"/> takes each answer over before it would. The answer comes as a
/// plain GET, so that the browser sends the cookies that belong to it although they are for this site's own requests.
/// </remarks>
internal sealed class ProviderSchemes(IOptions<ProvidersOptions> providers) : IConfigureNamedOptions<OpenIdConnectOptions>
{
    private const string Prefix = "Accounts.Provider.";

    /// <summary>How long a provider may take for one answer to this server.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>The name of a provider's scheme.</summary>
    public static string Of(string id) => Prefix + id;

    /// <summary>The id of a scheme's provider.</summary>
    public static string IdOf(string scheme) => scheme[Prefix.Length..];

    public static void AddTo(IServiceCollection services, AuthenticationBuilder authentication, IConfiguration configuration)
    {
        services.AddStrictOptions(configuration, new ProvidersSection());
        // The start refuses what can't be read.
        var ids = configuration.GetSection(ProvidersSection.Name).GetChildren().Select(entry => entry.Key).Where(ProvidersOptions.IsId).ToList();
        if (ids.Count == 0)
            return;

        // A provider that has changed its keys is asked for them before a token of its is refused, not some time after.
        AppContext.SetSwitch("Switch.Microsoft.IdentityModel.UpdateConfigAsBlocking", isEnabled: true);

        services.AddSingleton(sp => sp.GetRequiredService<IOptions<ProvidersOptions>>().Value.ToSignInProviders());
        services.AddSingleton<IConfigureOptions<OpenIdConnectOptions>, ProviderSchemes>();
        services.AddSingleton<BackChannelLogout>();
        foreach (var id in ids)
            authentication.AddOpenIdConnect(Of(id), displayName: null, _ => { });
    }

    public void Configure(OpenIdConnectOptions options)
    {
        // Only schemes have options.
    }

    public void Configure(string? name, OpenIdConnectOptions options)
    {
        if (name?.StartsWith(Prefix, StringComparison.Ordinal) is not true || !providers.Value.All.TryGetValue(IdOf(name), out var provider))
            return;

        var authority = ProviderOptions.ReadAuthority(provider.Authority)!;
        options.Authority = authority.OriginalString;
        options.RequireHttpsMetadata = authority.Scheme is "https";
        options.ClientId = provider.ClientId;
        options.ClientSecret = provider.ClientSecret.Length == 0 ? null : provider.ClientSecret;
        options.ResponseType = OpenIdConnectResponseType.Code;
        options.ResponseMode = OpenIdConnectResponseMode.Query;
        options.Scope.Clear();
        foreach (var scope in provider.Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            options.Scope.Add(scope);

        options.CallbackPath = Paths.ProviderCallback(IdOf(name));
        // A provider's page can't end a session: it tells this server instead.
        (options.RemoteSignOutPath, options.SignedOutCallbackPath) = (default, default);
        options.SignInScheme = AccountsSession.Scheme;
        options.MapInboundClaims = false;
        // By default they leave out the issuer.
        options.ClaimActions.Clear();
        options.SaveTokens = false;
        // The handler takes the issuer from the provider's own description, which could name another provider's.
        options.TokenValidationParameters.IssuerValidator = (issuer, _, _) => provider.Issues(issuer)
            ? issuer
            : throw new SecurityTokenInvalidIssuerException(
                $"The token is from the issuer '{issuer}', not '{provider.IssuerName}'. "
                + $"If that is right, set {ProvidersSection.Name}:{IdOf(name)}:Issuer to it.");
        options.ProtocolValidator.NonceLifetime = ProviderRequest.Patience;
        options.DisableTelemetry = true;
        options.BackchannelTimeout = Timeout;
        options.RemoteAuthenticationTimeout = ProviderRequest.Patience;
        Protect(options.CorrelationCookie, "__Host-accounts-provider-");
        Protect(options.NonceCookie, "__Host-accounts-provider-nonce-");
        options.Events = ProviderAnswers.Events;
    }

    private static void Protect(CookieBuilder cookie, string name)
    {
        cookie.Name = name;
        cookie.Path = "/";
        cookie.SameSite = SameSiteMode.Lax;
        cookie.SecurePolicy = CookieSecurePolicy.Always;
    }
}
