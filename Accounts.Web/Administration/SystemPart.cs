namespace Accounts.Web.Administration;

/// <summary>A part of the system that the System page shows on a line of its own.</summary>
internal enum SystemPart
{
    Database,
    Room,
    Tables,
    Places,
    Push,
    SignIn,
    Mail,
    Https,
    Proxies,
    Clock,
    Keys,
    Version,
}
