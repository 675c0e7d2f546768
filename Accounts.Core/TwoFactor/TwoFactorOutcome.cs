using Accounts.Core.Sessions;
using Accounts.Core.Users;

namespace Accounts.Core.TwoFactor;

/// <summary>The two-factor of an account, as its owner sees it.</summary>
/// <param name="Since">When it was turned on; null while it is off.</param>
/// <param name="MayTurnOn">Whether the account can have it: it has a password here.</param>
/// <param name="RecoveryCodes">How many recovery codes are left.</param>
/// <param name="TrustedBrowsers">How many browsers skip the second step.</param>
/// <param name="TrustedUntil">Until when the last one of them does; null if there is none.</param>
/// <param name="ResetDueAt">When a reset that an administrator asked for turns it off; null if none did.</param>
public sealed record TwoFactorState(
    DateTimeOffset? Since, bool MayTurnOn, int RecoveryCodes, int TrustedBrowsers, DateTimeOffset? TrustedUntil, DateTimeOffset? ResetDueAt)
{
    /// <summary>Whether it is on.</summary>
    public bool IsOn => Since is not null;
}

/// <summary>A change of two-factor that can end the account's other sessions, too.</summary>
public sealed class ChangeTwoFactorInput
{
    /// <summary>For turning it on: the code that the authenticator app shows. Spaces don't count, and digits may be of any script.</summary>
    public string Code { get; set; } = "";

    /// <summary>Whether to end every other session as well.</summary>
    public bool EndOtherSessions { get; set; }
}

/// <summary>The outcome of a command on two-factor.</summary>
public abstract record TwoFactorOutcome
{
    private TwoFactorOutcome()
    {
    }

    /// <summary>An app can be set up now. Nothing is on yet.</summary>
    /// <param name="Key">The key for typing it in: base32, in groups of four.</param>
    /// <param name="Address">The same as an <c>otpauth</c> address, for a QR code.</param>
    public sealed record SettingUp(string Key, Uri Address) : TwoFactorOutcome;

    /// <summary>It is on, or has new recovery codes.</summary>
    /// <param name="RecoveryCodes">The recovery codes, in groups of four. They can't be shown again.</param>
    /// <param name="EndedSessions">How many other sessions it ended.</param>
    /// <param name="Session">The caller's session with a new key; null if it keeps its key.</param>
    public sealed record WithCodes(IReadOnlyList<string> RecoveryCodes, int EndedSessions, StartedSession? Session) : TwoFactorOutcome;

    /// <summary>It is off.</summary>
    /// <param name="EndedSessions">How many other sessions it ended.</param>
    public sealed record TurnedOff(int EndedSessions) : TwoFactorOutcome;

    /// <summary>The input breaks a rule, or the code is wrong. Nothing changed.</summary>
    /// <param name="Errors">What is wrong; at least one.</param>
    public sealed record Invalid(IReadOnlyList<InputError> Errors) : TwoFactorOutcome;

    /// <summary>It is on already. Nothing changed.</summary>
    public sealed record AlreadyOn : TwoFactorOutcome;

    /// <summary>It is off. Nothing changed.</summary>
    public sealed record IsOff : TwoFactorOutcome;

    /// <summary>The account has no password here, so there is no first factor. Nothing changed.</summary>
    public sealed record NoPassword : TwoFactorOutcome;

    /// <summary>Too many passwords and codes wait to be hashed. Nothing changed.</summary>
    /// <param name="Wait">How long they will take.</param>
    public sealed record Busy(TimeSpan Wait) : TwoFactorOutcome;

    /// <summary>The caller must prove who they are, with both factors if two-factor is on. Nothing changed.</summary>
    public sealed record ProofNeeded : TwoFactorOutcome;

    /// <summary>The caller's own session had ended. Nothing changed.</summary>
    public sealed record CallerEnded : TwoFactorOutcome;
}
