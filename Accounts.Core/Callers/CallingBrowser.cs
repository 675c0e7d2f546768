using Accounts.Core.Devices;

namespace Accounts.Core.Callers;

/// <summary>The browser that a request comes from, signed in or not. The first parameter of commands that need no session.</summary>
/// <param name="Address">The browser's IP address as text, as the configured proxies report it; "" if there is none.</param>
/// <param name="Signals">What the browser says about itself.</param>
/// <param name="Id">The browser's id, which stays the same across sign-outs.</param>
public sealed record CallingBrowser(string Address, DeviceSignals Signals, BrowserId Id)
{
    /// <summary>
    /// What the browser shows to be trusted, one text for each account that trusts it; any texts. Then a sign-in there needs no second step.
    /// </summary>
    public IReadOnlyList<string> TrustTokens { get; init; } = [];
}
