namespace Accounts.Core.Sessions;

/// <summary>A browser in which sign-ins to an account need no second step. Deleting the row takes that back.</summary>
internal sealed class TrustedBrowserRow
{
    public required Guid Id { get; init; }

    public required Guid UserId { get; init; }

    /// <summary>SHA-256 of the token in the browser's cookie, 32 bytes. Each use replaces the token.</summary>
    public required byte[] TokenHash { get; set; }

    /// <summary>SHA-256 of the browser's id. In another browser, a copy of the cookie is worth nothing.</summary>
    public required byte[] BrowserHash { get; init; }

    /// <summary>The epoch. Ending everybody's sessions takes all trust back.</summary>
    public required long Epoch { get; init; }

    public required DateTimeOffset TrustedAt { get; init; }

    /// <summary>When the trust ends. Using it doesn't renew it.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}
