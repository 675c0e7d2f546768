using Accounts.Core.Users;

namespace Accounts.Core.Sessions;

/// <summary>How the ending of several chosen sessions came out.</summary>
public abstract record TerminateManyOutcome
{
    private TerminateManyOutcome()
    {
    }

    /// <summary>Those of them that could be ended are over, everywhere, from now on.</summary>
    /// <param name="Ids">
    /// Those that were live until then, in the order in which they were given. The current session, one that was over before, somebody else's and
    /// an unknown one are not among them; nothing says which of these it was. It may be empty.
    /// </param>
    public sealed record Ended(IReadOnlyList<SessionId> Ids) : TerminateManyOutcome
    {
        /// <summary>How many were live until then.</summary>
        public int Count => Ids.Count;
    }

    /// <summary>No session was given. Nothing changed.</summary>
    public sealed record NothingChosen : TerminateManyOutcome;

    /// <summary>More sessions were given than one act ends. Nothing changed.</summary>
    /// <param name="Limit">How many it ends at most: <see cref="SessionService.TerminateManyLimit"/>.</param>
    public sealed record TooMany(int Limit) : TerminateManyOutcome;

    /// <summary>The caller must prove again who they are. Nothing changed, and nothing is said about the sessions.</summary>
    public sealed record ProofNeeded : TerminateManyOutcome;

    /// <summary>The caller's own session has ended meanwhile. Nothing changed.</summary>
    public sealed record CallerEnded : TerminateManyOutcome;
}
