using Accounts.Core.Callers;

namespace Accounts.Core.TwoFactor;

/// <summary>A sign-in whose first factor was right and which waits for the second. Finishing it deletes the row.</summary>
internal sealed class PendingSignInRow
{
    /// <summary>How long the second step may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>SHA-256 of the token, 32 bytes.</summary>
    public required byte[] TokenHash { get; init; }

    public required Guid UserId { get; init; }

    /// <summary>SHA-256 of the browser's id. In another browser, a copy of the token is worth nothing.</summary>
    public required byte[] BrowserHash { get; init; }

    /// <summary>The account's stamp before the first factor was checked.</summary>
    public required string Stamp { get; init; }

    public required long Epoch { get; init; }

    /// <summary>How the user was verified so far.</summary>
    public required SignInMethods Methods { get; init; }

    public required bool Remember { get; init; }

    /// <summary>The hash of the password that the account gets with this sign-in; null if it keeps its own.</summary>
    public string? NewPasswordHash { get; init; }

    public bool KeepsAccount { get; init; }

    /// <summary>The issuer of the provider that vouched for the user; null if none did.</summary>
    public string? ProviderIssuer { get; init; }

    /// <summary>The user's id at that issuer; null if no provider vouched for them.</summary>
    public string? ProviderSubject { get; init; }

    /// <summary>The id of the session at the provider; null if there is none, or it didn't say.</summary>
    public string? ProviderSid { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }
}
