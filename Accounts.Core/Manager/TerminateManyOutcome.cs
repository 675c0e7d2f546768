using Accounts.Core.Callers;

namespace Accounts.Core.Manager;

/// <summary>The outcome of ending several chosen sessions.</summary>
public abstract record TerminateManyOutcome
{
    private TerminateManyOutcome()
    {
    }

    /// <summary>The live ones of the given sessions have ended everywhere.</summary>
    /// <param name="Ids">
    /// The sessions that this call ended, in the order given; may be empty. It leaves out the current session, sessions that had already ended,
    /// other users' sessions and unknown ids, without saying which.
    /// </param>
    public sealed record Ended(IReadOnlyList<SessionId> Ids) : TerminateManyOutcome
    {
        /// <summary>How many sessions this call ended.</summary>
        public int Count => Ids.Count;
    }

    /// <summary>The caller gave no session. Nothing changed.</summary>
    public sealed record NothingChosen : TerminateManyOutcome;

    /// <summary>The caller gave more sessions than one call ends. Nothing changed.</summary>
    /// <param name="Limit">The maximum: <see cref="SessionService.TerminateManyLimit"/>.</param>
    public sealed record TooMany(int Limit) : TerminateManyOutcome;

    /// <summary>The caller must confirm their password first. Nothing changed, and the answer reveals nothing about the sessions.</summary>
    public sealed record ProofNeeded : TerminateManyOutcome;

    /// <summary>The caller's own session had ended. Nothing changed.</summary>
    public sealed record CallerEnded : TerminateManyOutcome;
}
