using Accounts.Core.Devices;

namespace Accounts.Core.Users;

/// <summary>The browser that a request comes from, signed in or not.</summary>
/// <param name="Address">Its IP address as text, after the configured proxies; "" if there is none.</param>
/// <param name="Signals">What it says about itself.</param>
/// <param name="Browser">Which browser it is, across sign-outs.</param>
public sealed record Client(string Address, DeviceSignals Signals, BrowserId Browser);

/// <summary>Who asks: a signed-in person, through one of their sessions. The first parameter of every command.</summary>
/// <param name="UserId">The person.</param>
/// <param name="SessionId">The session that the command comes through. A command whose session has ended meanwhile is refused.</param>
/// <param name="Address">The IP address that it comes from, as text; "" if there is none.</param>
public sealed record Caller(UserId UserId, SessionId SessionId, string Address)
{
    /// <summary>When the person last proved who they are in this session, as it stood when the command was called. Without it, never: what needs a fresh proof is refused.</summary>
    public DateTimeOffset AuthenticatedAt { get; init; }
}
