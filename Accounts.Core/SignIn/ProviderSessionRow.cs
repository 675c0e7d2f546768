namespace Accounts.Core.SignIn;

/// <summary>Whom a provider vouched for: who it is there, and in which of the provider's sessions.</summary>
/// <param name="Issuer">The issuer.</param>
/// <param name="Subject">The account's id at the issuer.</param>
/// <param name="Sid">The id of the session at the provider; null if it didn't say.</param>
internal sealed record ProviderIdentity(string Issuer, string Subject, string? Sid)
{
    /// <summary>Maximum length of an issuer.</summary>
    public const int IssuerLimit = 500;

    /// <summary>Maximum length of a subject (https://openid.net/specs/openid-connect-core-1_0.html#IDToken), and of a session's id.</summary>
    public const int SubjectLimit = 255;
}

/// <summary>The provider's session that one of ours began with. If the provider ends it, ours ends too.</summary>
internal sealed class ProviderSessionRow
{
    public required Guid SessionId { get; init; }

    /// <inheritdoc cref="ProviderIdentity.Issuer"/>
    public required string Issuer { get; init; }

    /// <inheritdoc cref="ProviderIdentity.Subject"/>
    public required string Subject { get; init; }

    /// <inheritdoc cref="ProviderIdentity.Sid"/>
    public string? Sid { get; init; }
}
