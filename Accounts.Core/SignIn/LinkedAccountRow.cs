namespace Accounts.Core.SignIn;

/// <summary>
/// An account at a provider, with which its owner signs in. Issuer and subject name it. Its email names nobody: it may change, or be somebody else's
/// later.
/// </summary>
internal sealed class LinkedAccountRow
{
    /// <summary>Maximum length of a provider's id.</summary>
    public const int ProviderLimit = 32;

    /// <summary>Maximum length of the email that a provider says. A longer one is left out.</summary>
    public const int EmailLimit = 254;

    public required Guid Id { get; init; }

    public required Guid UserId { get; init; }

    /// <summary>The id of the provider in the settings. It's for pages: nothing is found by it.</summary>
    public required string Provider { get; init; }

    /// <summary>The issuer, as the provider's own metadata names it.</summary>
    public required string Issuer { get; init; }

    /// <summary>The account's id at the issuer.</summary>
    public required string Subject { get; init; }

    /// <summary>The email that the provider said, which it may not have verified; null if it said none.</summary>
    public string? Email { get; set; }

    public required DateTimeOffset LinkedAt { get; init; }

    /// <summary>When it last signed its owner in or proved who they are; null if it never did.</summary>
    public DateTimeOffset? LastUsedAt { get; set; }
}
