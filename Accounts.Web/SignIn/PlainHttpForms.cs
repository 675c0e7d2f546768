using Accounts.Core.Settings;

namespace Accounts.Web.SignIn;

/// <summary>Remembers that a sign-in over plain http was refused. So administrators learn that a browser can reach the site without https.</summary>
internal sealed class PlainHttpForms
{
    /// <summary>When one was last refused.</summary>
    public LatestTime Refused { get; } = new();
}
