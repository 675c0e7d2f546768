using Accounts.Core.Users;

namespace Accounts.Core.Sessions;

/// <summary>How a remote logout came out.</summary>
public abstract record RemoteLogoutOutcome
{
    private RemoteLogoutOutcome()
    {
    }

    /// <param name="Sessions">How many ended, the caller's own included.</param>
    public sealed record Ended(int Sessions) : RemoteLogoutOutcome;

    /// <summary>The caller's own session has ended meanwhile. Nothing changed.</summary>
    public sealed record CallerEnded : RemoteLogoutOutcome;

    /// <summary>The caller's plan does not include it. Nothing changed.</summary>
    public sealed record NotInPlan(MissingFeature Missing) : RemoteLogoutOutcome;
}
