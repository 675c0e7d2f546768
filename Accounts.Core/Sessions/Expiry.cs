namespace Accounts.Core.Sessions;

/// <summary>The timeout that ended a session.</summary>
/// <param name="Absolute">True: the absolute timeout. False: the idle timeout.</param>
/// <param name="Length">The timeout's length.</param>
public sealed record Expiry(bool Absolute, TimeSpan Length);
