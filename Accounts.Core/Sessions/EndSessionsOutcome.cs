using Accounts.Core.Users;

namespace Accounts.Core.Sessions;

/// <summary>How the ending of many sessions at once came out.</summary>
public abstract record EndSessionsOutcome
{
    private EndSessionsOutcome()
    {
    }

    /// <param name="Count">How many were live until then.</param>
    public sealed record Ended(int Count) : EndSessionsOutcome;

    /// <summary>The caller must prove again who they are. Nothing changed.</summary>
    public sealed record ProofNeeded : EndSessionsOutcome;

    /// <summary>The caller's plan does not include it. Nothing changed.</summary>
    public sealed record NotInPlan(MissingFeature Missing) : EndSessionsOutcome;

    /// <summary>The caller's own session has ended meanwhile. Nothing changed.</summary>
    public sealed record CallerEnded : EndSessionsOutcome;
}
