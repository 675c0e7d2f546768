namespace Accounts.Web.Addresses;

/// <summary>The addresses that several rooms link to or redirect to.</summary>
internal static class Paths
{
    public const string SignedOut = "/signed-out";

    /// <summary>Answers only while the session is live. The page's script asks it after a lost connection.</summary>
    public const string SessionState = "/session/state";

    /// <summary>"Can't get in?", relative to the base address.</summary>
    public const string Help = "help/access";

    public const string Reauthenticate = "/session/reauthenticate";
}
