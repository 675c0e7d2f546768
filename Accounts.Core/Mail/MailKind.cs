namespace Accounts.Core.Mail;

/// <summary>What an email is about. The database stores the numbers: never change one.</summary>
public enum MailKind
{
    /// <summary>A link that signs the user in.</summary>
    SignInLink = 1,

    /// <summary>A link with which the user chooses a new password.</summary>
    ResetLink = 2,

    /// <summary>A code that confirms who the user is, in a session of theirs.</summary>
    ProofCode = 3,

    /// <summary>A link that confirms an address and makes an account with it.</summary>
    RegistrationLink = 4,

    /// <summary>Somebody wanted to use an address that already has an account.</summary>
    AddressTaken = 5,

    /// <summary>A link that confirms an account's new address.</summary>
    EmailChangeLink = 6,

    /// <summary>Somebody signed in with a browser or from a country that is new for the account.</summary>
    NewSignIn = 20,

    /// <summary>The password was changed.</summary>
    PasswordChanged = 21,

    /// <summary>The password was reset with a link.</summary>
    PasswordReset = 22,

    /// <summary>Two-factor was turned on.</summary>
    TwoFactorTurnedOn = 23,

    /// <summary>Two-factor was turned off by its owner.</summary>
    TwoFactorTurnedOff = 24,

    /// <summary>The recovery codes were replaced.</summary>
    RecoveryCodesReplaced = 25,

    /// <summary>An administrator asked for a reset of two-factor. The owner may object until it is due.</summary>
    TwoFactorResetRequested = 26,

    /// <summary>Two-factor was turned off, as an administrator had asked.</summary>
    TwoFactorReset = 27,

    /// <summary>A passkey was added.</summary>
    PasskeyAdded = 28,

    /// <summary>A passkey was removed.</summary>
    PasskeyRemoved = 29,

    /// <summary>A member of support views the account.</summary>
    ViewBegan = 30,

    /// <summary>The account is to be deleted.</summary>
    DeletionRequested = 31,

    /// <summary>An account at a provider was linked.</summary>
    ProviderLinked = 32,

    /// <summary>An account at a provider was unlinked.</summary>
    ProviderUnlinked = 33,

    /// <summary>The account's address was changed. This goes to the old one, with a link that undoes it.</summary>
    EmailChanged = 34,

    /// <summary>The change of the account's address was undone. This goes to the address that it has again.</summary>
    EmailRestored = 35,
}

internal static class MailKinds
{
    /// <summary>What anybody can ask for, for any address.</summary>
    public static readonly MailKind[] OfVisitors = [MailKind.SignInLink, MailKind.ResetLink, MailKind.RegistrationLink, MailKind.AddressTaken];

    /// <summary>What a user asks for in a session. Visitors can't use these up.</summary>
    public static readonly MailKind[] OfSessions = [MailKind.ProofCode, MailKind.EmailChangeLink];

    /// <summary>Notices that a thief must not crowd out: what they tell can be undone for some time only.</summary>
    public static readonly MailKind[] Unlimited =
        [MailKind.EmailChanged, MailKind.EmailRestored, MailKind.PasswordReset, MailKind.TwoFactorResetRequested, MailKind.DeletionRequested];

    /// <summary>The kinds that share a recipient's limit with this one; null if it has no limit.</summary>
    public static MailKind[]? Alike(this MailKind kind) => kind switch
    {
        _ when Unlimited.Contains(kind) => null,
        _ when OfVisitors.Contains(kind) => OfVisitors,
        _ when OfSessions.Contains(kind) => OfSessions,
        _ => Notices,
    };

    /// <summary>Whether its recipient's limit is that of notices.</summary>
    public static bool IsNotice(this MailKind kind) => kind.Alike() == Notices;

    private static readonly MailKind[] Notices =
        [.. Enum.GetValues<MailKind>().Except(OfVisitors).Except(OfSessions).Except(Unlimited)];
}
