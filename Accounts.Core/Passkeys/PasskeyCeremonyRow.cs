namespace Accounts.Core.Passkeys;

/// <summary>What a passkey is asked for. The database stores the numbers: never change one.</summary>
internal enum PasskeyPurpose
{
    /// <summary>To add it to the caller's account.</summary>
    Add = 1,

    /// <summary>To sign in.</summary>
    SignIn = 2,

    /// <summary>To prove in the caller's session that it is still its user.</summary>
    Prove = 3,
}

/// <summary>A question to a browser that waits for its answer. Deleting the row uses it up.</summary>
internal sealed class PasskeyCeremonyRow
{
    /// <summary>The hash of the id that the page has, a <see cref="Sessions.OneTimeToken"/>.</summary>
    public required byte[] IdHash { get; init; }

    public required PasskeyPurpose Purpose { get; init; }

    /// <summary>The caller's account; null for a sign-in.</summary>
    public Guid? UserId { get; init; }

    /// <summary>The caller's session; null for a sign-in.</summary>
    public Guid? SessionId { get; init; }

    /// <summary>The hash of the browser's id; null where the session says which browser it is.</summary>
    public byte[]? BrowserHash { get; init; }

    /// <summary>What the answer is verified with. Only the server has it.</summary>
    public required string State { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }
}
