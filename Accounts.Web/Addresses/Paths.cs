namespace Accounts.Web.Addresses;

/// <summary>The addresses that several rooms link to or redirect to.</summary>
internal static class Paths
{
    public const string SignedOut = "/signed-out";

    /// <summary>"Can't get in?", relative to the base address.</summary>
    public const string Help = "help/access";

    public const string Reauthenticate = "/session/reauthenticate";

    /// <summary>Sends a code by email.</summary>
    public const string EmailCode = "/session/email-code";
}
