using System.Globalization;
using System.Security.Claims;
using Accounts.AspNetCore.Cookies;
using Accounts.Core.Providers;
using Accounts.Core.SignIn;
using Accounts.Web.Addresses;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;

namespace Accounts.Web.Providers;

/// <summary>Takes a provider's answer over from ASP.NET Core's handler, once that has verified it, and leads the browser on.</summary>
internal static partial class ProviderAnswers
{
    /// <summary>The token of the request, in what the handler sends to the provider and back.</summary>
    public const string Token = "accounts";

    private const string AccessToken = "accounts.access_token";

    /// <summary>The opened request, while the answer is verified.</summary>
    private const string Request = "accounts.request";

    public static OpenIdConnectEvents Events { get; } = new()
    {
        // Before the code is used: of the same answer twice, the second one doesn't even reach the provider.
        OnAuthorizationCodeReceived = async context =>
        {
            var (http, provider) = (context.HttpContext, ProviderSchemes.IdOf(context.Scheme.Name));
            if (await OpenAsync(http, provider, context.Properties) is null)
            {
                context.HandleResponse();
                http.Response.Redirect(ProviderNotice.Expired.At(http, provider, null));
            }
        },
        OnTokenValidated = context =>
        {
            // Kept for this request only: a provider may say the email by its user endpoint.
            context.HttpContext.Items[AccessToken] = context.TokenEndpointResponse?.AccessToken;
            return Task.CompletedTask;
        },
        OnTicketReceived = ReceiveAsync,
        OnAccessDenied = async context =>
        {
            context.HandleResponse();
            await RefuseAsync(context.HttpContext, context.Scheme.Name, context.Properties, ProviderNotice.Canceled);
        },
        OnRemoteFailure = async context =>
        {
            context.HandleResponse();
            var why = ProviderFailure.Tidy(context.Failure?.Message);
            Log.Refused(LoggerOf(context.HttpContext), ProviderSchemes.IdOf(context.Scheme.Name), why);
            await RefuseAsync(context.HttpContext, context.Scheme.Name, context.Properties, ProviderNotice.Failed);
        },
    };

    private static async Task ReceiveAsync(TicketReceivedContext context)
    {
        context.HandleResponse();
        var (http, provider) = (context.HttpContext, ProviderSchemes.IdOf(context.Scheme.Name));
        await FindUserAsync(http);
        // An answer without a code wasn't opened.
        var request = http.Items.TryGetValue(Request, out var opened) ? opened as ProviderRequest : null;
        var said = new ProviderClaims(context.Principal!.Claims);
        if (request is { Purpose: not ProviderPurpose.Prove } && said.Email is null && http.Items[AccessToken] is string access)
            said = await UserEndpoint.AskAsync(context.Options as OpenIdConnectOptions, access, said, http.RequestAborted);
        var issuer = http.RequestServices.GetRequiredService<SignInProviders>().Find(provider)!.Issuer;
        if (request is null || said.ToAnswer(issuer) is not { } answer)
        {
            http.Response.Redirect(ProviderNotice.Failed.At(http, provider, request));
            return;
        }

        http.Response.Redirect(request.Purpose switch
        {
            ProviderPurpose.Link => await LinkAsync(http, request, answer),
            ProviderPurpose.Prove => await ProveAsync(http, request, answer),
            _ => await SignInAsync(http, request, answer),
        });
    }

    /// <summary>Leads a browser on whose answer can't be used. The request is used up all the same.</summary>
    private static async Task RefuseAsync(HttpContext http, string scheme, AuthenticationProperties? properties, ProviderNotice notice)
    {
        var provider = ProviderSchemes.IdOf(scheme);
        http.Response.Redirect(notice.At(http, provider, await OpenAsync(http, provider, properties)));
    }

    /// <summary>Opens the request that an answer is for, once for each answer.</summary>
    private static async Task<ProviderRequest?> OpenAsync(HttpContext http, string provider, AuthenticationProperties? properties)
    {
        if (!http.Items.TryGetValue(Request, out var opened))
        {
            var token = properties?.Items.TryGetValue(Token, out var sent) is true ? sent : null;
            http.Items[Request] = opened = await http.RequestServices.GetRequiredService<ProviderSignIn>().OpenAsync(
                http.ToCallingBrowser(), provider, token, http.RequestAborted);
        }

        return (ProviderRequest?)opened;
    }

    /// <summary>Finds who is signed in: the handler answers before the session's cookie is read.</summary>
    private static async Task FindUserAsync(HttpContext http)
    {
        if ((await http.AuthenticateAsync(AccountsSession.Scheme)).Principal is { } user)
            http.User = user;
    }

    private static async Task<string> SignInAsync(HttpContext http, ProviderRequest request, ProviderAnswer answer)
    {
        var signIn = http.RequestServices.GetRequiredService<ProviderSignIn>();
        switch (await signIn.SignInAsync(http.ToCallingBrowser(), request, answer, http.RequestAborted))
        {
            case ProviderSignInOutcome.SignedIn { Session: var session }:
                await http.WriteSessionAsync(session);
                return http.Request.PathBase + http.RequestServices.GetRequiredService<ReturnAddress>().OrHome(request.ReturnTo);
            case ProviderSignInOutcome.SecondStepNeeded { Token: var token }:
                http.WriteSecondStep(token);
                return http.Request.PathBase + ReturnAddress.OnTheWay(Paths.SecondStep, request.ReturnTo);
            case var refused:
                return ProviderNotice.Of(refused).At(http, request.Provider, request);
        }
    }

    private static async Task<string> LinkAsync(HttpContext http, ProviderRequest request, ProviderAnswer answer)
    {
        if (await http.FindCallerAsync() is not { } caller)
            return http.Request.PathBase + Paths.SignedOut;
        if (caller.IsReadOnly)
            return http.Request.PathBase + Paths.Security;
        return await http.RequestServices.GetRequiredService<ProviderAccounts>().LinkAsync(caller, request, answer, http.RequestAborted) switch
        {
            LinkOutcome.CallerEnded => http.Request.PathBase + Paths.SignedOut,
            // The page asks for it.
            LinkOutcome.ProofNeeded => http.Request.PathBase + Paths.LinkProvider(request.Provider),
            var outcome => ProviderNotice.Of(outcome).At(http, request.Provider, request),
        };
    }

    private static async Task<string> ProveAsync(HttpContext http, ProviderRequest request, ProviderAnswer answer)
    {
        if (await http.FindCallerAsync() is not { } caller)
            return http.Request.PathBase + Paths.SignedOut;
        if (caller.IsReadOnly)
            return http.Request.PathBase + Paths.Security;
        switch (await http.RequestServices.GetRequiredService<ProviderProof>().ProveAsync(caller, request, answer, http.RequestAborted))
        {
            case ProviderProofOutcome.Proved { Session: var session }:
                await http.WriteTicketAsync(session);
                return http.Request.PathBase + http.RequestServices.GetRequiredService<ReturnAddress>().OrHome(request.ReturnTo);
            case var refused:
                return ProviderNotice.Of(refused).At(http, request.Provider, request);
        }
    }

    private static ILogger LoggerOf(HttpContext http) =>
        http.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ProviderAnswers).FullName!);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Refused an answer of the provider {Provider}: {Why}")]
        public static partial void Refused(ILogger logger, string provider, string? why);
    }
}

/// <summary>What a provider's tokens say about a user (https://openid.net/specs/openid-connect-core-1_0.html#StandardClaims).</summary>
internal sealed class ProviderClaims(IEnumerable<Claim> claims)
{
    private readonly List<Claim> _claims = [.. claims];

    public string? Subject => Find("sub");

    public string? Email => Find("email");

    /// <summary>The same with an email from elsewhere. Only who says the email says whether it's verified.</summary>
    public ProviderClaims With(IEnumerable<Claim> more) => new([.. more, .. _claims.Where(claim => claim.Type is not "email_verified")]);

    /// <summary>The claims as the core takes them; null if they name nobody.</summary>
    /// <param name="issuer">Whose tokens they are, as the settings name it.</param>
    public ProviderAnswer? ToAnswer(string issuer) => Subject is { } subject
        ? new ProviderAnswer(issuer, subject)
        {
            Sid = Find("sid"),
            Email = Email,
            // Some providers write it as a text.
            IsEmailVerified = string.Equals(Find("email_verified"), "true", StringComparison.OrdinalIgnoreCase),
            Name = Find("name"),
            AuthenticatedAt = long.TryParse(Find("auth_time"), NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at < Latest
                ? DateTimeOffset.FromUnixTimeSeconds(at)
                : null,
        }
        : null;

    private static readonly long Latest = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    private string? Find(string type) =>
        _claims.Find(claim => string.Equals(claim.Type, type, StringComparison.Ordinal)) is { Value.Length: > 0 } found ? found.Value : null;
}
