namespace Accounts.Core.Callers;

/// <summary>How a user proved who they are: one or more methods. The database stores the numbers: never change one.</summary>
/// <remarks>Their names in tokens are those of RFC 8176, the <c>amr</c> claim.</remarks>
[Flags]
public enum SignInMethods
{
    /// <summary>No method: nobody was verified.</summary>
    None = 0,

    /// <summary><c>pwd</c>: the account's password.</summary>
    Password = 1,

    /// <summary><c>pop</c>: a passkey.</summary>
    Passkey = 2,

    /// <summary><c>otp</c>: a one-time code of an authenticator app.</summary>
    OneTimeCode = 4,

    /// <summary>Another provider vouched for the user. RFC 8176 has no name for it.</summary>
    Provider = 8,

    /// <summary><c>otp</c>: a recovery code, which works once.</summary>
    RecoveryCode = 16,

    /// <summary>
    /// The browser was trusted, so the second step asked for no code. It says how a sign-in went, and proves nothing. RFC 8176 has no name for it.
    /// </summary>
    TrustedBrowser = 32,

    /// <summary>A link or a code that was sent to the account's email. RFC 8176 has no name for it.</summary>
    Email = 64,
}

/// <summary>What methods are worth together.</summary>
public static class SignInMethodStrength
{
    private const SignInMethods First = SignInMethods.Password | SignInMethods.Provider | SignInMethods.Email;
    private const SignInMethods Second = SignInMethods.OneTimeCode | SignInMethods.RecoveryCode;

    /// <summary>
    /// Whether they prove two factors: one that the user knows, a provider's word or the account's email, and a code that the user has; or a passkey,
    /// whose authenticator verified its user.
    /// </summary>
    public static bool AreTwoFactors(this SignInMethods methods) =>
        methods.HasFlag(SignInMethods.Passkey) || ((methods & First) != SignInMethods.None && (methods & Second) != SignInMethods.None);
}
