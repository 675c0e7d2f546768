namespace Accounts.Core.Providers;

/// <summary>What a provider is asked for. The database stores the numbers: never change one.</summary>
public enum ProviderPurpose
{
    /// <summary>To sign in.</summary>
    SignIn = 1,

    /// <summary>To link the account there to the caller's account.</summary>
    Link = 2,

    /// <summary>To prove in the caller's session that it is still its user.</summary>
    Prove = 3,
}

/// <summary>A browser's way to a provider, whose answer is awaited. The first answer deletes the row.</summary>
internal sealed class ProviderRequestRow
{
    /// <summary>Maximum length of a return address, in characters. A longer one is left out.</summary>
    public const int ReturnToLimit = 1000;

    /// <summary>The hash of the token that travels to the provider and back, a <see cref="Sessions.OneTimeToken"/>.</summary>
    public required byte[] TokenHash { get; init; }

    public required ProviderPurpose Purpose { get; init; }

    /// <summary>The provider's id.</summary>
    public required string Provider { get; init; }

    /// <summary>The hash of the id of the browser that asked.</summary>
    public required byte[] BrowserHash { get; init; }

    /// <summary>The caller's account; null for a sign-in.</summary>
    public Guid? UserId { get; init; }

    /// <summary>The caller's session; null for a sign-in.</summary>
    public Guid? SessionId { get; init; }

    /// <summary>The account's stamp when the browser asked; null for a sign-in.</summary>
    public string? Stamp { get; init; }

    public required long Epoch { get; init; }

    /// <summary>The page to open afterwards; null if none.</summary>
    public string? ReturnTo { get; init; }

    /// <summary>Whether a sign-in keeps an account whose owner has deleted it.</summary>
    public bool KeepsAccount { get; init; }

    public required DateTimeOffset AskedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }
}
