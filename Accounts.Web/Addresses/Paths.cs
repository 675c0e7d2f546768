namespace Accounts.Web.Addresses;

/// <summary>The addresses that several rooms link to or redirect to.</summary>
internal static class Paths
{
    public const string SignedOut = "/signed-out";

    public const string SignIn = "/sign-in";

    public const string SecondStep = "/sign-in/code";

    public const string Security = "/settings/security";

    /// <summary>"Can't get in?", relative to the base address.</summary>
    public const string Help = "help/access";

    public const string Reauthenticate = "/session/reauthenticate";

    /// <summary>Sends a code by email.</summary>
    public const string EmailCode = "/session/email-code";

    /// <summary>Leads to a provider, to sign in.</summary>
    public static string ProviderStart(string id) => $"/sign-in/provider/{id}";

    /// <summary>Where a provider sends the browser back to. Operators register it with the provider.</summary>
    public static string ProviderCallback(string id) => $"/sign-in/provider/{id}/callback";

    /// <summary>Where a provider says that a session has ended there. Operators register it with the provider.</summary>
    public static string ProviderLogout(string id) => $"/sign-in/provider/{id}/backchannel-logout";

    /// <summary>Leads to a provider, to prove who is there.</summary>
    public static string ProviderProofStart(string id) => $"/session/provider/{id}/prove";

    /// <summary>Leads to a provider, to link the account there.</summary>
    public static string ProviderLinkStart(string id) => $"/session/provider/{id}/link";

    /// <summary>The page that asks for a proof before that.</summary>
    public static string LinkProvider(string id) => $"/settings/security/providers/{id}/link";
}
