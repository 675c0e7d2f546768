using Accounts.Core.Devices;
using Accounts.Core.Geolocation;

namespace Accounts.Core.SignIn;

/// <summary>What was refused. The database stores the numbers: never change one.</summary>
public enum RefusedAttemptKind
{
    /// <summary>A sign-in with a password. Also a registration with the account's email and a wrong password.</summary>
    SignIn = 1,

    /// <summary>A signed-in session's password, asked for again.</summary>
    Proof = 2,

    /// <summary>The current password, asked for by a password change.</summary>
    PasswordChange = 3,

    /// <summary>The second step of a sign-in, after the right password.</summary>
    SecondStep = 4,
}

/// <summary>Why an attempt was refused. The database stores the numbers: never change one.</summary>
public enum RefusedAttemptReason
{
    /// <summary>The password was wrong.</summary>
    WrongPassword = 1,

    /// <summary>There were too many attempts before it. Nothing was checked.</summary>
    Throttled = 2,

    /// <summary>The password was right, but the account was disabled, or an administrator had deleted it.</summary>
    AccountDisabled = 3,

    /// <summary>The code was wrong, was used before, or came after too many wrong ones.</summary>
    WrongCode = 4,

    /// <summary>The passkey's answer was wrong.</summary>
    WrongPasskey = 5,
}

/// <summary>One or more refused attempts on an account: a run from one browser and network, of one kind and for one reason.</summary>
/// <param name="At">The time of the latest attempt.</param>
/// <param name="Kind">What was refused.</param>
/// <param name="Reason">Why.</param>
/// <param name="Count">How many attempts there were; at least 1.</param>
/// <param name="Address">The IP address of the latest attempt, as text; "" if there was none. After a while it is shortened.</param>
/// <param name="Place">The address's place.</param>
/// <param name="Device">The device of the latest attempt, as its browser described itself.</param>
public sealed record RefusedAttempt(
    DateTimeOffset At, RefusedAttemptKind Kind, RefusedAttemptReason Reason, int Count, string Address, Place Place, Device Device);

/// <summary>The attempts on an account that were refused since its owner's last visit.</summary>
/// <param name="Count">How many.</param>
/// <param name="Latest">The latest ones, newest first: at most <see cref="RefusedAttemptReader.Shown"/> runs.</param>
public sealed record RefusedSinceVisit(int Count, IReadOnlyList<RefusedAttempt> Latest);
