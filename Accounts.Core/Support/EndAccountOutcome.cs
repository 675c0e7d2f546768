using Accounts.Core.Users;

namespace Accounts.Core.Support;

/// <summary>The outcome of ending every session of somebody else's account.</summary>
public abstract record EndAccountOutcome
{
    private EndAccountOutcome()
    {
    }

    /// <summary>Every session has ended everywhere. A sign-in that hadn't started its session yet is refused.</summary>
    /// <param name="Count">How many sessions ended. Views of support end too, and aren't counted.</param>
    public sealed record Ended(int Count) : EndAccountOutcome;

    /// <summary>There is no such account. Nothing changed.</summary>
    public sealed record NotFound : EndAccountOutcome;

    /// <summary>It's the caller's own account, or that of staff with the same or a higher role. Nothing changed.</summary>
    public sealed record NotAllowed : EndAccountOutcome;

    /// <summary>The caller must prove who they are first. Nothing changed.</summary>
    public sealed record ProofNeeded : EndAccountOutcome;

    /// <summary>The caller's own session had ended. Nothing changed.</summary>
    public sealed record CallerEnded : EndAccountOutcome;

    /// <summary>The reason is invalid. Nothing changed.</summary>
    /// <param name="Errors">What is wrong; at least one.</param>
    public sealed record Invalid(IReadOnlyList<InputError> Errors) : EndAccountOutcome;
}
