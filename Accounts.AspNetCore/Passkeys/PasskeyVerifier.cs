using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Accounts.Core.Callers;
using Accounts.Core.Passkeys;
using Microsoft.AspNetCore.Identity;

namespace Accounts.AspNetCore.Passkeys;

/// <summary>Makes the options for browsers and verifies their answers (https://www.w3.org/TR/webauthn-3/), with Identity's passkey handler.</summary>
internal sealed partial class PasskeyVerifier(HttpContext context)
{
    private readonly PasskeyHandlers _handlers = context.RequestServices.GetRequiredService<PasskeyHandlers>();
    private readonly ILogger _logger = context.RequestServices.GetRequiredService<ILogger<PasskeyVerifier>>();

    /// <summary>What to ask for to get a passkey of an account; of any account if there is none.</summary>
    public async Task<PasskeyChallenge> AskAsync(PasskeyAccount? account)
    {
        var made = await _handlers.UseAsync(account, handler => handler.MakeRequestOptionsAsync(account, context));
        return new PasskeyChallenge(made.RequestOptionsJson, made.AssertionState!);
    }

    /// <summary>What to ask for to get a new passkey for an account.</summary>
    public async Task<PasskeyChallenge> OfferAsync(PasskeyAccount account)
    {
        var user = new PasskeyUserEntity { Id = account.Id.ToString(), Name = account.Name, DisplayName = account.DisplayName };
        var made = await _handlers.UseAsync(account, handler => handler.MakeCreationOptionsAsync(user, context));
        return new PasskeyChallenge(made.CreationOptionsJson, made.AttestationState!);
    }

    /// <summary>Verifies an answer with a passkey of the attempt's account.</summary>
    /// <returns>The passkey as it is after its use; null if the answer is wrong.</returns>
    public async Task<PasskeyCredential?> VerifyAsync(PasskeyAttempt attempt, string credentialJson)
    {
        var answer = new PasskeyAssertionContext { CredentialJson = credentialJson, AssertionState = attempt.State, HttpContext = context };
        var result = await _handlers.UseAsync(attempt.Account, handler => handler.PerformAssertionAsync(answer));
        return result.Succeeded ? Read(result.Passkey) : Refuse(result.Failure);
    }

    /// <summary>Verifies an answer with a new passkey.</summary>
    /// <returns>The passkey; null if the answer is wrong.</returns>
    public async Task<PasskeyCredential?> ReadNewAsync(PasskeyAttempt attempt, string credentialJson)
    {
        var answer = new PasskeyAttestationContext { CredentialJson = credentialJson, AttestationState = attempt.State, HttpContext = context };
        var result = await _handlers.UseAsync(attempt.Account, handler => handler.PerformAttestationAsync(answer));
        return result.Succeeded ? Read(result.Passkey) : Refuse(result.Failure);
    }

    /// <summary>The account that an answer names: its user handle is the account's id, as the options for a new passkey gave it.</summary>
    public static UserId? FindAccount(string credentialJson)
    {
        try
        {
            using var json = JsonDocument.Parse(credentialJson);
            return json.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty("response", out var response) && response.ValueKind is JsonValueKind.Object
                && response.TryGetProperty("userHandle", out var handle) && handle.ValueKind is JsonValueKind.String
                && Guid.TryParse(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(handle.GetString())), out var id)
                ? new UserId(id)
                : null;
        }
        catch (Exception broken) when (broken is JsonException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }

    private PasskeyCredential? Refuse(PasskeyException? failure)
    {
        Log.Refused(_logger, failure?.Message);
        return null;
    }

    private static PasskeyCredential Read(UserPasskeyInfo passkey) => new(
        passkey.CredentialId, passkey.PublicKey, passkey.CreatedAt, passkey.SignCount, passkey.Transports ?? [], passkey.IsBackupEligible,
        passkey.IsBackedUp);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Refused a passkey: {Why}")]
        public static partial void Refused(ILogger logger, string? why);
    }
}
