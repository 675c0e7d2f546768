namespace Accounts.Core.Sessions;

/// <summary>Why a session ended. The database stores the numbers: never change one.</summary>
public enum EndReason
{
    /// <summary>The user signed out in this session.</summary>
    SignedOut = 1,

    /// <summary>The user ended it from another session.</summary>
    Terminated = 2,

    /// <summary>The user ended all other sessions.</summary>
    SignedOutEverywhere = 3,

    /// <summary>The idle or the absolute timeout ended it.</summary>
    Expired = 4,

    /// <summary>The user signed in again in the same browser.</summary>
    Replaced = 5,

    /// <summary>The user changed the password and chose to end other sessions.</summary>
    PasswordChanged = 6,

    /// <summary>The user ended all sessions, including the current one.</summary>
    RemoteLogout = 7,

    /// <summary>A sign-in exceeded the limit of sessions per account. It ended the session that was unused for longest.</summary>
    LimitReached = 8,

    /// <summary>Whoever operates the server ended all of the user's sessions. An application does so when it disables a user of its own.</summary>
    Revoked = 9,

    /// <summary>It was a view of support, and the session that it began in ended, or the member of staff lost the role.</summary>
    StaffSessionEnded = 10,

    /// <summary>A member of support ended all of the user's sessions, because somebody misused the account.</summary>
    EndedBySupport = 11,

    /// <summary>An administrator ended it.</summary>
    EndedByAdministrator = 12,

    /// <summary>The account is to be deleted.</summary>
    AccountDeleted = 13,

    /// <summary>An administrator disabled the account.</summary>
    AccountDisabled = 14,

    /// <summary>An administrator requires a new password.</summary>
    NewPasswordRequired = 15,

    /// <summary>The user turned two-factor on or off, removed a passkey or unlinked an account, and chose to end other sessions.</summary>
    FactorsChanged = 16,

    /// <summary>The user reset the password with a link from an email.</summary>
    PasswordReset = 17,

    /// <summary>The owner of the account's old email undid a change of it.</summary>
    EmailRestored = 18,

    /// <summary>The user signed in through a provider, which ended its own session.</summary>
    EndedByProvider = 19,
}
