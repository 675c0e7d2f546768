using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;

namespace Accounts.Web.Providers;

/// <summary>
/// Asks a provider for what its ID token leaves out (https://openid.net/specs/openid-connect-core-1_0.html#UserInfo). Some put the email only there.
/// </summary>
internal static class UserEndpoint
{
    private static readonly string[] Wanted = ["email", "email_verified", "name"];

    /// <summary>The claims with what the provider adds. If it doesn't answer, or answers about somebody else, they stay as they are.</summary>
    public static async Task<ProviderClaims> AskAsync(
        OpenIdConnectOptions? options, string accessToken, ProviderClaims said, CancellationToken cancellationToken)
    {
        if (options?.ConfigurationManager is not { } metadata)
            return said;
        try
        {
            var configuration = await metadata.GetConfigurationAsync(cancellationToken);
            if (configuration.UserInfoEndpoint is not { Length: > 0 } address)
                return said;
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
            using var answer = await options.Backchannel.SendAsync(request, cancellationToken);
            if (!answer.IsSuccessStatusCode)
                return said;
            using var json = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(cancellationToken));
            return json.RootElement is { ValueKind: JsonValueKind.Object } user
                && user.TryGetProperty("sub", out var subject) && subject.ValueKind is JsonValueKind.String
                && string.Equals(subject.GetString(), said.Subject, StringComparison.Ordinal)
                ? said.With(Read(user))
                : said;
        }
        // Of text that isn't Unicode, JsonElement makes an InvalidOperationException.
        catch (Exception failure) when (failure is HttpRequestException or JsonException or InvalidOperationException
            || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return said;
        }
    }

    private static List<Claim> Read(JsonElement user) =>
    [
        .. from name in Wanted
            where user.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String or JsonValueKind.True or JsonValueKind.False
            select new Claim(name, user.GetProperty(name).ToString()),
    ];
}
