namespace Accounts.Web.SignIn;

/// <summary>Where to go after a sign-in: only ever a page of this site.</summary>
internal static class LocalAddress
{
    public const string Home = "/settings/sessions";

    /// <summary>The address, if it is a path of this site; otherwise the Session manager.</summary>
    public static string OrHome(string? address) =>
        address is ['/', ..] and not ['/', '/', ..] and not ['/', '\\', ..] && !address.Any(char.IsControl) ? address : Home;
}
