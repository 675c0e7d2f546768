namespace Accounts.Core.Providers;

/// <summary>A logout token that was obeyed. While the row is there, the same token does nothing again.</summary>
internal sealed class LogoutTokenRow
{
    /// <summary>SHA-256 of the issuer and the token's id.</summary>
    public required byte[] TokenHash { get; init; }

    /// <summary>SHA-256 of the issuer and the id of the session that ended there; null if the token names none.</summary>
    /// <remarks>A sign-in that is half way is looked up by both.</remarks>
    public byte[]? SidHash { get; init; }

    /// <summary>SHA-256 of the issuer and the subject whose sessions ended there; null if the token names none.</summary>
    public byte[]? SubjectHash { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }
}
