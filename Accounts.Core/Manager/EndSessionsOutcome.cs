using Accounts.Core.Users;

namespace Accounts.Core.Manager;

/// <summary>The outcome of ending many sessions at once.</summary>
public abstract record EndSessionsOutcome
{
    private EndSessionsOutcome()
    {
    }

    /// <summary>The sessions have ended everywhere.</summary>
    /// <param name="Count">How many sessions it ended.</param>
    public sealed record Ended(int Count) : EndSessionsOutcome;

    /// <summary>The caller must confirm their password first. Nothing changed.</summary>
    public sealed record ProofNeeded : EndSessionsOutcome;

    /// <summary>The caller's plan doesn't include the feature. Nothing changed.</summary>
    /// <param name="Missing">What is missing, and which plans have it.</param>
    public sealed record NotInPlan(MissingFeature Missing) : EndSessionsOutcome;

    /// <summary>The caller's own session had ended. Nothing changed.</summary>
    public sealed record CallerEnded : EndSessionsOutcome;
}
