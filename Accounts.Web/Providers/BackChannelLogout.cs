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
    IOptionsMonitor<OpenIdConnectOptions> schemes, IOptions<ProvidersOptions> providers, TimeProvider time, ILogger<BackChannelLogout> logger)
{
    /// <summary>Far more than a token needs.</summary>
    private const int MostBytes = 16 * 1024;

    private const string LogoutEvent = "http://schemas.openid.net/event/backchannel-logout";

    /// <summary>What a token may say that it is. Older providers say less, or nothing. An ID token doesn't pass for one: it has no events.</summary>
    private static readonly string[] Types = ["logout+jwt", "application/logout+jwt", "JWT"];

    /// <summary>How old a token may be.</summary>
    private static readonly TimeSpan Oldest = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(60);

    private static readonly JsonWebTokenHandler Handler = new() { MapInboundClaims = false };

    public static async Task<IResult> ReceiveAsync(
        HttpContext context, string id, SignInProviders offered, ProviderLogout logout, BackChannelLogout verifier)
    {
        if (offered.Find(id) is null)
            return Results.NotFound();
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = MostBytes;
        var (form, _) = await context.ReadFormOrProblemAsync();
        context.Response.Headers.CacheControl = "no-store";
        Verdict verdict;
        try
        {
            verdict = form?["logout_token"] is [{ Length: > 0 } text]
                ? await verifier.VerifyAsync(id, text, context.RequestAborted)
                : new Verdict(null, "there is none");
        }
        catch (Exception unreachable) when (unreachable.IsUnreachable(context.RequestAborted))
        {
            // The provider sends the token again, or its sessions end with their lifetime.
            verifier.Report(id, unreachable);
            context.Response.Headers.RetryAfter = "60";
            return Problem("The provider's keys can't be read now.", StatusCodes.Status503ServiceUnavailable);
        }

        switch (await logout.EndAsync(context.Connection.RemoteIpAddress?.ToString() ?? "", verdict.Token, context.RequestAborted))
        {
            case ProviderLogoutOutcome.Ended:
                return Results.Ok();
            case ProviderLogoutOutcome.Throttled { Wait: var wait }:
                context.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
                return Problem("Too many invalid logout tokens came from this address.", StatusCodes.Status429TooManyRequests);
            default:
                verifier.Report(id, verdict.Why);
                return Problem("The logout token is missing or invalid.", StatusCodes.Status400BadRequest);
        }
    }

    private void Report(string id, string why) => Log.Refused(logger, id, why);

    private void Report(string id, Exception unreachable) =>
        Log.Unreachable(logger, id, ProviderFailure.Tidy(unreachable.GetBaseException().Message));

    private static IResult Problem(string description, int status) => Results.Json(
        new Dictionary<string, string>(StringComparer.Ordinal) { ["error"] = "invalid_request", ["error_description"] = description },
        statusCode: status);

    /// <summary>Verifies a logout token.</summary>
    /// <exception cref="InvalidOperationException">The provider's keys can't be read.</exception>
    private async Task<Verdict> VerifyAsync(string id, string text, CancellationToken cancellationToken)
    {
        var options = schemes.Get(ProviderSchemes.Of(id));
        var result = await ValidateAsync(id, options, text, cancellationToken);
        if (result.Exception is SecurityTokenSignatureKeyNotFoundException)
        {
            // The provider may have new keys. The manager asks for them at most every few minutes.
            options.ConfigurationManager!.RequestRefresh();
            result = await ValidateAsync(id, options, text, cancellationToken);
        }

        if (result is not { IsValid: true, SecurityToken: JsonWebToken token })
            return new Verdict(null, result.Exception?.GetType().Name ?? "it isn't a token");
        using var payload = JsonDocument.Parse(Base64Url.DecodeFromChars(token.EncodedPayload));
        var claims = payload.RootElement;
        // An ID token has a nonce and no events, so none passes for a logout token.
        if (claims.TryGetProperty("nonce", out _))
            return new Verdict(null, "it has a nonce");
        if (!claims.TryGetProperty("events", out var events) || events.ValueKind is not JsonValueKind.Object
            || !events.TryGetProperty(LogoutEvent, out var ended) || ended.ValueKind is not JsonValueKind.Object)
            return new Verdict(null, "it isn't about a logout");
        // What is there but unreadable isn't left out: without its session, a token would end all sessions of its subject.
        if (!TryFind(claims, "jti", out var tokenId) || !TryFind(claims, "sub", out var subject) || !TryFind(claims, "sid", out var sid))
            return new Verdict(null, "it has an id that isn't a text");
        if (tokenId is null)
            return new Verdict(null, "it has no id");
        var expiry = new DateTimeOffset(token.ValidTo, TimeSpan.Zero);
        return new Verdict(new LogoutToken(providers.Value.All[id].IssuerName, tokenId, subject, sid, expiry), "it names nobody");
    }

    private async Task<TokenValidationResult> ValidateAsync(
        string id, OpenIdConnectOptions options, string text, CancellationToken cancellationToken)
    {
        var configuration = await options.ConfigurationManager!.GetConfigurationAsync(cancellationToken);
        return await Handler.ValidateTokenAsync(text, new TokenValidationParameters
        {
            TypeValidator = (type, _, _) => string.IsNullOrEmpty(type) || Types.Contains(type, StringComparer.OrdinalIgnoreCase)
                ? type
                : throw new SecurityTokenInvalidTypeException("The token is of another type."),
            IssuerValidator = options.TokenValidationParameters.IssuerValidator,
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

    /// <returns>False if the claim is there and isn't a text.</returns>
    private static bool TryFind(JsonElement claims, string name, out string? text)
    {
        text = null;
        if (!claims.TryGetProperty(name, out var value))
            return true;
        try
        {
            text = value.ValueKind is JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // It isn't Unicode.
        }

        return text is { Length: > 0 };
    }

    /// <summary>What became of a token, and why if it is invalid.</summary>
    private sealed record Verdict(LogoutToken? Token, string Why);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Refused a logout token of the provider {Provider}: {Why}")]
        public static partial void Refused(ILogger logger, string provider, string why);

        [LoggerMessage(2, LogLevel.Error, "Could not verify a logout token of the provider {Provider}: its keys can't be read. {Why}")]
        public static partial void Unreachable(ILogger logger, string provider, string why);
    }
}
