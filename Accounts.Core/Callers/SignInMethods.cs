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
}
