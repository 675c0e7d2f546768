namespace Accounts.Core.TwoFactor;

/// <summary>The authenticator app of an account: one at most, being set up or in use.</summary>
internal sealed class AuthenticatorRow
{
    public required Guid UserId { get; init; }

    /// <summary>The app's key, encrypted with the key of <see cref="KeyId"/>.</summary>
    public required byte[] Key { get; set; }

    /// <summary>Which key of the settings encrypts it; null if none does.</summary>
    public string? KeyId { get; set; }

    /// <summary>The session in which it is set up. Another one may be somebody else's, who mustn't know the key.</summary>
    public required Guid SessionId { get; init; }

    public required DateTimeOffset MadeAt { get; init; }

    /// <summary>When a first code confirmed it, and two-factor was on; null while it is being set up.</summary>
    public DateTimeOffset? ConfirmedAt { get; set; }

    /// <summary>The time step of the last code that was accepted: seconds since 1970, divided by 30. Codes up to it are used up.</summary>
    public long LastStep { get; set; }

    /// <summary>Wrong codes since the last right one, within a window that began at <see cref="WrongSince"/>.</summary>
    public int WrongCodes { get; set; }

    public DateTimeOffset? WrongSince { get; set; }

    /// <summary>The salt of the account's recovery codes, 16 bytes; null before there are any.</summary>
    public byte[]? RecoverySalt { get; set; }
}

/// <summary>A recovery code that hasn't been used. Using it deletes the row.</summary>
internal sealed class RecoveryCodeRow
{
    public required Guid UserId { get; init; }

    /// <summary>The slow hash of the code with <see cref="AuthenticatorRow.RecoverySalt"/>, 32 bytes.</summary>
    public required byte[] Hash { get; init; }
}
