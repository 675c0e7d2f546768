using Accounts.Core.Devices;

namespace Accounts.Core.Users;

/// <summary>The browser that a request comes from, signed in or not.</summary>
/// <param name="Address">The client's IP address as text, as the configured proxies report it; "" if there is none.</param>
/// <param name="Signals">What the browser says about itself.</param>
/// <param name="Browser">The browser's id, which stays the same across sign-outs.</param>
public sealed record Client(string Address, DeviceSignals Signals, BrowserId Browser);

/// <summary>The signed-in user who runs a command, and the session they run it from. The first parameter of every command.</summary>
/// <param name="UserId">The user.</param>
/// <param name="SessionId">The session that the command comes from. If it has ended, the command is refused.</param>
/// <param name="Address">The IP address that the command comes from, as text; "" if there is none.</param>
public sealed record Caller(UserId UserId, SessionId SessionId, string Address)
{
    /// <summary>When the user last entered their password in this session, at the time of the command.</summary>
    /// <remarks>If not set, commands that need a fresh proof are refused.</remarks>
    public DateTimeOffset AuthenticatedAt { get; init; }
}
