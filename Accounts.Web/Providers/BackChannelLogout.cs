using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using Accounts.Core.Providers;
using Accounts.Core.SignIn;
using Accounts.Web.Forms;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Accounts.Web.Providers;

/// <summary>
/// Takes logout tokens of providers (https://openid.net/specs/openid-connect-backchannel-1_0.html) and ends the sessions that they name.
/// </summary>
/// <remarks>A provider's server posts here. It has no cookie, so the token alone counts.</remarks>
internal sealed partial class BackChannelLogout(
    IOptionsMonitor<OpenIdConnectOptions> schemes, TimeProvider time, ILogger<BackChannelLogout> logger)
{
    /// <summary>Far more than a token needs.</summary>
    private const int MostBytes = 16 * 1024;

    private const string LogoutEvent = "http://schemas.openid.net/event/backchannel-logout";

    /// <summary>How old a token may be.</summary>
    private static readonly TimeSpan Oldest = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(60);

    private static readonly JsonWebTokenHandler Handler = new() { MapInboundClaims = false };

    public static async Task<IResult> ReceiveAsync(
        HttpContext context, string id, SignInProviders providers, ProviderLogout logout, BackChannelLogout verifier)
    {
        if (providers.Find(id) is null)
            return Results.NotFound();
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = MostBytes;
        var (form, _) = await context.ReadFormOrProblemAsync();
        var outcome = await logout.EndAsync(
            context.Connection.RemoteIpAddress?.ToString() ?? "",
            () => form?["logout_token"] is [{ Length: > 0 } token] ? verifier.VerifyAsync(id, token) : Task.FromResult<LogoutToken?>(null),
            context.RequestAborted);
        context.Response.Headers.CacheControl = "no-store";
        switch (outcome)
        {
            case ProviderLogoutOutcome.Ended:
                return Results.Ok();
            case ProviderLogoutOutcome.Throttled { Wait: var wait }:
                context.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
                return Problem("Too many invalid logout tokens came from this address.", StatusCodes.Status429TooManyRequests);
            default:
                return Problem("The logout token is missing or invalid.", StatusCodes.Status400BadRequest);
        }
    }

    private static IResult Problem(string description, int status) => Results.Json(
        new Dictionary<string, string>(StringComparer.Ordinal) { ["error"] = "invalid_request", ["error_description"] = description },
        statusCode: status);

    /// <summary>Verifies a logout token.</summary>
    /// <returns>Null if it is invalid. The log says why.</returns>
    private async Task<LogoutToken?> VerifyAsync(string id, string text)
    {
        var options = schemes.Get(ProviderSchemes.Of(id));
        var result = await ValidateAsync(options, text);
        if (result.Exception is SecurityTokenSignatureKeyNotFoundException)
        {
            // The provider may have new keys. The manager asks for them at most every few minutes.
            options.ConfigurationManager!.RequestRefresh();
            result = await ValidateAsync(options, text);
        }

        if (result is not { IsValid: true, SecurityToken: JsonWebToken token })
            return Refuse(id, result.Exception?.GetType().Name ?? "it isn't a token");
        using var payload = JsonDocument.Parse(Base64Url.DecodeFromChars(token.EncodedPayload));
        var claims = payload.RootElement;
        // An ID token has a nonce and no events, so none passes for a logout token.
        if (claims.TryGetProperty("nonce", out _))
            return Refuse(id, "it has a nonce");
        if (!claims.TryGetProperty("events", out var events) || events.ValueKind is not JsonValueKind.Object
            || !events.TryGetProperty(LogoutEvent, out var ended) || ended.ValueKind is not JsonValueKind.Object)
            return Refuse(id, "it isn't about a logout");
        if (Find(claims, "jti") is not { } tokenId)
            return Refuse(id, "it has no id");
        var (subject, sid) = (Find(claims, "sub"), Find(claims, "sid"));
        if (subject is null && sid is null)
            return Refuse(id, "it names nobody");
        return new LogoutToken(token.Issuer, tokenId, subject, sid, new DateTimeOffset(token.ValidTo, TimeSpan.Zero));
    }

    private async Task<TokenValidationResult> ValidateAsync(OpenIdConnectOptions options, string text)
    {
        var configuration = await options.ConfigurationManager!.GetConfigurationAsync(CancellationToken.None);
        return await Handler.ValidateTokenAsync(text, new TokenValidationParameters
        {
            ValidTypes = ["logout+jwt"],
            ValidIssuer = configuration.Issuer,
            ValidAudience = options.ClientId,
            IssuerSigningKeys = configuration.SigningKeys,
            // The lifetime also says that it is recent, by this server's clock.
            LifetimeValidator = (_, expires, token, _) => IsFresh(token, expires),
        });
    }

    private bool IsFresh(SecurityToken token, DateTime? expires)
    {
        var now = time.GetUtcNow();
        return token is JsonWebToken { } jwt && jwt.TryGetPayloadValue<long>("iat", out var at) && expires is { } end
            && DateTimeOffset.FromUnixTimeSeconds(at) is var issued && issued > now - Oldest && issued < now + ClockSkew
            && new DateTimeOffset(end, TimeSpan.Zero) > now - ClockSkew;
    }

    private LogoutToken? Refuse(string provider, string why)
    {
        Log.Refused(logger, provider, why);
        return null;
    }

    private static string? Find(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String && value.GetString() is { Length: > 0 and <= 255 } text
            ? text
            : null;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Refused a logout token of the provider {Provider}: {Why}")]
        public static partial void Refused(ILogger logger, string provider, string why);
    }
}
