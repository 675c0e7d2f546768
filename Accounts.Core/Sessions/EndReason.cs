namespace Accounts.Core.Sessions;

/// <summary>Why a session is over. The numbers are stored: never change one.</summary>
public enum EndReason
{
    /// <summary>Its own person signed out, on that device.</summary>
    SignedOut = 1,

    /// <summary>The person ended it from another of their sessions.</summary>
    Terminated = 2,

    /// <summary>The person ended all other sessions.</summary>
    SignedOutEverywhere = 3,

    /// <summary>The clock: the idle or the absolute timeout.</summary>
    Expired = 4,

    /// <summary>The same person signed in again in the same browser.</summary>
    Replaced = 5,

    /// <summary>The password was changed and other sessions were to end.</summary>
    PasswordChanged = 6,

    /// <summary>The person ended all sessions, the one that they did it from included.</summary>
    RemoteLogout = 7,

    /// <summary>Somebody signed in to the account elsewhere, and it had as many sessions as it may have: the one unused for longest made room.</summary>
    LimitReached = 8,
}
